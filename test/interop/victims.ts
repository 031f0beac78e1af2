/** Sound images of every format, made to be damaged and mended again. */
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import * as path from 'node:path';
import { pristine } from '../fuzz/damage.ts';
import type { Subject } from '../fuzz/messages.ts';
import type { Random } from '../fuzz/random.ts';
import type { ReadingProcess } from '../fuzz/reading.ts';
import { makeSeeds } from '../fuzz/seeds.ts';

export interface VictimFile {
  readonly file: string;
  /** A copy of it as it was made. */
  readonly sound: string;
  readonly sizeBytes: number;
  /** Where its headers and tables are: 512-byte sectors that are neither empty nor the guest's. */
  readonly tables: readonly number[];
  /** Where it stores compressed blocks that have no checksum: nobody can tell damage there. */
  readonly unchecked: readonly { readonly position: number; readonly length: number }[];
}

export interface Victim {
  readonly name: string;
  readonly format: Subject;
  /** What is converted. */
  readonly input: string;
  readonly files: readonly VictimFile[];
  /** The image that others can be asked about; null where its own digests tell everything. */
  readonly judged: { readonly image: string; readonly format: Subject } | null;
}

const ENDINGS: Readonly<Record<Subject, string>> = {
  raw: 'raw',
  vmdk: 'vmdk',
  vhd: 'vhd',
  vhdx: 'vhdx',
  qcow2: 'qcow2',
  vdi: 'vdi',
  container: '',
};

/** Makes all victims below `folder`. */
export async function makeVictims(folder: string, reading: ReadingProcess): Promise<Victim[]> {
  const victims: Victim[] = [];
  for (const { name, format, file, others } of await makeSeeds(folder, '')) {
    const input = path.basename(file) === 'disk' ? `${file}.${ENDINGS[format]}` : file;
    if (input !== file) renameSync(file, input);
    const answer = await reading.read({ file: input, format });
    if (answer.kind !== 'read') throw new Error(`the sound image ${name}: ${JSON.stringify(answer)}`);
    const kept = path.join(folder, name, 'sound');
    mkdirSync(kept);
    const files = [input, ...others].map((each) => {
      const bytes = readFileSync(each);
      const sound = path.join(kept, path.basename(each));
      copyFileSync(each, sound);
      const stored = answer.stored.filter((place) => place.file === each);
      const unchecked = format === 'qcow2' ? stored.filter(({ kind }) => kind === 'packed') : [];
      return { file: each, sound, sizeBytes: bytes.length, tables: pristine(bytes, stored).tables, unchecked };
    });
    victims.push({ name, format, input, files, judged: judgedOf(format, input, others) });
  }
  return victims;
}

/** A VMX and a libvirt domain have no digests: what counts there is the disk beside them. */
function judgedOf(format: Subject, input: string, others: readonly string[]): Victim['judged'] {
  if (format !== 'container') return { image: input, format };
  const image = others.find((file) => /\.(vmdk|qcow2)$/.test(file));
  if (image === undefined || /\.(ova|ovf)$/.test(input)) return null;
  return { image, format: image.endsWith('.vmdk') ? 'vmdk' : 'qcow2' };
}

export interface Harm {
  readonly file: VictimFile;
  /** For the report, such as `flip 0x04 at 512`. */
  readonly how: string;
  readonly isCut: boolean;
  /** It hit the guest's own bytes, in a place where no format could notice. */
  readonly isInvisible: boolean;
}

/** Ends the file at a random place. */
export function truncate(file: VictimFile, random: Random): Harm {
  const keptBytes = random.below(file.sizeBytes);
  truncateSync(file.file, keptBytes);
  return { file, how: `cut to ${keptBytes} of ${file.sizeBytes} bytes`, isCut: true, isInvisible: false };
}

/** Changes one byte: every other time in a table, where it hurts, else anywhere. */
export function flip(file: VictimFile, random: Random): Harm {
  const inTable = random.percent(50) && file.tables.length > 0;
  const position = Math.min(
    file.sizeBytes - 1,
    inTable ? random.pick(file.tables) + random.below(512) : random.below(file.sizeBytes),
  );
  const bits = random.percent(50) ? 1 << random.below(8) : 1 + random.below(255);
  const byte = (readFileSync(file.sound)[position] ?? 0) ^ bits;
  const handle = openSync(file.file, 'r+');
  writeSync(handle, Uint8Array.of(byte), 0, 1, position);
  closeSync(handle);
  const isInvisible = file.unchecked.some(
    (place) => place.position <= position && position < place.position + place.length,
  );
  return { file, how: `flip 0x${bits.toString(16)} at ${position}`, isCut: false, isInvisible };
}

export const mend = ({ file }: Harm): void => copyFileSync(file.sound, file.file);
