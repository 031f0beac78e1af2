/** `kill -9` of a mover between an independent vCenter and the real OpenStack: the next one arrives, or undoes all. */
import { constants, copyFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeRaw, MiB, qemuImg, scratch } from '../support/disks.ts';
import { Killable } from '../support/killable.ts';
import { Mover, recordIn } from '../support/mover.ts';
import { Cloud } from './cloud.ts';
import { openstackPeer } from './openstack-peer.ts';
import { vspherePeer, type VspherePeer } from './vsphere-peer.ts';

const folder = scratch();
const guest = folder.file('guest.raw');
const data = folder.file('data.raw');
const READY = 'GUEST-READY';
let cloud: Cloud;
let vcenter: VspherePeer | undefined;
let mover: Mover;
const made: string[] = [];

beforeAll(async () => {
  const openstack = await openstackPeer();
  cloud = await Cloud.signIn(openstack.member);
  copyFileSync(openstack.guestRaw, guest, constants.COPYFILE_FICLONE);
  await makeRaw(data, 96 * MiB, [
    { offset: 0, length: 3 * MiB },
    { offset: 95 * MiB, length: MiB },
  ]);
  const disks = [
    { file: 'guest.raw', thin: true },
    { file: 'data.raw', thin: true },
  ];
  const machine = { guestId: 'otherLinux64Guest', cpus: 1, memoryMiB: 256, nics: [''], tools: 'ok', powerOn: true };
  const vms = ['killed-lease', 'killed-cancel'].map((name) => ({ ...machine, name, disks, firmware: 'bios' }));
  writeFileSync(folder.file('manifest.json'), JSON.stringify({ vms }));
  const flags = ['-manifest', folder.file('manifest.json'), '-zoo=false', '-vm', '2', '-lease-timeout', '6'];
  vcenter = await vspherePeer('vcenter', ...flags);
  mover = new Mover(folder.dir);
  await mover.connect(await vcenter.signIn(), openstack.member);
});

afterAll(async () => {
  for (const id of made) await cloud.removeServer(id);
  await vcenter?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function journey(vm: string, ...flags: string[]): Promise<Killable> {
  const choices = ['--map', 'lan:auto', '--new-mac', '--floating', 'public', '--read', 'lease', ...flags];
  const { request } = recordIn(await mover.say(['create', '--vm', vm, '--target-name', vm, '--json', ...choices]));
  return new Killable(mover, request.id, folder.file(`data/migrations/${request.id}.jsonl`));
}

/** What the cloud has that carries the migration's tag. */
async function tagged(id: string): Promise<string[]> {
  const { images } = await cloud.get('image', '/v2/images?visibility=private');
  const { volumes } = await cloud.get('volumev3', '/volumes/detail');
  const { ports } = await cloud.get('network', '/v2.0/ports');
  const { floatingips } = await cloud.get('network', '/v2.0/floatingips');
  const names = [...images, ...volumes, ...ports].map(({ name }: { name: string | null }) => name ?? '');
  const words = floatingips.map(({ description }: { description: string }) => description);
  return [...names, ...words].filter((name) => name.includes(id));
}

const serversCalled = async (name: string): Promise<string[]> =>
  (await cloud.get('compute', `/servers?name=${name}`)).servers.map(({ id }: { id: string }) => id);

describe('a mover that is killed', () => {
  test.each([
    'made power',
    'made lease', // whose session is as dead as its owner; the lease holds the machine until it times out
    'copied 2000',
    'made floatingIp',
    'made server',
    'stage booting',
  ])('at “%s”', async (line) => {
    going ??= await journey('killed-lease', '--console-marker', READY);

    expect(await going.killedAt(line)).toBe(line);
  });
  let going: Killable | undefined;

  test('is followed by one that arrives, with every disk read once', async () => {
    if (going === undefined) throw new Error('nothing was begun');
    const record = await going.goOn();
    const { outcome } = record;
    if (outcome !== null) made.push(outcome.serverId);

    expect(record.error).toBeNull();
    expect(record).toMatchObject({ stage: 'done', ledger: [], isRunning: false });
    expect((await going.lines()).filter((line) => line === 'copied 2000')).toHaveLength(1);
    expect(outcome?.boot.verdict).toBe('running');
    expect(await serversCalled('killed-lease')).toEqual([outcome?.serverId]);
    expect(await tagged(going.id)).toEqual([]);
    const [root, other] = outcome?.disks ?? [];
    await cloud.download(root?.imageId ?? '', folder.file('root'));
    await cloud.downloadVolume(other?.volumeId ?? '', folder.file('other'));
    qemuImg('compare', guest, folder.file('root'));
    qemuImg('compare', data, folder.file('other'));
    expect(await vcenter?.state()).toMatchObject({ leases: 0 });
    expect(await vcenter?.powerOf('killed-lease')).toBe('poweredOff');
  });

  test('and cancelled, and killed over that too, leaves nothing, and its machine runs again', async () => {
    const going = await journey('killed-cancel', '--volumes', '--boot-timeout', '0');
    expect(await going.killedAt('making server')).toBe('making server');
    expect(await going.killedAt('settled server', 'cancel')).toBe('settled server');

    const record = await going.goOn('cancel');

    expect(record).toMatchObject({ stage: 'cancelled', ledger: [], isRunning: false });
    expect(await serversCalled('killed-cancel')).toEqual([]);
    expect(await tagged(going.id)).toEqual([]);
    expect(await vcenter?.state()).toMatchObject({ leases: 0 });
    expect(await vcenter?.powerOf('killed-cancel')).toBe('poweredOn');
  });
});
