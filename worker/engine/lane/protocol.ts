/** What the engine asks of a lane: a thread that reads, unpacks, packs, hashes and writes blocks in shared memory. */
import type { ErrorInfo } from '../../../main/shared/errors.ts';
import type { Codec } from '../../disk/image.ts';

/** Guest bytes are handled in blocks of this size: a qcow2 cluster, a VMDK grain, the unit of the content digest. */
export const BLOCK_BYTES = 65_536;
/** One slot is what one job works on; large enough that telling a lane of it costs nothing to speak of. */
export const SLOT_BLOCKS = 64;
/** Inflating may write past a damaged block by this much before it is noticed. */
export const SPARE_BYTES = 64;
export const SLOT_BYTES = SLOT_BLOCKS * BLOCK_BYTES + SPARE_BYTES;
/** Room for one packed block; what does not compress grows by a few bytes per 16 KiB in zlib's stored form. */
export const PACKED_BYTES = BLOCK_BYTES + 512;

/** Shared by the engine and its lanes; all sizes are fixed when a copy starts, which is the bound on its memory. */
export interface LaneMemory {
  /** `SLOT_BYTES` each: plain blocks. */
  readonly slots: SharedArrayBuffer;
  /** One a slot, `SLOT_BLOCKS * PACKED_BYTES` each, where the target wants packed blocks; else empty. */
  readonly packs: SharedArrayBuffer;
  /** Windows of the incoming stream; `inputBytes` each. */
  readonly inputs: SharedArrayBuffer;
  readonly inputBytes: number;
  /** One 64-bit counter: the number of the next free block of a file that all lanes add to. */
  readonly nextBlock: SharedArrayBuffer;
}

/** Bytes that a lane can fetch by itself: from a file of this process, or from an input window that the engine filled. */
export type Stored =
  | { readonly in: 'file'; readonly fd: number; readonly position: number }
  | { readonly in: 'input'; readonly input: number; readonly position: number };

/** Where `length` bytes of a slot, from `at` on, come from; pieces are in order, without gaps. */
export type Piece = { readonly at: number; readonly length: number } & (
  | { readonly kind: 'zero' }
  /** The engine put them there itself, from a source that only it can read. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'read'; readonly stored: Stored }
  | {
      readonly kind: 'unpack';
      readonly codec: Codec;
      readonly stored: Stored;
      readonly storedBytes: number;
      readonly unpackedBytes: number;
      /** Fewest bytes that are right, where a disk's last unit may be cut short; the rest reads as zeros. */
      readonly leastBytes?: number;
      readonly skipBytes: number;
    }
);

export interface FillJob {
  readonly op: 'fill';
  readonly slot: number;
  readonly pieces: readonly Piece[];
  /** Guest offset of each block, ascending. */
  readonly offsets: readonly number[];
  /** Length of each block; only the disk's last may be short. */
  readonly blockLengths: readonly number[];
  /** SHA-256 of each block that is not all zeros. */
  readonly digests: boolean;
  readonly pack: 'zlib' | 'deflate' | null;
  /** Where to write what is not zeros, a few blocks at a time, while it is in the core's cache; null: nowhere yet. */
  readonly write: DirectWrite | null;
}

/** A file whose blocks lie plain, in any order: a lane writes them by itself. */
export interface DirectWrite {
  readonly fd: number;
  /** Each block at its offset on the guest's disk, or at the next free place of the file (`LaneMemory.nextBlock`). */
  readonly at: 'offset' | 'next';
}
export interface FillReply {
  /** One a block: 1 where it is all zeros. */
  readonly zeros: Uint8Array;
  /** 32 bytes a block, where asked for. */
  readonly digests: Uint8Array | null;
  /** Bytes that each block packs to, at `i * PACKED_BYTES` of the slot's pack; 0 for a zero block, and for `deflate` also where it does not shrink. */
  readonly packedBytes: readonly number[] | null;
  /** What was written and read back; empty where `write` is null. */
  readonly runs: readonly Run[];
}

/** Neighbouring blocks of a slot, from `at` on, and where they go in a file. */
export interface Run {
  readonly at: number;
  readonly length: number;
  readonly position: number;
}
/** Writes runs of a slot, or of its packed blocks, to a file, then reads them back and compares. */
export interface WriteJob {
  readonly op: 'write';
  readonly from: 'slot' | 'pack';
  readonly slot: number;
  readonly fd: number;
  readonly runs: readonly Run[];
}

/** Inflates grains to nowhere: their Adler-32 tells whether they are what was written. */
export interface CheckJob {
  readonly op: 'check';
  readonly pieces: readonly Extract<Piece, { kind: 'unpack' }>[];
  readonly digests: boolean;
}
export interface CheckReply {
  /** 32 bytes a piece, where asked for; all zero bytes for an all-zero block. */
  readonly digests: Uint8Array | null;
}

/** Adds bytes of an input window to the running hash `hash`, in the order in which the jobs are sent. */
export interface HashJob {
  readonly op: 'hash';
  readonly hash: string;
  readonly algorithm: string;
  readonly input: number;
  readonly from: number;
  readonly length: number;
}
/** The same for bytes of the slots. */
export interface HashSlotJob {
  readonly op: 'hashSlot';
  readonly hash: string;
  readonly algorithm: string;
  /** Counted from the first slot's first byte. */
  readonly at: number;
  readonly length: number;
}
/** The same for bytes that are in no shared memory: few, for they are copied to the lane. */
export interface HashBytesJob {
  readonly op: 'hashBytes';
  readonly hash: string;
  readonly algorithm: string;
  readonly bytes: Uint8Array;
}
/** The same for zeros that are written nowhere. */
export interface HashZerosJob {
  readonly op: 'hashZeros';
  readonly hash: string;
  readonly algorithm: string;
  readonly length: number;
}
export interface HashEndJob {
  readonly op: 'hashEnd';
  readonly hash: string;
}
/** Hash of a whole file from its start. */
export interface HashFileJob {
  readonly op: 'hashFile';
  readonly algorithm: string;
  readonly fd: number;
  readonly start: number;
  readonly length: number;
}

export type LaneJob =
  | FillJob
  | WriteJob
  | CheckJob
  | HashJob
  | HashSlotJob
  | HashBytesJob
  | HashZerosJob
  | HashEndJob
  | HashFileJob;
export interface LaneReplies {
  readonly fill: FillReply;
  readonly write: null;
  readonly check: CheckReply;
  readonly hash: null;
  readonly hashSlot: null;
  readonly hashBytes: null;
  readonly hashZeros: null;
  readonly hashEnd: { readonly hex: string };
  readonly hashFile: { readonly hex: string };
}
/** Memory for the jobs that follow, a job, or the end: the lane finishes what came before and leaves. */
export type LaneRequest =
  | { readonly memory: LaneMemory | null }
  | { readonly id: number; readonly job: LaneJob }
  | { readonly isEnd: true };
export type LaneAnswer =
  | { readonly id: number; readonly reply: LaneReplies[keyof LaneReplies] }
  | { readonly id: number; readonly error: ErrorInfo; readonly detail: string };
