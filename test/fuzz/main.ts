/**
 * Damages sound images and packages of every kind at random and reads them:
 * `node test/fuzz/main.ts [--seconds N] [--seed S] [--only NAME]`. Each reading must end with the disk as it was, with a
 * GutsError, or with content that an independent reader sees too (or that lies in what the guest stored, or in a
 * package without digests, where nothing could notice); within 5 s and 256 MiB. Exits 1 otherwise.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { damage, pristine, type Damage, type Pristine } from './damage.ts';
import { isFoundCorrupt, othersAgree } from './judge.ts';
import { Random } from './random.ts';
import { ReadingProcess, type Answer } from './reading.ts';
import { makeSeeds, type Seed } from './seeds.ts';

const MOST_CPU_MS = 5000;
const MOST_EXTRA_MIB = 256;
const MOST_KEPT = 20;

const { values: wishes } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: `${Date.now() % 2 ** 31}` },
    /** Only images whose name contains this. */
    only: { type: 'string', default: '' },
    /** Also tells of cases with this verdict. */
    show: { type: 'string' },
    /** Only this case, as a violation names it; with the same seed and --only. */
    case: { type: 'string' },
  },
});

/** A sound image with what is known about it. */
interface Subject {
  readonly seed: Seed;
  readonly sizeBytes: number;
  readonly digest: string;
  readonly files: readonly { readonly file: string; readonly sound: Pristine }[];
}

interface Harm {
  readonly file: string;
  readonly damage: Damage;
}

/** `same`, `refused`, `agreed` (others see it too), `payload` (in what the guest stored), `unproved` (no manifest, which is said); all else is a violation. */
type Verdict = 'same' | 'refused' | 'agreed' | 'payload' | 'unproved' | { readonly violation: string };

async function examine(seed: Seed, reading: ReadingProcess): Promise<Subject> {
  const answer = await reading.read({ file: seed.file, format: seed.format, ranges: 20 });
  const verdict = costsTooMuch(answer);
  if (answer.kind !== 'read' || verdict !== null)
    throw new Error(`the sound image ${seed.name}: ${verdict ?? JSON.stringify(answer)}`);
  if (seed.format !== 'container' && !(await othersAgree(seed.file, seed.format, answer, reading)))
    throw new Error(`nobody else reads ${seed.name} as we do`);
  const files = [seed.file, ...seed.others].map((file) => {
    const stored = answer.stored.filter((place) => place.file === file);
    return { file, sound: pristine(readFileSync(file), stored) };
  });
  return { seed, sizeBytes: answer.sizeBytes, digest: answer.digest, files };
}

function costsTooMuch(answer: Answer): string | null {
  if (answer.kind === 'died') return `the reader died: ${answer.what}`;
  if (answer.kind === 'broke') return answer.what;
  if (answer.cpuMs > MOST_CPU_MS) return `took ${Math.round(answer.cpuMs)} ms of processor time`;
  if (answer.extraMiB > MOST_EXTRA_MIB) return `took ${Math.round(answer.extraMiB)} MiB of memory`;
  if (answer.leaked > 0) return `left ${answer.leaked} files open`;
  return null;
}

async function judge(subject: Subject, harm: Harm, answer: Answer, reading: ReadingProcess): Promise<Verdict> {
  const { seed } = subject;
  const broken = costsTooMuch(answer);
  if (broken !== null) return { violation: broken };
  if (answer.kind === 'refused') return 'refused';
  if (answer.kind !== 'read') return { violation: 'no verdict' };
  const isSame = (other: Answer): boolean =>
    other.kind === 'read' && other.sizeBytes === subject.sizeBytes && other.digest === subject.digest;
  if (isSame(answer)) return 'same';
  const { healed } = harm.damage;
  if (healed !== null) {
    writeFileSync(harm.file, healed);
    const isPayload = isSame(await reading.read({ file: seed.file, format: seed.format }));
    writeFileSync(harm.file, harm.damage.bytes);
    if (isPayload) return 'payload';
  }
  // Who has no manifest, or lost it, was told so.
  if (seed.format === 'container' && !answer.isProved) return 'unproved';
  // QEMU reads zeros behind the end of a file. Of raw disks alone it cannot be said where they should end.
  const isShort = harm.damage.isCut && !harm.file.endsWith('.raw');
  const seen = `read as a disk of ${answer.sizeBytes} bytes that is not the original`;
  if (isShort || !(await othersAgree(seed.file, seed.format, answer, reading))) {
    return { violation: `${seen}, and nobody else reads it so` };
  }
  return isFoundCorrupt(seed.file, seed.format)
    ? { violation: `${seen}, and qemu-img check finds it corrupt` }
    : 'agreed';
}

function keep(name: string, subject: Subject, note: string): void {
  const folder = path.resolve('test-results/fuzz', name);
  mkdirSync(folder, { recursive: true });
  for (const { file } of subject.files) copyFileSync(file, path.join(folder, path.basename(file)));
  writeFileSync(path.join(folder, 'note.txt'), `${note}\n`);
}

async function main(): Promise<number> {
  const runSeed = Number(wishes.seed);
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'guts-fuzz-')));
  const counts = new Map<string, Map<string, number>>();
  let violations = 0;
  let cases = 0;
  const highest = { cpuMs: 0, extraMiB: 0 };
  using reading = new ReadingProcess();
  console.log(`fuzz: seed ${runSeed}, ${wishes.seconds} s`);
  try {
    const subjects: Subject[] = [];
    for (const seed of await makeSeeds(folder, wishes.only)) subjects.push(await examine(seed, reading));
    if (subjects.length === 0) throw new Error(`no image is named “${wishes.only}”`);
    const stopAt = performance.now() + Number(wishes.seconds) * 1000;
    const first = wishes.case === undefined ? 0 : Number(wishes.case);
    const isLast = (number: number): boolean =>
      wishes.case === undefined ? performance.now() > stopAt : number > first;

    for (let number = first; !isLast(number); number++) {
      const random = new Random(runSeed, number);
      const subject = subjects[number % subjects.length];
      if (subject === undefined) break;
      const { file, sound } = random.pick(subject.files);
      const harm = damage(sound, subject.seed.format, random);
      writeFileSync(file, harm.bytes);
      const answer = await reading.read({ file: subject.seed.file, format: subject.seed.format });
      const verdict = await judge(subject, { file, damage: harm }, answer, reading);
      cases++;
      if (answer.kind !== 'died') {
        highest.cpuMs = Math.max(highest.cpuMs, Math.round(answer.cpuMs));
        highest.extraMiB = Math.max(highest.extraMiB, Math.round(answer.extraMiB));
      }

      const row = counts.get(subject.seed.name) ?? new Map<string, number>();
      counts.set(subject.seed.name, row);
      const word = typeof verdict === 'string' ? verdict : 'violation';
      row.set(word, (row.get(word) ?? 0) + 1);
      if (typeof verdict !== 'string') {
        violations++;
        const note = `${subject.seed.name}, seed ${runSeed}, case ${number}: ${harm.how} in ${path.basename(file)}: ${verdict.violation}`;
        console.log(`VIOLATION ${note}`);
        if (violations <= MOST_KEPT) keep(`${runSeed}-${number}-${subject.seed.name}`, subject, note);
        reading[Symbol.dispose](); // its memory and open files are not the next case's
      } else if (wishes.case !== undefined || wishes.show === verdict) {
        const seen = answer.kind === 'refused' ? answer.message : verdict;
        console.log(`${subject.seed.name}, case ${number}: ${harm.how} in ${path.basename(file)}: ${seen}`);
      }
      writeFileSync(file, sound.bytes);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  const words = ['same', 'refused', 'agreed', 'payload', 'unproved', 'violation'];
  console.log(['image'.padEnd(22), ...words.map((word) => word.padStart(10))].join(''));
  for (const [name, row] of counts) {
    console.log([name.padEnd(22), ...words.map((word) => `${row.get(word) ?? 0}`.padStart(10))].join(''));
  }
  console.log(`fuzz: at most ${highest.cpuMs} ms of processor time and ${highest.extraMiB} MiB more than at the start`);
  console.log(`fuzz: seed ${runSeed}${violations > 0 ? '; the files are in test-results/fuzz' : ''}`);
  console.log(`${cases - violations} passed, ${violations} failed`);
  return violations > 0 || cases === 0 ? 1 : 0;
}

process.exitCode = await main();
