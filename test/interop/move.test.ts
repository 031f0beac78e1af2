/** Whole moves by the command line, from an independent vCenter and ESXi host into the real OpenStack, where they boot. */
import { copyFileSync, constants, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationOutcome } from '../../main/shared/migration.ts';
import { makeRaw, MiB, qemuImg, scratch } from '../support/disks.ts';
import { Cloud } from './cloud.ts';
import { Mover } from '../support/mover.ts';
import { openstackPeer, type OpenstackPeer } from './openstack-peer.ts';
import { vspherePeer, type VspherePeer } from './vsphere-peer.ts';

const folder = scratch();
const guest = folder.file('guest.raw');
const data = folder.file('data.raw');
/** What the lab's guest says when it is up, with its disks and network found. */
const READY = 'GUEST-READY';
let openstack: OpenstackPeer;
let cloud: Cloud;
let vcenter: VspherePeer;
let esxi: VspherePeer;
const movers = new Map<VspherePeer, Mover>();
const made: MigrationOutcome[] = [];

beforeAll(async () => {
  openstack = await openstackPeer();
  cloud = await Cloud.signIn(openstack.member);
  copyFileSync(openstack.guestRaw, guest, constants.COPYFILE_FICLONE);
  await makeRaw(data, 96 * MiB, [
    { offset: 0, length: 3 * MiB },
    { offset: 40 * MiB, length: 7 * MiB },
    { offset: 95 * MiB, length: MiB },
  ]);
  const machine = { guestId: 'otherLinux64Guest', cpus: 1, memoryMiB: 256, nics: [''], tools: 'ok', powerOn: false };
  const boots = { file: 'guest.raw', thin: true };
  const holds = { file: 'data.raw', thin: true };
  const vms = [
    { ...machine, name: 'bios', firmware: 'bios', controller: 'pvscsi', disks: [boots] },
    { ...machine, name: 'two', firmware: 'bios', controller: 'lsilogic', disks: [boots, holds] },
    { ...machine, name: 'efi', firmware: 'efi', controller: 'pvscsi', guestId: 'ubuntu64Guest', disks: [holds] },
    { ...machine, name: 'running', firmware: 'bios', controller: 'pvscsi', disks: [boots], powerOn: true, cbt: true },
    {
      ...machine,
      name: 'efi-running',
      firmware: 'efi',
      controller: 'pvscsi',
      disks: [boots, holds],
      powerOn: true,
      cbt: true,
    },
  ];
  writeFileSync(folder.file('manifest.json'), JSON.stringify({ vms }));
  const flags = ['-manifest', folder.file('manifest.json'), '-zoo=false', '-vm', '2'];
  vcenter = await vspherePeer('vcenter', ...flags);
  esxi = await vspherePeer('esxi', ...flags);
  for (const [i, lab] of [vcenter, esxi].entries()) {
    const mover = new Mover(folder.file(`mover-${i}`));
    await mover.connect(await lab.signIn(), openstack.member);
    movers.set(lab, mover);
  }
});

afterAll(async () => {
  await Promise.all([vcenter[Symbol.asyncDispose](), esxi[Symbol.asyncDispose]()]);
  folder[Symbol.dispose]();
});

/** The other peer has machines with the same MAC addresses. */
afterEach(async () => {
  for (const { serverId, disks } of made.splice(0)) {
    await cloud.removeServer(serverId);
    for (const { imageId } of disks) await cloud.remove('image', `/v2/images/${imageId}`);
  }
});

interface Story {
  readonly host: 'vcenter' | 'esxi';
  readonly vm: string;
  readonly reading: 'lease' | 'ranges' | 'areas';
  readonly boot: 'image' | 'volume';
  readonly options?: readonly string[];
  /** Copied from a snapshot; the machine goes on. */
  readonly isCopiedRunning?: boolean;
}

const stories: readonly Story[] = [
  { host: 'vcenter', vm: 'bios', reading: 'lease', boot: 'image', options: ['--floating', 'public'] },
  { host: 'vcenter', vm: 'two', reading: 'ranges', boot: 'image' },
  { host: 'vcenter', vm: 'efi', reading: 'lease', boot: 'volume' },
  // A running machine's changes are tracked from its first snapshot on, which the copy takes.
  { host: 'vcenter', vm: 'running', reading: 'lease', boot: 'image', isCopiedRunning: true },
  { host: 'vcenter', vm: 'running', reading: 'areas', boot: 'volume', options: ['--image-format', 'raw'] },
  { host: 'esxi', vm: 'two', reading: 'lease', boot: 'volume' },
  { host: 'esxi', vm: 'bios', reading: 'ranges', boot: 'volume', options: ['--profile', 'virtio'] },
  { host: 'esxi', vm: 'efi-running', reading: 'ranges', boot: 'image', isCopiedRunning: true },
  { host: 'esxi', vm: 'efi-running', reading: 'areas', boot: 'image' },
];
const disksOf = (vm: string): string[] =>
  vm === 'efi' ? [data] : vm === 'two' || vm === 'efi-running' ? [guest, data] : [guest];
const isBootable = (vm: string): boolean => !vm.startsWith('efi'); // the lab's guest knows no UEFI

describe('a machine', () => {
  test.each(stories)(
    '$vm of $host, read by $reading, boots from an $boot with its disks, MAC and address',
    async ({ host, vm, reading, boot, options = [], isCopiedRunning = false }) => {
      const lab = host === 'vcenter' ? vcenter : esxi;
      const mover = movers.get(lab);
      if (mover === undefined) throw new Error('not set up');
      const name = `${vm}-${host}`;
      const watch = isBootable(vm) ? ['--console-marker', READY] : ['--boot-timeout', '0'];
      const volumes = boot === 'volume' ? ['--volumes', '--keep-images'] : [];
      const running = isCopiedRunning ? ['--while-running', 'snapshot'] : [];
      const choices = ['--map', 'lan:auto', '--read', reading, '--target-name', name];
      const { record, said } = await mover.move(vm, ...choices, ...watch, ...volumes, ...running, ...options);
      if (record.outcome !== null) made.push(record.outcome);

      expect(said.err).not.toContain('guts.bug');
      expect(record.error).toBeNull();
      expect(record).toMatchObject({ stage: 'done', ledger: [], isRunning: false });
      const { outcome, plan } = record;
      if (outcome === null || plan === null) throw new Error('nothing came of it');

      const { server } = await cloud.get('compute', `/servers/${outcome.serverId}`);
      expect(server).toMatchObject({ status: 'ACTIVE', name, metadata: { guts_source_vm: vm } });
      const [port] = (await cloud.get('network', `/v2.0/ports?device_id=${server.id}`)).ports;
      expect(port.mac_address).toBe(plan.ports[0]?.mac);
      expect(port.fixed_ips.map((one: { ip_address: string }) => one.ip_address)).toEqual(outcome.ports[0]?.addresses);

      for (const [i, disk] of outcome.disks.entries()) {
        const there = folder.file(`there-${i}`);
        if (disk.volumeId === null) await cloud.download(disk.imageId, there);
        else await cloud.downloadVolume(disk.volumeId, there);
        qemuImg('compare', disksOf(vm)[i] ?? '', there);
        expect(disk.proofs.length).toBeGreaterThanOrEqual(2);
      }
      const image = await cloud.get('image', `/v2/images/${outcome.disks[0]?.imageId ?? ''}`);
      expect(image).toMatchObject(plan.imageProperties);
      if (isBootable(vm)) {
        expect(outcome.boot.verdict).toBe('running');
        expect(await cloud.console(server.id)).toContain(READY);
      }
      expect(await lab.powerOf(vm)).toBe(isCopiedRunning ? 'poweredOn' : 'poweredOff');
      expect(await lab.state()).toMatchObject({ leases: 0 });
    },
  );
});
