/**
 * Damages messages of servers at random and parses them, in this process:
 * `node test/fuzz/parsers.ts [--seconds N] [--seed S] [--only NAME] [--case N]`. Each parsing must end with a value or a
 * GutsError, within a second, and must not look at bytes beside the message's own: it is parsed twice, among zeros and
 * among ones, and must come to the same. Exits 1 otherwise.
 */
import '../../main/shared/shim.ts';
import { parseArgs } from 'node:util';
import { GutsError } from '../../main/shared/errors.ts';
import { mutated } from './mutate.ts';
import { targets } from './parser-targets.ts';
import type { Target } from './target.ts';
import { Random } from './random.ts';

const MOST_MS = 1000;
const MOST_SHOWN = 20;
/** Beside the message, on both sides. */
const MARGIN_BYTES = 64;
/** Inputs of one target in a row: looking at the clock costs more than parsing does. */
const BATCH = 256;

const { values: wishes } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string', default: `${Date.now() % 2 ** 31}` },
    /** Only targets whose name contains this. */
    only: { type: 'string', default: '' },
    /** Only this input of the one target, as a violation names it; with the same seed and --only. */
    case: { type: 'string' },
  },
});

interface Tally {
  inputs: number;
  parsed: number;
  refused: number;
  violations: number;
}

/** What came of it, so that it can be compared: the value, or the error's code and words. */
function outcome(
  target: Target,
  input: Buffer,
  around: number,
): { readonly text: string; readonly isRefusal: boolean } {
  const memory = Buffer.alloc(input.length + 2 * MARGIN_BYTES, around);
  const bytes = memory.subarray(MARGIN_BYTES, MARGIN_BYTES + input.length);
  bytes.set(input);
  try {
    return { text: textOf(target.parse(bytes)), isRefusal: false };
  } catch (error) {
    if (!(error instanceof GutsError)) throw error;
    return { text: `${error.code}: ${error.message}`, isRefusal: true };
  }
}

/** Numbers of 64 bits and bytes included. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one === 'bigint') return `${one}n`;
    if (one instanceof Map) return [...one.entries()];
    return one;
  }) ?? 'nothing';

/** @returns what is wrong with it; null where nothing is */
function examine(target: Target, input: Buffer, tally: Tally): string | null {
  const began = performance.now();
  let wrong: string | null = null;
  try {
    const first = outcome(target, input, 0);
    const second = outcome(target, input, 0xff);
    if (first.isRefusal) tally.refused++;
    else tally.parsed++;
    if (first.text !== second.text) wrong = `depends on what lies beside it: ${first.text} / ${second.text}`;
  } catch (error) {
    wrong = error instanceof Error ? `threw ${error.stack ?? error.message}` : 'threw what is no error';
  }
  if (wrong !== null || performance.now() - began <= MOST_MS) return wrong;
  // It may only have waited for its turn on a busy computer: what counts is the processor's time.
  const before = process.cpuUsage();
  outcome(target, input, 0);
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  return ms > MOST_MS ? `took ${Math.round(ms)} ms of processor time` : null;
}

function main(): number {
  const runSeed = Number(wishes.seed);
  const chosen = targets.filter(({ name }) => name.includes(wishes.only));
  if (chosen.length === 0) throw new Error(`no target is named “${wishes.only}”`);
  console.log(`fuzz: seed ${runSeed}, ${wishes.seconds} s, ${chosen.length} parsers`);
  const tallies = new Map<Target, Tally>();
  for (const target of chosen) {
    tallies.set(target, { inputs: 0, parsed: 0, refused: 0, violations: 0 });
    for (const seed of target.seeds) {
      const { isRefusal, text } = outcome(target, seed, 0);
      if (isRefusal) throw new Error(`${target.name} refuses a sound message: ${text}`);
    }
  }
  let shown = 0;
  const only = wishes.case === undefined ? null : Number(wishes.case);
  const one = (target: Target, number: number): void => {
    const tally = tallies.get(target);
    if (tally === undefined) return;
    const random = new Random(runSeed, number);
    const input = mutated(target.seeds, random);
    tally.inputs++;
    const wrong = examine(target, input, tally);
    if (wrong === null) return;
    tally.violations++;
    if (++shown > MOST_SHOWN) return;
    console.log(`VIOLATION ${target.name}, seed ${runSeed}, case ${number}: ${wrong}`);
    console.log(`  input ${input.toString('hex').slice(0, 4000)}`);
  };
  const began = performance.now();
  const stopAt = began + Number(wishes.seconds) * 1000;
  if (only !== null) for (const target of chosen) one(target, only);
  else
    for (let number = 0; performance.now() < stopAt; number += BATCH)
      for (const target of chosen) for (let i = 0; i < BATCH; i++) one(target, number + i);

  const seconds = (performance.now() - began) / 1000;
  const words = ['inputs', 'parsed', 'refused', 'violations'] as const;
  console.log(['parser'.padEnd(22), ...words.map((word) => word.padStart(12))].join(''));
  for (const [{ name }, tally] of tallies)
    console.log([name.padEnd(22), ...words.map((word) => `${tally[word]}`.padStart(12))].join(''));
  const all = [...tallies.values()];
  const inputs = all.reduce((sum, tally) => sum + tally.inputs, 0);
  const violations = all.reduce((sum, tally) => sum + tally.violations, 0);
  console.log(`fuzz: ${inputs} inputs, ${Math.round(inputs / seconds)} a second, ${violations} violations`);
  return violations > 0 || inputs === 0 ? 1 : 0;
}

process.exitCode = main();
