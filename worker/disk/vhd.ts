/** Reads VHD images: fixed, dynamic and differencing. */
import type { ImageFacts } from '../../main/shared/disk.ts';
import type { ByteSource } from './bytes.ts';
import { TruncatedImageError } from './errors.ts';
import { cut, joined, overlaid } from './extents.ts';
import type { DiskImage, Extent, FormatOpener } from './image.ts';
import { BlockTable } from './vhd/blocks.ts';
import { readFooter } from './vhd/footer.ts';
import { readHeader } from './vhd/header.ts';
import { openParent } from './vhd/parent.ts';

class VhdImage implements DiskImage {
  readonly facts: ImageFacts;
  readonly identity: string;
  readonly #source: ByteSource;
  /** Null for a fixed disk, which is stored as it is from the start of the file. */
  readonly #table: BlockTable | null;
  readonly #parent: DiskImage | null;

  constructor(
    facts: ImageFacts,
    identity: string,
    source: ByteSource,
    table: BlockTable | null,
    parent: DiskImage | null,
  ) {
    this.facts = facts;
    this.identity = identity;
    this.#source = source;
    this.#table = table;
    this.#parent = parent;
  }

  async *extents(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Extent, void, void> {
    const end = Math.min(to, this.facts.virtualSizeBytes);
    if (from >= end) return;
    if (this.#table === null) {
      yield { kind: 'data', offset: from, length: end - from, source: this.#source, position: from };
      return;
    }
    const own = this.#own(this.#table, from, end, signal);
    yield* joined(this.#parent === null ? own : overlaid(own, this.#parent, signal));
  }

  async *#own(table: BlockTable, from: number, to: number, signal?: AbortSignal): AsyncGenerator<Extent, void, void> {
    for await (const extent of table.runs(from, to, signal)) yield cut(extent, from, to);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#parent?.[Symbol.asyncDispose]();
    } finally {
      await this.#source[Symbol.asyncDispose]();
    }
  }
}

/**
 * Opens a VHD image with its parents, by the Virtual Hard Disk Image Format Specification of 2006. The whole block
 * table is checked on opening. Footer and header carry a sum; the table, the bitmaps and the data do not.
 *
 * The sector bitmaps of a dynamic disk are not asked: all of an allocated block counts, as it does for qemu. Where a
 * program leaves the bits alone that keeps the guest's data, and where it minds them the other sectors hold zeros.
 * The bitmaps of a differencing disk decide sector by sector between it and its parent.
 */
export const openVhd: FormatOpener = async (source, neighbours, signal) => {
  const footer = await readFooter(source, signal);
  let table: BlockTable | null = null;
  let parent: DiskImage | null = null;
  let allocatedBytes = footer.virtualSizeBytes;
  if (footer.kind === 'fixed') {
    if (footer.virtualSizeBytes > footer.bodyBytes) {
      throw new TruncatedImageError(
        `“${source.name}” has ${footer.bodyBytes} bytes ahead of its footer, but the disk has ${footer.virtualSizeBytes}.`,
      );
    }
  } else {
    const header = await readHeader(source, footer, signal);
    table = new BlockTable(source, footer, header);
    allocatedBytes = await table.check(signal);
    if (footer.kind === 'differencing') {
      const child = { name: source.name, format: 'vhd', sectorBytes: 512 } as const;
      parent = await openParent(neighbours, child, header.parentNames, [header.parentId], signal);
    }
  }
  const facts: ImageFacts = {
    format: 'vhd',
    variant: footer.kind,
    virtualSizeBytes: footer.virtualSizeBytes,
    allocatedBytes,
    sectorSizeBytes: 512,
    creator: footer.creator,
    chain: [{ name: source.name, format: 'vhd', variant: footer.kind }, ...(parent?.facts.chain ?? [])],
    warnings: [...new Set([...footer.warnings, ...(parent?.facts.warnings ?? [])])],
  };
  return new VhdImage(facts, footer.uniqueId, source, table, parent);
};
