/** A file that is put together from pieces, each at its place and made when it is read; everything between them is zeros. */
import type { FileContent, LayerContent } from './disk-file.ts';

export interface Piece {
  readonly start: number;
  readonly length: number;
  /** Fills `into` from `position` of the piece on. */
  read(into: Uint8Array, position: number): Promise<void>;
}

export const bytesAt = (start: number, bytes: Uint8Array): Piece => ({
  start,
  length: bytes.byteLength,
  async read(into, position) {
    into.set(bytes.subarray(position, position + into.byteLength));
  },
});

/** A block of the guest's; the last one of a disk is longer than what is left of it. */
export function payload(layer: LayerContent, offset: number, start: number, length: number): Piece {
  return {
    start,
    length,
    async read(into, position) {
      const there = Math.max(0, Math.min(into.byteLength, layer.sizeBytes - offset - position));
      if (there > 0) await layer.read(into.subarray(0, there), offset + position);
    },
  };
}

/** @param pieces in order, without overlaps */
export function laidOut(name: string, sizeBytes: number, pieces: readonly Piece[]): FileContent {
  return {
    name,
    sizeBytes,
    ranges: joined(pieces),
    async read(into, position, signal) {
      signal?.throwIfAborted();
      const end = position + into.byteLength;
      if (position < 0 || end > sizeBytes) throw new RangeError(`“${name}” has ${sizeBytes} bytes.`);
      into.fill(0);
      for (let at = firstEndingBehind(pieces, position); ; at++) {
        const piece = pieces[at];
        if (piece === undefined || piece.start >= end) return;
        const from = Math.max(position, piece.start);
        const to = Math.min(end, piece.start + piece.length);
        await piece.read(into.subarray(from - position, to - position), from - piece.start);
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

function firstEndingBehind(pieces: readonly Piece[], position: number): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece !== undefined && piece.start + piece.length <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function joined(pieces: readonly Piece[]): { readonly start: number; readonly length: number }[] {
  const ranges: { start: number; length: number }[] = [];
  for (const { start, length } of pieces) {
    const last = ranges.at(-1);
    if (last !== undefined && last.start + last.length === start) last.length += length;
    else ranges.push({ start, length });
  }
  return ranges;
}
