/** Where a compressed grain lies in a streamOptimized VMDK, without its bytes. */

/**
 * One compressed grain: a zlib stream whose two header bytes are known to be good. It unpacks to a whole grain; the
 * last one of a disk whose capacity is no multiple of the grain unpacks to the rest of the capacity or to more.
 */
export interface GrainRef {
  /** Where the guest sees it, in bytes. */
  readonly offset: number;
  /** Of the zlib stream's first byte, from the start of the VMDK stream. */
  readonly streamPosition: number;
  readonly storedBytes: number;
}
