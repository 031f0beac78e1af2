/** A migration whose journal is kept elsewhere: each line counts once it was taken there, and who has lost it changes nothing more. */
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EngineClient, type Truth } from '../../main/engine-client.ts';
import { HandoverId } from '../../main/shared/given.ts';
import type { MigrationRequest } from '../../main/shared/migration.ts';
import { MoveEntry } from '../../worker/engine/migrate/journal.ts';
import { scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { EngineWorld, sizes } from './engine-world.ts';

const never = new AbortController().signal;
const LEASE_MS = 30_000;

/** Keeps a journal, as a daemon does for its nodes. */
class Keeper implements Truth {
  readonly lines: MoveEntry[] = [];
  /** How often it was only asked. */
  questions = 0;
  goodForMs = LEASE_MS;
  /** Told before a line is taken; false says that somebody else has the migration. */
  mayHave: (entry: MoveEntry | null) => Promise<boolean> = async () => await Promise.resolve(true);
  readonly #lost = new AbortController();

  constructor(request: MigrationRequest) {
    this.lines.push({ what: 'begun', request });
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  readonly take = async (told: unknown): Promise<number | null> => {
    const entry = told === null ? null : MoveEntry.parse(told);
    if (!(await this.mayHave(entry))) return null;
    if (entry === null) this.questions++;
    else this.lines.push(entry);
    return this.goodForMs;
  };

  sayItIsLost(): void {
    this.#lost.abort();
  }
}

describe('a migration whose journal is kept elsewhere', { timeout: 300_000 }, () => {
  let world: EngineWorld;
  let moved = 0;
  beforeAll(async () => {
    world = await EngineWorld.open(...Array.from({ length: 6 }, () => [sizes.small, sizes.small]));
  });
  afterEach(() => {
    world.vcenter.faults.clear();
    world.cloud.faults.clear();
  });
  afterAll(async () => await world[Symbol.asyncDispose]());

  const next = (): MigrationRequest => world.request(`vm-${moved++}`, { reading: 'lease' });
  const kept = { isKeptElsewhere: true } as const;
  /** Counts the calls that change something in the cloud from now on. */
  const countChanges = (): (() => number) => {
    for (const where of ['compute', 'image', 'network', 'volume'])
      world.cloud.faults.add({ where, match: '^(POST|PUT|PATCH|DELETE) ', kind: 'delay', delayMs: 0, count: -1 });
    return () => world.cloud.faults.rules.reduce((sum, { met }) => sum + met, 0);
  };

  test('is told to whoever keeps it line by line, and nothing is made before its line was taken', async () => {
    const request = next();
    const keeper = new Keeper(request);
    const early: string[] = [];
    keeper.mayHave = async (entry) => {
      if (entry?.what === 'making' && world.held().some((name) => name === entry.item.name))
        early.push(entry.item.name);
      return await Promise.resolve(true);
    };

    const done = await world.migrate(request, kept, { truth: keeper });

    expect(done.stage).toBe('done');
    expect(await world.hasArrived(request.vm.name, 2)).toBe(true);
    expect(early).toEqual([]);
    expect(keeper.lines.map(({ what }) => what).slice(0, 3)).toEqual(['begun', 'taken', 'stage']);
    expect(keeper.lines.at(-1)?.what).toBe('left');
    expect(await world.journal(request)).toEqual(keeper.lines);
  });

  test('stops where somebody else has it, undoes nothing, and goes on there by what was kept', async () => {
    const request = next();
    const keeper = new Keeper(request);
    keeper.mayHave = async (entry) => await Promise.resolve(entry?.what !== 'making' || entry.item.kind !== 'server');

    const run = world.migrate(request, kept, { truth: keeper });

    await expect(run).rejects.toMatchObject({ code: 'migration.fenced' });
    const changed = countChanges();
    expect(world.held().filter((name) => name.includes(request.id))).not.toEqual([]);
    expect(keeper.lines.at(-1)).toMatchObject({ what: 'made' }); // its ports
    // Somebody else, in another folder, knows only what was kept.
    using folder = scratch();
    await using other = new EngineClient();
    const successor = new Keeper(request);
    successor.lines.splice(0, 1, ...keeper.lines);
    await other.run({ kind: 'takeOver', id: request.id, dataDir: folder.dir, entries: keeper.lines }, never);
    expect(changed()).toBe(0);
    const job = { kind: 'migrate', request, ...world.signIns(), dataDir: folder.dir, lanes: 1, ...kept } as const;

    const done = await other.run(job, never, { truth: successor });

    expect(done).toMatchObject({ stage: 'done', ledger: [] });
    expect(done.disks).toHaveLength(2);
    expect(await world.hasArrived(request.vm.name, 2)).toBe(true);
    // The disks that were copied before are the ones that came along.
    expect(successor.lines.filter(({ what }) => what === 'copied')).toHaveLength(2);
  });

  test('stops in the middle of a disk as soon as it is heard that somebody else has it', async () => {
    const request = next();
    const keeper = new Keeper(request);
    world.vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 100_000, delayMs: 120_000, count: -1 });
    world.cloud.faults.add({ where: 'image', match: '^PUT .*/file', kind: 'delay', delayMs: 0, count: -1 });
    const run = world.migrate(request, kept, { truth: keeper }).catch((error: unknown) => error);
    await until(
      async () => await Promise.resolve([...world.vcenter.faults.rules, ...world.cloud.faults.rules]),
      (rules) => rules.every(({ met }) => met === 2), // both disks are under way
    );
    world.cloud.faults.clear();
    const lines = keeper.lines.length;
    const changed = countChanges();

    keeper.mayHave = async () => await Promise.resolve(false);
    keeper.sayItIsLost();

    expect(await run).toMatchObject({ code: 'migration.fenced' });
    expect(keeper.lines).toHaveLength(lines);
    expect(changed()).toBe(0);
    expect(world.machine(request.vm.name).power).toBe('poweredOff');
  });

  test('asks again before it changes anything when the last answer was long ago', async () => {
    const request = next();
    const keeper = new Keeper(request);
    keeper.mayHave = async (entry) => {
      keeper.goodForMs = entry === null ? LEASE_MS : 0; // the answer to a line is of long ago at once
      return await Promise.resolve(true);
    };

    const done = await world.migrate(request, kept, { truth: keeper });

    expect(done.stage).toBe('done');
    expect(keeper.questions).toBeGreaterThan(0);
  });

  test('stops where whoever keeps it cannot be asked, of that reason', async () => {
    const request = next();
    const keeper = new Keeper(request);
    keeper.mayHave = async (entry) => {
      if (entry?.what === 'copied') throw new Error('the disk of the keeper is full');
      return await Promise.resolve(true);
    };

    const run = world.migrate(request, kept, { truth: keeper });

    await expect(run).rejects.toThrow('the disk of the keeper is full');
    expect(world.held().filter((name) => name.includes(request.id))).not.toEqual([]);
  });
});

async function planned(world: EngineWorld): Promise<MigrationRequest> {
  const request = world.request('vm-0');
  await world.engine.run({ kind: 'planned', request, dataDir: world.dataDir }, never);
  return request;
}

describe('lines of a journal that is kept here', () => {
  test('are taken from nobody once it was given away', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = await planned(world);
    const { dataDir } = world;
    const { id } = request;
    const at = new Date().toISOString();
    const given = { handover: HandoverId.parse('hnd_000000000001'), to: { name: 'rack', url: null }, at };
    await world.engine.run({ kind: 'give', id, dataDir, given }, never);

    // As numbered by a worker that has not heard of it.
    const by = { node: 'n1', token: 1, number: 1 };
    const entry = { what: 'stage', stage: 'preflight', at };
    expect(await world.engine.run({ kind: 'keepEntry', id, dataDir, entry, by }, never)).toBeNull();

    expect(await world.record(request)).toMatchObject({ stage: 'given' });
  });

  test('are added once, however often they are sent, and are not of a process here', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = await planned(world);
    const { dataDir } = world;
    const { id } = request;
    const at = new Date().toISOString();
    const by = { node: 'n1', token: 1, number: 1 };
    const taken = { what: 'taken', pid: process.pid, processStart: '', at };

    const send = async (entry: Readonly<Record<string, unknown>>, number: number): Promise<number | null> =>
      await world.engine.run({ kind: 'keepEntry', id, dataDir, entry, by: { ...by, number } }, never);
    const stage = { what: 'stage', stage: 'preflight', at };

    const counts = [
      await send(taken, 1),
      await send(taken, 1),
      await send(stage, 3), // the one before it is missing
      await send(stage, 2),
      await send(taken, 1),
    ];

    expect(counts).toEqual([2, 2, 2, 3, 3]);
    const lines = await world.engine.run({ kind: 'journal', id, dataDir }, never);
    expect(lines).toEqual([
      { what: 'begun', request },
      { ...taken, by },
      { ...stage, by: { ...by, number: 2 } },
    ]);
    expect(await world.record(request)).toMatchObject({ stage: 'preflight', isRunning: false });
    expect(readdirSync(path.join(dataDir, 'migrations'))).toEqual([`${id}.jsonl`]);
  });

  test('of a later Guts are not gone on with', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = world.request('vm-0');
    const entries = [
      { what: 'begun', request },
      { what: 'beamed', at: new Date().toISOString() },
    ];

    const job = world.engine.run({ kind: 'takeOver', id: request.id, dataDir: world.dataDir, entries }, never);

    await expect(job).rejects.toMatchObject({ code: 'store.too-new' });
  });
});
