/** What a migration leaves in writing: what was moved where, how each claim was proved, and whether everything was. */
import { z } from 'zod';
import { DestinationAbout, SourceAbout } from './connections.ts';
import { ErrorShape } from './errors-shape.ts';
import { InventoryVm } from './inventory.ts';
import { BootCheck, MigrationId, MovedDisk, Profile, ReachedStage } from './migration.ts';
import { Finding } from './preflight.ts';
import { hasEnded } from './stages.ts';

const Moment = z.iso.datetime();
const Bytes = z.number().int().nonnegative();

export const ReportDisk = MovedDisk.extend({
  /** The cloud still has it; false where the copy was removed when the migration was undone. */
  isThere: z.boolean(),
  /** Content digest of the disk as its maker or the source holds it; null where it was not asked for. */
  contentBefore: z.string().nullable(),
  /** The same of what the cloud holds, read on its own; null where it was not asked for. */
  contentAfter: z.string().nullable(),
});
export type ReportDisk = z.infer<typeof ReportDisk>;

/** A copy, on this machine, of a disk as the cloud holds it. */
export const KeptFile = z.object({ path: z.string(), what: z.string(), sizeBytes: Bytes, sha512: z.string() });
export type KeptFile = z.infer<typeof KeptFile>;

/** A claim about the whole machine, or about one of its parts, that is not already among a disk's own proofs. */
export const ReportCheck = z.object({
  about: z.string(),
  claim: z.string(),
  /** How it was shown, with numbers; for a check that was not made, why not. */
  evidence: z.string(),
  /** `not shown`: it was looked for in vain, which is no failure. */
  outcome: z.enum(['passed', 'failed', 'not shown', 'not made']),
});
export type ReportCheck = z.infer<typeof ReportCheck>;

/** A warning that was found before the start, and that the move was wanted in spite of. */
export const AcceptedWarning = z.object({
  id: z.string(),
  says: z.string(),
  about: z.array(z.string()),
  /** Who wrote the move down with that consent, and when, as the audit log has it; null where it has no line of that. */
  by: z.string().nullable(),
  at: Moment.nullable(),
});
export type AcceptedWarning = z.infer<typeof AcceptedWarning>;

/** A time that the machine was off for its migration. */
export const ReportStop = z.object({
  at: Moment,
  /** When it was over; null where it is not, or nobody knows. */
  until: Moment.nullable(),
  /** What ended it: the source started the machine again, or the new server was active; `off` is not over. */
  by: z.enum(['source', 'server', 'off', 'unknown']),
});
export type ReportStop = z.infer<typeof ReportStop>;

/** Where one side is: the name of its connection and its address, null when nobody knows them any more. */
const side = { connection: z.string().nullable(), address: z.string().nullable() };

export const MigrationReport = z.object({
  reportVersion: z.literal(3),
  /** The machine's name. */
  title: z.string(),
  migration: MigrationId,
  /** The plan that it is of, by its name; null where it was made alone. */
  plan: z.object({ name: z.string(), wave: z.number().int().positive() }).nullable(),
  versions: z.object({ guts: z.string(), node: z.string(), platform: z.string() }),
  startedAt: Moment,
  /** When the last stage was entered. */
  finishedAt: Moment,
  source: z.object({
    ...side,
    about: SourceAbout.nullable(),
    /** As it was found before the first byte was copied; null where it did not come to that. */
    vm: InventoryVm.nullable(),
  }),
  destination: z.object({
    ...side,
    about: DestinationAbout.nullable(),
    /** Null until there is one, and once it was removed again. */
    server: z.object({ id: z.string(), name: z.string(), flavor: z.string(), profile: Profile }).nullable(),
    ports: z.array(
      z.object({
        label: z.string(),
        network: z.string(),
        id: z.string(),
        mac: z.string(),
        addresses: z.array(z.string()),
        floating: z.string().nullable(),
      }),
    ),
  }),
  /** What became what, and why; the reason is empty where nothing was chosen. */
  mapping: z.array(z.object({ what: z.string(), from: z.string(), to: z.string(), reason: z.string() })),
  /** The disks that had to arrive; empty where it did not come to a plan. */
  expected: z.array(z.object({ key: z.string(), label: z.string() })),
  disks: z.array(ReportDisk),
  files: z.array(KeptFile),
  checks: z.array(ReportCheck),
  findings: z.array(Finding),
  accepted: z.array(AcceptedWarning),
  timeline: z.array(ReachedStage),
  stops: z.array(ReportStop),
  /**
   * From the stop until the server was active; of what was undone, all stops together. Null where the machine was not
   * stopped, or nobody knows when it ran again.
   */
  downtimeSeconds: z.number().nonnegative().nullable(),
  /** Null where no server was started. `isWanted`: a sign of the guest was named beforehand, so that none is a failure. */
  boot: BootCheck.extend({ isWanted: z.boolean() }).nullable(),
  warnings: z.array(z.string()),
  /** What Guts made and could not, or should not, take away again. */
  leftBehind: z.array(z.object({ what: z.string(), why: z.string(), remedy: z.string() })),
  /** Why it failed. */
  error: ErrorShape.nullable(),
  /** Of one that did not arrive: what had gone wrong before it was cancelled, or before it could not be undone. */
  earlierError: ErrorShape.nullable(),
});
export type MigrationReport = z.infer<typeof MigrationReport>;

/** Everything that was checked, disk by disk, then what concerns the whole. */
export function checksOf({ disks, checks }: Pick<MigrationReport, 'disks' | 'checks'>): ReportCheck[] {
  const there = disks.filter(({ isThere }) => isThere); // a copy that was removed shows nothing
  const ofDisks = there.flatMap(({ label, proofs, contentBefore, contentAfter }): ReportCheck[] => {
    const own = proofs.map(({ claim, evidence }) => ({ about: label, claim, evidence, outcome: 'passed' as const }));
    if (contentBefore === null || contentAfter === null) return own;
    const content: ReportCheck = {
      about: label,
      claim: 'What the cloud holds, read on its own, is what the source held.',
      evidence: 'Content digests from before and after the move; both are listed under Hashes.',
      outcome: contentBefore === contentAfter ? 'passed' : 'failed',
    };
    return [...own, content];
  });
  return [...ofDisks, ...checks];
}

export const Verdict = z.object({
  proved: z.boolean(),
  /** What stands against it, one sentence each. */
  against: z.array(z.string()),
});
export type Verdict = z.infer<typeof Verdict>;

/** As files hold it: the report with the verdict that follows from it. */
export const ReportFile = MigrationReport.extend({ verdict: Verdict });
export type ReportFile = z.infer<typeof ReportFile>;

/** Whether the report is of something that has come to an end, good or bad. */
export const isEnded = ({ timeline }: Pick<MigrationReport, 'timeline'>): boolean =>
  hasEnded(timeline.at(-1)?.stage ?? 'planned');

/** What must hold before a migration counts as proved: each returns what contradicts it. */
const demands: readonly ((report: MigrationReport) => readonly string[])[] = [
  ({ timeline }) => {
    const last = timeline.at(-1)?.stage ?? 'planned';
    if (last === 'done') return [];
    return [isEnded({ timeline }) ? `The migration ended as “${last}”.` : `The migration is only at “${last}”.`];
  },
  ({ error }) => (error === null ? [] : [error.message]),
  ({ earlierError }) => (earlierError === null ? [] : [`What had gone wrong before: ${earlierError.message}`]),
  ({ findings }) =>
    findings.filter(({ severity }) => severity === 'blocks').map(({ id, says }) => `Preflight ${id}: ${says}`),
  ({ disks }) => (disks.length === 0 ? ['No disk was moved.'] : []),
  ({ disks, expected }) => {
    const missing = expected.filter(({ key }) => disks.every((disk) => disk.key !== key));
    return missing.map(({ label }) => `“${label}” was not moved.`);
  },
  ({ disks }) =>
    disks
      .filter(({ isThere }) => !isThere)
      .map(({ label }) => `“${label}” was copied, and the copy was removed again.`),
  ({ disks }) =>
    disks
      .filter(({ proofs }) => proofs.length < 2)
      .map(({ label }) => `“${label}” has fewer than two independent proofs.`),
  ({ disks }) =>
    disks
      .filter(({ contentBefore, contentAfter }) => contentBefore !== contentAfter)
      .map(({ label }) => `The content of “${label}” was not shown to be the same before and after.`),
  ({ checks }) =>
    checks.filter(({ outcome }) => outcome === 'failed').map(({ about, claim }) => `${about}: not so: ${claim}`),
  ({ boot }) =>
    boot?.isWanted === true && boot.verdict === 'unknown'
      ? [`The moved machine did not show that it runs. ${boot.evidence}`]
      : [],
  ({ leftBehind }) => leftBehind.map(({ what }) => `Something was left behind: ${what}.`),
];

/**
 * Judges a report by what stands in it. A guest that nobody watched, or that shows nothing to those who do not know what
 * to look for, does not count against it; one that does not show the sign that was named does.
 */
export function verdictOf(report: MigrationReport): Verdict {
  const against = demands.flatMap((demand) => demand(report));
  return { proved: against.length === 0, against };
}

/** Everything else may be proved: that the guest runs was looked for in vain, or not at all. */
export const isGuestUnseen = ({ boot }: Pick<MigrationReport, 'boot'>): boolean =>
  boot !== null && boot.verdict !== 'running';
