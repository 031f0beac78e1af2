/** Ways to damage an image: cut it, flip bytes, write absurd numbers where its tables are, and mend the checksums after. */
import { mend } from './mend.ts';
import type { Stored, Subject } from './messages.ts';
import type { Random } from './random.ts';

/** A file of an image as it was made, and where in it the guest's bytes are. */
export interface Pristine {
  readonly bytes: Buffer;
  readonly stored: readonly Stored[];
  /** 512-byte sectors that are neither empty nor the guest's: headers, tables, descriptors. */
  readonly tables: readonly number[];
}

export interface Damage {
  /** For the report, such as `flip 3 bytes, mended`. */
  readonly how: string;
  readonly bytes: Buffer;
  /** The same with what the guest stored as it was; null where none of it was touched. */
  readonly healed: Buffer | null;
  readonly isCut: boolean;
}

const SECTOR_BYTES = 512;

export function pristine(bytes: Buffer, stored: readonly Stored[]): Pristine {
  const isGuests = new Uint8Array(Math.ceil(bytes.length / SECTOR_BYTES));
  for (const { position, length } of stored) {
    // A sector that is the guest's only in part counts as a table's.
    isGuests.fill(1, Math.ceil(position / SECTOR_BYTES), Math.floor((position + length) / SECTOR_BYTES));
  }
  const tables: number[] = [];
  for (let sector = 0; sector < isGuests.length; sector++) {
    const content = bytes.subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
    if (isGuests[sector] === 0 && content.some((byte) => byte !== 0)) tables.push(sector * SECTOR_BYTES);
  }
  return { bytes, stored, tables };
}

export function damage(from: Pristine, format: Subject, random: Random): Damage {
  const dice = random.below(100);
  if (dice < 12) return cut(from, random);
  if (dice < 16) return append(from, random);
  const bytes = Buffer.from(from.bytes);
  const touched: Touched = [];
  let how: string;
  if (dice < 55) how = flip(from, bytes, touched, random);
  else if (dice < 90) how = absurdNumber(from, bytes, touched, random);
  else how = overwrite(from, bytes, touched, random);
  const healed = heal(from, bytes, touched);
  const isMended = random.percent(60) && mend(format, bytes);
  if (isMended && healed !== null) mend(format, healed);
  return { how: isMended ? `${how}, mended` : how, bytes, healed, isCut: false };
}

function heal({ bytes: sound, stored }: Pristine, bytes: Buffer, touched: Touched): Buffer | null {
  const isGuests = ({ position, length }: Touched[number]): boolean =>
    stored.some((place) => place.position <= position && position + length <= place.position + place.length);
  const payload = touched.filter(isGuests);
  if (payload.length === 0) return null;
  const healed = Buffer.from(bytes);
  for (const { position, length } of payload) sound.copy(healed, position, position, position + length);
  return healed;
}

function cut({ bytes }: Pristine, random: Random): Damage {
  const at = random.below(bytes.length);
  const kept = random.percent(50) ? at : at - (at % SECTOR_BYTES);
  return { how: `cut to ${kept} bytes`, bytes: bytes.subarray(0, kept), healed: null, isCut: true };
}

function append({ bytes }: Pristine, random: Random): Damage {
  const more = Buffer.alloc(1 + random.below(2048), random.below(256));
  return { how: `append ${more.length} bytes`, bytes: Buffer.concat([bytes, more]), healed: null, isCut: false };
}

/** Mostly in tables, where it hurts; else in what the guest stored, or anywhere. */
function place({ bytes, stored, tables }: Pristine, random: Random): number {
  const dice = random.below(100);
  if (dice < 70 && tables.length > 0)
    return Math.min(bytes.length - 1, random.pick(tables) + random.below(SECTOR_BYTES));
  if (dice < 85 && stored.length > 0) {
    const { position, length } = random.pick(stored);
    return Math.min(bytes.length - 1, position + random.below(length));
  }
  return random.below(bytes.length);
}

type Touched = { position: number; length: number }[];

function flip(from: Pristine, bytes: Buffer, touched: Touched, random: Random): string {
  const count = 1 + random.below(8);
  for (let i = 0; i < count; i++) {
    const position = place(from, random);
    const bits = random.percent(50) ? 1 << random.below(8) : 1 + random.below(255);
    bytes[position] = (bytes[position] ?? 0) ^ bits;
    touched.push({ position, length: 1 });
  }
  return `flip ${count} bytes at ${touched.map(({ position }) => position).join(' ')}`;
}

/** Writes a number of the kind that breaks arithmetic over one that stands in a table. */
function absurdNumber(from: Pristine, bytes: Buffer, touched: Touched, random: Random): string {
  const width = random.pick([2, 4, 4, 8, 8, 8]);
  const isLittle = random.percent(50);
  const any = place(from, random);
  const position = Math.min(any - (any % width), bytes.length - width);
  if (position < 0) return 'nothing: the file is too small';
  const mask = (1n << BigInt(width * 8)) - 1n;
  const old = get(bytes, position, width, isLittle);
  const size = BigInt(bytes.length);
  const values = [
    0n,
    1n,
    mask,
    mask >> 1n,
    (mask >> 1n) + 1n,
    mask - 1n,
    1n << 40n,
    1n << 53n,
    size,
    size / 512n,
    size - 512n,
  ];
  const near = [old + 1n, old - 1n, old * 2n, old / 2n, old + 512n, old ^ (1n << BigInt(random.below(width * 8)))];
  const value = random.pick(random.percent(50) ? values : near) & mask;
  put(bytes, position, width, isLittle, value);
  touched.push({ position, length: width });
  return `write ${value} over ${old} (${width} bytes, ${isLittle ? 'little' : 'big'} endian) at ${position}`;
}

function overwrite(from: Pristine, bytes: Buffer, touched: Touched, random: Random): string {
  const to = place(from, random);
  if (random.percent(60)) {
    const source = place(from, random) & ~7;
    const position = to & ~7;
    const length = Math.min(8 * (1 + random.below(8)), bytes.length - Math.max(source, position));
    bytes.copyWithin(position, source, source + length);
    touched.push({ position, length });
    return `copy ${length} bytes from ${source} to ${position}`;
  }
  const position = to - (to % SECTOR_BYTES);
  const length = Math.min(SECTOR_BYTES, bytes.length - position);
  const byte = random.pick([0, 0xff, random.below(256)]);
  bytes.fill(byte, position, position + length);
  touched.push({ position, length });
  return `fill ${length} bytes with ${byte} at ${position}`;
}

function get(bytes: Buffer, position: number, width: number, isLittle: boolean): bigint {
  const field = Buffer.from(bytes.subarray(position, position + width));
  if (isLittle) field.reverse();
  return BigInt(`0x${field.toString('hex')}`);
}

function put(bytes: Buffer, position: number, width: number, isLittle: boolean, value: bigint): void {
  const field = Buffer.from(value.toString(16).padStart(width * 2, '0'), 'hex');
  if (isLittle) field.reverse();
  field.copy(bytes, position);
}
