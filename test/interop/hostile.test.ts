/**
 * Damaged images of every format, through the command and through one engine that takes thousands of them: never a crash,
 * a hang, much memory, a wrong image called good, or a file left behind.
 *
 * `GUTS_HOSTILE_FLIPS` (2000) says how many bytes are flipped in the engine, `GUTS_HOSTILE_SEED` repeats a run.
 */
import { mkdirSync, realpathSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Subject } from '../fuzz/messages.ts';
import { Random } from '../fuzz/random.ts';
import { ReadingProcess } from '../fuzz/reading.ts';
import { scratch } from '../support/disks.ts';
import { ByCommand, ByEngine, type Converter } from './converters.ts';
import { Sound, targets, Trial } from './trial.ts';
import { flip, makeVictims, truncate, type Harm, type Victim, type VictimFile } from './victims.ts';

const seed = Number(process.env['GUTS_HOSTILE_SEED'] ?? Date.now() % 2 ** 31);
const flips = Number(process.env['GUTS_HOSTILE_FLIPS'] ?? 2000);
const CUTS_PER_FORMAT = 20;
const FLIPS_PER_FORMAT = 6;
/** As many as the smallest machine has processors. */
const LANES = 2;

const formats: readonly Subject[] = ['raw', 'vmdk', 'vhd', 'vhdx', 'qcow2', 'vdi', 'container'];
const lab = scratch();
const lanes = Array.from({ length: LANES }, (_, number) => {
  const [engine, reading] = [new ByEngine(), new ReadingProcess()];
  const folder = lab.file(`lane${number}`);
  return { folder, engine, reading, sound: new Sound(folder, engine, reading) };
});
let victims: readonly Victim[] = [];

beforeAll(async () => {
  const folder = path.join(realpathSync(lab.dir), 'victims');
  mkdirSync(folder);
  const [first] = lanes;
  if (first !== undefined) victims = await makeVictims(folder, first.reading);
  console.log(`hostile: seed ${seed}, ${victims.length} images`);
});
afterAll(() => {
  for (const { engine, reading } of lanes) {
    engine[Symbol.dispose]();
    reading[Symbol.dispose]();
  }
  lab[Symbol.dispose]();
});

interface Tally {
  readonly counts: Map<string, number>;
  readonly violations: string[];
  memoryMiB: number;
}

/** Spreads `count` cases over the victims, each victim in one lane only, and judges them all. */
async function tryAll(
  chosen: readonly Victim[],
  count: number,
  harm: (file: VictimFile, random: Random) => Harm,
  converterOf: (lane: (typeof lanes)[number]) => Converter,
): Promise<Tally> {
  const tally: Tally = { counts: new Map(), violations: [], memoryMiB: 0 };
  const running = lanes.map(async (lane, laneNumber) => {
    const converter = converterOf(lane);
    const trial = new Trial(lane.folder, converter, lane.sound, lane.reading);
    for (let number = 0; number < count; number++) {
      const victim = chosen[number % chosen.length];
      const target = targets[Math.floor(number / chosen.length) % targets.length];
      if (victim === undefined || target === undefined || victims.indexOf(victim) % LANES !== laneNumber) continue;
      const random = new Random(seed, number);
      const outcome = await trial.run(victim, target, () => harm(random.pick(victim.files), random));
      const word = typeof outcome.verdict === 'string' ? outcome.verdict : 'violation';
      tally.counts.set(word, (tally.counts.get(word) ?? 0) + 1);
      if (typeof outcome.verdict === 'string') continue;
      const where = path.basename(outcome.harm.file.file);
      tally.violations.push(
        `${victim.name} to ${target.to}, case ${number}: ${outcome.harm.how} in ${where}: ${outcome.verdict.violation}`,
      );
    }
    tally.memoryMiB = Math.max(tally.memoryMiB, converter.memoryMiB);
  });
  await Promise.all(running);
  return tally;
}

function tell(what: string, { counts, memoryMiB }: Tally): void {
  const words = [...counts].toSorted().map(([word, count]) => `${count} ${word}`);
  console.log(`hostile: ${what}: ${words.join(', ')}; at most ${Math.round(memoryMiB)} MiB of memory`);
}

describe('the command, given a damaged image,', () => {
  test.each(formats)('refuses it in words or converts what others see in it: %s', async (format) => {
    const chosen = victims.filter((victim) => victim.format === format);

    const cuts = await tryAll(chosen, CUTS_PER_FORMAT, truncate, () => new ByCommand());
    const flipped = await tryAll(chosen, FLIPS_PER_FORMAT, flip, () => new ByCommand());

    tell(`${format}, cut, by the command`, cuts);
    tell(`${format}, flipped, by the command`, flipped);
    expect([...cuts.violations, ...flipped.violations], `seed ${seed}; the files are in test-results/hostile`).toEqual(
      [],
    );
  });
});

test(`an engine takes ${flips} damaged images in a row, and each is refused in words or converted as others see it`, async () => {
  const tally = await tryAll(victims, flips, flip, ({ engine }) => engine);

  tell('flipped, by the engine', tally);
  expect(tally.violations, `seed ${seed}; the files are in test-results/hostile`).toEqual([]);
});
