/** Reads a streamOptimized VMDK once, front to back, into shared windows in which every grain lies in one piece. */
import type { ByteStream } from '../disk/bytes.ts';
import type { GrainRef } from '../disk/vmdk/grain-ref.ts';
import { StreamOptimizedParser } from '../disk/vmdk/stream.ts';
import type { LaneMemory } from './lane/protocol.ts';
import { Slots } from './slots.ts';

/** Read at a time; CPU use is flat from 256 KiB up, the time from 1 MiB up (measured). */
export const BODY_BYTES = 1024 * 1024;
/** Room in front of the body for the start of a grain that the window before ended in: more than any sound grain takes. */
const FRONT_BYTES = 192 * 1024;
export const WINDOW_BYTES = FRONT_BYTES + BODY_BYTES;
export const WINDOWS = 8;

export interface StreamWindow {
  /** Which input window of the shared memory. */
  readonly input: number;
  /** Position in the stream of the first new byte, and how many there are. */
  readonly start: number;
  readonly length: number;
  /** Where the new bytes begin in the window. */
  readonly bodyAt: number;
  /** The grains that end in this window; each lies in it whole. */
  readonly grains: readonly GrainRef[];
  /** Where a stream position lies in the window. */
  at(streamPosition: number): number;
  /** Gives the window back; call it once, when nothing reads it any more. */
  release(): void;
}

/**
 * The windows of `source`, in order, reading one ahead. Waits while all windows are in use, which bounds its memory.
 * @throws DamagedImageError, TruncatedImageError as the stream's own structure tells.
 */
export async function* streamWindows(
  source: ByteStream,
  memory: LaneMemory,
  signal: AbortSignal,
): AsyncGenerator<StreamWindow, void, void> {
  const windows = new Slots(WINDOWS, signal);
  const bytesOf = (input: number): Uint8Array => new Uint8Array(memory.inputs, input * WINDOW_BYTES, WINDOW_BYTES);
  let grains: GrainRef[] = [];
  let grainsEnd = 0;
  const parser = new StreamOptimizedParser(
    source.name,
    () => {},
    (grain) => {
      grains.push(grain);
      grainsEnd = grain.streamPosition + grain.storedBytes;
    },
  );
  const readInto = async (input: number): Promise<Uint8Array> => {
    const body = bytesOf(input).subarray(FRONT_BYTES, WINDOW_BYTES);
    return body.subarray(0, await source.read(body, signal));
  };
  let input = await windows.take();
  let reading = readInto(input);
  try {
    for (let start = 0, isLast = false; !isLast;) {
      const body = await reading;
      isLast = body.byteLength < BODY_BYTES;
      if (body.byteLength === 0) break;
      grains = [];
      parser.push(body);
      const window = input;
      const bodyStart = start;
      start += body.byteLength;
      if (!isLast) {
        input = await windows.take();
        const tail = Math.min(FRONT_BYTES, start - grainsEnd);
        bytesOf(input).set(bytesOf(window).subarray(WINDOW_BYTES - tail, WINDOW_BYTES), FRONT_BYTES - tail);
        reading = readInto(input);
        reading.catch(() => {}); // seen when its turn comes
      }
      yield {
        input: window,
        start: bodyStart,
        length: body.byteLength,
        bodyAt: FRONT_BYTES,
        grains,
        at: (streamPosition) => FRONT_BYTES + streamPosition - bodyStart,
        release: () => windows.give(window),
      };
    }
  } finally {
    await reading.catch(() => {}); // nothing may still come into memory that others get
  }
  parser.finish();
}
