/**
 * Everything that a fleet is made of dies, freezes, is cut off, fills up or gets another time at random moments while migrations run:
 * none is lost, none is done twice, no two write to one target, nothing is left over, and the journals tell it.
 * GUTS_CHAOS_RUNS=100 makes it the long run, GUTS_CHAOS_SEED another one, GUTS_CHAOS_FAULTS='worker killed,broker killed' a chosen one.
 * The daemon's state is in a PostgreSQL, which is one of those that die; with GUTS_CHAOS_STATE=files in its data folder.
 */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MiB, scratch } from '../../support/disks.ts';
import { Chooser } from './chooser.ts';
import { faults, type Fault, type Happened } from './faults.ts';
import { everythingHolds } from './invariants.ts';
import { Scene } from './scene.ts';
import { setTimeout as pause } from 'node:timers/promises';

const { env } = process;
const RUNS = Number(env['GUTS_CHAOS_RUNS'] ?? 3);
const SEED = Number(env['GUTS_CHAOS_SEED'] ?? 1);
const CHOSEN = env['GUTS_CHAOS_FAULTS']?.split(',');
/** The shortest that a daemon takes; 45 is what it takes by itself. */
const LOST_AFTER_SECONDS = Number(env['GUTS_CHAOS_LOST_AFTER'] ?? 15);
const STATE = env['GUTS_CHAOS_STATE'] === 'files' ? 'files' : 'database';
/** Beside everything else that CI does. */
const A_SHORT_RUN = 3;
const AT_ONCE = 4;
const A_RUN_MS = 12 * 60_000;
const SHARE_OF_TWO = 0.2;
const SHARE_OF_LARGE = 0.15;
/** Of a disk that goes on past there, which is only that of a large machine. */
const LARGE_FROM_BYTES = 6 * MiB;
const LARGE_STALL_MS = 8_000;
/** As soon as one of them is there. */
const MOMENTS = ['preflight', 'queued', 'preparing', 'copying', 'provisioning', 'booting', 'verifying'] as const;

const log = path.resolve(import.meta.dirname, `../../../test-results/chaos-${SEED}.jsonl`);
const folder = scratch();
const chooser = new Chooser(SEED);
let scene: Scene;

beforeAll(async () => {
  mkdirSync(path.dirname(log), { recursive: true });
  scene = await Scene.open({
    folder: folder.dir,
    machines: (RUNS + 1) * AT_ONCE,
    large: RUNS,
    lostAfterSeconds: LOST_AFTER_SECONDS,
    state: STATE,
  });
});
afterAll(async () => {
  await scene?.[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** One, or two that have nothing to do with each other. */
function choice(): readonly Fault[] {
  const able = faults.filter(({ takes }) => takes !== 'database' || STATE === 'database');
  const may = able.filter(({ name, isLong = false }) => CHOSEN?.includes(name) ?? (!isLong || RUNS > A_SHORT_RUN));
  const first = chooser.one(may);
  const others = may.filter(({ takes }) => takes !== first.takes);
  return chooser.next() < SHARE_OF_TWO && others.length > 0 ? [first, chooser.one(others)] : [first];
}

const tell = (happened: readonly Happened[], chosen: readonly Fault[]): string =>
  chosen.map(({ name }, i) => `${name} (${happened[i]?.how ?? 'under way'})`).join(' and ');

test.each(Array.from({ length: RUNS }, (_, i) => i + 1))(
  `run %i of ${RUNS}, seed ${SEED}`,
  async (run) => {
    const beganMs = performance.now();
    const chosen = choice();
    const { vcenter } = scene.estate;
    const isMet = chosen.some(({ meetsLarge }) => meetsLarge);
    for (let i = 0; i < AT_ONCE; i++) {
      const delayMs = Math.floor(chooser.between(0, isMet ? 500 : 6000));
      vcenter.faults.add({ where: 'nfc', kind: 'stall', nth: i + 1, afterBytes: 100_000, delayMs });
    }
    const isWithLarge = isMet || chooser.next() < SHARE_OF_LARGE;
    const slow = {
      where: 'nfc',
      kind: 'stall',
      count: -1,
      afterBytes: LARGE_FROM_BYTES,
      delayMs: LARGE_STALL_MS,
    } as const;
    if (isMet) vcenter.faults.add(slow);
    const logged = scene.fleet.log.length;
    const ids = await scene.begin(AT_ONCE, isWithLarge);
    await scene.reach(ids, isMet ? 'preparing' : chooser.one(MOMENTS));
    await pause(chooser.between(0, 700));
    const moment = (await scene.records(ids)).map(({ stage }) => stage).join(' ');
    const happened = await Promise.all(chosen.map(async ({ happen }) => await happen(scene, chooser)));
    vcenter.faults.clear();
    const what = tell(happened, chosen);
    const write = (outcome: string): void => {
      const seconds = Math.round((performance.now() - beganMs) / 1000);
      const line = { seed: SEED, run, faults: chosen.map(({ name }) => name), what, moment, seconds, outcome };
      appendFileSync(log, `${JSON.stringify(line)}\n`);
      process.stdout.write(`seed ${SEED} run ${run}: ${what}; at ${moment}; ${outcome} in ${seconds} s\n`);
    };

    const journals = async (): Promise<string> =>
      (await Promise.all(ids.map(async (id) => await scene.journal(id)))).flat().join('\n');
    let outcome = 'done';
    try {
      const asked = await scene.finish(ids);
      if (asked.size > 0) outcome = `done, ${asked.size} when asked`;
      await everythingHolds(scene, ids, `seed ${SEED} run ${run}: ${what}`);
      const isDaemonAway = chosen.some(({ takes }) => takes === 'daemon'); // it may have noticed nothing else
      const signs = happened.filter((_, i) => !isDaemonAway || chosen[i]?.takes === 'daemon');
      const untold = await scene.untold(
        signs.flatMap(({ sign }) => sign ?? []),
        logged,
      );
      if (untold.length > 0) outcome = `FAILED: the log does not tell ${untold.join(' and ')}`;
      const told = await journals();
      for (const { inJournals } of happened)
        if (happened.length === 1 && inJournals !== undefined && !inJournals.test(told))
          outcome = `FAILED: no journal tells ${String(inJournals)}`;
    } catch (error) {
      outcome = `FAILED: ${error instanceof Error ? error.message.slice(0, 900) : String(error)}`;
    }
    const kept = outcome.startsWith('done') ? '' : await journals().catch(String);
    writeFileSync(log.replace('.jsonl', `-${run}.log`), `${scene.fleet.log.slice(logged)}\n${kept}\n`);
    write(outcome);
    expect(outcome, what).toMatch(/^done/);
  },
  A_RUN_MS,
);
