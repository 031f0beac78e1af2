/** Whole moves by the command line, from an independent Hyper-V host into the real OpenStack. */
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { MigrationOutcome } from '../../main/shared/migration.ts';
import { qemuImg, scratch } from '../support/disks.ts';
import { Mover } from '../support/mover.ts';
import { Cloud } from './cloud.ts';
import { hypervPeer, type HypervPeer } from './hyperv-peer.ts';
import { signInToPeer, type Way } from './hyperv-sign-in.ts';
import { openstackPeer, type OpenstackPeer } from './openstack-peer.ts';

const folder = scratch();
/** What the lab's guest says when it is up, with its disks and network found. */
const READY = 'GUEST-READY';
const DISKS = 'D:\\Hyper-V\\Virtual Hard Disks';
let openstack: OpenstackPeer;
let cloud: Cloud;
let peer: HypervPeer;
const made: MigrationOutcome[] = [];

beforeAll(async () => {
  [openstack, peer] = [await openstackPeer(), await hypervPeer()];
  cloud = await Cloud.signIn(openstack.member);
  // A guest that can be seen to boot, as a machine of generation 1, off and running.
  for (const name of ['guest-off.vhd', 'guest-on.vhdx']) {
    const format = name.endsWith('vhd') ? 'vpc' : 'vhdx';
    const file = path.join(peer.drive('D'), 'Hyper-V', 'Virtual Hard Disks', name);
    qemuImg(
      'convert',
      '-f',
      'raw',
      '-O',
      format,
      ...(format === 'vpc' ? ['-o', 'force_size=on'] : []),
      openstack.guestRaw,
      file,
    );
  }
  const small = { ProcessorCount: 1, Memory: { Startup: 2 ** 28, Dynamic: false, Minimum: 2 ** 28, Maximum: 2 ** 28 } };
  const ide = (file: string) => [
    { ControllerType: 'IDE', ControllerNumber: 0, ControllerLocation: 0, Path: `${DISKS}\\${file}` },
  ];
  const legacy = {
    ControllerType: 'SCSI',
    ControllerNumber: 0,
    ControllerLocation: 0,
    Path: `${DISKS}\\legacy-data.vhd`,
  };
  const set = async (vm: string, props: Readonly<Record<string, unknown>>): Promise<unknown> =>
    await peer.control({ op: 'set', vm, props: { ...small, ...props } });
  await set('legacy-2008', { Disks: [...ide('guest-off.vhd'), legacy] });
  await set('stuck01', { Disks: ide('guest-on.vhdx'), NoShutdown: false });
  for (const vm of ['web01', 'sql01', 'vdi01']) await set(vm, {});
}, 45 * 60_000);

afterAll(async () => {
  await peer[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

afterEach(async () => {
  for (const { serverId, disks } of made.splice(0)) {
    await cloud.removeServer(serverId);
    for (const { imageId } of disks) await cloud.remove('image', `/v2/images/${imageId}`);
  }
});

interface Story {
  readonly vm: string;
  readonly about: string;
  readonly way: Way;
  readonly boot: 'image' | 'volume';
  readonly options?: readonly string[];
  readonly isBootable?: boolean;
  /** Copied from a checkpoint; the machine goes on. */
  readonly isCopiedRunning?: boolean;
  readonly firmware: 'bios' | 'uefi';
}

const stories: readonly Story[] = [
  {
    vm: 'legacy-2008',
    about: 'of generation 1, off, with a VHD on IDE and one on SCSI',
    way: 'HTTP with NTLM, sealed',
    boot: 'image',
    isBootable: true,
    firmware: 'bios',
  },
  {
    vm: 'stuck01',
    about: 'of generation 1 that runs, copied from a checkpoint',
    way: 'HTTPS with NTLM',
    boot: 'volume',
    isBootable: true,
    isCopiedRunning: true,
    firmware: 'bios',
  },
  {
    vm: 'sql01',
    about: 'of generation 2, off, on a checkpoint of its owner, with a TPM',
    way: 'HTTPS with Basic',
    boot: 'image',
    firmware: 'uefi',
  },
  {
    vm: 'web01',
    about: 'of generation 2 that runs, copied from a checkpoint',
    way: 'HTTP with NTLM, sealed',
    boot: 'image',
    isCopiedRunning: true,
    firmware: 'uefi',
  },
  {
    vm: 'web01',
    about: 'of generation 2 that runs and is shut down',
    way: 'HTTP with NTLM, sealed',
    boot: 'volume',
    firmware: 'uefi',
  },
];

/** What the guest of a machine sees on its disks. */
const truthOf = (vm: string): string[] =>
  vm === 'legacy-2008'
    ? [openstack.guestRaw, peer.disk('legacy-2008/1').rawFile]
    : vm === 'stuck01'
      ? [openstack.guestRaw]
      : [0, 1].slice(0, vm === 'sql01' ? 2 : 1).map((i) => peer.disk(`${vm}/${i}`).rawFile);

const Model = z.object({
  model: z.object({
    vms: z.array(
      z.object({
        Name: z.string(),
        State: z.string(),
        Disks: z.array(z.object({ Path: z.string() })),
        Snapshots: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

async function standing(vm: string): Promise<z.infer<typeof Model>['model']['vms'][number]> {
  const { model } = Model.parse(await peer.control({ op: 'model' }));
  const found = model.vms.find(({ Name }) => Name === vm);
  if (found === undefined) throw new Error(`the peer has no ${vm}`);
  return found;
}

describe('a machine', () => {
  test.each(stories)(
    '$about ($vm) becomes a server that boots from its $boot, with its disks, MAC and firmware',
    async ({ vm, way, boot, options = [], isBootable = false, isCopiedRunning = false, firmware }) => {
      const mover = new Mover(folder.file(`${vm}-${boot}`));
      await mover.connect(signInToPeer(peer, way), openstack.member);
      const before = await standing(vm);
      const watch = isBootable ? ['--console-marker', READY] : ['--boot-timeout', '0'];
      const volumes = boot === 'volume' ? ['--volumes', '--keep-images'] : [];
      const running = isCopiedRunning ? ['--while-running', 'snapshot'] : [];
      const { record, said } = await mover.move(vm, '--map', 'lan:auto', ...watch, ...volumes, ...running, ...options);
      if (record.outcome !== null) made.push(record.outcome);

      expect(said.err).not.toContain('guts.bug');
      expect(record.error).toBeNull();
      expect(record).toMatchObject({ stage: 'done', ledger: [], isRunning: false });
      const { outcome, plan } = record;
      if (outcome === null || plan === null) throw new Error('nothing came of it');

      const { server } = await cloud.get('compute', `/servers/${outcome.serverId}`);
      expect(server).toMatchObject({ status: 'ACTIVE', name: vm });
      const { ports } = (await cloud.get('network', `/v2.0/ports?device_id=${server.id}`)) as {
        ports: { mac_address: string }[];
      };
      // Neutron tells them in no order.
      expect(ports.map((port) => port.mac_address).toSorted()).toEqual(plan.ports.map(({ mac }) => mac).toSorted());
      const image = await cloud.get('image', `/v2/images/${outcome.disks[0]?.imageId ?? ''}`);
      expect(image).toMatchObject({ ...plan.imageProperties, hw_firmware_type: firmware });

      const truth = truthOf(vm);
      expect(outcome.disks).toHaveLength(truth.length);
      for (const [i, disk] of outcome.disks.entries()) {
        const there = folder.file(`there-${i}`);
        if (disk.volumeId === null) await cloud.download(disk.imageId, there);
        else await cloud.downloadVolume(disk.volumeId, there);
        qemuImg('compare', truth[i] ?? '', there);
        expect(disk).toMatchObject({ reading: 'file' });
        expect(disk.proofs.length).toBeGreaterThanOrEqual(2);
      }
      if (isBootable) expect(await cloud.console(server.id)).toContain(READY);

      const after = await standing(vm);
      expect(after.State).toBe(isCopiedRunning ? before.State : 'Off');
      expect({ ...after, State: null }).toEqual({ ...before, State: null }); // no checkpoint is left, and every disk is its file of before
      expect(await shellsOf(peer)).toEqual([]);
    },
  );
});

const shellsOf = async ({ control }: HypervPeer): Promise<unknown> =>
  z.object({ shells: z.array(z.unknown()) }).parse(await control({ op: 'shells' })).shells;
