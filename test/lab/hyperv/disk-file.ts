/** The words for the files of a simulated machine's disks: what is in them, and whose they are. */
import type { ByteSource } from '../../../worker/disk/bytes.ts';

export interface DiskFile {
  /** As the host writes it. */
  readonly path: string;
  /** Of the disk in it. */
  readonly id: string;
  /** Becomes another whenever what a guest sees in it changes. */
  written: string;
  /** What its child was told of that, where somebody has written to it since. */
  toldChild?: string;
  writtenAt: Date;
}

/** What a file of the host holds: bytes that are made when they are read. */
export interface FileContent extends ByteSource {
  /** Where the file holds anything; all else reads as zeros. */
  readonly ranges: readonly { readonly start: number; readonly length: number }[];
}

/** What one layer of a disk has to offer to the writer of its file. */
export interface LayerContent {
  readonly sizeBytes: number;
  /** Offsets of blocks of 64 KiB that it holds itself, in order. */
  readonly held: readonly number[];
  read(into: Uint8Array, position: number): Promise<void>;
}

export interface Kin {
  readonly file: DiskFile;
  /** Null for the first file of the chain. */
  readonly parent: DiskFile | null;
}
