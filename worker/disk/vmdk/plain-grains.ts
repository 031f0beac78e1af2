/** Extents of grains that are stored as they are: hosted sparse, COWD and SESparse differ only in how an entry is read. */
import type { ByteSource } from '../bytes.ts';
import { DamagedImageError, TruncatedImageError } from '../errors.ts';
import type { Extent } from '../image.ts';
import { TakenPlaces } from './taken-places.ts';
import { tableRuns, type EntryRun, type GrainTableOptions } from './grain-tables.ts';

/** What `locate` returns for a grain that the parent decides, and for one of zeros; all else is its position in the file. */
export const ABSENT = 0;
export const ZEROS = -1;

export interface PlainGrainOptions extends GrainTableOptions {
  readonly sizeBytes: number;
  /** Reads entry `index` and checks that a grain may lie there. @throws DamagedImageError */
  readonly locate: (entries: DataView, index: number) => number;
}

/** The bytes [from, to) of an extent as disk extents at `base` + their offset. */
export async function* plainGrains(
  options: PlainGrainOptions,
  from: number,
  to: number,
  base: number,
  signal?: AbortSignal,
): AsyncGenerator<Extent, void, void> {
  const taken = new TakenPlaces(options.grainBytes);
  for await (const run of tableRuns(options, from, to, signal)) {
    const start = Math.max(from, run.from);
    const end = Math.min(to, run.to);
    if (run.entries === null) yield { kind: 'hole', offset: base + start, length: end - start };
    else yield* grainsOf(options, run, start, end, base, taken);
  }
}

/** Neighbours are joined here, so that what is asynchronous above runs once a stretch and not once a grain. */
function* grainsOf(
  { source, sizeBytes, grainBytes, locate }: PlainGrainOptions,
  run: EntryRun,
  start: number,
  end: number,
  base: number,
  taken: TakenPlaces,
): Generator<Extent, void, void> {
  const first = Math.floor((start - run.from) / grainBytes);
  const last = Math.ceil((end - run.from) / grainBytes);
  let from = start;
  let held = ABSENT;
  let heldNext = ABSENT; // where the next grain lies if it continues what is held
  for (let index = first; index < last; index++) {
    const offset = run.from + index * grainBytes;
    const place = locate(run.entries, index);
    if (place > 0) {
      if (!taken.add(place)) throw new DamagedImageError(`“${source.name}” uses the grain at ${place} twice.`);
      checkEnd(source, place + Math.min(grainBytes, sizeBytes - offset));
    }
    if (index > first && place !== heldNext) {
      yield stretch(source, base, from, offset, held);
      from = offset;
    }
    if (index === first || from === offset) held = place > 0 ? place + Math.max(0, start - offset) : place;
    heldNext = place > 0 ? place + grainBytes : place;
  }
  if (from < end) yield stretch(source, base, from, end, held);
}

function stretch(source: ByteSource, base: number, from: number, to: number, place: number): Extent {
  const span = { offset: base + from, length: to - from };
  if (place > 0) return { kind: 'data', ...span, source, position: place };
  return { kind: place === ZEROS ? 'zero' : 'hole', ...span };
}

export function checkEnd(source: ByteSource, end: number): void {
  if (end > source.sizeBytes)
    throw new TruncatedImageError(
      `“${source.name}” has ${source.sizeBytes} bytes, but its tables place data up to ${end}.`,
    );
}
