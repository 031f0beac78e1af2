/** The migrations of a data folder as a daemon has them in memory: all of them, and always as their journals stand. */
import { on } from 'node:events';
import { EventEmitter } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnginePool } from '../../main/engine-pool.ts';
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import { defaultOptions, MigrationId, type MigrationRequest } from '../../main/shared/migration.ts';
import { MigrationIndex, type MigrationChange } from '../../main/store/migrations.ts';
import { now, Shelf } from '../../worker/engine/migrate/shelf.ts';
import { scratch } from '../support/disks.ts';

const request = (number: number): MigrationRequest => ({
  id: MigrationId.parse(`mig_${String(number).padStart(12, '0')}`),
  source: SourceId.parse('src_000000000001'),
  destination: DestinationId.parse('dst_000000000001'),
  vm: { ref: `vm-${number}`, name: `server-${number}` },
  options: defaultOptions,
  // Younger ones do not have the higher numbers.
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, (number * 7919) % 997)).toISOString(),
});

/** What an index tells, until one change is as it was waited for. */
async function told(
  index: MigrationIndex,
  isIt: (change: MigrationChange) => boolean,
  doing: () => Promise<void>,
): Promise<MigrationChange> {
  const hub = new EventEmitter();
  using _listening = index.onChange((change) => hub.emit('change', change));
  const changes = on(hub, 'change', { signal: AbortSignal.timeout(120_000) });
  await doing();
  for await (const [change] of changes as AsyncIterable<[MigrationChange]>) if (isIt(change)) return change;
  throw new Error('unreachable');
}

describe('the index of migrations', () => {
  let engines: EnginePool;
  const stop = new AbortController();
  beforeAll(() => {
    engines = new EnginePool(1);
  });
  afterAll(async () => await engines[Symbol.asyncDispose]());

  test('has all that the data folder has, the newest first, as the command line lists them', async () => {
    using tmp = scratch();
    const shelf = new Shelf(tmp.dir);
    for (let i = 0; i < 300; i++) await shelf.put(request(i));

    await using index = await MigrationIndex.open(engines, tmp.dir, stop.signal);

    const listed = (await shelf.all()).map(({ record }) => record);
    expect(index.all()).toEqual(listed);
    expect(index.all()).toHaveLength(300);
    expect(index.find(request(17).id)?.request.vm.name).toBe('server-17');
    expect(index.find(MigrationId.parse('mig_zzzzzzzzzzzz'))).toBeNull();
  });

  test('follows what others write, without being told', async () => {
    using tmp = scratch();
    const shelf = new Shelf(tmp.dir);
    await shelf.put(request(1));
    await using index = await MigrationIndex.open(engines, tmp.dir, stop.signal);

    const made = await told(
      index,
      ({ id }) => id === request(2).id,
      async () => await shelf.put(request(2)),
    );
    const moved = await told(
      index,
      ({ after }) => after?.stage === 'copying',
      async () => {
        await using taken = await shelf.take(request(1).id);
        await taken.journal.write({ what: 'stage', stage: 'copying', at: now() });
      },
    );
    const gone = await told(
      index,
      ({ after }) => after === null,
      async () => await shelf.forget(request(2).id),
    );

    expect(made).toMatchObject({ before: null, after: { stage: 'planned' } });
    expect(moved).toMatchObject({ id: request(1).id, before: { stage: 'planned' } });
    expect(gone).toMatchObject({ id: request(2).id, before: { stage: 'planned' } });
    expect(index.all().map(({ request }) => request.id)).toEqual([request(1).id]);
  });

  test('is up to date at once for whoever has changed one', async () => {
    using tmp = scratch();
    const shelf = new Shelf(tmp.dir);
    await using index = await MigrationIndex.open(engines, tmp.dir, stop.signal);
    await shelf.put(request(1));

    expect(await index.refresh(request(1).id)).toMatchObject({ stage: 'planned', isRunning: false });
    const taken = await shelf.take(request(1).id);
    expect(await index.refresh(request(1).id)).toMatchObject({ isRunning: true });
    await taken[Symbol.asyncDispose]();
    await shelf.forget(request(1).id);
    index.forget(request(1).id);
    expect(index.all()).toEqual([]);
    expect(await index.refresh(request(1).id)).toBeNull();
  });
});
