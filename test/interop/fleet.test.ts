/** Workers behind a real RabbitMQ: migrations run where there is room, and go on when whoever ran them is gone. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { NodeFacts, ScheduledMigration } from '../../main/shared/schedule.ts';
import type { OpenstackLab } from '../lab/openstack/start.ts';
import type { Vcenter } from '../lab/vcenter/vcenter.ts';
import type { Daemon } from '../support/daemon.ts';
import { guts } from '../support/guts.ts';
import { until } from '../support/until.ts';
import type { WorkerProcess } from '../support/worker.ts';
import type { RabbitmqPeer } from './rabbitmq-peer.ts';
import { SmallFleet } from './small-fleet.ts';

const DISKS_MIB = Array.from({ length: 12 }, () => 4);
let fleet: SmallFleet;
let vcenter: Vcenter;
let cloud: OpenstackLab;
let rabbit: RabbitmqPeer;
let daemon: Daemon;
const workers = new Map<string, WorkerProcess>();

async function startWorker(name: string, ...flags: readonly string[]): Promise<void> {
  workers.set(name, await fleet.startWorker(name, { flags }));
}

const nodeOf = async (name: string): Promise<NodeFacts | undefined> =>
  (await daemon.client.call('nodes.list', {})).nodes.find(({ id }) => id === name);
async function figures(): Promise<string[]> {
  const headers = { authorization: `Bearer ${daemon.token}` };
  return (await (await fetch(`${daemon.url}/metrics`, { headers })).text()).split('\n');
}
const isUp = async (name: string): Promise<void> =>
  void (await until(
    async () => await nodeOf(name),
    (node) => node?.isAlive === true,
  ));

const begin = async (): Promise<ScheduledMigration> => await fleet.begin(daemon);
const show = async (id: MigrationId): Promise<ScheduledMigration> =>
  await daemon.client.call('migrations.show', { id });
const reaches = async (id: MigrationId, isIt: (one: ScheduledMigration) => boolean): Promise<ScheduledMigration> =>
  await until(async () => await show(id), isIt, 90_000);
/** In the middle of a disk, which comes no further for as long as its stall lasts, whatever becomes of the rules. */
async function isMidDisk(id: MigrationId): Promise<ScheduledMigration> {
  await until(
    async () => await Promise.resolve(vcenter.faults.rules),
    (rules) => rules.every(({ met }) => met > 0),
  );
  return await reaches(id, ({ stage }) => stage === 'copying');
}
const isDone = ({ stage }: ScheduledMigration): boolean => stage === 'done' || stage === 'failed';

beforeAll(async () => {
  fleet = await SmallFleet.open(DISKS_MIB);
  ({ vcenter, cloud, rabbit } = fleet);
  daemon = await fleet.startDaemon();
  await fleet.setUp(daemon);
}, 120_000);
afterEach(() => vcenter.faults.clear());
afterAll(async () => await fleet?.[Symbol.asyncDispose](), 60_000);

describe('a fleet', { timeout: 600_000 }, () => {
  test('runs nothing as long as there is no worker, and says so', async () => {
    const { request } = await begin();

    const waiting = await reaches(request.id, ({ waitsFor }) => waitsFor !== null);

    expect(waiting.waitsFor).toMatchObject({ reason: 'node' });
    const { stdout } = await guts(fleet.file('desk'), 'node', 'list');
    expect(stdout).toMatch(/^desk .* runs nothing /m); // as the window says it; only workers are drained
  });

  test('runs what waits as soon as a worker has joined, and keeps its journal with the daemon', async () => {
    await startWorker('w1', '--tags', 'rack1');
    await isUp('w1');

    const { migrations } = await daemon.client.call('migrations.list', {});
    const [first] = migrations;
    const done = await reaches(first?.request.id ?? ('' as MigrationId), isDone);

    expect(done).toMatchObject({ stage: 'done', ledger: [], error: null, placement: { node: 'w1' } });
    expect(cloud.state().servers.map(({ name, status }) => [name, status])).toEqual([['vm-0', 'ACTIVE']]);
    expect(await nodeOf('w1')).toMatchObject({ tags: ['rack1'], slots: 2, isDraining: false });
    expect(await figures()).toEqual(
      expect.arrayContaining([
        'guts_node_up{node="w1"} 1',
        'guts_node_draining{node="w1"} 0',
        'guts_node_slots{node="w1"} 2',
        'guts_node_bytes_per_second{node="w1"} 0',
        'guts_node_draining{node="desk"} 1',
        expect.stringMatching(/^guts_node_free_bytes\{node="w1"\} [1-9]\d+$/),
      ]),
    );
    const report = await daemon.client.call('reports.show', { id: done.request.id });
    expect(JSON.stringify(report)).toContain('vm-0');
    expect(workers.get('w1')?.log).not.toContain(vcenter.password);
  });

  test('gives a migration to another worker when the one that ran it was killed', async () => {
    await startWorker('w2');
    await isUp('w2');
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 55_000 });
    const { request } = await begin();
    const running = await isMidDisk(request.id);
    const node = running.placement?.node ?? '';

    await workers.get(node)?.kill();

    const silent = await reaches(request.id, ({ waitsFor }) => waitsFor !== null);
    const says = `Node “${node}” is not heard; if it stays so, this goes on elsewhere.`;
    expect(silent).toMatchObject({ isRunning: true, waitsFor: { reason: 'node', says } });
    expect(Date.parse(silent.waitsFor?.until ?? '')).toBeGreaterThan(Date.now());
    expect((await guts(fleet.file('desk'), 'list')).stdout).toContain(says);
    const done = await until(async () => await show(request.id), isDone, 150_000);
    expect(done).toMatchObject({ stage: 'done', ledger: [] });
    expect(done.placement?.node).not.toBe(node);
    expect(done.stages.find(({ stage }) => stage === 'waiting')?.error?.message).toBe(
      `It was interrupted at “copying” on node “${node}”, without a word.`,
    );
    expect((await daemon.client.call('tidy.run', {})).leftovers).toEqual([]);
    expect((await nodeOf(node))?.isAlive).toBe(false);
    expect(await figures()).toContain(`guts_node_up{node="${node}"} 0`);
    await startWorker(node);
    await isUp(node);
  });

  test('goes on while the daemon is restarted, without copying anything twice', async () => {
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 6_000 });
    const { request } = await begin();
    const before = await isMidDisk(request.id);

    await daemon.kill();
    daemon = await fleet.startDaemon();

    const done = await reaches(request.id, isDone);
    expect(done).toMatchObject({ stage: 'done', ledger: [], placement: { node: before.placement?.node } });
    expect(done.stages.filter(({ stage }) => stage === 'copying')).toHaveLength(1);
  });

  test('is known to run while the queue is held and the daemon was restarted, and is paused on its worker', async () => {
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 55_000 });
    const { request } = await begin();
    const { placement } = await isMidDisk(request.id);
    await daemon.client.call('settings.change', { isPaused: true });

    await daemon.kill();
    daemon = await fleet.startDaemon();
    vcenter.faults.clear();

    // Nobody here follows it: the worker that has it may be at it all the same.
    expect(await show(request.id)).toMatchObject({ isRunning: true, stage: 'copying', placement });
    await daemon.client.call('migrations.action', { id: request.id, action: 'pause' });
    const paused = await reaches(request.id, ({ isRunning, isQueued }) => !isRunning && !isQueued);
    expect(paused).toMatchObject({ stage: 'paused', error: null });
    await daemon.client.call('settings.change', { isPaused: false });
    await daemon.client.call('migrations.action', { id: request.id, action: 'resume' });
    expect(await reaches(request.id, isDone)).toMatchObject({ stage: 'done', ledger: [] });
  });

  test('stands still while the broker is away, and goes on when it is back', async () => {
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 2_000 });
    const { request } = await begin();
    await isMidDisk(request.id);

    await rabbit.kill();
    await rabbit.up();

    expect(await reaches(request.id, isDone)).toMatchObject({ stage: 'done', ledger: [] });
  });

  test('is paused, resumed and cancelled on a worker like anywhere else', async () => {
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 20_000 });
    const { request } = await begin();
    const { id } = request;
    await isMidDisk(id);

    await daemon.client.call('migrations.action', { id, action: 'pause' });
    expect(await reaches(id, ({ stage, isRunning }) => stage === 'paused' && !isRunning)).toMatchObject({
      isQueued: false,
    });

    vcenter.faults.clear();
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 20_000 });
    await daemon.client.call('migrations.action', { id, action: 'resume' });
    await isMidDisk(id);
    await daemon.client.call('migrations.action', { id, action: 'cancel' });

    expect(await reaches(id, ({ stage }) => stage === 'cancelled')).toMatchObject({ ledger: [] });
    expect((await daemon.client.call('tidy.run', {})).leftovers).toEqual([]);
  });

  test('gives a worker that is drained nothing more, and forgets one that is gone', async () => {
    // It may not have come back yet since the broker was away.
    await until(
      async () => await daemon.client.call('nodes.drain', { node: 'w1' }).catch((error: unknown) => error),
      (answer) => !(answer instanceof Error),
    );
    // What was cancelled before gives its slot back when that is written down.
    await expect.poll(async () => await nodeOf('w1')).toMatchObject({ isDraining: true, running: [] });

    const { request } = await begin();
    expect(await reaches(request.id, isDone)).toMatchObject({ stage: 'done', placement: { node: 'w2' } });

    await expect(daemon.client.call('nodes.remove', { node: 'w1' })).rejects.toMatchObject({ code: 'node.in-use' });
    expect(await workers.get('w1')?.stop()).toBe(0);
    const { log = '' } = workers.get('w1') ?? {};
    expect(log.slice(log.indexOf('"stopped"'))).not.toContain('"broker"'); // what is over does not say that it is up
  });

  test('goes on elsewhere when the worker that runs it is drained and pauses', async () => {
    await Promise.all(['w3', 'w4'].map(async (name) => await startWorker(name)));
    await Promise.all(['w3', 'w4'].map(isUp));
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 20_000 });
    const { request } = await begin();
    const { placement } = await isMidDisk(request.id);
    const node = placement?.node ?? '';
    vcenter.faults.clear();

    await daemon.client.call('nodes.drain', { node, pause: true });

    const done = await reaches(request.id, isDone);
    expect(done).toMatchObject({ stage: 'done', ledger: [] });
    expect(done.placement?.node).not.toBe(node);
    expect(await figures()).toContain(`guts_node_draining{node="${node}"} 1`);
    await daemon.client.call('nodes.drain', { node, isDraining: false });
    expect(await figures()).toContain(`guts_node_draining{node="${node}"} 0`);
  });

  test('goes on elsewhere at once when the worker that runs it is told to stop', async () => {
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 20_000 });
    const { request } = await begin();
    const { placement } = await isMidDisk(request.id);
    const node = placement?.node ?? '';
    vcenter.faults.clear();

    expect(await workers.get(node)?.stop()).toBe(0);

    const done = await until(async () => await show(request.id), isDone, 40_000); // before it counts as lost
    expect(done).toMatchObject({ stage: 'done', ledger: [] });
    expect(done.placement?.node).not.toBe(node);
  });
});
