/**
 * Carries the deflate payloads of a streamOptimized VMDK into a qcow2 as they are: nothing is inflated to be deflated again.
 *
 * The VMDK stream goes into the qcow2's data area byte for byte; each L2 entry points two bytes past a grain's zlib header,
 * where the raw deflate stream begins that a compressed cluster is. The stream is read once, and written in order, so the
 * same code feeds a file and an upload.
 */
import { inflateSync } from 'node:zlib';
import type { ByteStream } from '../disk/bytes.ts';
import { CLUSTER_BYTES, Qcow2Layout, type Stretch } from '../disk/qcow2/layout.ts';
import { DamagedImageError } from '../disk/errors.ts';
import type { ContentDigest } from './content-digest.ts';
import type { Meter } from './copy.ts';
import { HeldBack } from './held-back.ts';
import type { Lane } from './lane/lane.ts';
import type { LanePool } from './lane/pool.ts';
import { BLOCK_BYTES, type CheckReply, type LaneMemory } from './lane/protocol.ts';
import type { Sink } from './sink.ts';
import { grainPiece } from './stream-batches.ts';
import { streamWindows, WINDOW_BYTES, type StreamWindow } from './stream-windows.ts';

const ZLIB_HEAD = 2;
const ADLER = 4;

export interface CarryOverJob {
  readonly source: ByteStream;
  /** The stream has no more bytes than this: the qcow2's head goes first, and must know how much it has to count. */
  readonly mostBytes: number;
  /**
   * So many bytes have room in front of the qcow2's tables, whether they come or not. What comes beyond is held back and
   * follows the tables: in memory at first, then in a nameless temporary file.
   */
  readonly likelyBytes: number;
  readonly virtualSizeBytes: number;
  readonly sink: Sink;
  readonly memory: LaneMemory;
  /** Inflates every grain to check its Adler-32; null where something else proves the stream, such as a manifest. */
  readonly check: LanePool | null;
  readonly digest: ContentDigest | null;
  /** Computes the SHA-512 of what is written. */
  readonly hashLane: Lane;
  /** Called with each window as it passes, for hashes over the source. */
  readonly onWindow: (window: StreamWindow) => Promise<unknown>;
  readonly meter: Meter;
  /** What a window counts for in `Meter.doneBytes`. */
  readonly doneBytesOf: (window: StreamWindow) => number;
  readonly signal: AbortSignal;
  /** Aborted with the first error, where a sink that waits for something else must hear of it. */
  readonly failure?: AbortController;
}

/** @returns the SHA-512 of the written file, in hexadecimal, and the guest bytes that it stores. */
export async function carryOver(job: CarryOverJob): Promise<{ sha512: string; mappedBytes: number }> {
  const {
    source,
    mostBytes,
    likelyBytes,
    virtualSizeBytes,
    sink,
    memory,
    meter,
    failure = new AbortController(),
  } = job;
  const stop = AbortSignal.any([job.signal, failure.signal]);
  const layout = new Qcow2Layout({
    virtualSizeBytes,
    dataBytes: Math.ceil(likelyBytes / CLUSTER_BYTES) * CLUSTER_BYTES + CLUSTER_BYTES, // and room for a last short block
    overflowBytes: mostBytes > likelyBytes ? mostBytes - likelyBytes + WINDOW_BYTES : 0,
  });
  const tables = new Tables(sink, job.hashLane, memory);
  await using held = new HeldBack();
  const places = new Places(layout);
  const pending = new Set<Promise<void>>();
  let digests = Promise.resolve();
  let shortGrain: { offset: number; bytes: Buffer } | null = null;

  await tables.bytes(layout.boundedHead());
  let sentBytes = 0;
  try {
    for await (const window of streamWindows(source, memory, stop)) {
      const { isInFront, from } = places.take(window);
      for (const grain of window.grains) {
        const isShort = virtualSizeBytes - grain.offset < BLOCK_BYTES;
        const whole = isShort ? inflated(memory, window, grain, virtualSizeBytes) : null;
        if (whole !== null && whole.byteLength < BLOCK_BYTES) shortGrain = { offset: grain.offset, bytes: whole };
        else {
          const position = places.positionOf(grain.streamPosition);
          layout.carried(grain.offset, position + ZLIB_HEAD, grain.storedBytes - ZLIB_HEAD - ADLER);
        }
      }
      const checked = check(job, window);
      digests = digests.then(async () => addDigests(job.digest, window, await checked));
      digests.catch((error: unknown) => failure.abort(error));
      const { input } = window;
      const at = window.at(from);
      const length = window.bodyAt + window.length - at;
      const bytes = new Uint8Array(memory.inputs, input * memory.inputBytes + at, length);
      if (isInFront) sentBytes += length;
      else await held.add(bytes);
      const hash = { op: 'hash', hash: 'output', algorithm: 'sha512', input, from: at, length } as const;
      const uses = [...(isInFront ? [sink.append(bytes), job.hashLane.run(hash)] : []), job.onWindow(window), checked];
      const use = Promise.all(uses)
        .then(() => {
          meter.readBytes += window.length;
          meter.writtenBytes += isInFront ? length : 0;
          meter.doneBytes += job.doneBytesOf(window);
          window.release();
        })
        .catch((error: unknown) => failure.abort(error))
        .finally(() => pending.delete(use));
      pending.add(use);
    }
    await digests;
  } catch (error) {
    failure.abort(error);
  }
  await Promise.all(pending);
  stop.throwIfAborted();

  if (shortGrain !== null) {
    const padded = Buffer.alloc(CLUSTER_BYTES);
    shortGrain.bytes.copy(padded);
    await tables.zeros(layout.plain(shortGrain.offset, 1) - sink.position);
    await tables.bytes(padded);
  }
  const { tail, sizeBytes } = layout.finish();
  for (const stretch of tail) await tables.stretch(stretch);
  for await (const bytes of held.pieces(memory.inputBytes)) {
    stop.throwIfAborted();
    await tables.bytes(bytes);
  }
  await tables.zeros(sizeBytes - sink.position);
  meter.writtenBytes += sizeBytes - sentBytes;
  const { hex } = await job.hashLane.run({ op: 'hashEnd', hash: 'output' });
  return { sha512: hex, mappedBytes: layout.mappedBytes };
}

/** Where the stream's bytes lie in the qcow2: in front of its tables while there is room, behind them from then on. */
class Places {
  readonly #layout: Qcow2Layout;
  /** File position less stream position. */
  #shift: number;
  #isInFront = true;

  constructor(layout: Qcow2Layout) {
    this.#layout = layout;
    this.#shift = layout.dataStart;
  }

  /**
   * Gives the window's bytes a place. The first window that has no room begins with the whole of the block whose end it
   * holds: the start of that block, which lies in front already, stays there unused.
   * @returns the stream position from which on the window's bytes go there
   */
  take({ start, length, grains: [first] }: StreamWindow): { readonly isInFront: boolean; readonly from: number } {
    if (this.#isInFront && this.#layout.roomBytes - CLUSTER_BYTES >= length) {
      this.#layout.verbatim(length);
      return { isInFront: true, from: start };
    }
    const from = this.#isInFront && first !== undefined ? Math.min(first.streamPosition, start) : start;
    const position = this.#layout.overflow(start + length - from);
    if (this.#isInFront) this.#shift = position - from;
    this.#isInFront = false;
    return { isInFront: false, from };
  }

  positionOf(streamPosition: number): number {
    return this.#shift + streamPosition;
  }
}

/**
 * What stands before and behind the stream, hashed on its way. It passes through the first input window, which the
 * stream does not use then, so that the lane can hash it without a copy by message.
 */
class Tables {
  readonly #sink: Sink;
  readonly #hashLane: Lane;
  readonly #stage: Uint8Array;

  constructor(sink: Sink, hashLane: Lane, memory: LaneMemory) {
    this.#sink = sink;
    this.#hashLane = hashLane;
    this.#stage = new Uint8Array(memory.inputs, 0, memory.inputBytes);
  }

  async bytes(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.byteLength; done += this.#stage.byteLength) {
      const length = Math.min(this.#stage.byteLength, bytes.byteLength - done);
      const piece = this.#stage.subarray(0, length);
      piece.set(bytes.subarray(done, done + length));
      await Promise.all([
        this.#hashLane.run({ op: 'hash', hash: 'output', algorithm: 'sha512', input: 0, from: 0, length }),
        this.#sink.append(piece),
      ]);
    }
  }

  async zeros(length: number): Promise<void> {
    if (length === 0) return;
    await Promise.all([
      this.#hashLane.run({ op: 'hashZeros', hash: 'output', algorithm: 'sha512', length }),
      this.#sink.zeros(length),
    ]);
  }

  async stretch(stretch: Stretch): Promise<void> {
    await ('zeros' in stretch ? this.zeros(stretch.zeros) : this.bytes(stretch.bytes));
  }
}

async function check(
  { check: pool, digest, virtualSizeBytes }: CarryOverJob,
  window: StreamWindow,
): Promise<CheckReply | null> {
  if (pool === null || window.grains.length === 0) return null;
  const pieces = window.grains.map((grain) => ({
    ...grainPiece(window, grain, 0, virtualSizeBytes),
    length: Math.min(BLOCK_BYTES, virtualSizeBytes - grain.offset),
  }));
  return await pool.idlest().run({ op: 'check', pieces, digests: digest !== null });
}

function addDigests(digest: ContentDigest | null, window: StreamWindow, reply: CheckReply | null): void {
  if (digest === null || reply === null || reply.digests === null) return;
  const all = reply.digests;
  window.grains.forEach((grain, i) => {
    const one = all.subarray(32 * i, 32 * i + 32);
    if (one.some((byte) => byte !== 0)) digest.add(grain.offset, one);
  });
}

/** The disk's last grain, which may hold less than a cluster; qemu wants whole ones, so such a one is stored plain. */
function inflated(
  memory: LaneMemory,
  window: StreamWindow,
  grain: StreamWindow['grains'][number],
  virtualSizeBytes: number,
): Buffer {
  const stored = new Uint8Array(
    memory.inputs,
    window.input * memory.inputBytes + window.at(grain.streamPosition),
    grain.storedBytes,
  );
  let bytes: Buffer;
  try {
    bytes = inflateSync(stored, { maxOutputLength: BLOCK_BYTES });
  } catch (cause) {
    throw new DamagedImageError(`The disk's last block does not unpack: ${(cause as Error).message}.`, { cause });
  }
  if (bytes.byteLength < virtualSizeBytes - grain.offset) {
    throw new DamagedImageError(
      `The disk's last block holds ${bytes.byteLength} bytes instead of ${virtualSizeBytes - grain.offset}.`,
    );
  }
  return bytes;
}
