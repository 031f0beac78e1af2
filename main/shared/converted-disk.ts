/** What is told of a disk that was written: facts, figures and proofs, the same on the command line and in a report. */
import { z } from 'zod';
import { ImageFacts } from './disk.ts';

/** Formats that Guts writes. */
export const OutputFormat = z.enum(['qcow2', 'raw', 'vmdk']);
export type OutputFormat = z.infer<typeof OutputFormat>;

/**
 * How much is proved. `written`: everything written is read back and compared. `sums`, the default: the source's own sums
 * (an OVA's manifest, the Adler-32 of compressed blocks) are checked too. `content`: both sides' content digests as well.
 */
export const Verify = z.enum(['written', 'sums', 'content']);
export type Verify = z.infer<typeof Verify>;

export const Proof = z.object({
  /** What was shown, such as “source is what its manifest says”. */
  claim: z.string(),
  /** How it was shown, with numbers. */
  evidence: z.string(),
});
export type Proof = z.infer<typeof Proof>;

export const ConvertedDisk = z.object({
  name: z.string(),
  source: ImageFacts,
  output: z.string(),
  format: OutputFormat,
  /** `carry-over`: compressed blocks moved as they are; `stream`: read front to back; `blocks`: read where data lies. */
  route: z.enum(['carry-over', 'stream', 'blocks']),
  /** From the source's files, at the output, and of the guest's disk never read because nothing is there. */
  readBytes: z.number().int().nonnegative(),
  writtenBytes: z.number().int().nonnegative(),
  skippedBytes: z.number().int().nonnegative(),
  outputBytes: z.number().int().nonnegative(),
  seconds: z.number().nonnegative(),
  /** Guest bytes dealt with per second, in 10^6 bytes. */
  megabytesPerSecond: z.number().nonnegative(),
  sha512: z.string().nullable(),
  contentDigest: z.string().nullable(),
  proofs: z.array(Proof),
  /** True where an earlier run of the same job had written and proved this disk, and nothing was copied again. */
  adopted: z.boolean(),
});
export type ConvertedDisk = z.infer<typeof ConvertedDisk>;
