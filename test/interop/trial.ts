/** Converts damaged images and judges each outcome: refused in words, or an image that holds what others see in the damaged one. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import * as path from 'node:path';
import type { ConvertedDisk, ConvertJob } from '../../main/shared/jobs.ts';
import { isFoundCorrupt, othersAgree } from '../fuzz/judge.ts';
import type { ReadingProcess } from '../fuzz/reading.ts';
import { qemuImg } from '../support/disks.ts';
import type { Conversion, Converter, Wish } from './converters.ts';
import { mend, type Harm, type Victim } from './victims.ts';

type Target = Pick<ConvertJob, 'to' | 'compress'>;
export const targets: readonly Target[] = [
  { to: 'raw', compress: false },
  { to: 'qcow2', compress: false },
  { to: 'qcow2', compress: true },
  { to: 'vmdk', compress: false },
];

/**
 * `same`: as of the sound image. `agreed`: another reader sees the same in the damaged one. `payload`: what a guest had
 * stored was hit, in a format that has no checksum for it. Anything else is a violation.
 */
export type Verdict = 'same' | 'refused' | 'agreed' | 'payload' | { readonly violation: string };

/** What a guest would see of a disk. */
interface Content {
  readonly sizeBytes: number;
  readonly digest: string;
}

interface Learned {
  /** Size and SHA-256 of each file, which are the same every time. */
  readonly files: readonly string[];
  readonly contents: readonly Content[];
}

/** What the sound images give, learned when it is first asked for, and seen by others too. */
export class Sound {
  readonly #engine: Converter;
  readonly #reading: ReadingProcess;
  readonly #folder: string;
  readonly #known = new Map<string, Learned>();

  constructor(folder: string, engine: Converter, reading: ReadingProcess) {
    this.#folder = folder;
    this.#engine = engine;
    this.#reading = reading;
  }

  async of(victim: Victim, target: Target): Promise<Learned> {
    const key = `${victim.name} ${target.to} ${target.compress}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { judged } = victim;
    const places = placesBelow(this.#folder);
    const conversion = await this.#engine.convert(wishFor(victim, target, places));
    if (conversion.kind !== 'done') throw new Error(`the sound image ${victim.name}: ${JSON.stringify(conversion)}`);
    const { disks } = conversion.result;
    const contents = await contentsOf(disks, this.#reading);
    const [first] = contents;
    if (
      judged !== null &&
      (first === undefined || !(await othersAgree(judged.image, judged.format, first, this.#reading)))
    ) {
      throw new Error(`nobody else sees in ${victim.name} what we see`);
    }
    const learned = { files: disks.map((disk) => fingerprint(disk.output)), contents };
    this.#known.set(key, learned);
    for (const { output } of disks) rmSync(output);
    return learned;
  }
}

interface Places {
  readonly out: string;
  readonly state: string;
}

function placesBelow(folder: string): Places {
  const places = { out: path.join(folder, 'out'), state: path.join(folder, 'state') };
  mkdirSync(places.out, { recursive: true });
  return places;
}

const wishFor = ({ input }: Victim, target: Target, { out, state }: Places): Wish => ({
  input,
  output: path.join(out, `disk.${target.to}`),
  ...target,
  dataDir: state,
});

/** One converter with folders of its own, so that what a conversion leaves there is that conversion's. */
export class Trial {
  readonly #converter: Converter;
  readonly #sound: Sound;
  readonly #reading: ReadingProcess;
  readonly #places: Places;

  constructor(folder: string, converter: Converter, sound: Sound, reading: ReadingProcess) {
    this.#converter = converter;
    this.#sound = sound;
    this.#reading = reading;
    this.#places = placesBelow(folder);
  }

  /** Does the harm, converts, judges, and mends. */
  async run(
    victim: Victim,
    target: Target,
    doHarm: () => Harm,
  ): Promise<{ readonly harm: Harm; readonly verdict: Verdict }> {
    const { out } = this.#places;
    const sound = await this.#sound.of(victim, target);
    const harm = doHarm();
    try {
      const conversion = await this.#converter.convert(wishFor(victim, target, this.#places));
      const verdict = this.#leftovers(conversion) ?? (await this.#judge(victim, sound, harm, conversion));
      if (typeof verdict !== 'string') keep(victim, harm, verdict.violation);
      return { harm, verdict };
    } finally {
      mend(harm);
      for (const name of readdirSync(out)) rmSync(path.join(out, name));
    }
  }

  /** After every conversion there is nothing but good images, and no journal. */
  #leftovers(conversion: Conversion): Verdict | null {
    const { out, state } = this.#places;
    const jobs = path.join(state, 'jobs');
    const journals = existsSync(jobs) ? readdirSync(jobs) : [];
    const wanted = conversion.kind === 'done' ? conversion.result.disks.map(({ output }) => path.basename(output)) : [];
    const found = readdirSync(out);
    for (const journal of journals) rmSync(path.join(jobs, journal));
    const isClean = journals.length === 0 && found.toSorted().join() === wanted.toSorted().join();
    if (isClean || conversion.kind === 'broke') return null; // what broke is told as such
    return {
      violation: `left ${[...found, ...journals].join(', ')} where ${wanted.join(', ') || 'nothing'} should be`,
    };
  }

  async #judge({ judged }: Victim, sound: Learned, harm: Harm, conversion: Conversion): Promise<Verdict> {
    if (conversion.kind === 'broke') return { violation: conversion.what };
    if (conversion.kind === 'refused') return 'refused';
    const { disks } = conversion.result;
    if (disks.map((disk) => fingerprint(disk.output)).join() === sound.files.join()) return 'same';
    const contents = await contentsOf(disks, this.#reading);
    if (JSON.stringify(contents) === JSON.stringify(sound.contents)) return 'same';
    const [seen] = contents;
    const what = `wrote ${contents.map(({ sizeBytes }) => `${sizeBytes} bytes`).join(' and ')} that are not the original`;
    // QEMU reads zeros behind the end of a file. Of raw disks alone it cannot be said where they should end.
    const isShort = harm.isCut && !harm.file.file.endsWith('.raw');
    if (judged === null || seen === undefined || isShort || contents.length > 1) return { violation: what };
    if (await othersAgree(judged.image, judged.format, seen, this.#reading)) {
      const isCorrupt = isFoundCorrupt(judged.image, judged.format);
      return isCorrupt ? { violation: `${what}, and qemu-img check finds the source corrupt` } : 'agreed';
    }
    // Two versions of one library make different bytes of the same damaged zstd block, and neither can know.
    const isPayload = harm.isInvisible && seen.sizeBytes === sound.contents[0]?.sizeBytes;
    return isPayload ? 'payload' : { violation: `${what}, and nobody else sees them` };
  }
}

/** What qemu-img reads in the images that were written. */
async function contentsOf(disks: readonly ConvertedDisk[], reading: ReadingProcess): Promise<Content[]> {
  const contents: Content[] = [];
  for (const { output, format } of disks) {
    const raw = format === 'raw' ? output : `${output}.read`;
    if (raw !== output) qemuImg('convert', '-f', format, '-O', 'raw', output, raw);
    const answer = await reading.read({ file: raw, format: 'raw' });
    if (raw !== output) rmSync(raw);
    if (answer.kind !== 'read') throw new Error(`${raw}: ${JSON.stringify(answer)}`);
    contents.push({ sizeBytes: answer.sizeBytes, digest: answer.digest });
  }
  return contents;
}

/** Larger files than any sound image gives are told by their size alone, since they may be huge and empty. */
const MOST_READ_BYTES = 16 * 2 ** 20;

function fingerprint(file: string): string {
  const { size } = statSync(file);
  return `${size} ${size > MOST_READ_BYTES ? 'not read' : createHash('sha256').update(readFileSync(file)).digest('hex')}`;
}

let kept = 0;
const MOST_KEPT = 20;

/** Keeps the damaged files, for whoever mends Guts. */
function keep(victim: Victim, harm: Harm, why: string): void {
  if (kept++ >= MOST_KEPT) return;
  const folder = path.resolve('test-results/hostile', `${kept}-${victim.name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file } of victim.files) copyFileSync(file, path.join(folder, path.basename(file)));
  writeFileSync(path.join(folder, 'note.txt'), `${harm.how} in ${path.basename(harm.file.file)}: ${why}\n`);
}
