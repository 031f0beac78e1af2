/** What servers that share a database promise each other: told of SQLite, PostgreSQL and MariaDB. */
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditLog } from '../../main/access/audit-log.ts';
import type { JobListener } from '../../main/engine-client.ts';
import { EnginePool } from '../../main/engine-pool.ts';
import { PlanFile } from '../../main/scheduler/plan-file.ts';
import { QueueFile } from '../../main/scheduler/queue-file.ts';
import { SettingsFile } from '../../main/scheduler/settings-file.ts';
import { HandoverId } from '../../main/shared/given.ts';
import type { Job, JobResults } from '../../main/shared/jobs.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import type { ConnectOptions } from '../../main/store/sql/connect.ts';
import { Database } from '../../main/store/sql/database.ts';
import { LAYOUT } from '../../main/store/sql/tables.ts';
import { mig } from '../scheduler/samples.ts';
import { source } from './samples.ts';
import {
  at,
  auditOf,
  entry,
  lead,
  measured,
  planOf,
  requestOf,
  scheduled,
  wished,
  type StatePlace,
} from './state-stories.ts';

export interface SharedPlace extends StatePlace {
  readonly options: ConnectOptions;
  /** A data folder that no server has had. */
  readonly freshDir: string;
}

const never = new AbortController().signal;

/** @param make a database that is empty */
export function tellSharedStories(make: () => Promise<SharedPlace>): void {
  let engines: EnginePool;
  beforeAll(() => {
    engines = new EnginePool(1);
  });
  afterAll(async () => await engines[Symbol.asyncDispose]());

  test('what one server changes the other knows soon, without being asked', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    await lead(first);
    await lead(second);
    const heard: string[] = [];
    const plans = await PlanFile.open(second.documents, (id) => heard.push(id));
    const settings = await SettingsFile.open(second.documents);
    using _settings = settings.follow(({ preflights }) => heard.push(`preflights ${preflights}`));
    await using queue = await QueueFile.open(second.queue);
    await using _audit = await AuditLog.open(second.audit, ({ what }) => heard.push(what));

    const plan = planOf('first');
    await (await PlanFile.open(first.documents)).put(plan);
    await (await SettingsFile.open(first.documents)).change({ preflights: 9 });
    await using other = await QueueFile.open(first.queue);
    await other.ask(scheduled(1), wished(1, 1));
    await other.write(measured(1));
    await using log = await AuditLog.open(first.audit);
    await log.write(entry('sources.create'));
    await first.journals(engines).begin(requestOf(1), never);

    await expect.poll(() => heard.toSorted()).toEqual([plan.id, 'preflights 9', 'sources.create'].toSorted());
    await expect.poll(() => [...queue.entries.values()]).toEqual([...other.entries.values()]);
    expect(plans.plans).toEqual([plan]);
    expect(settings.settings.preflights).toBe(9);
    const copy = async () => await readFile(`${second.dataDir}/migrations/${mig(1)}.jsonl`, 'utf8').catch(() => '');
    await expect.poll(copy).toContain('server-1');
    await first.journals(engines).remove(mig(1), never);
    await expect.poll(copy).toBe('');
  });

  test('the audit log has one number for each line, whoever writes it', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    await using one = await AuditLog.open(first.audit);
    await using two = await AuditLog.open(second.audit);

    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => await (i % 2 === 0 ? one : two).write(entry(`sources.create-${i}`))),
    );

    const numbers = (await auditOf(one)).map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
  });

  test('many changes of one document by several servers are all kept', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    const stores = [new ConnectionStore(first.documents), new ConnectionStore(second.documents)];

    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => await stores[i % 2]?.put('source', source(`vc-${i}`))),
    );

    expect(await stores[0]?.list('source')).toHaveLength(20);
  });

  test('what another server has changed is told also where somebody has read it, or changed something else of it, before', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    const heard: string[] = [];
    const connections = new ConnectionStore(second.documents);
    using _connections = connections.follow((all) => heard.push(`${all.length} connections`));
    const plans = await PlanFile.open(second.documents, (id) => heard.push(id));
    const [theirs, own] = [planOf('theirs'), planOf('own')];

    await new ConnectionStore(first.documents).put('source', source('vc1'));
    expect(await connections.list('source')).toHaveLength(1);
    await (await PlanFile.open(first.documents)).put(theirs);
    await plans.put(own);
    await second.catchUp?.();

    expect(heard).toContain('1 connections');
    expect(heard).toContain(theirs.id);
    expect(plans.plans.map(({ name }) => name)).toEqual(['theirs', 'own']);
  });

  test('one of two leads, and the other as soon as that one ends', async () => {
    await using place = await make();
    await using second = await (async () => {
      await using first = await place.open('a');
      await lead(first);
      const other = await place.open('b');
      await lead(other);
      expect([first.leadership?.isLeading(), other.leadership?.isLeading()]).toEqual([true, false]);
      await using queue = await QueueFile.open(other.queue);
      await queue.ask(scheduled(1)); // whoever asks may ask each of them
      await expect(queue.write(measured(1))).rejects.toMatchObject({ code: 'state.not-leader' });
      return other;
    })();

    await expect.poll(() => second.leadership?.isLeading()).toBe(true);
    await using queue = await QueueFile.open(second.queue);
    await queue.write(measured(1));
    expect(queue.entries.get(mig(1))?.use).not.toBeNull();
  });

  test('who takes long to begin with what the one that leads has to do goes on leading meanwhile', async () => {
    await using place = await make();
    await using state = await place.open('a');
    await using database = await Database.openAsItIs(place.options);
    let untilMs = Infinity;
    let go = (): void => {};
    const gone = new Promise<void>((resolve) => (go = resolve));
    const begun = state.leadership?.begin({
      lead: async () => {
        untilMs = (await database.row()).validUntilMs;
        await gone; // thousands of journals are looked at anew, for example
      },
      rest: async () => {},
    });

    await expect.poll(async () => (await database.row()).validUntilMs > untilMs, { timeout: 10_000 }).toBe(true);

    go();
    await begun;
    expect(state.leadership?.isLeading()).toBe(true);
  });

  test('of one that led before nothing is taken any more, and it hears so', async () => {
    await using place = await make();
    await using old = await place.open('a');
    let isResting = false;
    await old.leadership?.begin({ lead: async () => {}, rest: async () => void (isResting = true) });
    await using queue = await QueueFile.open(old.queue);
    await queue.ask(scheduled(1));
    const request = requestOf(1);
    const journals = old.journals(engines);
    await journals.begin(request, never);
    await using taken = await journals.take(request.id);
    const { truth } = taken.listener;
    expect(await truth?.take({ what: 'stage', stage: 'preflight', at: request.createdAt })).toBeGreaterThan(1000);

    await using next = await place.open('a'); // as if its machine had been frozen, and the server started anew
    await lead(next);

    await expect(queue.write(measured(1))).rejects.toMatchObject({ code: 'state.not-leader' });
    expect(queue.entries.get(mig(1))?.use).toBeNull();
    const by = { node: 'w1', token: 1, number: 2 };
    await expect(journals.keep(request.id, { what: 'left' }, by)).rejects.toMatchObject({ code: 'state.not-leader' });
    expect(await truth?.take({ what: 'left', at: request.createdAt })).toBeNull();
    expect(truth?.lost.aborted).toBe(true);
    await expect.poll(() => isResting).toBe(true);
    expect(await next.journals(engines).keep(request.id, { what: 'left', at: request.createdAt }, by)).toBe(3);
  });

  test('a plan that another server has changed since it was looked at is not overwritten, nor deleted', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    const plan = planOf('first');
    await (await PlanFile.open(first.documents)).put(plan);
    const heard: string[] = [];
    const one = await PlanFile.open(first.documents, (id) => heard.push(id));
    const two = await PlanFile.open(second.documents);
    const given = { handover: HandoverId.parse('hnd_000000000001'), to: { name: 'rack', url: null }, at };

    const late = one.inTurn('first', async (seen) => {
      await two.inTurn('first', async (before) => await two.put({ ...before, given }));
      await one.put({ ...seen, startedAt: at }); // as if to begin what is another one's by now
    });
    await expect(late).rejects.toMatchObject({ code: 'plan.changed-meanwhile', retryable: true });
    expect(one.plans).toEqual([{ ...plan, given }]); // whoever looks again sees it
    const later = one.inTurn('first', async ({ id }) => {
      await two.inTurn('first', async (before) => await two.put({ ...before, priority: 7 }));
      await one.remove(id);
    });
    await expect(later).rejects.toMatchObject({ code: 'plan.changed-meanwhile' });
    expect((await PlanFile.open(second.documents)).plans).toEqual([{ ...plan, given, priority: 7 }]);
    await one.inTurn('first', async ({ id }) => await one.remove(id));
    expect(heard).toEqual([plan.id, plan.id]);
  });

  test('a migration is given and taken by the server that leads, and never while something works on it', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    await lead(first);
    await lead(second);
    const request = requestOf(1);
    const [journals, others] = [first.journals(engines), second.journals(engines)];
    await journals.begin(request, never);
    const given = { handover: HandoverId.parse('hnd_000000000001'), to: { name: 'rack', url: null }, at };
    const copy = async (): Promise<string> =>
      await readFile(`${second.dataDir}/migrations/${request.id}.jsonl`, 'utf8').catch(() => '');

    await expect(others.give(request.id, given)).rejects.toMatchObject({ code: 'state.not-leader' });
    {
      await using _work = await journals.take(request.id);
      await expect(journals.give(request.id, given)).rejects.toMatchObject({ code: 'migration.busy' });
    }
    const lines = await journals.give(request.id, given);
    expect(lines).toMatchObject([{ what: 'begun' }, { what: 'given', given }]);
    expect(await journals.give(request.id, { ...given, at: '2026-06-01T11:00:00.000Z' })).toEqual(lines);
    await expect.poll(copy).toContain('"what":"given"');

    // Whoever was at it before the server that leads died is told that it is not its own any more.
    const by = { node: 'w1', token: 3, number: 1 };
    expect(await journals.keep(request.id, { what: 'left', at }, by)).toBeNull();

    // It comes back with what was done there.
    const stage = { what: 'stage', stage: 'preflight', at };
    const back = { handover: HandoverId.parse('hnd_000000000002'), to: { name: 'desk', url: null }, at };
    const entries = [{ what: 'begun', request }, stage, { what: 'given', given: back }];
    const { source: from, destination } = request;
    const carried = { handover: back.handover, from: { name: 'rack', url: null }, source: from, destination, entries };
    await journals.receive(request.id, carried);
    await journals.receive(request.id, carried);
    await expect.poll(copy).toMatch(/^.*"begun".*\n.*"preflight".*\n.*"given".*\n.*"received".*\n$/);
    const foreign = { ...carried, handover: HandoverId.parse('hnd_000000000003') };
    await expect(journals.receive(request.id, foreign)).rejects.toMatchObject({ code: 'handover.is-here' });
  });

  test('a migration that another server takes up while it is deleted stays: what it has made can still be undone', async () => {
    await using place = await make();
    await using first = await place.open('a');
    await using second = await place.open('b');
    await lead(first);
    const request = requestOf(1);
    const journals = first.journals(engines);
    await journals.begin(request, never);
    await using taken = await journals.take(request.id);
    const { truth } = taken.listener;
    const meanwhile = async (): Promise<void> => void (await truth?.take({ what: 'stage', stage: 'preflight', at }));
    await using others = new (class extends EnginePool {
      override async run<J extends Job>(
        job: J,
        ...how: [AbortSignal, JobListener<J>?]
      ): Promise<JobResults[J['kind']]> {
        const result = await super.run(job, ...how);
        if (job.kind === 'deleteMigration') await meanwhile(); // it was looked at, and may be deleted
        return result;
      }
    })(1);

    const late = second.journals(others).remove(request.id, never);
    await expect(late).rejects.toMatchObject({ code: 'migration.busy' });

    expect(await truth?.take({ what: 'left', at })).toBeGreaterThan(1000);
    const copy = await readFile(`${second.dataDir}/migrations/${request.id}.jsonl`, 'utf8');
    expect(copy).toMatch(/"begun".*\n.*"preflight"/);
  });

  test('a database that a newer Guts has laid out is refused, and one layout can be taken down and up again', async () => {
    await using place = await make();
    {
      await using state = await place.open('a');
      await new ConnectionStore(state.documents).put('source', source('vc1'));
    }
    {
      await using database = await Database.openAsItIs(place.options);
      expect(await database.setLayout(1)).toBe(LAYOUT);
      expect(await database.layout()).toBe(1);
    }
    {
      await using state = await place.open('a');
      expect(await new ConnectionStore(state.documents).list('source')).toHaveLength(1);
      await using database = await Database.openAsItIs(place.options);
      expect(await database.layout()).toBe(LAYOUT);
      await database.ask(
        async (db) =>
          await db
            .insertInto('guts_layouts' as never)
            .values({ name: '9-later', timestamp: '2030-01-01' } as never)
            .execute(),
      );
    }

    await expect(place.open('a')).rejects.toMatchObject({
      code: 'state.too-new',
      message: expect.stringContaining('layout 9'),
      remedy: expect.stringContaining('newer Guts'),
    });
  });

  test('a server that runs stops writing when a newer Guts changes the layout', async () => {
    await using place = await make();
    await using state = await place.open('a');
    await using database = await Database.openAsItIs(place.options);
    await database.write(
      async (tx) => await tx.updateTable('guts_state').set({ layout: 9 }).where('id', '=', 1).execute(),
    );

    const connections = new ConnectionStore(state.documents);
    await expect(connections.put('source', source('vc1'))).rejects.toMatchObject({ code: 'state.too-new' });
    expect(await connections.list('source')).toEqual([]);
  });

  test('a data folder with a state of its own is not taken for a server', async () => {
    await using place = await make();
    await using _state = await place.open('a');
    await new ConnectionStore(place.freshDir).put('source', source('vc1'));
    await expect(place.open('fresh')).rejects.toMatchObject({ code: 'state.beside' });
    writeFileSync(`${place.freshDir}/shared-state.json`, '{"schemaVersion":1,"identity":"another","server":"x"}');
    await expect(place.open('fresh')).rejects.toMatchObject({ code: 'state.other' });
  });
}
