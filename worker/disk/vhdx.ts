/** Reads VHDX images: fixed, dynamic and differencing, also those whose log was left open. */
import type { ImageFacts } from '../../main/shared/disk.ts';
import type { ByteSource } from './bytes.ts';
import { LimitError } from './errors.ts';
import { cut, joined, overlaid } from './extents.ts';
import type { DiskImage, Extent, FormatOpener } from './image.ts';
import { openParent } from './vhd/parent.ts';
import { BlockTable } from './vhdx/blocks.ts';
import { MiB, MOST_FILE_BYTES } from './vhdx/fields.ts';
import { readCreator, readHeader } from './vhdx/header.ts';
import { replayLog } from './vhdx/log.ts';
import { readMetadata } from './vhdx/metadata.ts';
import { Occupied } from './vhdx/occupied.ts';
import { readRegions } from './vhdx/regions.ts';

class VhdxImage implements DiskImage {
  readonly facts: ImageFacts;
  readonly identity: string;
  readonly #file: ByteSource;
  readonly #table: BlockTable;
  readonly #parent: DiskImage | null;

  constructor(facts: ImageFacts, identity: string, file: ByteSource, table: BlockTable, parent: DiskImage | null) {
    this.facts = facts;
    this.identity = identity;
    this.#file = file;
    this.#table = table;
    this.#parent = parent;
  }

  async *extents(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Extent, void, void> {
    const end = Math.min(to, this.facts.virtualSizeBytes);
    if (from >= end) return;
    const own = this.#own(from, end, signal);
    yield* joined(this.#parent === null ? own : overlaid(own, this.#parent, signal));
  }

  async *#own(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Extent, void, void> {
    for await (const extent of this.#table.runs(from, to, signal)) yield cut(extent, from, to);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#parent?.[Symbol.asyncDispose]();
    } finally {
      await this.#file[Symbol.asyncDispose]();
    }
  }
}

/**
 * Opens a VHDX image with its parents, by [MS-VHDX] 8.0. A log that was left open is replayed in memory; the file is
 * never written. The whole block table is checked on opening, so that a truncated or tangled image is refused before
 * a byte of it is used. Header, region table and log are checksummed; metadata, block table and sector bitmaps are
 * not, so a wrong value there that contradicts nothing else cannot be told from a right one.
 */
export const openVhdx: FormatOpener = async (source, neighbours, signal) => {
  if (source.sizeBytes > MOST_FILE_BYTES) throw new LimitError(`“${source.name}” is larger than any VHDX can be.`);
  const creator = await readCreator(source, signal);
  const header = await readHeader(source, signal);
  const warnings = [...header.warnings];

  const replayed = header.log === null ? null : await replayLog(source, header.log, signal);
  const file = replayed?.file ?? source;
  if (replayed !== null) {
    warnings.push(`The disk was not closed cleanly; its log was applied in memory (entries: ${replayed.entries}).`);
  }
  const regions = await readRegions(file, signal);
  warnings.push(...regions.warnings);
  const disk = await readMetadata(file, regions.metadata, signal);
  if (disk.sectorBytes === 4096) {
    warnings.push(
      'The disk has 4096-byte sectors: the target must have them too, or the guest will not find its partitions.',
    );
  }

  const occupied = new Occupied(source.name);
  occupied.take(0, MiB, 'the header');
  occupied.take(header.logRegion.offset, header.logRegion.length, 'the log');
  for (const { offset, length } of regions.all) occupied.take(offset, length, 'a region');
  const table = new BlockTable(file, regions.blockTable, disk, replayed?.file.storedBytes ?? source.sizeBytes);
  const allocatedBytes = await table.check(occupied, signal);

  const child = { name: source.name, format: 'vhdx', sectorBytes: disk.sectorBytes } as const;
  const parent =
    disk.parent === null ? null : await openParent(neighbours, child, disk.parent.paths, disk.parent.linkages, signal);
  const variant = parent !== null ? 'differencing' : disk.isFixed ? 'fixed' : 'dynamic';
  const facts: ImageFacts = {
    format: 'vhdx',
    variant,
    virtualSizeBytes: disk.virtualSizeBytes,
    allocatedBytes,
    sectorSizeBytes: disk.sectorBytes,
    creator,
    chain: [{ name: source.name, format: 'vhdx', variant }, ...(parent?.facts.chain ?? [])],
    warnings: [...new Set([...warnings, ...(parent?.facts.warnings ?? [])])],
  };
  return new VhdxImage(facts, header.dataWriteGuid, file, table, parent);
};
