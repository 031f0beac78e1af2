/** What servers promise each other about the queue that they share: told of SQLite, PostgreSQL and MariaDB. */
import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EnginePool } from '../../main/engine-pool.ts';
import { QueueFile } from '../../main/scheduler/queue-file.ts';
import { Database } from '../../main/store/sql/database.ts';
import { SqlQueueLog } from '../../main/store/sql/queue-log.ts';
import { mig, use } from '../scheduler/samples.ts';
import type { SharedPlace } from './shared-stories.ts';
import { at, lead, measured, requestOf, scheduled, wished } from './state-stories.ts';

const never = new AbortController().signal;

/** @param make a database that is empty */
export function tellSharedQueueStories(make: () => Promise<SharedPlace>): void {
  let engines: EnginePool;
  beforeAll(() => {
    engines = new EnginePool(1);
  });
  afterAll(async () => await engines[Symbol.asyncDispose]());

  test('servers that put something into the queue at the same time give each its own place, behind those before', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    await using one = await QueueFile.open(first.queue);
    await using two = await QueueFile.open(second.queue);
    await one.ask(scheduled(1), wished(1, 1));
    await one.ask(scheduled(2), wished(2, 2));

    // The second has seen nothing of that, and begins to count by itself.
    await Promise.all([
      two.ask(scheduled(3), wished(3, 1)),
      two.ask(scheduled(4), wished(4, 2)),
      one.ask(scheduled(5), wished(5, 3)),
      one.ask(scheduled(6), wished(6, 4)),
    ]);

    await one.catchUp();
    await two.catchUp();
    const places = [...one.entries.values()].map(({ number }) => number);
    expect(new Set(places)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect([...two.entries.values()]).toEqual([...one.entries.values()]);
    for (const id of [mig(3), mig(4)]) expect(one.entries.get(id)?.number).toBeGreaterThan(2);
  });

  test('what is asked at another server counts, also where the scheduler writes down what came of an older wish', async () => {
    await using place = await make();
    await using second = await place.open('b');
    await using database = await Database.open(place.options);
    // Leads, and hears of others only when it writes or is told to look.
    let meet = async (): Promise<void> => {};
    await using one = await QueueFile.open(
      async (hearer) => await SqlQueueLog.open(database, hearer, { fence: () => 0, meet: async () => await meet() }),
    );
    await using two = await QueueFile.open(second.queue);
    const asks = (number: number) => ({ what: 'wished', id: mig(number), wish: 'cancel', number: null, at }) as const;
    const ended = (number: number) => ({ ...asks(number), wish: 'none' }) as const;
    await one.ask(...[1, 2, 3].flatMap((number) => [scheduled(number), wished(number, number)]));
    await two.catchUp();

    await two.ask(asks(1));
    await one.write(ended(1), ended(2), measured(1)); // nothing is known here of what was asked
    await two.ask(asks(3));
    let writing: Promise<void> | undefined;
    meet = async () => await Promise.resolve(void (writing = one.write(ended(3)))); // it gets known before that is written
    await one.catchUp();
    await writing;

    await two.catchUp();
    for (const { entries } of [one, two]) {
      expect(entries.get(mig(1))).toMatchObject({ wish: 'cancel', use: use() });
      expect(entries.get(mig(2))?.wish).toBe('none');
      expect(entries.get(mig(3))?.wish).toBe('cancel');
    }
  });

  test('whoever hears of a migration by the queue has its journal, also while that is just being fetched', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    const copyOf = (id: string): string => `${second.dataDir}/migrations/${id}.jsonl`;
    const missing: string[] = [];
    const heard: string[] = [];
    second.leadership?.beforeNews(async (ids) => {
      heard.push(...ids);
      missing.push(...ids.filter((id) => !existsSync(copyOf(id))));
      await Promise.resolve();
    });
    await using one = await QueueFile.open(first.queue);
    await using two = await QueueFile.open(second.queue);
    const numbers = Array.from({ length: 60 }, (_, i) => i + 1);

    for (const number of numbers) {
      await first.journals(engines).begin(requestOf(number), never);
      await one.ask(scheduled(number), wished(number, number));
      // Who writes into the queue looks there, too, at some moment of the look at all that is new.
      const looking = second.catchUp?.();
      for (let turn = 0; turn < number; turn++) await nextTurn();
      await two.catchUp();
      await looking;
    }

    expect(missing).toEqual([]);
    expect(new Set(heard)).toEqual(new Set(numbers.map(mig)));
  });

  test('a queue that was written anew is the same to the other server', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    await lead(first);
    await using other = await QueueFile.open(second.queue);
    await using queue = await QueueFile.open(first.queue);
    for (let round = 0; round < 6; round++)
      await queue.write(...Array.from({ length: 1000 }, (_, i) => wished(i % 10, i + 1)), scheduled(round));
    await queue.write(measured(1));

    await other.ask(scheduled('later'));
    await queue.catchUp();

    expect([...other.entries.values()]).toEqual([...queue.entries.values()]);
    expect(queue.entries.size).toBe(7);
  });
}
