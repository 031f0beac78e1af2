/**
 * QEMU's qcow2 images, versions 2 and 3: compressed clusters (deflate, zstd), zero clusters, subclusters, backing files.
 * Encrypted images and external data files are refused; internal snapshots are left aside.
 */
import { cut, joined, overlaid } from './extents.ts';
import type { DiskImage, Extent, FormatOpener } from './image.ts';
import { openBacking } from './qcow2/backing.ts';
import { sliceExtents } from './qcow2/entries.ts';
import { readHeader, type Qcow2Header } from './qcow2/header.ts';
import { Tables } from './qcow2/tables.ts';

/**
 * Opens a qcow2 image with its backing files. Level 2 tables are read and checked when `extents` first comes to
 * them, in slices of 64 KiB of which 16 are kept; noticing clusters that are used twice takes 34 MiB at most,
 * and as much as the image has data in practice: a bit a cluster, two bytes where it is compressed.
 */
export const openQcow2: FormatOpener = async (source, neighbours, signal) => {
  const header = await readHeader(source, signal);
  const tables = new Tables(source, header);
  await tables.checkPlaces(signal);
  const parent = await openBacking(header, source.name, neighbours, signal);
  const variant = `v${header.version}`;
  const image: DiskImage = {
    identity: null,
    facts: {
      format: 'qcow2',
      variant,
      virtualSizeBytes: header.virtualSizeBytes,
      allocatedBytes: null,
      sectorSizeBytes: 512,
      creator: null,
      chain: [{ name: source.name, format: 'qcow2', variant }, ...(parent?.facts.chain ?? [])],
      warnings: [...warningsAbout(header), ...(parent?.facts.warnings ?? [])],
    },
    extents(from, to, signal) {
      const own = ownExtents(tables, from, Math.min(to, header.virtualSizeBytes), signal);
      return joined(parent === null ? own : overlaid(own, parent, signal));
    },
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
      await parent?.[Symbol.asyncDispose]();
    },
  };
  return image;
};

function warningsAbout(header: Qcow2Header): string[] {
  const warnings: string[] = [];
  if (header.isDirty)
    warnings.push('The image was not closed by its last writer, so the disk may be as after a power cut.');
  if (header.snapshotCount > 0) {
    warnings.push(`The image holds ${header.snapshotCount} internal snapshots; only its current state is read.`);
  }
  return warnings;
}

/** What this file itself holds of [from, to): its holes are its parent's to fill. */
async function* ownExtents(
  tables: Tables,
  from: number,
  to: number,
  signal?: AbortSignal,
): AsyncGenerator<Extent, void, void> {
  for (let at = from; at < to;) {
    signal?.throwIfAborted();
    const slice = await tables.lookUp(at, signal);
    const end = Math.min(to, slice.guestOffset + slice.guestBytes);
    if (slice.entries.length === 0) yield { kind: 'hole', offset: at, length: end - at };
    else {
      for (const extent of sliceExtents(slice, at, tables.header, tables.source)) {
        if (extent.offset >= end) break;
        if (extent.offset + extent.length > at) yield cut(extent, at, end);
      }
    }
    at = end;
  }
}
