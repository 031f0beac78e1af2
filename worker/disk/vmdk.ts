/** VMDK: text descriptors and the extents they name, sparse disks with the descriptor inside, and deltas on their parents. */
import type { ChainLink, ImageFacts } from '../../main/shared/disk.ts';
import { readBytes, type ByteSource } from './bytes.ts';
import { DamagedImageError, LimitError, ParentMismatchError, UnsupportedImageError } from './errors.ts';
import { joined, overlaid } from './extents.ts';
import type { DiskImage, Extent, FormatOpener, Neighbours } from './image.ts';
import { isCowd } from './vmdk/cowd.ts';
import { LONGEST_DESCRIPTOR, MOST_SECTORS, parseDescriptor, SECTOR, type Descriptor } from './vmdk/descriptor.ts';
import { openHostedSparse, readEmbeddedDescriptor, readSparseHeader } from './vmdk/hosted-sparse.ts';
import type { Part } from './vmdk/part.ts';
import { checkCreateType, openParts } from './vmdk/parts.ts';
import { isSesparse } from './vmdk/sesparse.ts';
import { isSparseHeader } from './vmdk/sparse-header.ts';

const OPEN_DESCRIPTOR = 'Open the descriptor instead: the small text file beside this one that names it.';

/** The disk as its own files show it, without its parent. */
interface Layer {
  readonly variant: string;
  /** Null for a stream that carries none. */
  readonly descriptor: Descriptor | null;
  readonly parts: readonly Part[];
  readonly warnings: readonly string[];
}

/**
 * Opens a VMDK with its extents and its parents.
 * Source: “Virtual Disk Format 5.0” technical note by VMware; for SESparse see `vmdk/sesparse.ts`.
 */
export const openVmdk: FormatOpener = async (source, neighbours, signal) => {
  const files: ByteSource[] = [];
  try {
    const layer = await openLayer(source, neighbours, files, signal);
    const parent = await openParentOf(layer.descriptor, source.name, neighbours, signal);
    return new VmdkImage([source, ...files], layer, parent);
  } catch (error) {
    await Promise.all(files.map(async (file) => await file[Symbol.asyncDispose]())); // `source` stays the caller's
    throw error;
  }
};

async function openLayer(
  source: ByteSource,
  neighbours: Neighbours,
  files: ByteSource[],
  signal?: AbortSignal,
): Promise<Layer> {
  const head = await readBytes(source, 0, Math.min(SECTOR, source.sizeBytes), signal);
  if (isCowd(head) || isSesparse(head))
    throw new UnsupportedImageError(
      `“${source.name}” is the data of a snapshot without its descriptor.`,
      OPEN_DESCRIPTOR,
    );
  if (isSparseHeader(head)) return await openMonolithic(source, signal);
  if (!/^\s*# *disk descriptor/i.test(head.toString('latin1')))
    throw new DamagedImageError(`“${source.name}” does not begin like a VMDK.`);
  if (source.sizeBytes > LONGEST_DESCRIPTOR)
    throw new LimitError(`The descriptor “${source.name}” is longer than 1 MiB.`);
  const descriptor = parseDescriptor(await readBytes(source, 0, source.sizeBytes, signal), source.name);
  checkCreateType(descriptor, source.name);
  const sectors = descriptor.extents.reduce((sum, extent) => sum + extent.sizeBytes, 0) / SECTOR;
  if (sectors > MOST_SECTORS) throw new LimitError(`“${source.name}” claims a capacity of ${sectors} sectors.`);
  return {
    variant: descriptor.createType,
    descriptor,
    ...(await openParts(descriptor, source.name, neighbours, files, signal)),
  };
}

/** One sparse file with everything inside. */
async function openMonolithic(source: ByteSource, signal?: AbortSignal): Promise<Layer> {
  const header = await readSparseHeader(source, signal);
  const descriptor = await readEmbeddedDescriptor(source, header, signal);
  if (descriptor === null && !header.isCompressed) {
    throw new UnsupportedImageError(
      `“${source.name}” has no descriptor inside, so it is one of several parts of a disk.`,
      OPEN_DESCRIPTOR,
    );
  }
  if (descriptor !== null) checkCreateType(descriptor, source.name);
  if ((descriptor?.extents.length ?? 1) !== 1)
    throw new DamagedImageError(
      `“${source.name}” is one file, but its descriptor names ${descriptor?.extents.length ?? 0} extents.`,
    );
  const part = await openHostedSparse(source, header, descriptor?.extents[0]?.sizeBytes ?? null, signal);
  return { variant: descriptor?.createType ?? 'streamOptimized', descriptor, parts: [part], warnings: [] };
}

/** @throws ParentMismatchError, MissingFileError, DamagedImageError */
async function openParentOf(
  descriptor: Descriptor | null,
  name: string,
  neighbours: Neighbours,
  signal?: AbortSignal,
): Promise<DiskImage | null> {
  if (descriptor === null || (descriptor.parentContentId === null && descriptor.parentFileName === null)) return null;
  const { parentContentId, parentFileName } = descriptor;
  if (parentContentId === null || parentFileName === null) {
    throw new DamagedImageError(
      `“${name}” contradicts itself on whether it has a parent: file “${parentFileName ?? ''}”, content ID ${parentContentId ?? 'none'}.`,
    );
  }
  // The parent of a VMDK is a VMDK. Bytes that look like something else may have been written by the guest.
  const parent = await neighbours.openParent(parentFileName, signal, { format: 'vmdk' });
  if (parent.identity === parentContentId) return parent;
  await parent[Symbol.asyncDispose]();
  throw new ParentMismatchError(
    `“${name}” was made on content ${parentContentId}, but its parent “${parentFileName}” has ${parent.identity ?? 'none'} now.`,
  );
}

class VmdkImage implements DiskImage {
  readonly facts: ImageFacts;
  readonly identity: string | null;
  readonly #files: readonly ByteSource[];
  readonly #parts: readonly Part[];
  readonly #parent: DiskImage | null;

  /** @param files every open file of this layer, its own first; disposing the image closes them and the parent */
  constructor(files: readonly ByteSource[], { variant, descriptor, parts, warnings }: Layer, parent: DiskImage | null) {
    this.#files = files;
    this.#parts = parts;
    this.#parent = parent;
    this.identity = descriptor?.contentId ?? null;
    const link: ChainLink = { name: files[0]?.name ?? '', format: 'vmdk', variant };
    this.facts = {
      format: 'vmdk',
      variant,
      virtualSizeBytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0),
      allocatedBytes: parts.reduce<number | null>(
        (sum, { allocatedBytes: more }) => (sum === null || more === null ? null : sum + more),
        0,
      ),
      sectorSizeBytes: 512,
      creator: descriptor?.creator ?? null,
      chain: [link, ...(parent?.facts.chain ?? [])],
      warnings: [...warnings, ...parts.flatMap((part) => part.warnings), ...(parent?.facts.warnings ?? [])],
    };
  }

  async *extents(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Extent, void, void> {
    const own = this.#ownExtents(from, to, signal);
    yield* joined(this.#parent === null ? own : overlaid(own, this.#parent, signal));
  }

  async *#ownExtents(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Extent, void, void> {
    let base = 0;
    for (const part of this.#parts) {
      const start = Math.max(0, from - base);
      const end = Math.min(part.sizeBytes, to - base);
      if (start < end) yield* part.extents(start, end, base, signal);
      base += part.sizeBytes;
      if (base >= to) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#files.map(async (file) => await file[Symbol.asyncDispose]()));
    await this.#parent?.[Symbol.asyncDispose]();
  }
}
