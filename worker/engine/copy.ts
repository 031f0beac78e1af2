/** Copies batches of blocks from a disk to a target: filled in any order by several lanes, handed over in the disk's order. */
import { readExtent } from '../disk/extents.ts';
import type { Batch } from './batch.ts';
import type { ContentDigest } from './content-digest.ts';
import type { Lane } from './lane/lane.ts';
import type { LanePool } from './lane/pool.ts';
import { giveSharedBack, takeShared } from './lane/shared-memory.ts';
import { PACKED_BYTES, SLOT_BLOCKS, SLOT_BYTES, type FillReply, type LaneMemory } from './lane/protocol.ts';
import { Slots } from './slots.ts';
import type { Target } from './targets.ts';

/** Jobs that each lane may have before it: the one that it does, and the next. */
export const JOBS_PER_LANE = 2;

/** Counts where it is true: bytes read once they are there, bytes written once they were read back. */
export interface Meter {
  readBytes: number;
  writtenBytes: number;
  /** Guest bytes dealt with, in a measure that ends at the disk's data size. */
  doneBytes: number;
}

export interface CopyJob {
  readonly batches: AsyncIterable<Batch>;
  /** Null where only the digest is wanted. */
  readonly target: Target | null;
  readonly digest: ContentDigest | null;
  readonly pool: LanePool;
  readonly memory: LaneMemory;
  readonly meter: Meter;
  readonly signal: AbortSignal;
  /** Aborted with the first error, where a target that waits for something else must hear of it. */
  readonly failure?: AbortController;
  /** Called when a batch needs its input window no more. */
  readonly onFilled?: (batch: Batch) => void;
}

/**
 * The shared memory of a copy: its size is the bound on what the copy holds, however large the disk. Dispose it when
 * nothing of the copy is under way any more.
 * @param inputs windows of `inputBytes` for a source that comes as a stream; 0 where lanes read for themselves.
 */
export function copyMemory(lanes: number, packs: boolean, inputs = 0, inputBytes = 0): LaneMemory & Disposable {
  const count = lanes * JOBS_PER_LANE;
  const slots = takeShared(count * SLOT_BYTES);
  const packed = takeShared(packs ? count * SLOT_BLOCKS * PACKED_BYTES : 0);
  const windows = takeShared(inputs * inputBytes);
  const nextBlock = takeShared(BigInt64Array.BYTES_PER_ELEMENT);
  return {
    slots,
    packs: packed,
    inputs: windows,
    inputBytes,
    nextBlock,
    [Symbol.dispose]: () => [slots, packed, windows, nextBlock].forEach(giveSharedBack),
  };
}

/** Runs until all batches are at the target; the first error stops everything and is thrown once all have come to rest. */
export async function copyBatches(job: CopyJob): Promise<void> {
  const { batches, target, digest, pool, memory, meter, failure = new AbortController() } = job;
  const stop = AbortSignal.any([job.signal, failure.signal]);
  const slots = new Slots(memory.slots.byteLength / SLOT_BYTES, stop);
  const fillings = new Set<Promise<unknown>>();
  const writes = new Set<Promise<void>>();

  async function fill(batch: Batch, slot: number, lane: Lane): Promise<FillReply> {
    for (const { extent, at } of batch.fetches) {
      await readExtent(extent, new Uint8Array(memory.slots, slot * SLOT_BYTES + at, extent.length), stop);
    }
    const reply = await lane.run({
      op: 'fill',
      slot,
      pieces: batch.pieces,
      offsets: batch.offsets,
      blockLengths: batch.lengths,
      digests: digest !== null,
      pack: target?.pack ?? null,
      write: target?.direct ?? null,
    });
    meter.readBytes += batch.storedBytes;
    job.onFilled?.(batch);
    return reply;
  }

  async function handOver(batch: Batch, slot: number, lane: Lane, filling: Promise<FillReply>): Promise<void> {
    const reply = await filling;
    stop.throwIfAborted();
    const { digests } = reply;
    if (digest !== null && digests !== null) {
      batch.offsets.forEach((offset, i) => {
        if (reply.zeros[i] === 0) digest.add(offset, digests.subarray(32 * i, 32 * i + 32));
      });
    }
    const written = target?.accept({ slot, lane, offsets: batch.offsets, reply }) ?? Promise.resolve(0);
    const write = written
      .then((bytes) => {
        meter.writtenBytes += bytes;
        meter.doneBytes += batch.lengths.reduce((sum, length) => sum + length, 0);
        slots.give(slot);
      })
      .catch((error: unknown) => failure.abort(error))
      .finally(() => writes.delete(write));
    writes.add(write);
  }

  let line = Promise.resolve();
  try {
    for await (const batch of batches) {
      const slot = await slots.take();
      const lane = pool.idlest();
      const filling = fill(batch, slot, lane);
      const settled = filling.catch(() => {}).finally(() => fillings.delete(settled)); // its error is seen in line
      fillings.add(settled);
      line = line.then(() => handOver(batch, slot, lane, filling));
      line.catch((error: unknown) => failure.abort(error));
    }
    await line;
  } catch (error) {
    failure.abort(error);
  }
  await Promise.all([...fillings, line.catch(() => {})]); // nothing may still come into memory that others get
  await Promise.all(writes);
  stop.throwIfAborted();
}
