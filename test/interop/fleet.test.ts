/** Workers behind a real RabbitMQ: migrations run where there is room, and go on when whoever ran them is gone. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { NodeFacts, ScheduledMigration } from '../../main/shared/schedule.ts';
import { addCloud, addSource } from '../e2e/two-sides.ts';
import { seededContent } from '../lab/content.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import type { MachineSpec } from '../lab/vcenter/machine-spec.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { MiB, scratch } from '../support/disks.ts';
import { guts } from '../support/guts.ts';
import { until } from '../support/until.ts';
import { WorkerProcess } from '../support/worker.ts';
import { rabbitmqPeer, type RabbitmqPeer } from './rabbitmq-peer.ts';

const MACHINES = 12;
const folder = scratch();
let vcenter: Vcenter;
let cloud: OpenstackLab;
let rabbit: RabbitmqPeer;
let daemon: Daemon;
const workers = new Map<string, WorkerProcess>();
let moved = 0;

const passphraseFile = folder.file('passphrase');
const joinKeyFile = folder.file('join.key');

const startDaemon = async (): Promise<Daemon> =>
  await Daemon.start({
    dataDir: folder.file('daemon'),
    passphraseFile,
    flags: ['--node', 'desk', '--only-workers', '--broker', rabbit.amqp, '--broker-password-file', rabbit.passwordFile],
  });

async function startWorker(name: string, ...flags: readonly string[]): Promise<WorkerProcess> {
  const worker = await WorkerProcess.start({
    name,
    dataDir: folder.file(name),
    passphraseFile,
    broker: rabbit.amqp,
    brokerPasswordFile: rabbit.passwordFile,
    joinKeyFile,
    flags,
  });
  workers.set(name, worker);
  return worker;
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

async function begin(): Promise<ScheduledMigration> {
  return await daemon.client.call('migrations.create', {
    source: 'from',
    destination: 'to',
    vm: `vm-${moved++}`,
    options: { networks: [{ from: null, to: 'lan', ip: 'auto' }], mayPullPlug: true, bootTimeoutSeconds: 0 },
    start: true,
  });
}
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
  writeFileSync(passphraseFile, 'a passphrase for tests\n', { mode: 0o600 });
  const machines = Array.from({ length: MACHINES }, (_, i): MachineSpec => {
    const content = seededContent(`disk of vm-${i}`, 4 * MiB, 7 + i);
    return {
      name: `vm-${i}`,
      power: 'off',
      disks: [{ sizeBytes: content.sizeBytes, isThin: true, content }],
      nics: [{ network: 'VM Network' }],
    };
  });
  vcenter = await startVcenter({ machines, withOthers: false });
  cloud = await startOpenstack({ buildMs: 20 });
  rabbit = await rabbitmqPeer();
  daemon = await startDaemon();
  process.env['GUTS_VAULT_PASSPHRASE_FILE'] = passphraseFile;
  process.env['GUTS_VAULT'] = 'file';
  const key = await guts(folder.file('daemon'), 'node', 'key', '-o', joinKeyFile);
  if (key.code !== 0) throw new Error(key.stderr);
  await addSource(daemon.client, vcenter, 'from');
  await addCloud(daemon.client, cloud, 'to');
  await daemon.client.call('sources.refresh', { source: 'from' });
}, 120_000);
afterEach(() => vcenter.faults.clear());
afterAll(async () => {
  for (const worker of workers.values()) await worker[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await rabbit[Symbol.asyncDispose]();
  await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  folder[Symbol.dispose]();
}, 60_000);

describe('a fleet', { timeout: 180_000 }, () => {
  test('runs nothing as long as there is no worker, and says so', async () => {
    const { request } = await begin();

    const waiting = await reaches(request.id, ({ waitsFor }) => waitsFor !== null);

    expect(waiting.waitsFor).toMatchObject({ reason: 'node' });
    const { stdout } = await guts(folder.file('daemon'), 'node', 'list');
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
    vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 3_000 });
    const { request } = await begin();
    const running = await isMidDisk(request.id);
    const node = running.placement?.node ?? '';

    await workers.get(node)?.kill();

    const done = await until(async () => await show(request.id), isDone, 150_000);
    expect(done).toMatchObject({ stage: 'done', ledger: [] });
    expect(done.placement?.node).not.toBe(node);
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
    daemon = await startDaemon();

    const done = await reaches(request.id, isDone);
    expect(done).toMatchObject({ stage: 'done', ledger: [], placement: { node: before.placement?.node } });
    expect(done.stages.filter(({ stage }) => stage === 'copying')).toHaveLength(1);
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

    const done = await until(async () => await show(request.id), isDone, 30_000); // before it counts as lost
    expect(done).toMatchObject({ stage: 'done', ledger: [] });
    expect(done.placement?.node).not.toBe(node);
  });
});
