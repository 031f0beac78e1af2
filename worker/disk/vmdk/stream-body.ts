/** What follows the header of a streamOptimized VMDK: tables in front, grains, tables behind, footer, end. */
import { DamagedImageError, TruncatedImageError } from '../errors.ts';
import { SECTOR } from './descriptor.ts';
import { GRAIN_MARKER_BYTES, MARKER, markerOffset, readGrainMarker, u32 } from './markers.ts';
import { PagedBits } from './paged-bits.ts';
import { checkFooter, parseSparseHeader, type SparseHeader } from './sparse-header.ts';
import type { GrainRef } from './grain-ref.ts';
import { StreamTables } from './stream-tables.ts';
import type { UnitCutter, UseUnit } from './unit-cutter.ts';

/** Enough of any marker: a grain's with the first bytes of the stream, any other's with its type. */
const MARKER_HEAD = 16;
/** Writers may pad the directory; none is known to pad it by more than a grain. */
const MOST_DIRECTORY_PADDING = 64 * 1024;

export interface StreamBodyOptions {
  readonly name: string;
  readonly sparse: SparseHeader;
  readonly cutter: UnitCutter;
  /** Called when the marker of a grain was read; the grain's bytes may still be to come. */
  readonly onGrain: (grain: GrainRef) => void;
}

/** Source: “Virtual Disk Format 5.0” technical note by VMware, section “Stream-Optimized Compressed Sparse Extents”. */
export class StreamBody {
  readonly #name: string;
  readonly #sparse: SparseHeader;
  readonly #cutter: UnitCutter;
  readonly #onGrain: (grain: GrainRef) => void;
  readonly #tables: StreamTables;
  readonly #grains = new PagedBits();
  readonly #readMarker: UseUnit = (bytes) => this.#marker(bytes);
  #directoryPosition: number | null = null;
  #isAtMarker = false;
  #isOver = false;

  constructor({ name, sparse, cutter, onGrain }: StreamBodyOptions) {
    this.#name = name;
    this.#sparse = sparse;
    this.#cutter = cutter;
    this.#onGrain = onGrain;
    this.#tables = new StreamTables(sparse, name);
  }

  /** The end-of-stream marker came, and everything before it was sound. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A stream with its directory in front needs no end-of-stream marker: it may end between two grains. */
  get mayEndHere(): boolean {
    return this.#isAtMarker && this.#sparse.directory !== 'atEnd' && this.#tables.hasDirectory;
  }

  /** @throws TruncatedImageError, DamagedImageError when tables and grains do not match. */
  settle(): void {
    this.#tables.settle();
  }

  /** Asks for the tables in front, and then for the first marker. */
  start(): void {
    const { directory, descriptor, overheadBytes } = this.#sparse;
    const afterDescriptor = descriptor === null ? SECTOR : descriptor.position + descriptor.length;
    const firstMarker = Math.max(overheadBytes, afterDescriptor);
    if (directory === 'atEnd' || directory >= firstMarker) return this.#expectMarker(firstMarker);
    if (directory < afterDescriptor)
      throw new DamagedImageError(`The grain directory of “${this.#name}” overlaps its header.`);
    this.#cutter.expect(directory, this.#tables.directoryBytes, (bytes) => {
      this.#tables.directory(bytes);
      this.#frontTables(this.#tables.tablesBefore(firstMarker), 0, firstMarker);
    });
  }

  #frontTables(positions: readonly number[], index: number, firstMarker: number): void {
    const position = positions[index];
    if (position === undefined) return this.#expectMarker(firstMarker);
    const before =
      index === 0
        ? this.#cutter.position + this.#tables.directoryBytes
        : (positions[index - 1] ?? 0) + this.#tables.tableBytes;
    if (position < before || position + this.#tables.tableBytes > firstMarker)
      throw new DamagedImageError(`The tables of “${this.#name}” overlap.`);
    this.#cutter.expect(position, this.#tables.tableBytes, (bytes) => {
      this.#tables.table(bytes, position / SECTOR);
      this.#frontTables(positions, index + 1, firstMarker);
    });
  }

  #expectMarker(position: number): void {
    this.#isAtMarker = true;
    this.#cutter.expect(Math.ceil(position / SECTOR) * SECTOR, MARKER_HEAD, this.#readMarker);
  }

  #marker(bytes: Uint8Array): void {
    this.#isAtMarker = false;
    if (u32(bytes, 8) !== 0) return this.#grain(bytes);
    const position = this.#cutter.position + SECTOR;
    const sectors = u32(bytes, 4) * 2 ** 32 + u32(bytes, 0);
    const type = u32(bytes, 12);
    if (type === MARKER.table) this.#table(position, sectors);
    else if (type === MARKER.directory) this.#directory(position, sectors);
    else if (type === MARKER.footer) this.#cutter.expect(position, SECTOR, (footer) => this.#footer(footer, position));
    else if (type === MARKER.endOfStream) {
      if (this.#sparse.directory === 'atEnd')
        throw new TruncatedImageError(`“${this.#name}” has nothing but zeros where its data should go on.`);
      this.#end(position);
    } else
      throw new DamagedImageError(
        `“${this.#name}” has a marker of the unknown type ${type} at ${this.#cutter.position}.`,
      );
  }

  #grain(bytes: Uint8Array): void {
    const { capacityBytes, grainBytes } = this.#sparse;
    const markerPosition = this.#cutter.position;
    const offset = markerOffset(bytes);
    const index = offset / grainBytes;
    if (offset >= capacityBytes || !Number.isInteger(index)) {
      throw new DamagedImageError(`“${this.#name}” has a grain for offset ${offset}, where none can be.`);
    }
    const storedBytes = readGrainMarker(bytes, offset, grainBytes, this.#name);
    if (!this.#grains.add(index))
      throw new DamagedImageError(`“${this.#name}” has the grain at offset ${offset} twice.`);
    this.#tables.grain(index, markerPosition / SECTOR);
    const streamPosition = markerPosition + GRAIN_MARKER_BYTES;
    this.#expectMarker(streamPosition + storedBytes);
    this.#onGrain({ offset, streamPosition, storedBytes });
  }

  #table(position: number, sectors: number): void {
    const length = this.#tables.tableBytes;
    if (sectors !== 0 && sectors * SECTOR !== length)
      throw new DamagedImageError(`“${this.#name}” has a grain table of ${sectors} sectors.`);
    this.#cutter.expect(position, length, (bytes) => {
      this.#tables.table(bytes, position / SECTOR);
      this.#expectMarker(position + length);
    });
  }

  #directory(position: number, sectors: number): void {
    const length = this.#tables.directoryBytes;
    const padded = sectors === 0 ? length : sectors * SECTOR;
    if (padded < length || padded > length + MOST_DIRECTORY_PADDING) {
      throw new DamagedImageError(
        `“${this.#name}” has a grain directory of ${sectors} sectors for ${this.#sparse.tableCount} tables.`,
      );
    }
    this.#checkDirectoryPosition(position);
    this.#cutter.expect(position, length, (bytes) => {
      this.#tables.directory(bytes);
      this.#directoryPosition = position;
      this.#expectMarker(position + padded);
    });
  }

  #checkDirectoryPosition(position: number): void {
    const promised = this.#sparse.directory;
    if (promised !== 'atEnd' && promised !== position) {
      throw new DamagedImageError(
        `“${this.#name}” has its grain directory at ${position}, but its header says ${promised}.`,
      );
    }
  }

  #footer(bytes: Uint8Array, position: number): void {
    const footer = parseSparseHeader(bytes, this.#name);
    checkFooter(this.#sparse, footer, this.#name);
    const promised = this.#sparse.directory === 'atEnd' ? this.#directoryPosition : this.#sparse.directory;
    if (footer.directory !== promised)
      throw new DamagedImageError(
        `The footer of “${this.#name}” names another grain directory than the one that came.`,
      );
    this.#cutter.expect(position + SECTOR, MARKER_HEAD, (marker) => {
      if (marker.some((byte) => byte !== 0)) throw new DamagedImageError(`“${this.#name}” goes on after its footer.`);
      this.#end(position + 2 * SECTOR);
    });
  }

  #end(position: number): void {
    this.#tables.settle();
    this.#isOver = true;
    this.#cutter.expectNothing(position);
  }
}
