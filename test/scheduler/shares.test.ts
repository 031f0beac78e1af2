/** Limits of bandwidth among nodes: all together never have more than the limit, whatever is lost on the way, and nobody starves. */
import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ALL, datastoreKey, migrationKey, sourceKey, type LimitKey } from '../../main/scheduler/buckets.ts';
import { dealt } from '../../main/scheduler/deal.ts';
import type { Copied } from '../../main/scheduler/latency-watch.ts';
import type { MigrationNode, NodeShare } from '../../main/scheduler/node.ts';
import { SHARE_MS, VERY_LATE_MS } from '../../main/scheduler/remote-share.ts';
import { DEAL_EVERY_MS, Shares, type RunShare } from '../../main/scheduler/shares.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { mig, MONDAY_NOON, src } from './samples.ts';
import { SimClock } from './sim-clock.ts';

const LIMIT = 1_000_000;
/** Long enough for what is done soon. */
async function soon(): Promise<void> {
  for (let i = 0; i < 3; i++) await setImmediate();
}

interface Letter {
  readonly share: NodeShare;
  readonly answer: (error: Error | null) => void;
  isDelivered: boolean;
}

/** Goes by what was delivered, and answers when it is told to. */
class Elsewhere {
  readonly node: MigrationNode;
  readonly letters: Letter[] = [];
  readonly running = new Set<MigrationId>();
  readonly #clock: SimClock;
  #holds: NodeShare | null = null;
  #sinceMs = 0;
  isUp = true;

  constructor(id: string, clock: SimClock) {
    this.#clock = clock;
    const limit = async (share: NodeShare): Promise<void> =>
      await new Promise((resolve, reject) => {
        const answer = (error: Error | null): void => (error === null ? resolve() : reject(error));
        this.letters.push({ share, answer, isDelivered: false });
      });
    const isUp = (): boolean => this.isUp;
    this.node = {
      id,
      isElsewhere: true,
      limit,
      get isUp() {
        return isUp();
      },
    } as unknown as MigrationNode; // no other part of it is asked
  }

  deliver(): void {
    const letter = this.letters.find(({ isDelivered }) => !isDelivered);
    if (letter === undefined) return;
    letter.isDelivered = true;
    this.#holds = letter.share;
    this.#sinceMs = this.#clock.now();
  }

  /** @param isLost nobody hears that it was delivered, or it was not */
  answer(isLost = false): void {
    if (!isLost && this.letters[0]?.isDelivered !== true) this.deliver();
    this.letters.shift()?.answer(isLost ? new Error('no answer') : null);
  }

  /** What it sends at most; null is as much as it can. */
  rateOf(key: LimitKey): number | null {
    const { rates, forMs } = this.#holds ?? { rates: new Map<LimitKey, number | null>(), forMs: null };
    const isNamed = [...this.running].some((id) => rates.has(migrationKey(id)));
    if (!isNamed || (forMs !== null && this.#clock.now() >= this.#sinceMs + forMs)) return 0;
    return rates.get(key) ?? null;
  }
}

class World {
  readonly clock = new SimClock(MONDAY_NOON);
  readonly limits = new Map<LimitKey, number>([[ALL, LIMIT]]);
  readonly copied: Copied[] = [];
  readonly table = new Map<number, number | null>();
  readonly nodes = ['w1', 'w2', 'w3'].map((id) => new Elsewhere(id, this.clock));
  readonly here = { id: 'desk' } as unknown as MigrationNode; // only its name is asked
  readonly shares = new Shares({
    rates: { size: 100, set: (bucket, rate) => void this.table.set(bucket, rate) },
    clock: this.clock,
    limitOf: (key) => this.limits.get(key) ?? null,
    copied: () => this.copied,
  });
  readonly runs: { readonly id: MigrationId; readonly at: Elsewhere | null; readonly share: RunShare }[] = [];
  #number = 0;

  start(at: Elsewhere | null, source = src('vc'), datastores: readonly string[] = []): RunShare {
    const id = mig(this.#number++);
    const share = this.shares.forRun(id, at?.node ?? this.here, source, datastores);
    at?.running.add(id);
    this.runs.push({ id, at, share });
    return share;
  }

  end(run = this.runs[0]): void {
    if (run === undefined) return;
    if (run.at?.isUp !== false) run.at?.running.delete(run.id); // who is cut off goes on
    this.runs.splice(this.runs.indexOf(run), 1);
    run.share[Symbol.dispose]();
  }

  hereRate(): number {
    const [bucket = -1] = this.runs.find(({ at }) => at === null)?.share.buckets ?? [];
    return bucket < 0 ? 0 : (this.table.get(bucket) ?? Infinity);
  }

  total(): number {
    return this.nodes.reduce((sum, node) => sum + (node.rateOf(ALL) ?? Infinity), this.hereRate());
  }

  /** Everybody answers until there is nothing more to say. */
  async quiet(): Promise<void> {
    for (let i = 0; i < 8; i++) {
      for (const node of this.nodes) while (node.letters.length > 0) node.answer();
      await soon();
    }
  }

  async pass(ms: number): Promise<void> {
    // Nobody waits that long for an answer.
    if (ms > DEAL_EVERY_MS) for (const node of this.nodes) while (node.letters.length > 0) node.answer(true);
    await soon();
    for (const untilMs = this.clock.now() + ms; this.clock.toNext(untilMs);) await soon();
    await soon();
  }
}

const bytes = (id: MigrationId, bytesPerSecond: number): Copied => ({
  id,
  node: '',
  source: src('vc'),
  host: null,
  datastores: [],
  bytesPerSecond,
});

describe('a limit', () => {
  test('is dealt among all nodes that send, by the migrations that they run', async () => {
    const world = new World();
    const [w1 = null, w2 = null] = world.nodes;
    const runs = [world.start(w1), world.start(w2), world.start(w2), world.start(null)];
    await world.quiet();

    expect(runs.map(({ isLimited }) => isLimited)).toEqual([true, true, true, false]);
    expect([w1?.rateOf(ALL), w2?.rateOf(ALL), world.hereRate()]).toEqual([LIMIT / 4, LIMIT / 2, LIMIT / 4]);
    world.end(world.runs[0]);
    await world.quiet();
    expect([w2?.rateOf(ALL), world.hereRate()]).toEqual([666_666, 333_333]);
  });

  test('is not given away where a node that was lost acknowledges late', async () => {
    const world = new World();
    const [w1] = world.nodes;
    world.start(w1 ?? null);
    await soon();
    if (w1 !== undefined) w1.isUp = false;
    world.end();
    await soon();
    w1?.answer();
    await soon();
    world.start(null);
    await soon();

    expect(world.total()).toBeLessThanOrEqual(LIMIT + world.nodes.length + 1);
  });

  test('never is more than what all have together, whoever dies, is cut off or does not answer', async () => {
    const node = fc.integer({ min: 0, max: 2 });
    const act = fc.oneof(
      fc.record({ what: fc.constant('start' as const), at: fc.integer({ min: -1, max: 2 }) }),
      fc.record({
        what: fc.constantFrom('deliver' as const, 'answer' as const, 'lose' as const, 'cut' as const),
        at: node,
      }),
      fc.record({ what: fc.constant('back' as const), at: node }),
      fc.record({ what: fc.constant('end' as const), at: fc.nat(5) }),
      fc.record({ what: fc.constant('use' as const), at: fc.nat(LIMIT) }),
      fc.record({
        what: fc.constant('pass' as const),
        at: fc.constantFrom(1000, DEAL_EVERY_MS, SHARE_MS / 2, 2 * SHARE_MS),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
        const world = new World();
        for (const { what, at } of acts) {
          const there = world.nodes[at] ?? null;
          if (what === 'start' && there?.isUp !== false) world.start(there);
          else if (what === 'deliver') there?.deliver();
          else if (what === 'answer') there?.answer();
          else if (what === 'lose') there?.answer(true);
          else if (what === 'end') world.end(world.runs[at % Math.max(1, world.runs.length)]);
          else if (what === 'use')
            world.copied.splice(0, Infinity, ...world.runs.map(({ id }, i) => bytes(id, at / (i + 1))));
          else if (what === 'pass') await world.pass(at);
          else if (what === 'cut' && there !== null) {
            there.isUp = false;
            for (const run of world.runs.filter((one) => one.at === there)) world.end(run);
          } else if (what === 'back' && there?.isUp === false) {
            there.isUp = true;
            there.running.clear(); // its old migrations are not its own any more
          }
          await soon();
          // Each has at least one byte a second, so that it goes on as soon as there is more.
          expect(world.total(), `${what} ${at}`).toBeLessThanOrEqual(LIMIT + world.nodes.length + 1);
        }
        await world.quiet();
        for (let ms = 0; ms < SHARE_MS + VERY_LATE_MS + 2 * DEAL_EVERY_MS; ms += DEAL_EVERY_MS) {
          await world.pass(DEAL_EVERY_MS);
          await world.quiet();
        }
        for (const run of world.runs) if (run.at?.isUp === true) expect(run.at.rateOf(ALL)).toBeGreaterThan(1);
      }),
      { numRuns: 1000 },
    );
  });

  test('that is lowered holds as soon as those who have too much have heard of it, and others get nothing before', async () => {
    const world = new World();
    const [w1, w2] = world.nodes;
    world.start(w1 ?? null);
    world.start(w2 ?? null);
    await world.quiet();

    world.limits.set(ALL, LIMIT / 10);
    world.shares.deal();
    w1?.answer();
    await soon();
    expect([w1?.rateOf(ALL), w2?.rateOf(ALL)]).toEqual([1, LIMIT / 2]);
    await world.quiet();
    expect([w1?.rateOf(ALL), w2?.rateOf(ALL)]).toEqual([LIMIT / 20, LIMIT / 20]);
  });

  test('of which a node uses little goes to those who can use more, and back', async () => {
    const world = new World();
    const [w1 = null, w2 = null] = world.nodes;
    world.start(w1);
    world.start(w2);
    await world.quiet();
    const ids = world.runs.map(({ id }) => id);

    for (let i = 0; i < 6; i++) {
      const slow = Math.min(100_000, w1?.rateOf(ALL) ?? 0);
      world.copied.splice(0, Infinity, bytes(ids[0] ?? mig(0), slow), bytes(ids[1] ?? mig(1), w2?.rateOf(ALL) ?? 0));
      await world.pass(DEAL_EVERY_MS);
      await world.quiet();
    }
    expect(w2?.rateOf(ALL)).toBeGreaterThan(0.7 * LIMIT);
    expect(w1?.rateOf(ALL)).toBeGreaterThan(100_000);

    for (let i = 0; i < 12; i++) {
      world.copied.splice(
        0,
        Infinity,
        ...world.nodes.slice(0, 2).map((one, at) => bytes(ids[at] ?? mig(0), one.rateOf(ALL) ?? 0)),
      );
      await world.pass(DEAL_EVERY_MS);
      await world.quiet();
    }
    expect(w1?.rateOf(ALL)).toBeGreaterThan(0.4 * LIMIT);
    expect(world.total()).toBeLessThanOrEqual(LIMIT);
  });

  test('is kept by a node that is cut off until its time is over, and nobody else gets it before', async () => {
    const world = new World();
    const [w1 = null, w2 = null] = world.nodes;
    world.start(w1);
    world.start(w2);
    await world.quiet();
    if (w1 === null) throw new Error('there is none');
    w1.isUp = false;
    const [lost] = world.runs;
    if (lost !== undefined) world.end(lost);
    await world.quiet();

    expect([w1.rateOf(ALL), w2?.rateOf(ALL)]).toEqual([LIMIT / 2, LIMIT / 2]);
    for (let ms = 0; ms < SHARE_MS - DEAL_EVERY_MS; ms += DEAL_EVERY_MS) {
      await world.pass(DEAL_EVERY_MS);
      await world.quiet();
    }
    expect([w1.rateOf(ALL), w2?.rateOf(ALL)]).toEqual([LIMIT / 2, LIMIT / 2]);
    await world.pass(2 * DEAL_EVERY_MS);
    await world.quiet();
    expect([w1.rateOf(ALL), w2?.rateOf(ALL)]).toEqual([0, LIMIT]);
  });

  test('of a source, a datastore or each migration is dealt among those whom it is about', async () => {
    const world = new World();
    const [w1 = null, w2 = null] = world.nodes;
    world.limits.clear();
    world.limits
      .set(sourceKey(src('vc')), 600)
      .set(datastoreKey(src('vc'), 'ds1'), 100)
      .set(migrationKey(mig(0)), 7);
    world.start(w1, src('vc'), ['ds1']);
    world.start(w2, src('vc'), ['ds1', 'ds2']);
    world.start(w2, src('esx'));
    await world.quiet();

    const told = world.nodes
      .slice(0, 2)
      .map((node) =>
        [ALL, sourceKey(src('vc')), sourceKey(src('esx')), datastoreKey(src('vc'), 'ds1'), migrationKey(mig(0))].map(
          (key) => node.rateOf(key),
        ),
      );
    expect(told).toEqual([
      [null, 300, null, 50, 7],
      [null, 300, null, 50, null],
    ]);
  });

  test('that is none costs no message', async () => {
    const world = new World();
    world.limits.clear();
    const run = world.start(world.nodes[0] ?? null);
    await world.pass(10 * DEAL_EVERY_MS);

    expect(run.isLimited).toBe(false);
    expect(world.nodes[0]?.letters).toEqual([]);
  });
});

test('what is dealt is never more than there is, and everybody gets some', () => {
  const claim = fc.record({
    weight: fc.integer({ min: 1, max: 9 }),
    used: fc.option(fc.nat(2_000_000)),
    share: fc.option(fc.integer({ min: 1, max: 2_000_000 })),
  });
  fc.assert(
    fc.property(
      fc.array(claim, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 65_536, max: 1e9 }),
      (claims, limit) => {
        const parts = dealt(limit, claims);
        const sum = parts.reduce((all, part) => all + part, 0);

        expect(sum).toBeLessThanOrEqual(limit);
        expect(sum).toBeGreaterThanOrEqual(limit - 2 * claims.length);
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(1);
      },
    ),
  );
});
