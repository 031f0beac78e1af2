/** What the engine can be asked to do with disks, and what it answers; the `--json` of the command line is these shapes. */
import { z } from 'zod';
import { DiskFormat, ImageFacts } from './disk.ts';
import { VmFacts } from './vm.ts';

/** Formats that Guts writes. */
export const OutputFormat = z.enum(['qcow2', 'raw', 'vmdk']);
export type OutputFormat = z.infer<typeof OutputFormat>;

/**
 * How much is proved. `written`: everything written is read back and compared. `sums`, the default: the source's own sums
 * (an OVA's manifest, the Adler-32 of compressed blocks) are checked too. `content`: both sides' content digests as well.
 */
export const Verify = z.enum(['written', 'sums', 'content']);
export type Verify = z.infer<typeof Verify>;

const Source = {
  /** Absolute path of a disk image, OVA, OVF, VMX or libvirt domain. */
  input: z.string().min(1),
  /** Takes the input for a disk image of this format, whatever it looks like. */
  from: DiskFormat.nullable(),
  /** Folders, besides the input's own, in which its extents and parents may lie. */
  allowFrom: z.array(z.string()),
};

export const ConvertJob = z.object({
  kind: z.literal('convert'),
  ...Source,
  /** Absolute path of the image to write; with several disks each gets a number before the ending. */
  output: z.string().min(1),
  to: OutputFormat,
  compress: z.boolean(),
  verify: Verify,
  /** Also the SHA-512 of the written file, where the route does not compute it anyway. */
  sha512: z.boolean(),
  /** Replaces files that are there. */
  force: z.boolean(),
  /** Where journals and the ledger live. */
  dataDir: z.string().min(1),
  lanes: z.number().int().min(1).max(16),
});
export type ConvertJob = z.infer<typeof ConvertJob>;

export const InspectJob = z.object({ kind: z.literal('inspect'), ...Source });
export type InspectJob = z.infer<typeof InspectJob>;

export const DigestJob = z.object({ kind: z.literal('digest'), ...Source, lanes: z.number().int().min(1).max(16) });
export type DigestJob = z.infer<typeof DigestJob>;

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

export const ConvertResult = z.object({
  input: z.string(),
  vm: VmFacts.nullable(),
  disks: z.array(ConvertedDisk),
  seconds: z.number().nonnegative(),
  warnings: z.array(z.string()),
  /** Unfinished files of earlier runs that were found and removed. */
  tidied: z.array(z.string()),
});
export type ConvertResult = z.infer<typeof ConvertResult>;

export const InspectResult = z.object({
  input: z.string(),
  /** `disk`, or the kind of container. */
  kind: z.enum(['disk', 'ova', 'ovf', 'vmx', 'libvirt']),
  vm: VmFacts.nullable(),
  disks: z.array(z.object({ name: z.string(), image: ImageFacts })),
  warnings: z.array(z.string()),
});
export type InspectResult = z.infer<typeof InspectResult>;

export const DigestResult = z.object({
  input: z.string(),
  disks: z.array(z.object({ name: z.string(), virtualSizeBytes: z.number().int().nonnegative(), contentDigest: z.string() })),
  seconds: z.number().nonnegative(),
});
export type DigestResult = z.infer<typeof DigestResult>;

export const Job = z.discriminatedUnion('kind', [ConvertJob, InspectJob, DigestJob]);
export type Job = z.infer<typeof Job>;

export interface JobResults {
  readonly convert: ConvertResult;
  readonly inspect: InspectResult;
  readonly digest: DigestResult;
}
export const jobResults = { convert: ConvertResult, inspect: InspectResult, digest: DigestResult };

/** How far a job is, counted where bytes have arrived; told at most twice a second. */
export const Progress = z.object({
  disk: z.string(),
  diskIndex: z.number().int().nonnegative(),
  disks: z.number().int().positive(),
  doneBytes: z.number().nonnegative(),
  totalBytes: z.number().nonnegative(),
  writtenBytes: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** Null until there is something to judge by. */
  secondsLeft: z.number().nonnegative().nullable(),
});
export type Progress = z.infer<typeof Progress>;
