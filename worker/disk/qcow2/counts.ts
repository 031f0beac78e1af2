/** The reference counts of a qcow2 image: a cluster that is used more often than counted betrays a damaged table. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError } from '../errors.ts';
import type { Qcow2Header } from './header.ts';

/** Small pieces, because an image that grew at random uses few counts in many places. */
const PIECE_BYTES = 4096;

export class RefCounts {
  readonly #source: ByteSource;
  readonly #header: Qcow2Header;
  /** What was read last of the counts and of the table of their blocks; clusters mostly lie as they are used. */
  #counts: { readonly first: number; readonly piece: Buffer | null } = { first: -1, piece: null };
  #table: { readonly position: number; readonly piece: Buffer } = { position: -1, piece: Buffer.alloc(0) };

  constructor(source: ByteSource, header: Qcow2Header) {
    this.#source = source;
    this.#header = header;
  }

  /**
   * Checks that each of the clusters is counted as often as it is used, which `usesOf` tells and is asked once for each
   * item. Sorts the list, so that each piece of the counts is read once.
   * @throws DamagedImageError
   */
  async check(clusters: number[], usesOf: (cluster: number) => number): Promise<void> {
    const { clusterBytes, refcountBits } = this.#header;
    const perBlock = (clusterBytes * 8) / refcountBits;
    const perPiece = Math.min(perBlock, (PIECE_BYTES * 8) / refcountBits);
    clusters.sort((a, b) => a - b);
    let counts = this.#counts;
    for (const cluster of clusters) {
      const first = cluster - (cluster % perPiece);
      if (first !== counts.first) {
        counts = { first, piece: await this.#piece(first, perBlock, (perPiece * refcountBits) / 8) };
        this.#counts = counts;
      }
      const counted = counts.piece === null ? 0 : countAt(counts.piece, cluster - first, refcountBits);
      const used = usesOf(cluster);
      if (used > counted) {
        throw new DamagedImageError(
          `“${this.#source.name}”: the cluster at ${cluster * clusterBytes} is used ${used} times, but counted ${counted}.`,
        );
      }
    }
  }

  /** The counts from the one of cluster `start` on; null where the image has none for that part of the file. */
  async #piece(start: number, perBlock: number, length: number): Promise<Buffer | null> {
    const { refcountBits, refcountBytes, refcountPosition } = this.#header;
    const entry = Math.floor(start / perBlock) * 8;
    if (entry >= refcountBytes) return null;
    let table = this.#table;
    const position = refcountPosition + entry - (entry % PIECE_BYTES);
    if (position !== table.position) {
      const pieceBytes = Math.min(PIECE_BYTES, refcountPosition + refcountBytes - position);
      table = { position, piece: await readBytes(this.#source, position, pieceBytes) };
      this.#table = table;
    }
    const at = entry % PIECE_BYTES;
    // Its entries have been checked when the image was opened.
    const block = (table.piece.readUInt32BE(at) & 0x00ff_ffff) * 2 ** 32 + table.piece.readUInt32BE(at + 4);
    if (block === 0) return null;
    return await readBytes(this.#source, block + ((start % perBlock) * refcountBits) / 8, length);
  }
}

/** Counts narrower than a byte begin at its low bits; wider ones are big-endian. */
function countAt(counts: Buffer, index: number, bits: number): number {
  if (bits < 8) {
    const at = index * bits;
    return ((counts[at >>> 3] ?? 0) >>> (at & 7)) & ((1 << bits) - 1);
  }
  let count = 0;
  for (let i = (index * bits) / 8; i < ((index + 1) * bits) / 8; i++) count = count * 256 + (counts[i] ?? 0);
  return count;
}

const PAGE_CLUSTERS = 256;

/** How many compressed clusters use each cluster of the file, for as many clusters as 8 MiB can count (256 GiB of 64 KiB). */
export class Uses {
  readonly #pages = new Map<number, Uint16Array>();
  readonly #mostPages = (8 * 1024 * 1024) / (PAGE_CLUSTERS * 2);

  /** Adds a use and gives their number; 1 for clusters beyond what can be counted. */
  add(cluster: number): number {
    const number = Math.floor(cluster / PAGE_CLUSTERS);
    let page = this.#pages.get(number);
    if (page === undefined) {
      if (this.#pages.size >= this.#mostPages) return 1;
      page = new Uint16Array(PAGE_CLUSTERS);
      this.#pages.set(number, page);
    }
    const uses = Math.min((page[cluster % PAGE_CLUSTERS] ?? 0) + 1, 0xffff);
    page[cluster % PAGE_CLUSTERS] = uses;
    return uses;
  }
}
