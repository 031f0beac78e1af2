/** The daemon between an independent vCenter and the real OpenStack: by the command line, and by curl as docs/rest.md has it. */
import { execFile } from 'node:child_process';
import { constants, copyFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ScheduledMigration } from '../../main/shared/schedule.ts';
import { Daemon } from '../support/daemon.ts';
import { qemuImg, scratch } from '../support/disks.ts';
import { Mover } from '../support/mover.ts';
import { until } from '../support/until.ts';
import { Cloud } from './cloud.ts';
import { openstackPeer, type OpenstackPeer } from './openstack-peer.ts';
import { vspherePeer, type VspherePeer } from './vsphere-peer.ts';

const READY = 'GUEST-READY';
const folder = scratch();
const guest = folder.file('guest.raw');
let openstack: OpenstackPeer;
let cloud: Cloud;
let vcenter: VspherePeer;
let daemon: Daemon;
let mover: Mover;
const made: ScheduledMigration[] = [];

beforeAll(async () => {
  openstack = await openstackPeer();
  cloud = await Cloud.signIn(openstack.member);
  copyFileSync(openstack.guestRaw, guest, constants.COPYFILE_FICLONE);
  const machine = { guestId: 'otherLinux64Guest', cpus: 1, memoryMiB: 256, nics: [''], tools: 'ok', powerOn: false };
  const boots = { ...machine, firmware: 'bios', controller: 'pvscsi', disks: [{ file: 'guest.raw', thin: true }] };
  const vms = ['by-command', 'by-curl'].map((name) => ({ ...boots, name }));
  writeFileSync(folder.file('manifest.json'), JSON.stringify({ vms }));
  vcenter = await vspherePeer('vcenter', '-manifest', folder.file('manifest.json'), '-zoo=false', '-vm', '2');
  mover = new Mover(folder.dir);
  daemon = await Daemon.start({ dataDir: folder.file('data'), passphraseFile: folder.file('passphrase') });
  await mover.connect(await vcenter.signIn(), openstack.member);
});
afterEach(async () => {
  for (const { outcome } of made.splice(0)) {
    if (outcome === null) continue;
    await cloud.removeServer(outcome.serverId);
    for (const { imageId } of outcome.disks) await cloud.remove('image', `/v2/images/${imageId}`);
  }
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await vcenter[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** It runs in the cloud with its own disk, and nothing is left of the way there. */
async function proveMoved(record: ScheduledMigration, vm: string): Promise<void> {
  made.push(record);
  const { outcome, placement } = record;
  expect(record).toMatchObject({ stage: 'done', error: null, ledger: [], isRunning: false, isQueued: false });
  expect(placement?.reason).toContain('conversion space');
  expect(outcome?.boot.verdict).toBe('running');
  const { server } = await cloud.get('compute', `/servers/${outcome?.serverId ?? ''}`);
  expect(server).toMatchObject({ status: 'ACTIVE', name: vm, metadata: { guts_source_vm: vm } });
  expect(await cloud.console(server.id)).toContain(READY);
  const there = folder.file('there');
  await cloud.download(outcome?.disks[0]?.imageId ?? '', there);
  qemuImg('compare', guest, there);
  expect(await vcenter.powerOf(vm)).toBe('poweredOff');
  expect(await vcenter.state()).toMatchObject({ leases: 0 });
}

describe('a daemon', () => {
  test('moves a machine for a command that follows it', async () => {
    const { record, said } = await mover.move('by-command', '--map', 'lan:auto', '--console-marker', READY);

    expect(said.code, said.err).toBe(0);
    expect(said.err).toMatch(/Copying the disks[^]*Looking whether the guest runs/);
    await proveMoved(await daemon.client.call('migrations.show', { id: record.request.id }), 'by-command');
    const services = await mover.say(['service', 'list']);
    expect(services.out).toMatch(/guts-scheduler .* up/);
  });

  test('moves a machine for curl, and leaves its report', async () => {
    writeFileSync(folder.file('header'), `Authorization: Bearer ${daemon.token}\n`, { mode: 0o600 });
    const curl = async (path: string, body?: object): Promise<string> => {
      const sent = body === undefined ? [] : ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)];
      const words = ['-sS', '--fail-with-body', '-H', `@${folder.file('header')}`, ...sent, `${daemon.url}${path}`];
      return (await promisify(execFile)('curl', words, { maxBuffer: 16 * 1024 * 1024 })).stdout;
    };
    const options = { networks: [{ from: null, to: 'lan', ip: 'auto' }], consoleMarker: READY };
    const wish = { source: 'from', vm: 'by-curl', destination: 'to', options, start: true };

    const { request } = ScheduledMigration.parse(JSON.parse(await curl('/v1/migrations', wish)));
    const record = await until(
      async () => ScheduledMigration.parse(JSON.parse(await curl(`/v1/migrations/${request.id}`))),
      ({ isQueued, isRunning }) => !isQueued && !isRunning,
      300_000,
    );

    await proveMoved(record, 'by-curl');
    expect(await curl(`/v1/reports/${request.id}?format=html`)).toContain('Everything was proved');
    expect(JSON.parse(await curl('/v1/tidy', {}))).toEqual({ leftovers: [] });
    expect(await curl('/metrics')).toMatch(/guts_migrations\{stage="done"\} 2/);
  });
});
