/** What every disk format gives: facts, and the guest's bytes as extents in order. */
import type { DiskFormat, ImageFacts } from '../../main/shared/disk.ts';
import type { ByteSource } from './bytes.ts';

/** A stretch of the guest's disk, in bytes. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Nothing is stored here: the parent decides, and without a parent it reads as zeros. */
export interface Hole extends Span {
  readonly kind: 'hole';
}
/** Reads as zeros, whatever a parent holds. */
export interface Zero extends Span {
  readonly kind: 'zero';
}
/** Stored as it is: `length` bytes at `position` of `source`. */
export interface Data extends Span {
  readonly kind: 'data';
  readonly source: ByteSource;
  readonly position: number;
}
/** Stored compressed, one unit (grain, cluster) an extent. */
export interface Packed extends Span {
  readonly kind: 'packed';
  /** `zlib` has a header and an Adler-32, `deflate` is the bare stream, `zstd` one frame (trailing bytes may follow). */
  readonly codec: Codec;
  readonly source: ByteSource;
  readonly position: number;
  /** Upper bound of the stored bytes; deflate and zstd streams end by themselves. */
  readonly storedBytes: number;
  /** What the unit unpacks to, and how many of those bytes come before this extent's first. */
  readonly unpackedBytes: number;
  readonly skipBytes: number;
}
export type Extent = Hole | Zero | Data | Packed;
export type Codec = 'zlib' | 'deflate' | 'zstd';

/**
 * An open disk image. Opening reads and checks headers; tables are read as `extents` comes to them, so a
 * 1 TiB disk costs no more memory than a small one. Disposing it closes every file that it opened, parents included.
 */
export interface DiskImage extends AsyncDisposable {
  readonly facts: ImageFacts;
  /** What a child must know its parent by, in the format's own notation (VMDK content ID, VHD UUID, VHDX data write GUID); else null. */
  readonly identity: string | null;
  /**
   * The guest's bytes [from, to) as extents: in order, without gaps or overlap, cut to the range, neighbours that
   * continue each other joined. Offsets and lengths are multiples of 512 but for the range's own ends and the disk's.
   * Parents are already folded in, so a `hole` reads as zeros.
   * @throws GutsError (`disk.damaged`, `disk.truncated`, …) where a table contradicts the format or the file.
   */
  extents(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Extent, void, void>;
}

/** Opens one format on bytes that `open.ts` has found to be of that format. Owns `source` once it returns. */
export type FormatOpener = (source: ByteSource, neighbours: Neighbours, signal?: AbortSignal) => Promise<DiskImage>;

/** The files that an image may name: its extents and parents. */
export interface Neighbours {
  /**
   * Opens the file that the image calls `name` (a bare name, or a path as its hypervisor wrote it).
   * Only files beside the image, below it, or in folders that the operator allowed are found: an image must not
   * make Guts read what the operator did not mean.
   * @throws MissingFileError naming where was looked.
   */
  open(name: string, signal?: AbortSignal): Promise<{ readonly source: ByteSource; readonly neighbours: Neighbours }>;
  /** Opens a parent as an image of any format; follows at most 64 generations and refuses cycles. */
  openParent(name: string, signal?: AbortSignal, how?: ParentOptions): Promise<DiskImage>;
}

export interface ParentOptions {
  /** What the child declares its parent to be; without it the parent's own bytes tell. */
  readonly format?: DiskFormat;
  /** Refuses a parent that names further files: bytes that merely look like an image may have come from a guest. */
  readonly isAlone?: boolean;
}
