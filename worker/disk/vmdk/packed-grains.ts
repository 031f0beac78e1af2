/** Extents of compressed grains: finds where each ends by its marker, and checks that the marker is the one the table means. */
import { inflateSync } from 'node:zlib';
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError } from '../errors.ts';
import { cut } from '../extents.ts';
import type { Extent, Packed } from '../image.ts';
import { SECTOR } from './descriptor.ts';
import { tableRuns, type GrainTableOptions } from './grain-tables.ts';
import { GRAIN_MARKER_BYTES, readGrainMarker } from './grain-marker.ts';
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

interface Grain {
  readonly offset: number;
  readonly position: number;
  storedBytes: number;
}

/** The bytes [from, to) of an extent as disk extents at `base` + their offset. Memory: one window and one batch. */
export async function* packedGrains(
  options: PackedGrainOptions,
  from: number,
  to: number,
  base: number,
  signal?: AbortSignal,
): AsyncGenerator<Extent, void, void> {
  const { source, grainBytes, hasZeroGrains } = options;
  const readMarkers = markerReader(source, grainBytes, signal);
  for await (const run of tableRuns(options, from, to, signal)) {
    const start = Math.max(from, run.from);
    const end = Math.min(to, run.to);
    if (run.entries === null) {
      yield { kind: 'hole', offset: base + start, length: end - start };
      continue;
    }
    const last = Math.ceil((end - run.from) / grainBytes);
    for (let index = Math.floor((start - run.from) / grainBytes); index < last;) {
      const batchEnd = Math.min(last, index + BATCH);
      const empty: Extent[] = [];
      const grains: Grain[] = [];
      for (; index < batchEnd; index++) {
        const offset = run.from + index * grainBytes;
        const entry = run.entries.getUint32(index * 4, true);
        if (entry === ABSENT || (entry === ZERO_GRAIN && hasZeroGrains)) {
          empty.push({ kind: entry === ABSENT ? 'hole' : 'zero', offset, length: grainBytes });
        } else grains.push({ offset, position: entry * SECTOR, storedBytes: 0 });
      }
      await readMarkers(grains);
      const packed = await Promise.all(grains.map(async (grain) => await packedExtent(options, grain, signal)));
      for (const extent of [...empty, ...packed].sort((a, b) => a.offset - b.offset)) {
        const part = cut(extent, start, end);
        yield { ...part, offset: base + part.offset };
      }
    }
  }
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

async function packedExtent(
  { source, grainBytes, sizeBytes }: PackedGrainOptions,
  grain: Grain,
  signal?: AbortSignal,
): Promise<Packed> {
  const { offset, storedBytes } = grain;
  const position = grain.position + GRAIN_MARKER_BYTES;
  const length = Math.min(grainBytes, sizeBytes - offset);
  let unpackedBytes = grainBytes;
  if (length < grainBytes) {
    // The capacity cuts the last grain. Some writers store all of it, some only the rest; it is one grain, so look.
    const stored = await readBytes(source, position, storedBytes, signal);
    unpackedBytes = inflatedLength(stored, grainBytes, source.name);
    if (unpackedBytes < length)
      throw new DamagedImageError(
        `The last grain of “${source.name}” holds ${unpackedBytes} bytes instead of ${length}.`,
      );
  }
  return { kind: 'packed', codec: 'zlib', offset, length, source, position, storedBytes, unpackedBytes, skipBytes: 0 };
}

function inflatedLength(stored: Uint8Array, most: number, name: string): number {
  try {
    return inflateSync(stored, { maxOutputLength: most }).byteLength;
  } catch (cause) {
    throw new DamagedImageError(`The last grain of “${name}” does not unpack.`, { cause });
  }
}
