/** What the fuzzer and the process that reads for it say to each other, as JSON over the fork's channel. */
import type { DiskFormat } from '../../main/shared/disk.ts';

/** `container` stands for an OVA, OVF, VMX or libvirt description with all of its disks. */
export type Subject = DiskFormat | 'container';

export interface ReadRequest {
  readonly file: string;
  readonly format: Subject;
  /** Also reads these many random ranges again and compares them with the whole. */
  readonly ranges?: number;
}

/** Where the guest's bytes lie in which file. */
export interface Stored {
  readonly file: string;
  readonly position: number;
  readonly length: number;
  readonly kind: 'data' | 'packed';
}

export type Outcome =
  | {
      readonly kind: 'read';
      readonly sizeBytes: number;
      readonly digest: string;
      readonly stored: readonly Stored[];
      /** It came with digests of its own, and they were right. */
      readonly isProved: boolean;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** Anything but a GutsError, or extents that break their promise. */
  | { readonly kind: 'broke'; readonly what: string };

export interface Costs {
  readonly cpuMs: number;
  /** The process's highest memory so far, above where it began. */
  readonly extraMiB: number;
  /** File descriptors that are open now and were not before. */
  readonly leaked: number;
}
export type ReadReply = Outcome & Costs;
