/** Whatever stands in the queue: no decision takes more than there is, and nobody waits for ever. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, type Decision, type Situation } from '../../main/scheduler/decide.ts';
import type { QueueEntry } from '../../main/scheduler/entries.ts';
import { costOf } from '../../main/scheduler/slots.ts';
import { isOpen } from '../../main/shared/windows.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { SlotUse } from '../../main/shared/schedule.ts';
import { isOver, type Stage } from '../../main/shared/stages.ts';
import { dst, GIB, mig, MONDAY_NOON, node, plan, running, situation, src, use, waiting } from './samples.ts';

const nights = { opens: '0 22 * * *', minutes: 60, timeZone: 'Europe/Berlin' };
const days = { opens: '0 8 * * *', minutes: 600, timeZone: 'Europe/Berlin' };

const uses = fc.record({
  source: fc.constantFrom(src('vc'), src('esx')),
  destination: fc.constantFrom(dst('c1'), dst('c2')),
  host: fc.constantFrom(null, 'h1', 'h2', 'h3'),
  datastores: fc.subarray(['ds1', 'ds2', 'ds3']),
  disks: fc.integer({ min: 0, max: 9 }),
  spaceBytes: fc.integer({ min: 0, max: 40 }).map((gib) => gib * GIB),
});
const stages = fc.constantFrom<Stage>('planned', 'queued', 'paused', 'waiting', 'failed', 'done', 'cancelled');
const member = fc.record({
  use: uses,
  stage: stages,
  isRunning: fc.boolean(),
  wish: fc.constantFrom('run' as const, 'none' as const),
  priority: fc.integer({ min: -2, max: 2 }),
  plan: fc.constantFrom(null, plan('x'), plan('y')),
  wave: fc.integer({ min: 1, max: 3 }),
  window: fc.constantFrom(null, nights, days),
  isHeld: fc.boolean(),
});
const limit = fc.integer({ min: 1, max: 5 });
const slots = fc.record({
  global: limit,
  perSource: limit,
  perHost: limit,
  perDatastore: limit,
  perDestination: limit,
});

const situations = fc
  .record({
    members: fc.array(member, { maxLength: 25 }),
    slots,
    free: fc.array(fc.nat(60), { minLength: 1, maxLength: 3 }),
  })
  .map(({ members, slots, free }): Situation => {
    const of = new Map<MigrationId, Stage>();
    const entries = members.map(({ use, stage, isRunning, wish, ...schedule }, i) => {
      const id = mig(`m${i}`);
      of.set(id, isRunning ? 'copying' : stage);
      return isRunning ? running(`m${i}`, schedule, { use }) : waiting(`m${i}`, schedule, { use, wish });
    });
    const nodes = free.map((gib, i) => node(i === 0 ? 'desk' : `n${i}`, gib * GIB));
    return situation({ entries, stages: of, slots, nodes });
  });

/** What is counted at each place that has slots, and how much that may be. */
function countsOf(
  uses: readonly SlotUse[],
  { slots }: Situation['settings'],
): Map<string, { count: number; most: number }> {
  const counts = new Map<string, { count: number; most: number }>();
  const add = (key: string, by: number, most: number): void => {
    counts.set(key, { count: (counts.get(key)?.count ?? 0) + by, most });
  };
  for (const { source, destination, host, datastores, disks } of uses) {
    add('global', 1, slots.global);
    add(source, 1, slots.perSource);
    add(destination, 1, slots.perDestination);
    if (host !== null) add(`${source} ${host}`, Math.min(slots.perHost, costOf(disks)), slots.perHost);
    for (const one of datastores)
      add(`${source} ${one}`, Math.min(slots.perDatastore, costOf(disks)), slots.perDatastore);
  }
  return counts;
}

const byId = ({ entries }: Situation) => new Map(entries.map((entry) => [entry.id, entry]));
const usesOf = (entries: readonly QueueEntry[]): SlotUse[] => entries.flatMap((entry) => entry.use ?? []);
const startedIn = (told: Situation, { starts }: Decision): QueueEntry[] =>
  starts.flatMap(({ id }) => byId(told).get(id) ?? []);

const prove = (holds: (told: Situation) => void): void => fc.assert(fc.property(situations, holds), { numRuns: 500 });

describe('a decision', () => {
  test('never takes a slot that is not there', () => {
    prove((told) => {
      const decision = decide(told);
      const before = usesOf(told.entries.filter(({ isAdmitted }) => isAdmitted));
      const started = usesOf(startedIn(told, decision));
      const was = countsOf(before, told.settings);

      for (const [where, { count, most }] of countsOf([...before, ...started], told.settings)) {
        // What ran already may be more than there is now: nothing comes on top of it then.
        if (count > most) expect(count, where).toBe(was.get(where)?.count);
      }
    });
  });

  test('promises no node more room than it has free', () => {
    prove((told) => {
      const { starts } = decide(told);
      for (const { id, space } of told.nodes) {
        const here = starts.filter(({ placement }) => placement.node === id);
        const before = told.entries.filter(({ isAdmitted, placement }) => isAdmitted && placement?.node === id);
        const promised = [...before, ...here].reduce((sum, { placement }) => sum + (placement?.reservedBytes ?? 0), 0);
        if (here.some(({ placement }) => placement.reservedBytes > 0))
          expect(promised).toBeLessThanOrEqual(space.freeBytes);
      }
    });
  });

  test('starts nobody who is held, before the window, or before an earlier wave is over', () => {
    prove((told) => {
      for (const { id, schedule } of startedIn(told, decide(told))) {
        expect(schedule.isHeld).toBe(false);
        if (told.stageOf(id) !== 'queued') continue; // it was under way
        expect(schedule.window === null || isOpen(schedule.window, told.nowMs)).toBe(true);
        const before = told.entries.filter(
          (other) =>
            other.schedule.plan !== null &&
            other.schedule.plan === schedule.plan &&
            other.schedule.wave < schedule.wave,
        );
        for (const other of before) {
          expect(isOver(told.stageOf(other.id) ?? 'done')).toBe(true);
          expect(other.wish === 'run' && !other.isAdmitted).toBe(false);
        }
      }
    });
  });

  test('says of everybody in the queue what becomes of it, and only one thing', () => {
    prove((told) => {
      const { starts, preflights, waits } = decide(told);
      const said = [...starts.map(({ id }) => id), ...preflights.map(({ id }) => id), ...waits.keys()].sort();
      const queued = told.entries.filter(({ wish, isAdmitted }) => wish === 'run' && !isAdmitted).map(({ id }) => id);

      expect(said).toEqual(queued.sort());
    });
  });

  test('leaves no slot idle for which somebody waits and nobody goes first', () => {
    prove((told) => {
      const decision = decide(told);
      const now: Situation = {
        ...told,
        entries: told.entries.map((entry) => {
          const start = decision.starts.find(({ id }) => id === entry.id);
          return start === undefined ? entry : { ...entry, isAdmitted: true, placement: start.placement };
        }),
      };

      expect(decide(now).starts).toEqual([]);
    });
  });
});

describe('nobody waits for ever', () => {
  /** Small ones come as fast as others end; @returns after how many ends `big` started */
  function endsUntil(
    big: QueueEntry,
    smallUses: readonly SlotUse[],
    slots: Parameters<typeof situation>[0]['slots'],
    pick: (n: number) => number,
  ): number {
    let entries: QueueEntry[] = [];
    let overtaken: Situation['overtaken'] = new Map();
    let next = 0;
    const fill = (): void => {
      while (entries.filter(({ isAdmitted }) => !isAdmitted).length < 12) {
        const use = smallUses[next % smallUses.length];
        entries.push(waiting(`s${next}`, {}, use === undefined ? {} : { use }));
        next += 1;
      }
    };
    fill();
    for (let ends = 0; ends < 2000; ends++) {
      if (ends === 8) entries = [{ ...big, number: next }, ...entries];
      const decision = decide({
        ...situation({ entries, slots: slots ?? {}, nodes: [node('desk', 10 * GIB)] }),
        overtaken,
      });
      overtaken = decision.overtaken;
      if (decision.starts.some(({ id }) => id === big.id)) return ends;
      entries = entries.map((entry) => {
        const start = decision.starts.find(({ id }) => id === entry.id);
        return start === undefined ? entry : { ...entry, isAdmitted: true, placement: start.placement };
      });
      const runs = entries.filter(({ isAdmitted }) => isAdmitted);
      const over = runs[pick(ends) % runs.length];
      entries = entries.filter((entry) => entry !== over);
      fill();
    }
    return Infinity;
  }

  const picks = fc.infiniteStream(fc.nat(50)).map((stream) => {
    const known: number[] = [];
    return (n: number): number => {
      while (known.length <= n) known.push(stream.next().value ?? 0);
      return known[n] ?? 0;
    };
  });

  test.each([
    ['that needs two slots of a host', use({ host: 'h1', disks: 4, spaceBytes: 0 })],
    [
      'that needs a host and a datastore, each of them in demand',
      use({ host: 'h1', datastores: ['ds1'], spaceBytes: 0 }),
    ],
    ['that needs the whole disk of the node', use({ spaceBytes: 10 * GIB })],
  ])('one %s, while small ones keep coming', (_, needs) => {
    const small = ['h1', 'h2'].flatMap((host) =>
      ['ds1', 'ds2'].map((ds) => use({ host, datastores: [ds], spaceBytes: GIB })),
    );
    const ofHost = use({ host: 'h1', datastores: ['ds2'], spaceBytes: GIB });
    const ofStore = use({ host: 'h2', datastores: ['ds1'], spaceBytes: GIB });
    const slots = { global: 6, perSource: 6, perDestination: 6, perHost: 2, perDatastore: 2 };

    fc.assert(
      fc.property(picks, (pick) => {
        expect(endsUntil(waiting('big', {}, { use: needs }), [ofHost, ofStore, ...small], slots, pick)).toBeLessThan(
          120,
        );
      }),
      { numRuns: 30 },
    );
  });
});

test('a queue of 10,000 is decided fast enough to do it at every turn', () => {
  const entries = Array.from({ length: 10_000 }, (_, i) =>
    waiting(
      `q${i}`,
      { plan: plan(`p${i % 40}`), wave: 1 + (i % 7), window: i % 3 === 0 ? nights : null },
      {
        use: use({ host: `h${i % 50}`, datastores: [`ds${i % 20}`] }),
      },
    ),
  );
  const told = situation({ entries, nowMs: MONDAY_NOON });
  decide(told);

  const before = process.cpuUsage(); // not the clock’s time: what else the machine does is none of its business
  for (let i = 0; i < 5; i++) decide(told);

  expect(process.cpuUsage(before).user / 5 / 1000).toBeLessThan(250);
});
