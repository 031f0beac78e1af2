/** Reads the log of a VHDX that was not closed cleanly ([MS-VHDX] 2.3) and tells which of its entries are still to be applied. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { crc32c } from '../crc32c.ts';
import { DamagedImageError, LimitError, TruncatedImageError } from '../errors.ts';
import { guid, LOG_SECTOR, MiB, u64 } from './fields.ts';
import type { VhdxLog } from './header.ts';
import { ReplayedSource, type LoggedWrite } from './replay.ts';

const ENTRY_HEAD = 64;
const DESCRIPTOR = 32;

/** Hyper-V's logs have 1 MiB. The log is held in memory while the image is open, so this bounds the overlay as well. */
const MOST_LOG_BYTES = 64 * MiB;
/** A range of zeros costs 32 bytes of log only; no real log comes near this many. */
const MOST_ZERO_RANGES = 65_536;
/** Entries of a sound log do not overlap, so that checking all of them sums the log once. */
const MOST_SUMMED_BYTES = 4 * MOST_LOG_BYTES;

interface Entry {
  /** Where the entry starts in the ring, and how many bytes of the ring it takes. */
  readonly at: number;
  readonly length: number;
  /** Where the oldest entry that was not yet applied when this one was written starts. */
  readonly tail: number;
  readonly sequence: bigint;
  readonly descriptors: number;
  /** As many of the descriptors clear a range; the others write a sector each. */
  readonly zeroRanges: number;
  readonly flushedFileBytes: number;
  readonly lastFileBytes: number;
}

/**
 * The bytes of `source` as they will be once its log is applied, and the number of log entries that takes.
 * Nothing is written: the changed 4 KiB sectors stay in memory, at most as many bytes as the log has.
 *
 * A newest entry that fails its checksum was being written when the host stopped, and does not count: so the format
 * has it, and damage done to that entry later cannot be told from it. A gap further back in the log is refused, though
 * the format would make do with what lies before it: the disk could be older than the one that its host last saw.
 * @throws DamagedImageError when the log holds no sequence that can be applied.
 * @throws TruncatedImageError when the file is shorter than it was when the log was written.
 * @throws LimitError for a log beyond 64 MiB.
 */
export async function replayLog(
  source: ByteSource,
  log: VhdxLog,
  signal?: AbortSignal,
): Promise<{ file: ReplayedSource; entries: number }> {
  if (log.length > MOST_LOG_BYTES) {
    throw new LimitError(`The log of “${source.name}” claims ${log.length} bytes; at most ${MOST_LOG_BYTES} are read.`);
  }
  const ring = await readBytes(source, log.offset, log.length, signal);
  const active = activeSequence(soundEntries(ring, log.guid, source.name), log.length, source.name);
  const newest = active.at(-1);
  if (newest === undefined) {
    throw new DamagedImageError(
      `“${source.name}” was not closed cleanly, and its log holds nothing that can be applied.`,
    );
  }
  if (newest.flushedFileBytes > source.sizeBytes) {
    throw new TruncatedImageError(
      `“${source.name}” has ${source.sizeBytes} bytes, but had ${newest.flushedFileBytes} when its log was written.`,
    );
  }
  if (active.reduce((total, entry) => total + entry.zeroRanges, 0) > MOST_ZERO_RANGES) {
    throw new LimitError(`The log of “${source.name}” clears more than ${MOST_ZERO_RANGES} ranges.`);
  }
  const writes = active.flatMap((entry) => writesOf(ring, entry));
  return { file: new ReplayedSource(source, newest.lastFileBytes, writes), entries: active.length };
}

/** Every entry of the ring that is whole, by where it starts. */
function soundEntries(ring: Buffer, logGuid: string, name: string): Map<number, Entry> {
  const sound = new Map<number, Entry>();
  let summed = 0;
  for (let at = 0; at < ring.byteLength; at += LOG_SECTOR) {
    const entry = plausibleEntry(ring, at, logGuid);
    if (entry === undefined) continue;
    summed += entry.length;
    if (summed > MOST_SUMMED_BYTES) throw new LimitError(`The log of “${name}” has entries upon entries.`);
    if (isSealedEntry(ring, entry)) sound.set(at, entry);
  }
  return sound;
}

/** The entry at `at` if all of it but the checksum is as it must be. */
function plausibleEntry(ring: Buffer, at: number, logGuid: string): Entry | undefined {
  if (ring.toString('latin1', at, at + 4) !== 'loge' || guid(ring, at + 32) !== logGuid) return undefined;
  const entry = {
    at,
    length: ring.readUInt32LE(at + 8),
    tail: ring.readUInt32LE(at + 12),
    sequence: ring.readBigUInt64LE(at + 16),
    descriptors: ring.readUInt32LE(at + 24),
    flushedFileBytes: u64(ring, at + 48),
    lastFileBytes: u64(ring, at + 56),
  };
  if (entry.length === 0 || entry.length % LOG_SECTOR !== 0 || entry.length > ring.byteLength) return undefined;
  if (entry.tail % LOG_SECTOR !== 0 || entry.tail >= ring.byteLength || entry.sequence === 0n) return undefined;
  const dataAt = dataStart(entry);
  if (dataAt > entry.length) return undefined;

  let sectors = 0;
  for (let n = 0; n < entry.descriptors; n++) {
    const descriptor = place(ring, entry, ENTRY_HEAD + n * DESCRIPTOR);
    if (ring.readBigUInt64LE(descriptor + 24) !== entry.sequence) return undefined;
    if (u64(ring, descriptor + 16) % LOG_SECTOR !== 0) return undefined;
    const kind = ring.toString('latin1', descriptor, descriptor + 4);
    if (kind === 'zero') {
      if (u64(ring, descriptor + 8) % LOG_SECTOR !== 0) return undefined;
    } else if (kind === 'desc') {
      if (dataAt + (sectors + 1) * LOG_SECTOR > entry.length) return undefined;
      if (!isDataSector(ring, place(ring, entry, dataAt + sectors * LOG_SECTOR), entry.sequence)) return undefined;
      sectors++;
    } else return undefined;
  }
  return { ...entry, zeroRanges: entry.descriptors - sectors };
}

function isDataSector(ring: Buffer, at: number, sequence: bigint): boolean {
  if (ring.toString('latin1', at, at + 4) !== 'data') return false;
  const [high, low] = [ring.readUInt32LE(at + 4), ring.readUInt32LE(at + LOG_SECTOR - 4)];
  return high === Number(sequence >> 32n) && low === Number(sequence & 0xffff_ffffn);
}

/** Where in the entry its data sectors start. */
function dataStart(entry: Pick<Entry, 'descriptors'>): number {
  return Math.ceil((ENTRY_HEAD + entry.descriptors * DESCRIPTOR) / LOG_SECTOR) * LOG_SECTOR;
}

/** Where byte `inside` of the entry lies in the ring; what has a place of its own in an entry never straddles the ring's end. */
function place(ring: Buffer, entry: Pick<Entry, 'at'>, inside: number): number {
  return (entry.at + inside) % ring.byteLength;
}

function isSealedEntry(ring: Buffer, entry: Entry): boolean {
  const upToEnd = Math.min(entry.length, ring.byteLength - entry.at);
  let sum = crc32c(ring.subarray(entry.at, entry.at + 4));
  sum = crc32c(new Uint8Array(4), sum);
  sum = crc32c(ring.subarray(entry.at + 8, entry.at + upToEnd), sum);
  sum = crc32c(ring.subarray(0, entry.length - upToEnd), sum);
  return sum === ring.readUInt32LE(entry.at + 4);
}

/** The entries from the one that the newest entry calls the tail up to the newest, oldest first; empty where there is none. */
function activeSequence(sound: ReadonlyMap<number, Entry>, ringBytes: number, name: string): Entry[] {
  let newest: Entry | undefined;
  for (const entry of sound.values()) if (newest === undefined || entry.sequence > newest.sequence) newest = entry;
  if (newest === undefined) return [];

  const active: Entry[] = [];
  let taken = 0;
  let entry = sound.get(newest.tail);
  while (entry !== undefined) {
    active.push(entry);
    taken += entry.length;
    if (taken > ringBytes) break;
    if (entry === newest) return active;
    const next = sound.get((entry.at + entry.length) % ringBytes);
    entry = next?.sequence === entry.sequence + 1n ? next : undefined;
  }
  throw new DamagedImageError(`The log of “${name}” has a gap before its newest entry.`);
}

/**
 * What the entry writes, in its order. A descriptor keeps the first 8 and the last 4 bytes of its sector, whose places
 * the sector's own marks have taken; they are put back in `ring`.
 */
function writesOf(ring: Buffer, entry: Entry): LoggedWrite[] {
  const writes: LoggedWrite[] = [];
  let sector = dataStart(entry);
  for (let n = 0; n < entry.descriptors; n++) {
    const descriptor = place(ring, entry, ENTRY_HEAD + n * DESCRIPTOR);
    const offset = u64(ring, descriptor + 16);
    if (ring.toString('latin1', descriptor, descriptor + 4) === 'zero') {
      writes.push({ offset, length: u64(ring, descriptor + 8), bytes: null });
      continue;
    }
    const at = place(ring, entry, sector);
    ring.copy(ring, at, descriptor + 8, descriptor + 16);
    ring.copy(ring, at + LOG_SECTOR - 4, descriptor + 4, descriptor + 8);
    writes.push({ offset, length: LOG_SECTOR, bytes: ring.subarray(at, at + LOG_SECTOR) });
    sector += LOG_SECTOR;
  }
  return writes;
}
