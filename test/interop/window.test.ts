/** The main story in the real window, between an independent vCenter and the real OpenStack, where the machine boots. */
import { constants, copyFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DestinationSignIn, SourceSignIn } from '../../main/shared/connections.ts';
import type { MigrationOutcome } from '../../main/shared/migration.ts';
import { openApp, type OpenApp } from '../e2e/app.ts';
import { tellMainStory, type StoryCloud, type StorySource } from '../e2e/main-story.ts';
import { proveFace } from '../e2e/pictures.ts';
import { clientOf } from '../e2e/two-sides.ts';
import { qemuImg, scratch } from '../support/disks.ts';
import { Cloud } from './cloud.ts';
import { openstackPeer, type OpenstackPeer } from './openstack-peer.ts';
import { vspherePeer, type VspherePeer } from './vsphere-peer.ts';

const READY = 'GUEST-READY';
const VM = 'by-window';
const folder = scratch();
const guest = folder.file('guest.raw');
let openstack: OpenstackPeer;
let cloud: Cloud;
let vcenter: VspherePeer;
let open: OpenApp;
let outcome: MigrationOutcome | null = null;

beforeAll(async () => {
  openstack = await openstackPeer();
  cloud = await Cloud.signIn(openstack.member);
  copyFileSync(openstack.guestRaw, guest, constants.COPYFILE_FICLONE);
  const machine = { name: VM, guestId: 'otherLinux64Guest', cpus: 1, memoryMiB: 256, nics: [''], tools: 'ok' };
  const vms = [
    { ...machine, firmware: 'bios', controller: 'pvscsi', disks: [{ file: 'guest.raw', thin: true }], powerOn: false },
  ];
  writeFileSync(folder.file('manifest.json'), JSON.stringify({ vms }));
  vcenter = await vspherePeer('vcenter', '-manifest', folder.file('manifest.json'), '-zoo=false', '-vm', '2');
  open = await openApp({ vault: 'keyStore' });
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  if (outcome !== null) {
    await cloud.removeServer(outcome.serverId);
    for (const { imageId } of outcome.disks) await cloud.remove('image', `/v2/images/${imageId}`);
  }
  await vcenter[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function sourceOf({ connection: { url, userName, trust }, secret: password }: SourceSignIn): StorySource {
  if (trust.kind !== 'pinned') throw new Error('the peer’s certificate is compared by its fingerprint');
  return { name: 'lab', url, userName, password, fingerprint: trust.sha256 };
}

function cloudOf({ connection: { authUrl, auth }, secret }: DestinationSignIn): StoryCloud {
  if (auth.method !== 'password') throw new Error('stories sign in by password');
  return { name: 'cloud', authUrl, fingerprint: null, signIn: auth, secret };
}

test('somebody who starts Guts for the first time moves a machine, and the cloud has it with its disk', async () => {
  await tellMainStory(open.page, {
    source: sourceOf(await vcenter.signIn()),
    cloud: cloudOf(openstack.member),
    vm: VM,
    network: 'lan',
    consoleMarker: READY,
    look: async (name) => await proveFace(open.page, `interop-${name}`),
  });

  const { vault } = await clientOf(open.home).call('session.show', {});
  expect(vault.keepsIn).toBe('keyStore');
  const { rows } = await clientOf(open.home).call('migrations.rows', {});
  const record = await clientOf(open.home).call('migrations.show', { id: rows[0]?.id ?? '' });
  ({ outcome } = record);
  expect(record).toMatchObject({ stage: 'done', error: null, ledger: [], isRunning: false });
  expect(outcome?.boot.verdict).toBe('running');
  const { server } = await cloud.get('compute', `/servers/${outcome?.serverId ?? ''}`);
  expect(server).toMatchObject({ status: 'ACTIVE', name: VM, metadata: { guts_source_vm: VM } });
  expect(await cloud.console(server.id)).toContain(READY);
  const there = folder.file('there');
  await cloud.download(outcome?.disks[0]?.imageId ?? '', there);
  qemuImg('compare', guest, there);
  expect(await vcenter.powerOf(VM)).toBe('poweredOff');
  expect(await vcenter.state()).toMatchObject({ leases: 0 });
});
