/** Reads the beginning of what a disk holds, throws it away, and says how long that took. */
import type { ByteStream } from '../disk/bytes.ts';
import type { DiskImage, Extent } from '../disk/image.ts';
import type { ReadableDisk } from '../drivers.ts';

/** Enough for a rate, and nothing to a network that shall carry whole disks. */
export const MOST_BYTES = 64 * 1024 * 1024;
/** A slow way has shown by then how slow it is. */
const ENOUGH_MS = 30_000;
/** As a copy asks: several at once, each as long as a part of a download. */
const LANES = 4;
const PIECE_BYTES = 4 * 1024 * 1024;

export interface Measured {
  readonly bytes: number;
  readonly seconds: number;
}

/** Memory: one piece for each lane. */
export async function readHead(disk: ReadableDisk, signal: AbortSignal): Promise<Measured> {
  if (disk.kind === 'stream') {
    const beganMs = performance.now();
    await using stream = await disk.open(signal);
    return { bytes: await drain(stream, beganMs, signal), seconds: secondsSince(beganMs) };
  }
  await using image = await disk.openImage(signal);
  const beganMs = performance.now();
  const bytes = await readPieces(await piecesOf(image, disk.sizeBytes, signal), beganMs, signal);
  return { bytes, seconds: secondsSince(beganMs) };
}

async function drain(stream: ByteStream, beganMs: number, signal: AbortSignal): Promise<number> {
  const window = Buffer.alloc(1024 * 1024);
  let bytes = 0;
  while (bytes < MOST_BYTES && performance.now() - beganMs < ENOUGH_MS) {
    const got = await stream.read(window, signal);
    if (got === 0) break;
    bytes += got;
  }
  return bytes;
}

type Data = Extract<Extent, { kind: 'data' }>;

/** The first that hold data, cut to what a lane reads at once. */
async function piecesOf(image: DiskImage, sizeBytes: number, signal: AbortSignal): Promise<Data[]> {
  const pieces: Data[] = [];
  let sum = 0;
  for await (const extent of image.extents(0, sizeBytes, signal)) {
    if (extent.kind !== 'data') continue;
    for (let at = 0; at < extent.length && sum < MOST_BYTES; at += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, extent.length - at, MOST_BYTES - sum);
      pieces.push({ ...extent, offset: extent.offset + at, position: extent.position + at, length });
      sum += length;
    }
    if (sum >= MOST_BYTES) break;
  }
  return pieces;
}

async function readPieces(pieces: readonly Data[], beganMs: number, signal: AbortSignal): Promise<number> {
  const left = pieces.values();
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  let bytes = 0;
  const lane = async (): Promise<void> => {
    const window = Buffer.alloc(PIECE_BYTES);
    for (const { source, position, length } of left) {
      stop.throwIfAborted();
      if (performance.now() - beganMs > ENOUGH_MS) return;
      await source.read(window.subarray(0, length), position, stop);
      bytes += length;
    }
  };
  const lanes = Array.from({ length: LANES }, async () => {
    await lane().catch((error: unknown) => {
      failure.abort(error); // the first one is the one to tell
      throw error;
    });
  });
  const ends = await Promise.allSettled(lanes);
  signal.throwIfAborted();
  if (ends.some(({ status }) => status === 'rejected')) throw failure.signal.reason;
  return bytes;
}

const secondsSince = (beganMs: number): number => (performance.now() - beganMs) / 1000;
