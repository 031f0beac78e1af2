/** Where filled blocks go: a raw file, or a qcow2 file with plain or compressed clusters; lanes write them by themselves. */
import {
  BLOCK_BYTES,
  PACKED_BYTES,
  type DirectWrite,
  type FillReply,
  type LaneMemory,
  type Run,
} from './lane/protocol.ts';
import type { Lane } from './lane/lane.ts';
import type { PartFile } from './part-file.ts';
import { Qcow2Layout } from '../disk/qcow2/layout.ts';

/** For reading back what was written, a piece at a time. */
const SCRATCH_BYTES = 256 * 1024;

/** A slot whose blocks are filled, and the lane in whose cache they are. */
export interface Filled {
  readonly slot: number;
  readonly lane: Lane;
  readonly offsets: readonly number[];
  readonly reply: FillReply;
}

export interface Target {
  /** How lanes should pack blocks before they are handed over. */
  readonly pack: 'zlib' | 'deflate' | null;
  /** How lanes write blocks while they fill them; null where blocks must wait for their turn. */
  readonly direct: DirectWrite | null;
  /**
   * Takes the blocks that are not zeros. Called in the disk's order, without waiting for earlier calls.
   * @returns bytes written, once they are in the file and were read back from it.
   */
  accept(filled: Filled): Promise<number>;
  /** Writes what belongs around the data and sets the file's length. */
  finish(): Promise<void>;
  /** Guest bytes that have storage in what was written; null where the format has no map to tell. */
  readonly mappedBytes: number | null;
}

const bytesOf = (runs: readonly Run[]): number => runs.reduce((sum, { length }) => sum + length, 0);

/** Every byte at its own place; what is never written stays a hole. */
export class RawTarget implements Target {
  readonly pack = null;
  readonly direct: DirectWrite;
  readonly mappedBytes = null;
  readonly #file: PartFile;
  readonly #virtualSizeBytes: number;

  constructor(file: PartFile, virtualSizeBytes: number) {
    this.#file = file;
    this.direct = { fd: file.fd, at: 'offset' };
    this.#virtualSizeBytes = virtualSizeBytes;
  }

  async accept({ reply }: Filled): Promise<number> {
    return bytesOf(reply.runs);
  }

  async finish(): Promise<void> {
    await this.#file.setLength(this.#virtualSizeBytes);
  }
}

/** A qcow2 with plain clusters, in the order in which lanes get to write them; its head is written last. */
export class PlainQcow2Target implements Target {
  readonly pack = null;
  readonly direct: DirectWrite;
  readonly #file: PartFile;
  readonly #layout: Qcow2Layout;

  constructor(file: PartFile, virtualSizeBytes: number, memory: LaneMemory) {
    this.#file = file;
    this.direct = { fd: file.fd, at: 'next' };
    this.#layout = new Qcow2Layout({ virtualSizeBytes, dataBytes: null });
    new BigInt64Array(memory.nextBlock)[0] = BigInt(this.#layout.dataStart / BLOCK_BYTES);
  }

  get mappedBytes(): number {
    return this.#layout.mappedBytes;
  }

  async accept({ offsets, reply }: Filled): Promise<number> {
    for (const { at, length, position } of reply.runs)
      this.#layout.placed(offsets[at / BLOCK_BYTES] ?? 0, length / BLOCK_BYTES, position);
    return bytesOf(reply.runs);
  }

  async finish(): Promise<void> {
    await writeTables(this.#file, this.#layout);
  }
}

/** A qcow2 with compressed clusters in the disk's order, and plain ones where that is shorter; its head is written last. */
export class PackedQcow2Target implements Target {
  readonly pack = 'deflate';
  readonly direct = null;
  readonly #file: PartFile;
  readonly #layout: Qcow2Layout;

  constructor(file: PartFile, virtualSizeBytes: number) {
    this.#file = file;
    this.#layout = new Qcow2Layout({ virtualSizeBytes, dataBytes: null });
  }

  get mappedBytes(): number {
    return this.#layout.mappedBytes;
  }

  async accept({ slot, lane, offsets, reply }: Filled): Promise<number> {
    const plain: Run[] = [];
    const packed: Run[] = [];
    offsets.forEach((offset, i) => {
      if (reply.zeros[i] === 1) return;
      const length = reply.packedBytes?.[i] ?? 0;
      if (length === 0)
        plain.push({ at: i * BLOCK_BYTES, length: BLOCK_BYTES, position: this.#layout.plain(offset, 1) });
      else packed.push({ at: i * PACKED_BYTES, length, position: this.#layout.packed(offset, length) });
    });
    const { fd } = this.#file;
    await Promise.all([
      plain.length === 0 ? null : lane.run({ op: 'write', from: 'slot', slot, fd, runs: plain }),
      packed.length === 0 ? null : lane.run({ op: 'write', from: 'pack', slot, fd, runs: packed }),
    ]);
    return bytesOf(plain) + bytesOf(packed);
  }

  async finish(): Promise<void> {
    await writeTables(this.#file, this.#layout);
  }
}

/** Writes what stands around a qcow2's data, the head last. */
async function writeTables(file: PartFile, layout: Qcow2Layout): Promise<void> {
  const { head, position, tail, sizeBytes } = layout.finish();
  const scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
  let at = position;
  for (const stretch of tail) {
    if ('zeros' in stretch) at += stretch.zeros;
    else {
      await file.write(stretch.bytes, at, scratch);
      at += stretch.bytes.byteLength;
    }
  }
  await file.setLength(sizeBytes);
  await file.write(head, 0, scratch);
}
