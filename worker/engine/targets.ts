/** Where filled blocks go: a raw file, or a qcow2 file with plain or compressed clusters; lanes write them by themselves. */
import type { FillReply, Run } from './lane/protocol.ts';
import { BLOCK_BYTES, PACKED_BYTES } from './lane/protocol.ts';
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
  readonly lengths: readonly number[];
  readonly reply: FillReply;
}

export interface Target {
  /** How lanes should pack blocks before they are handed over. */
  readonly pack: 'zlib' | 'deflate' | null;
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

export const isZero = (reply: FillReply, i: number): boolean => (reply.zeroMask & (1 << i)) !== 0;

/** Calls `found` for each stretch of neighbouring blocks that hold data and follow each other on the guest's disk. */
export function forRuns(
  { offsets, reply }: Filled,
  found: (first: number, count: number, offset: number) => void,
): void {
  for (let i = 0; i < offsets.length;) {
    const offset = offsets[i] ?? 0;
    if (isZero(reply, i)) {
      i++;
      continue;
    }
    let count = 1;
    while (
      i + count < offsets.length &&
      !isZero(reply, i + count) &&
      offsets[i + count] === offset + count * BLOCK_BYTES
    )
      count++;
    found(i, count, offset);
    i += count;
  }
}

/** Every byte at its own place; what is never written stays a hole. */
export class RawTarget implements Target {
  readonly pack = null;
  readonly mappedBytes = null;
  readonly #file: PartFile;
  readonly #virtualSizeBytes: number;

  constructor(file: PartFile, virtualSizeBytes: number) {
    this.#file = file;
    this.#virtualSizeBytes = virtualSizeBytes;
  }

  async accept(filled: Filled): Promise<number> {
    const runs: Run[] = [];
    forRuns(filled, (first, count, offset) => {
      const length = Math.min(count * BLOCK_BYTES, this.#virtualSizeBytes - offset);
      runs.push({ at: first * BLOCK_BYTES, length, position: offset });
    });
    if (runs.length === 0) return 0;
    return (await filled.lane.run({ op: 'write', from: 'slot', slot: filled.slot, fd: this.#file.fd, runs }))
      .writtenBytes;
  }

  async finish(): Promise<void> {
    await this.#file.setLength(this.#virtualSizeBytes);
  }
}

/** A qcow2 whose head is written last; see `Qcow2Layout`. */
export class Qcow2Target implements Target {
  readonly pack: 'deflate' | null;
  readonly #file: PartFile;
  readonly #layout: Qcow2Layout;

  constructor(file: PartFile, virtualSizeBytes: number, compress: boolean) {
    this.#file = file;
    this.pack = compress ? 'deflate' : null;
    this.#layout = new Qcow2Layout({ virtualSizeBytes, dataBytes: null });
  }

  get mappedBytes(): number {
    return this.#layout.mappedBytes;
  }

  async accept(filled: Filled): Promise<number> {
    const { slot, lane, reply } = filled;
    const plain: Run[] = [];
    const packed: Run[] = [];
    forRuns(filled, (first, count, offset) => {
      if (reply.packedBytes === null) {
        plain.push({
          at: first * BLOCK_BYTES,
          length: count * BLOCK_BYTES,
          position: this.#layout.plain(offset, count),
        });
        return;
      }
      for (let i = first; i < first + count; i++) {
        const length = reply.packedBytes[i] ?? 0;
        const at = offset + (i - first) * BLOCK_BYTES;
        if (length === 0) plain.push({ at: i * BLOCK_BYTES, length: BLOCK_BYTES, position: this.#layout.plain(at, 1) });
        else packed.push({ at: i * PACKED_BYTES, length, position: this.#layout.packed(at, length) });
      }
    });
    const fd = this.#file.fd;
    const writes = [
      plain.length === 0 ? null : lane.run({ op: 'write', from: 'slot', slot, fd, runs: plain }),
      packed.length === 0 ? null : lane.run({ op: 'write', from: 'pack', slot, fd, runs: packed }),
    ];
    return (await Promise.all(writes)).reduce((sum, write) => sum + (write?.writtenBytes ?? 0), 0);
  }

  async finish(): Promise<void> {
    const { head, position, tail, sizeBytes } = this.#layout.finish();
    const scratch = Buffer.allocUnsafe(SCRATCH_BYTES);
    let at = position;
    for (const stretch of tail) {
      if ('zeros' in stretch) at += stretch.zeros;
      else {
        await this.#file.write(stretch.bytes, at, scratch);
        at += stretch.bytes.byteLength;
      }
    }
    await this.#file.setLength(sizeBytes);
    await this.#file.write(head, 0, scratch);
  }
}
