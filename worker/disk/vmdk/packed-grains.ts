/** Extents of compressed grains: finds where each ends by its marker, and checks that the marker is the one the table means. */
import { inflateSync } from 'node:zlib';
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError } from '../errors.ts';
import { cut } from '../extents.ts';
import type { Extent, Packed } from '../image.ts';
import { SECTOR } from './descriptor.ts';
import { tableRuns, type EntryRun, type GrainTableOptions } from './grain-tables.ts';
import { GRAIN_MARKER_BYTES, readGrainMarker } from './markers.ts';
import { checkEnd } from './plain-grains.ts';

export interface PackedGrainOptions extends GrainTableOptions {
  readonly sizeBytes: number;
  readonly hasZeroGrains: boolean;
}

const ABSENT = 0;
const ZERO_GRAIN = 1;
/** Grains whose markers are looked up together. */
const BATCH = 512;
/** Markers that lie close are read with the data between them: one large read costs less than many small ones. */
const WINDOW_BYTES = 1024 * 1024;
const HEAD_BYTES = GRAIN_MARKER_BYTES + 2;

interface Empty {
  readonly kind: 'hole' | 'zero';
  readonly offset: number;
  length: number;
}

interface Grain {
  readonly kind: 'grain';
  readonly offset: number;
  readonly position: number;
  storedBytes: number;
  unpackedBytes: number;
}
type Item = Empty | Grain;

/** The bytes [from, to) of an extent as disk extents at `base` + their offset. Memory: one window and one batch. */
export async function* packedGrains(
  options: PackedGrainOptions,
  from: number,
  to: number,
  base: number,
  signal?: AbortSignal,
): AsyncGenerator<Extent, void, void> {
  const { source, sizeBytes, grainBytes, hasZeroGrains } = options;
  const readMarkers = markerReader(source, grainBytes, signal);
  for await (const run of tableRuns(options, from, to, signal)) {
    const start = Math.max(from, run.from);
    const end = Math.min(to, run.to);
    if (run.entries === null) {
      yield { kind: 'hole', offset: base + start, length: end - start };
      continue;
    }
    for (const batch of batches(run, grainBytes, hasZeroGrains, start, end)) {
      const grains = batch.filter((item) => item.kind === 'grain');
      await readMarkers(grains);
      const last = grains.at(-1);
      if (last !== undefined && last.offset + grainBytes > sizeBytes) {
        last.unpackedBytes = await lengthOfLast(source, last, grainBytes, sizeBytes, signal);
      }
      for (const item of batch) {
        const part = cut(item.kind === 'grain' ? packedExtent(options, item) : item, start, end);
        yield { ...part, offset: base + part.offset };
      }
    }
  }
}

/** What the entries for [start, end) say, in order, with holes and zeros joined, in batches that are not too large. */
function* batches(
  run: EntryRun,
  grainBytes: number,
  hasZeroGrains: boolean,
  start: number,
  end: number,
): Generator<Item[], void, void> {
  let batch: Item[] = [];
  const last = Math.ceil((end - run.from) / grainBytes);
  for (let index = Math.floor((start - run.from) / grainBytes); index < last; index++) {
    const entry = run.entries.getUint32(index * 4, true);
    const offset = run.from + index * grainBytes;
    if (entry === ABSENT || (entry === ZERO_GRAIN && hasZeroGrains)) {
      const kind = entry === ABSENT ? 'hole' : 'zero';
      const before = batch.at(-1);
      if (before !== undefined && before.kind !== 'grain' && before.kind === kind) before.length += grainBytes;
      else batch.push({ kind, offset, length: grainBytes });
      continue;
    }
    batch.push({ kind: 'grain', offset, position: entry * SECTOR, storedBytes: 0, unpackedBytes: grainBytes });
    if (batch.length >= BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** Fills in `storedBytes` of grains from their markers. */
function markerReader(
  source: ByteSource,
  grainBytes: number,
  signal?: AbortSignal,
): (grains: readonly Grain[]) => Promise<void> {
  let window: Buffer | null = null;
  const check = (grain: Grain, bytes: Uint8Array, before: Grain | undefined): void => {
    grain.storedBytes = readGrainMarker(bytes, grain.offset, grainBytes, source.name);
    checkEnd(source, grain.position + GRAIN_MARKER_BYTES + grain.storedBytes);
    if (before !== undefined && before.position + GRAIN_MARKER_BYTES + before.storedBytes > grain.position) {
      throw new DamagedImageError(`“${source.name}” has grains that overlap at ${grain.position}.`);
    }
  };
  return async (grains) => {
    const sorted = [...grains].sort((a, b) => a.position - b.position);
    for (let i = 0; i < sorted.length;) {
      const first = sorted[i] as Grain; // i is below the length
      let next = i + 1;
      let end = first.position + HEAD_BYTES;
      for (let grain = sorted[next]; grain !== undefined; grain = sorted[++next]) {
        const isFar =
          grain.position - end > 2 * grainBytes || grain.position + HEAD_BYTES - first.position > WINDOW_BYTES;
        if (isFar) break;
        end = grain.position + HEAD_BYTES;
      }
      checkEnd(source, end);
      if (next - i > 1) window ??= Buffer.allocUnsafe(WINDOW_BYTES);
      const bytes =
        next - i > 1 && window !== null ? window.subarray(0, end - first.position) : Buffer.allocUnsafe(HEAD_BYTES);
      await source.read(bytes, first.position, signal);
      for (; i < next; i++) {
        const grain = sorted[i] as Grain; // i is below the length
        check(grain, bytes.subarray(grain.position - first.position), sorted[i - 1]);
      }
    }
  };
}

function packedExtent({ source, grainBytes, sizeBytes }: PackedGrainOptions, grain: Grain): Packed {
  const { offset, storedBytes, unpackedBytes } = grain;
  const length = Math.min(grainBytes, sizeBytes - offset);
  const position = grain.position + GRAIN_MARKER_BYTES;
  return { kind: 'packed', codec: 'zlib', offset, length, source, position, storedBytes, unpackedBytes, skipBytes: 0 };
}

/** What a last grain that the capacity cuts unpacks to: some writers store all of it, some only the rest, so look. */
async function lengthOfLast(
  source: ByteSource,
  grain: Grain,
  grainBytes: number,
  sizeBytes: number,
  signal?: AbortSignal,
): Promise<number> {
  const stored = await readBytes(source, grain.position + GRAIN_MARKER_BYTES, grain.storedBytes, signal);
  let length: number;
  try {
    length = inflateSync(stored, { maxOutputLength: grainBytes }).byteLength;
  } catch (cause) {
    throw new DamagedImageError(`The last grain of “${source.name}” does not unpack.`, { cause });
  }
  if (length >= sizeBytes - grain.offset) return length;
  throw new DamagedImageError(
    `The last grain of “${source.name}” holds ${length} bytes instead of ${sizeBytes - grain.offset}.`,
  );
}
