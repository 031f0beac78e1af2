/** Targets that never go back: for a destination that takes an image from front to back. */
import { StreamOptimizedLayout } from '../disk/vmdk/stream-writer.ts';
import { Qcow2Layout } from '../disk/qcow2/layout.ts';
import { randomInt } from 'node:crypto';
import type { HeldBack } from './held-back.ts';
import { BLOCK_BYTES, PACKED_BYTES, SLOT_BLOCKS, SLOT_BYTES, type LaneMemory } from './lane/protocol.ts';
import { forRuns } from './lane/runs.ts';
import type { Sink } from './sink.ts';
import type { Filled, Target } from './targets.ts';

/** Read back at a time of what was held back. */
const HELD_PIECE_BYTES = 1024 * 1024;

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

/** How much of a qcow2 is to be expected, whose head goes before its data. */
export interface Expected {
  /** The bytes of all blocks that will come are no more than this. */
  readonly mostBytes: number;
  /**
   * So many bytes have room in front of the tables, whether they come or not. What comes beyond is held back and follows
   * the tables.
   */
  readonly likelyBytes: number;
  /** The caller's, to be disposed of when nothing of the copy is under way any more. */
  readonly held: HeldBack;
}

/** A qcow2 with plain clusters whose head goes first, because the size of its data is bounded beforehand. */
export class Qcow2StreamTarget implements Target {
  readonly pack = null;
  readonly direct = null;
  readonly #sink: Sink;
  readonly #layout: Qcow2Layout;
  readonly #memory: LaneMemory;
  readonly #head: Promise<void>;
  readonly #held: HeldBack;
  /** The end of the line of what is held back. */
  #holding = Promise.resolve();

  constructor(sink: Sink, virtualSizeBytes: number, { mostBytes, likelyBytes, held }: Expected, memory: LaneMemory) {
    this.#sink = sink;
    this.#held = held;
    const dataBytes = Math.ceil(Math.min(mostBytes, likelyBytes) / BLOCK_BYTES) * BLOCK_BYTES;
    this.#layout = new Qcow2Layout({ virtualSizeBytes, dataBytes, overflowBytes: mostBytes - dataBytes });
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
      const inFront = Math.min(count, Math.floor(this.#layout.roomBytes / BLOCK_BYTES));
      if (inFront > 0) {
        const position = this.#layout.plain(offset, inFront);
        if (position !== this.#sink.position)
          throw new Error(`data for ${position} would go to ${this.#sink.position}`);
        sent.push(this.#sink.append(blocksOf(this.#memory, slot, first, inFront * BLOCK_BYTES)));
      }
      if (inFront === count) return;
      this.#layout.plainOverflow(offset + inFront * BLOCK_BYTES, count - inFront);
      sent.push(this.#hold(blocksOf(this.#memory, slot, first + inFront, (count - inFront) * BLOCK_BYTES)));
    });
    const bytes = this.#sink.position - before;
    await Promise.all(sent);
    return bytes;
  }

  async finish(): Promise<void> {
    await this.#head;
    await this.#holding;
    for (const stretch of this.#layout.finish().tail) {
      await ('zeros' in stretch ? this.#sink.zeros(stretch.zeros) : this.#sink.append(stretch.bytes));
    }
    for await (const bytes of this.#held.pieces(HELD_PIECE_BYTES)) await this.#sink.append(bytes);
  }

  async #hold(bytes: Uint8Array): Promise<void> {
    this.#holding = this.#holding.then(async () => await this.#held.add(bytes));
    this.#holding.catch(() => {}); // whoever comes next, or waits for this one, is told
    await this.#holding;
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
