/** Cuts a disk's extents into batches that fit a slot: so many blocks of the guest, wherever they lie. */
import { cut } from '../disk/extents.ts';
import { TruncatedImageError } from '../disk/errors.ts';
import type { Data, Extent, Packed } from '../disk/image.ts';
import { BLOCK_BYTES, SLOT_BLOCKS, type Piece } from './lane/protocol.ts';

export interface Batch {
  /** Guest offset of each block, ascending. */
  readonly offsets: readonly number[];
  /** All `BLOCK_BYTES`, but for the disk's last block. */
  readonly lengths: readonly number[];
  readonly pieces: readonly Piece[];
  /** What no lane can read by itself: to be put into the slot before the batch is filled. */
  readonly fetches: readonly { readonly extent: Data | Packed; readonly at: number }[];
  /** Bytes that filling reads from the source's files. */
  readonly storedBytes: number;
}

/**
 * Batches of everything in `extents` that may hold data; holes and zeros cost nothing, however long they are.
 * `extents` are in order and without overlap. Memory: one batch.
 */
export async function* batchesOf(
  extents: AsyncIterable<Extent>,
  virtualSizeBytes: number,
): AsyncGenerator<Batch, void, void> {
  let builder = new Builder(virtualSizeBytes);
  for await (const extent of extents) {
    if (extent.kind === 'hole' || extent.kind === 'zero') continue;
    const end = extent.offset + extent.length;
    for (let at = extent.offset; at < end;) {
      const room = builder.roomAt(at);
      if (room === 0) {
        yield builder.batch();
        builder = new Builder(virtualSizeBytes);
        continue;
      }
      const part = cut(extent, at, Math.min(end, at + room)) as Data | Packed; // cutting keeps the kind
      builder.add(part);
      at += part.length;
    }
  }
  if (!builder.isEmpty) yield builder.batch();
}

class Builder {
  readonly #virtualSizeBytes: number;
  readonly #offsets: number[] = [];
  readonly #pieces: Piece[] = [];
  readonly #fetches: { extent: Data | Packed; at: number }[] = [];
  /** Up to here the slot is accounted for. */
  #filled = 0;
  #storedBytes = 0;

  constructor(virtualSizeBytes: number) {
    this.#virtualSizeBytes = virtualSizeBytes;
  }

  get isEmpty(): boolean {
    return this.#offsets.length === 0;
  }

  /** How many bytes of the guest from `offset` on still fit. */
  roomAt(offset: number): number {
    const within = offset % BLOCK_BYTES;
    const count = this.#offsets.length;
    const first = this.#offsets[count - 1] === offset - within ? count - 1 : count;
    return first === SLOT_BLOCKS ? 0 : (SLOT_BLOCKS - first) * BLOCK_BYTES - within;
  }

  add(extent: Data | Packed): void {
    const within = extent.offset % BLOCK_BYTES;
    const offsets = this.#offsets;
    if (offsets[offsets.length - 1] !== extent.offset - within) offsets.push(extent.offset - within);
    const at = (offsets.length - 1) * BLOCK_BYTES + within;
    for (let next = extent.offset - within + BLOCK_BYTES; next < extent.offset + extent.length; next += BLOCK_BYTES)
      offsets.push(next);
    this.#zeroUpTo(at);
    this.#pieces.push(this.#pieceOf(extent, at));
    this.#filled = at + extent.length;
  }

  batch(): Batch {
    this.#zeroUpTo(this.#offsets.length * BLOCK_BYTES);
    return {
      offsets: this.#offsets,
      lengths: this.#offsets.map((offset) => Math.min(BLOCK_BYTES, this.#virtualSizeBytes - offset)),
      pieces: this.#pieces,
      fetches: this.#fetches,
      storedBytes: this.#storedBytes,
    };
  }

  #zeroUpTo(at: number): void {
    if (at > this.#filled) this.#pieces.push({ kind: 'zero', at: this.#filled, length: at - this.#filled });
  }

  #pieceOf(extent: Data | Packed, at: number): Piece {
    const { source, position, length } = extent;
    const storedBytes = extent.kind === 'packed' ? extent.storedBytes : length;
    if (position + storedBytes > source.sizeBytes) {
      throw new TruncatedImageError(`“${source.name}” ends before byte ${position + storedBytes}.`);
    }
    this.#storedBytes += storedBytes;
    if (source.local === undefined) {
      this.#fetches.push({ extent, at });
      return { kind: 'ready', at, length };
    }
    const stored = { in: 'file', fd: source.local.fd, position: source.local.start + position } as const;
    if (extent.kind === 'data') return { kind: 'read', at, length, stored };
    const { codec, unpackedBytes, skipBytes } = extent;
    return { kind: 'unpack', at, length, codec, stored, storedBytes, unpackedBytes, skipBytes };
  }
}
