/** What every kind of container gives: facts about the virtual machine, its disks, and the digests they must have. */
import type { VmDisk, VmFacts, VmSource } from '../../main/shared/vm.ts';
import type { ByteSource } from '../disk/bytes.ts';
import type { DiskImage } from '../disk/image.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';

/** An open OVA, OVF, VMX or libvirt description. Disposing it closes every file that it opened, but no image of a disk. */
export interface Container extends AsyncDisposable {
  readonly kind: VmSource;
  readonly vm: VmFacts;
  /** In the order of `vm.disks`. */
  readonly disks: readonly ContainerDisk[];
  /** Null where there is none; the description itself has been held against it already. */
  readonly manifest: Manifest | null;
  /** The files that the manifest names and no disk begins with (extents of a disk among them): to be verified too. */
  readonly otherFiles: readonly ContainerFile[];
}

export interface ContainerDisk {
  readonly facts: VmDisk;
  /** The file that the disk begins with, open; null for a disk that is delivered blank. */
  readonly member: ContainerMember | null;
  /**
   * Opens the disk as the guest sees it; the caller disposes it before the container. A size that contradicts the
   * description stands in the image's warnings.
   * @throws GutsError `disk.*`
   */
  openImage(signal?: AbortSignal): Promise<DiskImage>;
}

/** The stored bytes of one file of the package, to be read in one pass while hashing. */
export interface ContainerMember {
  readonly name: string;
  /** Belongs to the container. */
  readonly source: ByteSource;
  /** What `source` must hash to; null where no manifest says. */
  readonly manifest: ManifestEntry | null;
}

export interface ContainerFile {
  readonly name: string;
  readonly manifest: ManifestEntry;
  /** The caller disposes it. */
  open(): Promise<ByteSource>;
}

/** `image` with a warning where its size is not what the description says. */
export function heldAgainst(disk: VmDisk, image: DiskImage): DiskImage {
  const told = disk.virtualSizeBytes;
  const real = image.facts.virtualSizeBytes;
  if (told === null || told === real) return image;
  const warning = `The description gives the disk “${disk.id}” ${told} bytes, but the image has ${real}; the image decides.`;
  return {
    facts: { ...image.facts, warnings: [...image.facts.warnings, warning] },
    identity: image.identity,
    extents: (from, to, signal) => image.extents(from, to, signal),
    [Symbol.asyncDispose]: async () => await image[Symbol.asyncDispose](),
  };
}

/** A disk without a file: zeros from end to end. */
export function blankImage(name: string, sizeBytes: number): DiskImage {
  return {
    facts: {
      format: 'raw',
      variant: 'blank',
      virtualSizeBytes: sizeBytes,
      allocatedBytes: 0,
      sectorSizeBytes: 512,
      creator: null,
      chain: [{ name, format: 'raw', variant: 'blank' }],
      warnings: [],
    },
    identity: null,
    async *extents(from, to) {
      if (from < to) yield { kind: 'hole', offset: from, length: to - from };
    },
    async [Symbol.asyncDispose]() {},
  };
}
