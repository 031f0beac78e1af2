/**
 * A fleet on hosts of their own, which reach each other by a network alone: the broker over TLS, the state in a PostgreSQL, a vCenter
 * and an OpenStack that know nothing of it. Twenty machines of a plan go where the conversion space is, and arrive.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AMPLE } from '../../main/scheduler/placement.ts';
import { checksOf } from '../../main/shared/report.ts';
import type { NodeFacts, NodeId, ScheduledMigration } from '../../main/shared/schedule.ts';
import { makeRaw, MiB, scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { openDestination, type Destination } from './hosts/destination.ts';
import { HostFleet } from './hosts/fleet.ts';
import { vspherePeer, type VspherePeer } from './vsphere-peer.ts';

const MACHINES = 20;
/** Room for nine, five and two of them, so that some have to wait. */
const SPACE = { w1: 640 * MiB, w2: 384 * MiB, w3: 192 * MiB };
const names = Array.from({ length: MACHINES }, (_, i) => `host-${i.toString().padStart(2, '0')}`);

const folder = scratch();
let destination: Destination;
let vcenter: VspherePeer;
let fleet: HostFleet;

beforeAll(async () => {
  const machine = { guestId: 'otherLinux64Guest', cpus: 1, memoryMiB: 256, nics: [''], tools: 'ok', powerOn: false };
  const vms: unknown[] = [];
  for (const [i, name] of names.entries()) {
    await makeRaw(folder.file(`${name}.raw`), 16 * MiB, [{ offset: i * 64 * 1024, length: 2 * MiB + i * 4096 }]);
    const disks = [{ file: `${name}.raw`, thin: true }];
    vms.push({ ...machine, name, firmware: 'bios', controller: 'pvscsi', disks });
  }
  writeFileSync(folder.file('manifest.json'), JSON.stringify({ vms }));
  vcenter = await vspherePeer('vcenter', '-manifest', folder.file('manifest.json'), '-zoo=false', '-vm', '2');
  destination = await openDestination(MACHINES);
  const { connection: source, secret } = await vcenter.signIn();
  fleet = await HostFleet.open({
    folder: folder.dir,
    source: [Number(new URL(source.url).port)],
    cloud: destination.ports,
    space: SPACE,
    slots: MACHINES,
    isStateShared: true,
  });
  const { client } = fleet.daemon;
  const { name: _from, id: _source, kind: _kind, createdAt: _since, about: _about, ...from } = source;
  await client.call('sources.create', { ...from, name: 'from', secret });
  await client.call('sources.refresh', { source: 'from' });
  const { connection: cloud, secret: password } = destination.signIn;
  const { authUrl, auth, trust } = cloud;
  await client.call('destinations.create', { name: 'to', authUrl, auth, trust, secret: password });
  const all = MACHINES;
  const slots = { global: all, perSource: all, perHost: all, perDatastore: all, perDestination: all };
  await client.call('settings.change', { slots, preflights: 4 });
});
afterAll(async () => {
  await fleet?.[Symbol.asyncDispose]();
  await destination?.[Symbol.asyncDispose]();
  await vcenter?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function all(): Promise<readonly ScheduledMigration[]> {
  const records: ScheduledMigration[] = [];
  for await (const record of fleet.daemon.client.all('migrations.list', { limit: 100 })) records.push(record);
  return records.toSorted((a, b) => (a.request.vm.name < b.request.vm.name ? -1 : 1));
}
const nodes = async (): Promise<readonly NodeFacts[]> => (await fleet.daemon.client.call('nodes.list', {})).nodes;

/**
 * Places one after the other as told, by plain arithmetic: each lies where it fits, and where there is ample room as long as any node
 * has that; what waits fits nowhere.
 */
function demandByRoom(free: ReadonlyMap<NodeId, number>, need: number, told: readonly (NodeId | null)[]): void {
  const left = new Map(free);
  for (const [i, node] of told.entries()) {
    const most = Math.max(...left.values());
    const there = node === null ? 0 : (left.get(node) ?? 0);
    expect({ i, node, fits: there >= need }).toEqual({ i, node, fits: most >= need });
    expect({ i, node, isAmple: there >= AMPLE * need }).toEqual({ i, node, isAmple: most >= AMPLE * need });
    if (node !== null) left.set(node, there - need);
  }
}

describe('a fleet on three hosts', { timeout: 1_500_000 }, () => {
  test('reaches source and cloud from each, and has the conversion space of each', async () => {
    const told = await until(nodes, (some) =>
      fleet.names.every((name) => some.find(({ id }) => id === name)?.reach?.length === 2),
    );

    for (const [name, bytes] of Object.entries(SPACE)) {
      const node = told.find(({ id }) => id === name);
      expect(node).toMatchObject({ host: name, isAlive: true, space: { totalBytes: bytes } });
      expect(node?.reach?.map(({ isReached }) => isReached)).toEqual([true, true]);
    }
  });

  test('moves twenty machines of a plan, each where there is room', async () => {
    const { client } = fleet.daemon;
    const plan = await client.call('plans.create', {
      name: 'twenty',
      source: 'from',
      destination: 'to',
      options: { networks: [{ from: null, to: 'lan', ip: 'auto' }], bootTimeoutSeconds: 0 },
      notBefore: '2100-01-01T00:00:00.000Z',
      machines: names.map((vm) => ({ vm })),
    });
    const { results } = await client.call('plans.start', { plan: plan.id });
    expect(results.filter(({ error }) => error !== null)).toEqual([]);
    const looked = await until(all, (some) => some.every(({ stage }) => stage === 'queued' || stage === 'failed'));
    expect(looked.map(({ stage, error }) => ({ stage, error }))).toEqual(
      names.map(() => ({ stage: 'queued', error: null })),
    );

    // All at one moment, by figures that nothing changes.
    await client.call('settings.change', { isPaused: true });
    for (const { request } of looked)
      await client.call('migrations.schedule', { id: request.id, schedule: { notBefore: null } });
    const idle = (await nodes()).filter(({ id }) => fleet.names.includes(id));
    const free = new Map(idle.map(({ id, space }) => [id, space.freeBytes]));
    await client.call('settings.change', { isPaused: false });
    const placed = await until(all, (some) => some.some(({ placement }) => placement !== null));
    const [need = 0] = placed.flatMap(({ placement }) => placement?.reservedBytes ?? []);
    expect(new Set(placed.flatMap(({ placement }) => placement?.reservedBytes ?? []))).toEqual(new Set([need]));
    const spread = placed.map(({ placement }) => placement?.node ?? null);
    demandByRoom(free, need, spread);
    const counts = fleet.names.map((name) => spread.filter((node) => node === name).length);
    expect(counts).toEqual(Object.values(SPACE).map((bytes) => Math.floor(bytes / need)));
    expect(spread).toContain(null);
    for (const { placement, waitsFor } of placed)
      if (placement === null)
        expect(waitsFor).toMatchObject({ reason: 'space', says: expect.stringContaining('promised') });

    const done = await until(
      all,
      (some) => some.every(({ stage }) => ['done', 'failed', 'waiting'].includes(stage)),
      1_200_000,
    );
    for (const { request, stage, error, ledger, placement } of done)
      expect({ vm: request.vm.name, stage, error, ledger, placement }).toMatchObject({
        stage: 'done',
        error: null,
        ledger: [],
        placement: { reason: expect.stringContaining('of conversion space are free there') },
      });
    const late = done.filter((_, i) => spread[i] === null);
    for (const { placement } of late) expect(free.has(placement?.node ?? ('' as NodeId))).toBe(true);
  });

  test('leaves a report of each that names its node and proves its disks, and nothing else anywhere', async () => {
    const { client } = fleet.daemon;
    for (const { request, placement } of await all()) {
      const report = await client.call('reports.show', { id: request.id });

      expect(report).toMatchObject({
        title: request.vm.name,
        plan: { name: 'twenty', wave: 1 },
        destination: { server: { name: request.vm.name } },
        error: null,
        leftBehind: [],
      });
      const run = report.timeline.slice(report.timeline.findIndex(({ stage }) => stage === 'preparing'));
      expect(new Set(run.map(({ node }) => node))).toEqual(new Set([placement?.node]));
      expect(report.disks.map(({ key }) => key)).toEqual(report.expected.map(({ key }) => key));
      for (const { proofs } of report.disks) expect(proofs.length).toBeGreaterThanOrEqual(2);
      expect(checksOf(report).filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    }

    const there = await destination.everything();
    expect(there.servers).toEqual(names);
    expect(there.volumes).toEqual([]);
    expect(there.images.length).toBe(MACHINES); // which the servers were booted from
    expect(await vcenter.state()).toMatchObject({ leases: 0 });
    expect((await client.call('tidy.run', {})).leftovers).toEqual([]);
    for (const name of fleet.names) expect(readdirSync(fleet.file(name, `${name}-space`))).toEqual([]);
    // The broker counts now and then.
    await expect.poll(async () => await fleet.held()).toEqual([]);
  });
});
