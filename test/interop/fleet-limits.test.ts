/** Workers behind a real RabbitMQ share limits of bandwidth, spare busy datastores, and are chosen by their tags. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationId, MigrationOptions } from '../../main/shared/migration.ts';
import { defaultSettings, type NodeFacts, type ScheduledMigration } from '../../main/shared/schedule.ts';
import type { Daemon } from '../support/daemon.ts';
import { MiB } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { SmallFleet } from './small-fleet.ts';

/** Of the machines in their order. */
const DISKS_MIB = [12, 12, 4, 4, 160];
/** So much may go at once from each worker before a limit is felt. */
const PIECE_BYTES = MiB / 4;
let fleet: SmallFleet;
let daemon: Daemon;

async function startWorker(name: string, ...flags: readonly string[]): Promise<void> {
  await fleet.startWorker(name, { flags });
  await until(nodes, (all) => all.some(({ id, isAlive }) => id === name && isAlive));
}

const nodes = async (): Promise<readonly NodeFacts[]> => (await daemon.client.call('nodes.list', {})).nodes;
const begin = async (options: Partial<MigrationOptions> = {}): Promise<MigrationId> =>
  (await fleet.begin(daemon, options)).request.id;
const reaches = async (id: MigrationId, isIt: (one: ScheduledMigration) => boolean): Promise<ScheduledMigration> =>
  await until(async () => await daemon.client.call('migrations.show', { id }), isIt);
const isDone = ({ stage }: ScheduledMigration): boolean => stage === 'done' || stage === 'failed';
const isCopying = ({ stage, progress }: ScheduledMigration): boolean => stage === 'copying' && progress.length > 0;
const limitTo = async (otherwise: number | null): Promise<void> =>
  void (await daemon.client.call('settings.change', {
    bandwidth: { ...defaultSettings.bandwidth, global: { otherwise, table: [] } },
  }));

beforeAll(async () => {
  fleet = await SmallFleet.open(DISKS_MIB);
  daemon = await fleet.startDaemon();
  await fleet.setUp(daemon);
  await startWorker('w1', '--tags', 'rack1', 'fast');
  await startWorker('w2', '--tags', 'rack1');
}, 120_000);
afterEach(() => fleet.vcenter.setReadLatency('vmfs-fast', 2));
afterAll(async () => await fleet?.[Symbol.asyncDispose](), 60_000);

describe('a fleet', { timeout: 300_000 }, () => {
  test('sends no more than the limit together, wherever its migrations run', async () => {
    const limit = MiB;
    await limitTo(limit);
    const ids = [await begin(), await begin()];
    const running = await Promise.all(ids.map(async (id) => await reaches(id, isCopying)));

    expect(new Set(running.map(({ placement }) => placement?.node))).toEqual(new Set(['w1', 'w2']));
    await expect
      .poll(async () => (await nodes()).map(({ id, limitBytesPerSecond }) => [id, limitBytesPerSecond]))
      .toEqual([
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
    expect(there.placement?.reason).toMatch(
      /^It is the only node with the tags “rack1” and “fast” that is up and may run it\. /,
    );

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

    fleet.vcenter.setReadLatency('vmfs-fast', 47);
    const slowed = await reaches(id, (one) => one.slowedBy !== null || isDone(one));
    expect(slowed.slowedBy).toMatchObject({ milliseconds: 47 });
    expect(slowed.slowedBy?.says).toMatch(/^Reads from “vmfs-fast” of “from” took 47 ms: no more than \d/);
    expect(slowed.placement?.node).not.toBe('desk');

    await daemon.client.call('settings.change', { latency: { mostMilliseconds: null } });
    await limitTo(null);
    expect(await reaches(id, isDone)).toMatchObject({ stage: 'done', slowedBy: null });
  });
});
