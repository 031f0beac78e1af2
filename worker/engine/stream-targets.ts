/** Targets that never go back: for a destination that takes an image from front to back. */
import { StreamOptimizedLayout } from '../disk/vmdk/stream-writer.ts';
import { Qcow2Layout } from '../disk/qcow2/layout.ts';
import { randomInt } from 'node:crypto';
import { BLOCK_BYTES, PACKED_BYTES, SLOT_BLOCKS, SLOT_BYTES, type LaneMemory } from './lane/protocol.ts';
import { forRuns } from './lane/runs.ts';
import type { Sink } from './sink.ts';
import type { Filled, Target } from './targets.ts';

/** The plain bytes of `count` blocks of a slot. */
function blocksOf(memory: LaneMemory, slot: number, first: number, length: number): Uint8Array {
  return new Uint8Array(memory.slots, slot * SLOT_BYTES + first * BLOCK_BYTES, length);
}

/** Sends what is between the data as zeros: the only way of a raw image through a pipe. */
export class RawStreamTarget implements Target {
  readonly pack = null;
  readonly direct = null;
  readonly mappedBytes = null;
  readonly #sink: Sink;
  readonly #virtualSizeBytes: number;
  readonly #memory: LaneMemory;

  constructor(sink: Sink, virtualSizeBytes: number, memory: LaneMemory) {
    this.#sink = sink;
    this.#virtualSizeBytes = virtualSizeBytes;
    this.#memory = memory;
  }

  async accept({ slot, offsets, reply }: Filled): Promise<number> {
    const before = this.#sink.position;
    const sent: Promise<void>[] = [];
    forRuns(offsets, reply.zeros, 0, offsets.length, (first, count, offset) => {
      const length = Math.min(count * BLOCK_BYTES, this.#virtualSizeBytes - offset);
      sent.push(this.#sendZeros(offset), this.#sink.append(blocksOf(this.#memory, slot, first, length)));
    });
    const bytes = this.#sink.position - before;
    await Promise.all(sent);
    return bytes;
  }

  async finish(): Promise<void> {
    await this.#sendZeros(this.#virtualSizeBytes);
  }

  async #sendZeros(upTo: number): Promise<void> {
    await this.#sink.zeros(upTo - this.#sink.position);
  }
}

/** A qcow2 with plain clusters whose head goes first, because the size of its data is bounded beforehand. */
export class Qcow2StreamTarget implements Target {
  readonly pack = null;
  readonly direct = null;
  readonly #sink: Sink;
  readonly #layout: Qcow2Layout;
  readonly #memory: LaneMemory;
  readonly #head: Promise<void>;

  /** @param dataBytes at least the bytes of all blocks that will come */
  constructor(sink: Sink, virtualSizeBytes: number, dataBytes: number, memory: LaneMemory) {
    this.#sink = sink;
    this.#layout = new Qcow2Layout({ virtualSizeBytes, dataBytes });
    this.#memory = memory;
    this.#head = sink.append(this.#layout.boundedHead());
    this.#head.catch(() => {}); // whoever appends next is told
  }

  get mappedBytes(): number {
    return this.#layout.mappedBytes;
  }

  async accept({ slot, offsets, reply }: Filled): Promise<number> {
    const before = this.#sink.position;
    const sent: Promise<void>[] = [];
    forRuns(offsets, reply.zeros, 0, offsets.length, (first, count, offset) => {
      const position = this.#layout.plain(offset, count);
      if (position !== this.#sink.position) throw new Error(`data for ${position} would go to ${this.#sink.position}`);
      sent.push(this.#sink.append(blocksOf(this.#memory, slot, first, count * BLOCK_BYTES)));
    });
    const bytes = this.#sink.position - before;
    await Promise.all(sent);
    return bytes;
  }

  async finish(): Promise<void> {
    await this.#head;
    for (const stretch of this.#layout.finish().tail) {
      await ('zeros' in stretch ? this.#sink.zeros(stretch.zeros) : this.#sink.append(stretch.bytes));
    }
  }
}

/** A streamOptimized VMDK, grain after grain as ESXi writes it. */
export class VmdkTarget implements Target {
  readonly pack = 'zlib';
  readonly direct = null;
  readonly #sink: Sink;
  readonly #packs: Uint8Array;
  readonly #layout = new StreamOptimizedLayout();
  readonly #head: Promise<void>;
  #grains = 0;

  constructor(sink: Sink, virtualSizeBytes: number, memory: LaneMemory) {
    this.#sink = sink;
    this.#packs = new Uint8Array(memory.packs);
    const cid = randomInt(1, 0xffff_fffe);
    this.#head = sink.append(this.#layout.head(virtualSizeBytes, { cid, adapterType: 'lsilogic' }));
    this.#head.catch(() => {}); // whoever appends next is told
  }

  get mappedBytes(): number {
    return this.#grains * BLOCK_BYTES;
  }

  async accept({ slot, offsets, reply }: Filled): Promise<number> {
    const parts: Uint8Array[] = [];
    offsets.forEach((offset, i) => {
      if (reply.zeros[i] === 1) return;
      this.#grains++;
      const start = (slot * SLOT_BLOCKS + i) * PACKED_BYTES;
      parts.push(...this.#layout.grain(offset, this.#packs.subarray(start, start + (reply.packedBytes?.[i] ?? 0))));
    });
    const bytes = Buffer.concat(parts); // one write a batch instead of three a grain
    await this.#sink.append(bytes);
    return bytes.byteLength;
  }

  async finish(): Promise<void> {
    await this.#head;
    for (const bytes of this.#layout.tail()) await this.#sink.append(bytes);
  }
}
