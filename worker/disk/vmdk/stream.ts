/** Reads a streamOptimized VMDK strictly in order, as it comes from a network, and says where its grains lie in the stream. */
import { DamagedImageError, LimitError, TruncatedImageError, UnsupportedImageError } from '../errors.ts';
import { parseDescriptor, SECTOR } from './descriptor.ts';
import { checkSize, parseSparseHeader, type SparseHeader } from './sparse-header.ts';
import { StreamBody } from './stream-body.ts';
import type { GrainRef } from './grain-ref.ts';
import { UnitCutter } from './unit-cutter.ts';

export interface StreamHeader {
  readonly capacityBytes: number;
  readonly grainBytes: number;
}

const MOST_STREAM_BYTES = 2 ** 32 * SECTOR;

/**
 * Feed it the stream in pieces of any size; it keeps no reference to them, and copies only headers and tables that a
 * border cuts. It takes the layout of ESXi and VirtualBox (grain directory and footer at the end) and that of
 * qemu-img (directory and tables in front, no markers but those of the grains).
 *
 * Every table is checked against the grains that came, so a stream that finishes without an error is whole.
 * Memory: a bit for each grain that came, and what `StreamTables` says; under 4 MiB for 1 TiB full of data.
 */
export class StreamOptimizedParser {
  readonly #name: string;
  readonly #onHeader: (header: StreamHeader) => void;
  readonly #onGrain: (grain: GrainRef) => void;
  readonly #cutter = new UnitCutter();
  #header: StreamHeader | null = null;
  #body: StreamBody | null = null;
  /** A grain whose marker was read, but whose bytes have not all come. */
  #pending: GrainRef | null = null;

  /**
   * @param name for messages
   * @param onHeader called once, before any grain
   * @param onGrain called for every grain in the order of the stream, as soon as its last byte is in
   */
  constructor(name: string, onHeader: (header: StreamHeader) => void, onGrain: (grain: GrainRef) => void) {
    this.#name = name;
    this.#onHeader = onHeader;
    this.#onGrain = onGrain;
    this.#cutter.expect(0, SECTOR, (bytes) => this.#start(parseSparseHeader(bytes, name)));
  }

  /** Null until header and descriptor came. */
  get header(): StreamHeader | null {
    return this.#header;
  }

  /** @throws GutsError (`disk.damaged`, `disk.limit`, `disk.unsupported`); the parser is of no use after that. */
  push(chunk: Uint8Array): void {
    const start = this.#cutter.received;
    if (start + chunk.byteLength > MOST_STREAM_BYTES)
      throw new LimitError(`“${this.#name}” is longer than 2 TiB, which no VMDK can address.`);
    const pending = this.#pending;
    if (pending !== null && endOf(pending) <= start + chunk.byteLength) {
      this.#pending = null;
      this.#onGrain(pending);
    }
    this.#cutter.push(chunk);
    if (
      this.#body?.isOver === true &&
      chunk.subarray(Math.max(0, this.#cutter.position - start)).some((byte) => byte !== 0)
    ) {
      throw new DamagedImageError(`“${this.#name}” goes on after its end.`);
    }
  }

  /**
   * Says that the stream has ended.
   * @throws TruncatedImageError when something is missing, DamagedImageError when tables and grains differ.
   */
  finish(): void {
    const { received, position, isInsideUnit } = this.#cutter;
    const body = this.#body;
    // qemu-img writes nothing behind its last grain; all that may be missing there is the padding of that grain.
    const needed = body?.isOver === true ? position : position - SECTOR + 1;
    if (
      body === null ||
      !(body.isOver || body.mayEndHere) ||
      isInsideUnit ||
      this.#pending !== null ||
      received < needed
    ) {
      throw new TruncatedImageError(
        `The stream of “${this.#name}” ends after ${received} bytes, before the end of the disk.`,
      );
    }
    if (!body.isOver) body.settle();
  }

  #start(sparse: SparseHeader): void {
    const name = this.#name;
    if (!sparse.isCompressed) {
      throw new UnsupportedImageError(
        `“${name}” is no streamOptimized VMDK, so it cannot be read as it comes.`,
        'Save it as a file first, then convert that.',
      );
    }
    const begin = (): void => {
      this.#header = { capacityBytes: sparse.capacityBytes, grainBytes: sparse.grainBytes };
      this.#onHeader(this.#header);
      this.#body = new StreamBody({ name, sparse, cutter: this.#cutter, onGrain: (grain) => this.#hold(grain) });
      this.#body.start();
    };
    if (sparse.descriptor === null) return begin();
    const { position, length } = sparse.descriptor;
    if (position < SECTOR) throw new DamagedImageError(`The descriptor of “${name}” overlaps its header.`);
    this.#cutter.expect(position, length, (bytes) => {
      checkDescriptor(sparse, bytes, name);
      begin();
    });
  }

  #hold(grain: GrainRef): void {
    if (endOf(grain) <= this.#cutter.received) this.#onGrain(grain);
    else this.#pending = grain;
  }
}

function endOf(grain: GrainRef): number {
  return grain.streamPosition + grain.storedBytes;
}

/** A delta disk is refused, since a stream has no parent beside it. */
function checkDescriptor(sparse: SparseHeader, bytes: Uint8Array, name: string): void {
  if (bytes[0] === 0) return; // the place is there, but no text
  const descriptor = parseDescriptor(bytes, name);
  if (descriptor.parentContentId !== null || descriptor.parentFileName !== null) {
    throw new UnsupportedImageError(
      `“${name}” holds only what changed since its parent “${descriptor.parentFileName ?? 'unknown'}”.`,
      'Consolidate the snapshots of the virtual machine and export it again, or convert the file with its parent beside it.',
    );
  }
  const described = descriptor.extents.reduce((sum, extent) => sum + extent.sizeBytes, 0);
  checkSize(sparse, descriptor.extents.length === 0 ? null : described, name);
}
