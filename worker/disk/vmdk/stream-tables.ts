/** Checks the grain tables and the directory of a streamOptimized VMDK against the grains that came, as they come. */
import { DamagedImageError, TruncatedImageError } from '../errors.ts';
import { SECTOR } from './descriptor.ts';
import type { SparseHeader } from './sparse-header.ts';
import { addPrints, entryPrint, TablePrints } from './table-prints.ts';

const NO_TABLE = 0;
const ZERO_GRAIN = 1;

/**
 * Memory: 4 bytes for each table of the disk for the directory (128 KiB for 1 TiB), and some 50 bytes for each table
 * that holds a grain or came in the stream, which has at least 2 KiB there itself.
 */
export class StreamTables {
  readonly #name: string;
  readonly #header: SparseHeader;
  /** What the grains say each table must hold. */
  readonly #seen = new TablePrints();
  #seenGrains = 0;
  /** What the tables say that came, by the sector they came at. */
  readonly #tables = new Map<number, number>();
  #promisedGrains = 0;
  /** The sector of each table by its number. */
  #directory: Uint32Array | null = null;

  constructor(header: SparseHeader, name: string) {
    this.#header = header;
    this.#name = name;
  }

  get hasDirectory(): boolean {
    return this.#directory !== null;
  }
  get directoryBytes(): number {
    return this.#header.tableCount * 4;
  }
  get tableBytes(): number {
    return this.#header.entriesPerTable * 4;
  }

  /** A grain came whose marker is at `sector`. */
  grain(index: number, sector: number): void {
    const { entriesPerTable } = this.#header;
    this.#seen.add(Math.floor(index / entriesPerTable), entryPrint(index % entriesPerTable, sector));
    this.#seenGrains++;
  }

  /** A grain table came at `sector`; of which part of the disk only the directory will tell. */
  table(bytes: Uint8Array, sector: number): void {
    if (this.#tables.size === this.#header.tableCount)
      throw new DamagedImageError(`“${this.#name}” has more grain tables than its capacity needs.`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let print = 0;
    for (let slot = 0; slot < this.#header.entriesPerTable; slot++) {
      const entry = view.getUint32(slot * 4, true);
      if (entry === NO_TABLE || (entry === ZERO_GRAIN && this.#header.hasZeroGrains)) continue;
      print = addPrints(print, entryPrint(slot, entry));
      this.#promisedGrains++;
    }
    this.#tables.set(sector, print);
  }

  directory(bytes: Uint8Array): void {
    if (this.#directory !== null) throw new DamagedImageError(`“${this.#name}” has two grain directories.`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const directory = new Uint32Array(this.#header.tableCount);
    for (let table = 0; table < directory.length; table++) directory[table] = view.getUint32(table * 4, true);
    this.#directory = directory;
  }

  /** Positions in bytes, ascending, of the tables that the directory places before `end`. */
  tablesBefore(end: number): number[] {
    const positions = Array.from(
      (this.#directory ?? new Uint32Array()).filter((sector) => sector !== NO_TABLE && sector * SECTOR < end),
    );
    return positions.map((sector) => sector * SECTOR).sort((a, b) => a - b);
  }

  /**
   * Every table was promised by the directory, and every grain that came is in its table, and no other.
   * @throws TruncatedImageError when grains are missing, DamagedImageError when tables and grains differ.
   */
  settle(): void {
    const directory = this.#directory;
    if (directory === null) throw new TruncatedImageError(`“${this.#name}” ends before its grain directory.`);
    if (this.#promisedGrains > this.#seenGrains) {
      throw new TruncatedImageError(
        `“${this.#name}” promises ${this.#promisedGrains} grains, but ${this.#seenGrains} came.`,
      );
    }
    for (let table = 0; table < directory.length; table++) {
      const sector = directory[table] ?? NO_TABLE;
      const promised = sector === NO_TABLE ? 0 : this.#tables.get(sector);
      if (promised !== this.#seen.get(table)) {
        throw new DamagedImageError(`Grain table ${table} of “${this.#name}” does not match the grains that came.`);
      }
    }
  }
}
