/** What can be done with extents of any format: join neighbours, cut to a range, lay a child over its parent, read guest bytes. */
import type { DiskImage, Extent } from './image.ts';
import { unpack } from './unpack.ts';

/** The part of `extent` inside [from, to), which must not be empty. */
export function cut(extent: Extent, from: number, to: number): Extent {
  const offset = Math.max(extent.offset, from);
  const length = Math.min(extent.offset + extent.length, to) - offset;
  const ahead = offset - extent.offset;
  if (ahead === 0 && length === extent.length) return extent;
  switch (extent.kind) {
    case 'data':
      return { ...extent, offset, length, position: extent.position + ahead };
    case 'packed':
      return { ...extent, offset, length, skipBytes: extent.skipBytes + ahead };
    default:
      return { kind: extent.kind, offset, length };
  }
}

function continues(before: Extent, next: Extent): boolean {
  if (before.kind !== next.kind || next.kind === 'packed') return false;
  if (before.kind !== 'data' || next.kind !== 'data') return true;
  return before.source === next.source && before.position + before.length === next.position;
}

/** The same extents with neighbours that continue each other joined; sources may yield as finely as is easy for them. */
export async function* joined(extents: AsyncIterable<Extent> | Iterable<Extent>): AsyncGenerator<Extent, void, void> {
  let held: Extent | undefined;
  for await (const extent of extents) {
    if (held === undefined) held = extent;
    else if (continues(held, extent)) held = { ...held, length: held.length + extent.length };
    else {
      yield held;
      held = extent;
    }
  }
  if (held !== undefined) yield held;
}

/**
 * A child over its parent: the child's holes show the parent, and zeros where the parent is shorter.
 * `child` must be in order and without gaps, as every format yields.
 */
export async function* overlaid(
  child: AsyncIterable<Extent>,
  parent: DiskImage,
  signal?: AbortSignal,
): AsyncGenerator<Extent, void, void> {
  const parentSize = parent.facts.virtualSizeBytes;
  for await (const extent of child) {
    if (extent.kind !== 'hole') {
      yield extent;
      continue;
    }
    const end = extent.offset + extent.length;
    const covered = Math.min(end, parentSize);
    if (extent.offset < covered) yield* parent.extents(extent.offset, covered, signal);
    const rest = Math.max(extent.offset, parentSize);
    if (rest < end) yield { kind: 'hole', offset: rest, length: end - rest };
  }
}

/** Fills `into` with the guest's bytes from `offset` on; for headers and partition tables rather than for whole disks. */
export async function readGuest(
  image: DiskImage,
  offset: number,
  into: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  for await (const extent of image.extents(offset, offset + into.byteLength, signal)) {
    const at = extent.offset - offset;
    await readExtent(extent, into.subarray(at, at + extent.length), signal);
  }
}

/** Fills `into`, which is as long as the extent, with what the extent reads as. */
export async function readExtent(extent: Extent, into: Uint8Array, signal?: AbortSignal): Promise<void> {
  if (extent.kind === 'data') await extent.source.read(into, extent.position, signal);
  else if (extent.kind === 'packed') {
    const stored = Buffer.allocUnsafe(extent.storedBytes);
    await extent.source.read(stored, extent.position, signal);
    const whole = unpack(extent.codec, stored, extent.unpackedBytes, extent.source.name);
    into.set(whole.subarray(extent.skipBytes, extent.skipBytes + extent.length));
  } else into.fill(0);
}
