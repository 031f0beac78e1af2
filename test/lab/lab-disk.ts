/** A virtual disk of a simulated machine: its content, the layers that snapshots put on it, and what changed when. */
import { createHash } from 'node:crypto';
import type { ByteSource } from '../../worker/disk/bytes.ts';
import { BLOCK_BYTES, type HeldContent } from './content.ts';

export interface Area {
  readonly start: number;
  readonly length: number;
}

/**
 * Layer 0 is the disk's own file; each snapshot of the machine puts another one on top, which takes the writes from then
 * on. A view of `layers` layers is what the guest saw when only these were there.
 */
export class LabDisk {
  readonly key: number;
  readonly sizeBytes: number;
  readonly #identity: string;
  readonly #source: ByteSource | null;
  /** Blocks of the source that are not all zeros. */
  readonly #stored = new Set<number>();
  readonly #layers: Map<number, Buffer>[] = [new Map()];
  /** How often each layer was written to. */
  readonly #writes: number[] = [0];
  /** By epoch: the blocks that were written in it. An epoch begins with each snapshot. */
  readonly #written = new Map<number, Set<number>>();
  #resets = 0;
  /** Writes are noted, and a change id is shown. */
  isTracked = false;

  private constructor(identity: string, key: number, sizeBytes: number, source: ByteSource | null) {
    this.#identity = identity;
    this.key = key;
    this.sizeBytes = sizeBytes;
    this.#source = source;
  }

  /**
   * Reads all that `source` may hold once, to know where it holds something.
   * @param identity tells it from the disks of all other machines
   */
  static async open(identity: string, key: number, sizeBytes: number, source: ByteSource | null): Promise<LabDisk> {
    const disk = new LabDisk(identity, key, sizeBytes, source);
    if (source === null) return disk;
    if (source.sizeBytes !== sizeBytes) {
      throw new RangeError(`“${source.name}” has ${source.sizeBytes} bytes, the disk ${sizeBytes}.`);
    }
    const window = Buffer.alloc(16 * BLOCK_BYTES);
    for (const { start, length } of heldSpans(source, window.byteLength)) {
      const part = window.subarray(0, length);
      await source.read(part, start);
      for (let inner = 0; inner < length; inner += BLOCK_BYTES) {
        if (!isZero(part.subarray(inner, inner + BLOCK_BYTES))) disk.#stored.add((start + inner) / BLOCK_BYTES);
      }
    }
    return disk;
  }

  get layers(): number {
    return this.#layers.length;
  }

  /** Bytes that a layer's file holds. */
  storedBytes(layer: number): number {
    const blocks = layer === 0 ? this.#blocks(1).length : (this.#layers[layer]?.size ?? 0);
    return Math.min(blocks * BLOCK_BYTES, this.sizeBytes);
  }

  changeId(epoch: number): string | undefined {
    return this.isTracked ? `${this.#changeUuid()}/${epoch}` : undefined;
  }

  /** Another one whenever what is seen in a layer and those below it may have changed. */
  contentMark(layer: number): string {
    return this.#writes.slice(0, layer + 1).join(' ');
  }

  /** Change ids that were handed out so far are no longer good, as after a crash of the host. */
  resetChanges(): void {
    this.#resets++;
    this.#written.clear();
  }

  async read(into: Uint8Array, position: number, layers = this.layers): Promise<void> {
    if (this.#source === null) into.fill(0);
    else await this.#source.read(into, position);
    for (const layer of this.#layers.slice(0, layers)) {
      if (layer.size === 0) continue;
      for (let done = 0; done < into.byteLength;) {
        const skip = (position + done) % BLOCK_BYTES;
        const length = Math.min(BLOCK_BYTES - skip, into.byteLength - done);
        const block = layer.get((position + done - skip) / BLOCK_BYTES);
        if (block !== undefined) into.set(block.subarray(skip, skip + length), done);
        done += length;
      }
    }
  }

  /** As the guest writes. */
  async write(offset: number, bytes: Uint8Array, epoch: number): Promise<void> {
    if (offset < 0 || offset + bytes.byteLength > this.sizeBytes) throw new RangeError('Outside of the disk.');
    this.#writes[this.#writes.length - 1] = (this.#writes.at(-1) ?? 0) + 1;
    for (let done = 0; done < bytes.byteLength;) {
      const skip = (offset + done) % BLOCK_BYTES;
      const number = (offset + done - skip) / BLOCK_BYTES;
      const length = Math.min(BLOCK_BYTES - skip, bytes.byteLength - done);
      const block = Buffer.alloc(Math.min(BLOCK_BYTES, this.sizeBytes - number * BLOCK_BYTES));
      await this.read(block, number * BLOCK_BYTES);
      block.set(bytes.subarray(done, done + length), skip);
      this.#layers.at(-1)?.set(number, block); // a new buffer each time: views of older layers keep theirs
      if (this.isTracked) this.#noted(epoch).add(number);
      done += length;
    }
  }

  pushLayer(): void {
    this.#layers.push(new Map());
    this.#writes.push(0);
  }

  /** The layer above `index` is merged into it, as when a snapshot is removed. */
  foldLayer(index: number): void {
    const below = this.#layers[index];
    const [above] = this.#layers.splice(index + 1, 1);
    if (below === undefined || above === undefined) throw new RangeError('There is no such layer.');
    for (const [number, block] of above) below.set(number, block);
    const [writes = 0] = this.#writes.splice(index + 1, 1);
    this.#writes[index] = (this.#writes[index] ?? 0) + writes;
  }

  /** The blocks of 64 KiB that a layer itself holds, in order. */
  blocksOf(layer: number): number[] {
    const blocks = layer === 0 ? this.#blocks(1) : [...(this.#layers[layer]?.keys() ?? [])];
    return blocks.sort((a, b) => a - b);
  }

  /** Where a view holds something, joined, in order. */
  allocated(layers = this.layers): Area[] {
    return this.#areas(this.#blocks(layers));
  }

  /**
   * What was written from the epoch of `changeId` until `epoch` began; all up to now without it.
   * @returns null when the id is not good for this disk
   */
  changedSince(changeId: string, epoch: number | undefined): Area[] | null {
    const [uuid, number] = changeId.split('/');
    const from = Number(number);
    if (!this.isTracked || uuid !== this.#changeUuid() || number === undefined || !Number.isInteger(from)) return null;
    if (epoch !== undefined && from > epoch) return null;
    const blocks = new Set<number>();
    for (const [when, written] of this.#written) {
      if (when < from || (epoch !== undefined && when >= epoch)) continue;
      for (const block of written) blocks.add(block);
    }
    return this.#areas([...blocks]);
  }

  #noted(epoch: number): Set<number> {
    const noted = this.#written.get(epoch) ?? new Set();
    this.#written.set(epoch, noted);
    return noted;
  }

  #blocks(layers: number): number[] {
    const blocks = new Set(this.#stored);
    for (const layer of this.#layers.slice(0, layers)) for (const number of layer.keys()) blocks.add(number);
    return [...blocks];
  }

  #areas(blocks: number[]): Area[] {
    const areas: { start: number; length: number }[] = [];
    for (const number of blocks.sort((a, b) => a - b)) {
      const start = number * BLOCK_BYTES;
      const length = Math.min(BLOCK_BYTES, this.sizeBytes - start);
      const last = areas.at(-1);
      if (last !== undefined && last.start + last.length === start) last.length += length;
      else areas.push({ start, length });
    }
    return areas;
  }

  /** As vSphere writes it: sixteen bytes in hex with blanks, a dash in the middle. */
  #changeUuid(): string {
    const digest = createHash('sha256').update(`${this.#identity} ${this.key} ${this.#resets}`).digest('hex');
    const bytes = digest.slice(0, 32).match(/../g) ?? [];
    return `${bytes.slice(0, 8).join(' ')}-${bytes.slice(8).join(' ')}`;
  }
}

/** Where a source may hold something, in pieces of at most `most` bytes: all of it, where it does not say. */
function* heldSpans(source: ByteSource, most: number): Generator<Area> {
  const { sizeBytes } = source;
  if (isHeld(source))
    for (const start of source.heldOffsets) yield { start, length: Math.min(BLOCK_BYTES, sizeBytes - start) };
  else for (let start = 0; start < sizeBytes; start += most) yield { start, length: Math.min(most, sizeBytes - start) };
}

const isHeld = (source: ByteSource): source is HeldContent => 'heldOffsets' in source;

const ZEROS = Buffer.alloc(BLOCK_BYTES);

export function isZero(bytes: Uint8Array): boolean {
  return ZEROS.compare(bytes, 0, bytes.byteLength, 0, bytes.byteLength) === 0;
}
