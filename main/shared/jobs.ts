/** What the engine can be asked to do, and what it answers; the `--json` of the command line is these shapes. */
import { z } from 'zod';
import { ConvertedDisk, OutputFormat, Verify } from './converted-disk.ts';
import type { AssessJob, AssessResult } from './assess-jobs.ts';
import type { DemoJob, DemoResult } from './demo.ts';
import type { ReadListJob } from './list-jobs.ts';
import type { MachineList } from './lists/vm-list.ts';
import { DiskFormat, ImageFacts } from './disk.ts';
import type { MoveJob, MoveResults } from './move-jobs.ts';
import { VmFacts } from './vm.ts';

export { ConvertedDisk, OutputFormat, Proof, Verify } from './converted-disk.ts';

const Source = {
  /** Absolute path of a disk image, OVA, OVF, VMX or libvirt domain. */
  input: z.string().min(1),
  /** Takes the input for a disk image of this format, whatever it looks like. */
  from: DiskFormat.nullable(),
  /** Folders, besides the input's own, in which its extents and parents may lie. */
  allowFrom: z.array(z.string()),
  /** Which machine to take of an OVF package that holds several. */
  vm: z.string().optional(),
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
  disks: z.array(
    z.object({ name: z.string(), virtualSizeBytes: z.number().int().nonnegative(), contentDigest: z.string() }),
  ),
  seconds: z.number().nonnegative(),
});
export type DigestResult = z.infer<typeof DigestResult>;

/** Jobs about disks alone. Those that speak to servers have their schemas in server-jobs.ts, which only they wait for; estates, in assess-jobs.ts; lists of machines, in list-jobs.ts. */
export const DiskJob = z.discriminatedUnion('kind', [ConvertJob, InspectJob, DigestJob]);
export type DiskJob = z.infer<typeof DiskJob>;
export const diskResults = { convert: ConvertResult, inspect: InspectResult, digest: DigestResult };
export const isDiskKind = (kind: string): kind is DiskJob['kind'] => Object.hasOwn(diskResults, kind);

export type Job = DiskJob | AssessJob | ReadListJob | DemoJob | MoveJob;
export interface JobResults extends MoveResults {
  readonly convert: ConvertResult;
  readonly inspect: InspectResult;
  readonly digest: DigestResult;
  readonly assess: AssessResult;
  readonly readList: MachineList;
  readonly demo: DemoResult;
}

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
