/** What a migration leaves in writing: what was moved where, how each claim was proved, and whether everything was. */
import { z } from 'zod';
import { ConvertedDisk, Verify } from './converted-disk.ts';
import { Finding } from './preflight.ts';
import { Stage } from './stages.ts';
import { VmFacts } from './vm.ts';

const Moment = z.iso.datetime();
const Bytes = z.number().int().nonnegative();

export const ReportDisk = ConvertedDisk.extend({
  /** Content digest of the disk as the source holds it; null where it was not asked for. */
  contentBefore: z.string().nullable(),
  /** The same of the file that was written, read back on its own; null where it was not asked for. */
  contentAfter: z.string().nullable(),
});
export type ReportDisk = z.infer<typeof ReportDisk>;

export const SourceFile = z.object({
  name: z.string(),
  sizeBytes: Bytes,
  digest: z.object({ algorithm: z.string(), hex: z.string() }).nullable(),
  /** How that compares with the manifest of the package. */
  manifest: z.enum(['matches', 'differs', 'not-listed', 'no-manifest']),
});
export type SourceFile = z.infer<typeof SourceFile>;

export const WrittenFile = z.object({
  path: z.string(),
  /** Such as “disk 1, qcow2” or “libvirt domain”. */
  what: z.string(),
  sizeBytes: Bytes,
  sha512: z.string().nullable(),
});
export type WrittenFile = z.infer<typeof WrittenFile>;

/** A claim about the whole machine, or about one of its parts, that is not already among a disk's own proofs. */
export const ReportCheck = z.object({
  about: z.string(),
  claim: z.string(),
  /** How it was shown, with numbers; for a check that was not made, why not. */
  evidence: z.string(),
  outcome: z.enum(['passed', 'failed', 'not made']),
});
export type ReportCheck = z.infer<typeof ReportCheck>;

export const BootReport = z.discriminatedUnion('tried', [
  z.object({
    tried: z.literal(true),
    proved: z.boolean(),
    lines: z.array(z.string()),
    ended: z.string(),
    seconds: z.number().nonnegative(),
  }),
  z.object({ tried: z.literal(false), reason: z.string() }),
]);
export type BootReport = z.infer<typeof BootReport>;

export const MigrationReport = z.object({
  reportVersion: z.literal(1),
  title: z.string(),
  versions: z.object({ guts: z.string(), node: z.string(), platform: z.string() }),
  startedAt: Moment,
  finishedAt: Moment,
  source: z.object({
    path: z.string(),
    /** Such as “OVA package” or “VHDX disk image”. */
    what: z.string(),
    vm: VmFacts.nullable(),
    files: z.array(SourceFile),
  }),
  destination: z.object({
    /** Such as “local files”. */
    route: z.string(),
    folder: z.string(),
    files: z.array(WrittenFile),
  }),
  mapping: z.array(z.object({ what: z.string(), from: z.string(), to: z.string() })),
  /** How much proof was asked for. */
  verify: Verify,
  disks: z.array(ReportDisk),
  checks: z.array(ReportCheck),
  findings: z.array(Finding),
  timeline: z.array(z.object({ at: Moment, stage: Stage, note: z.string() })),
  boot: BootReport,
  /** What Guts made and could not, or should not, take away again. */
  leftBehind: z.array(z.object({ what: z.string(), why: z.string(), remedy: z.string() })),
});
export type MigrationReport = z.infer<typeof MigrationReport>;

/** Everything that was checked, disk by disk, then what concerns the whole. */
export function checksOf({ disks, checks }: MigrationReport): ReportCheck[] {
  const ofDisks = disks.flatMap(({ name, proofs, contentBefore, contentAfter }): ReportCheck[] => {
    const own = proofs.map(({ claim, evidence }) => ({ about: name, claim, evidence, outcome: 'passed' as const }));
    if (contentBefore === null || contentAfter === null) return own;
    const content: ReportCheck = {
      about: name,
      claim: 'The written file, read on its own, holds what the source held.',
      evidence: 'Content digests from before and after the move; both are listed under Hashes.',
      outcome: contentBefore === contentAfter ? 'passed' : 'failed',
    };
    return [...own, content];
  });
  return [...ofDisks, ...checks];
}

export interface Verdict {
  readonly proved: boolean;
  /** What stands against it, one sentence each. */
  readonly against: readonly string[];
}

/** What must hold before a migration counts as proved: each returns what contradicts it. */
const demands: readonly ((report: MigrationReport) => readonly string[])[] = [
  ({ timeline }) => {
    const last = timeline.at(-1)?.stage;
    return last === 'done' ? [] : [`The migration ended in the stage “${last ?? 'none'}” instead of “done”.`];
  },
  ({ findings }) =>
    findings.filter(({ severity }) => severity === 'blocks').map(({ id, says }) => `Preflight ${id}: ${says}`),
  ({ disks }) => (disks.length === 0 ? ['No disk was moved.'] : []),
  ({ source }) =>
    source.files
      .filter(({ manifest }) => manifest === 'differs')
      .map(({ name }) => `“${name}” is not what the manifest of its package says.`),
  ({ disks }) =>
    disks
      .filter(({ proofs }) => proofs.length < 2)
      .map(({ name }) => `“${name}” has fewer than two independent proofs.`),
  ({ disks, verify }) =>
    disks
      .filter(
        ({ contentBefore, contentAfter }) =>
          contentBefore !== contentAfter || (verify === 'content' && contentAfter === null),
      )
      .map(({ name }) => `The content of “${name}” was not shown to be the same before and after.`),
  ({ checks }) =>
    checks.filter(({ outcome }) => outcome === 'failed').map(({ about, claim }) => `${about}: not so: ${claim}`),
  ({ boot }) => (boot.tried && !boot.proved ? [`The moved machine did not boot as expected. ${boot.ended}`] : []),
  ({ leftBehind }) => leftBehind.map(({ what }) => `Something was left behind: ${what}.`),
];

/** Judges a report by what stands in it. A boot that could not be tried does not count against it; one that failed does. */
export function verdictOf(report: MigrationReport): Verdict {
  const against = demands.flatMap((demand) => demand(report));
  return { proved: against.length === 0, against };
}
