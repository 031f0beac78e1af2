/** Workers behind a real RabbitMQ share limits of bandwidth, spare busy datastores, and are chosen by their tags. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationId, MigrationOptions } from '../../main/shared/migration.ts';
import { defaultSettings, type NodeFacts, type ScheduledMigration } from '../../main/shared/schedule.ts';
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

/** Of the machines in their order. */
const DISKS_MIB = [12, 12, 4, 4, 160];
/** So much may go at once from each worker before a limit is felt. */
const PIECE_BYTES = MiB / 4;
const folder = scratch();
const passphraseFile = folder.file('passphrase');
const joinKeyFile = folder.file('join.key');
let vcenter: Vcenter;
let cloud: OpenstackLab;
let rabbit: RabbitmqPeer;
let daemon: Daemon;
const workers: WorkerProcess[] = [];
let moved = 0;

async function startWorker(name: string, ...flags: readonly string[]): Promise<void> {
  const worker = await WorkerProcess.start({
    name,
    dataDir: folder.file(name),
    passphraseFile,
    broker: rabbit.amqp,
    brokerPasswordFile: rabbit.passwordFile,
    joinKeyFile,
    flags,
  });
  workers.push(worker);
  await until(nodes, (all) => all.some(({ id, isAlive }) => id === name && isAlive));
}

const nodes = async (): Promise<readonly NodeFacts[]> => (await daemon.client.call('nodes.list', {})).nodes;
const begin = async (options: Partial<MigrationOptions> = {}): Promise<MigrationId> =>
  (
    await daemon.client.call('migrations.create', {
      source: 'from',
      destination: 'to',
      vm: `vm-${moved++}`,
      options: { networks: [{ from: null, to: 'lan', ip: 'auto' }], bootTimeoutSeconds: 0, ...options },
      start: true,
    })
  ).request.id;
const reaches = async (id: MigrationId, isIt: (one: ScheduledMigration) => boolean): Promise<ScheduledMigration> =>
  await until(async () => await daemon.client.call('migrations.show', { id }), isIt);
const isDone = ({ stage }: ScheduledMigration): boolean => stage === 'done' || stage === 'failed';
const isCopying = ({ stage, progress }: ScheduledMigration): boolean => stage === 'copying' && progress.length > 0;
const limitTo = async (otherwise: number | null): Promise<void> =>
  void (await daemon.client.call('settings.change', {
    bandwidth: { ...defaultSettings.bandwidth, global: { otherwise, table: [] } },
  }));

beforeAll(async () => {
  writeFileSync(passphraseFile, 'a passphrase for tests\n', { mode: 0o600 });
  const machines = DISKS_MIB.map((mib, i): MachineSpec => {
    const content = seededContent(`disk of vm-${i}`, mib * MiB, 7 + i);
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
  daemon = await Daemon.start({
    dataDir: folder.file('daemon'),
    passphraseFile,
    flags: ['--node', 'desk', '--only-workers', '--broker', rabbit.amqp, '--broker-password-file', rabbit.passwordFile],
  });
  process.env['GUTS_VAULT_PASSPHRASE_FILE'] = passphraseFile;
  process.env['GUTS_VAULT'] = 'file';
  const key = await guts(folder.file('daemon'), 'node', 'key', '-o', joinKeyFile);
  if (key.code !== 0) throw new Error(key.stderr);
  await addSource(daemon.client, vcenter, 'from');
  await addCloud(daemon.client, cloud, 'to');
  await daemon.client.call('sources.refresh', { source: 'from' });
  await startWorker('w1', '--tags', 'rack1', 'fast');
  await startWorker('w2', '--tags', 'rack1');
}, 120_000);
afterEach(() => vcenter.setReadLatency('vmfs-fast', 2));
afterAll(async () => {
  for (const worker of workers) await worker[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
  await rabbit[Symbol.asyncDispose]();
  await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  folder[Symbol.dispose]();
}, 60_000);

describe('a fleet', { timeout: 300_000 }, () => {
  test('sends no more than the limit together, wherever its migrations run', async () => {
    const limit = MiB;
    await limitTo(limit);
    const ids = [await begin(), await begin()];
    const running = await Promise.all(ids.map(async (id) => await reaches(id, isCopying)));

    expect(new Set(running.map(({ placement }) => placement?.node))).toEqual(new Set(['w1', 'w2']));
    const shares = (await nodes()).map(({ id, limitBytesPerSecond }) => [id, limitBytesPerSecond]);
    expect(shares).toEqual([
      ['desk', null],
      ['w1', limit / 2],
      ['w2', limit / 2],
    ]);
    const headers = { authorization: `Bearer ${daemon.token}` };
    const figures = await (await fetch(`${daemon.url}/metrics`, { headers })).text();
    expect(figures).toContain(`guts_node_limit_bytes_per_second{node="w1"} ${limit / 2}\n`);
    for (const name of ['up', 'draining', 'slots', 'running', 'free_bytes', 'reserved_bytes', 'bytes_per_second'])
      expect(figures).toContain(`guts_node_${name}{node="w1"} `);

    const done = await Promise.all(ids.map(async (id) => await reaches(id, isDone)));
    const timesOf = (wanted: string): number[] =>
      done.flatMap(({ stages }) => stages.filter(({ stage }) => stage === wanted).map(({ at }) => Date.parse(at)));
    const seconds = (Math.max(...timesOf('provisioning')) - Math.min(...timesOf('copying'))) / 1000;
    const sent = done.flatMap(({ disks }) => disks).reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    expect(done.map(({ stage }) => stage)).toEqual(['done', 'done']);
    expect(sent).toBeGreaterThan(4 * MiB);
    expect(seconds).toBeGreaterThan((0.95 * (sent - 2 * PIECE_BYTES)) / limit);
    await expect.poll(async () => (await nodes()).map((node) => node.moved?.length)).toEqual([0, 1, 1]);
    await limitTo(null);
  });

  test('runs a migration where all of its tags are, and says what nobody has until somebody has it', async () => {
    const there = await reaches(await begin({ nodeTags: ['rack1', 'fast'] }), isDone);
    expect(there).toMatchObject({ stage: 'done', placement: { node: 'w1' } });
    expect(there.placement?.reason).toMatch(/^It is the only node with the tags “rack1” and “fast” that may run it\. /);

    const id = await begin({ nodeTags: ['rack2'] });
    const waiting = await reaches(id, ({ waitsFor }) => waitsFor !== null);
    expect(waiting.waitsFor?.says).toContain('No node that may run it has the tag “rack2”; they have “fast”, “rack1”.');

    await startWorker('w3', '--tags', 'rack2');
    expect(await reaches(id, isDone)).toMatchObject({ stage: 'done', placement: { node: 'w3' } });
  });

  test('spares a datastore whose reads take long, as the worker that copies hears', async () => {
    await limitTo(MiB / 2);
    const id = await begin();
    await reaches(id, isCopying);

    vcenter.setReadLatency('vmfs-fast', 47);
    const slowed = await reaches(id, (one) => one.slowedBy !== null || isDone(one));
    expect(slowed.slowedBy).toMatchObject({ milliseconds: 47 });
    expect(slowed.slowedBy?.says).toMatch(/^Reads from “vmfs-fast” of “from” took 47 ms: no more than \d/);
    expect(slowed.placement?.node).not.toBe('desk');

    await daemon.client.call('settings.change', { latency: { mostMilliseconds: null } });
    await limitTo(null);
    expect(await reaches(id, isDone)).toMatchObject({ stage: 'done', slowedBy: null });
  });
});
