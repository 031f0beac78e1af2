/** What several migrations leave in writing together: a line for each, sums, and on request the report of each. */
import { z } from 'zod';
import { MigrationId } from './migration.ts';
import { bytesPerSecondOf, figuresOf } from './report-figures.ts';
import { AcceptedWarning, isGuestUnseen, MigrationReport, verdictOf } from './report.ts';
import { hasEnded, Stage } from './stages.ts';

const Moment = z.iso.datetime();
const Bytes = z.number().int().nonnegative();
const Count = z.number().int().nonnegative();
const Seconds = z.number().nonnegative();

/** What is counted for one migration, and for all of them. */
const figures = {
  disks: Count,
  /** As the guests see them, and what of it is empty and was not read. */
  sizeBytes: Bytes,
  skippedBytes: Bytes,
  /** Over the wire from the source, and to the destination. */
  readBytes: Bytes,
  sentBytes: Bytes,
  copySeconds: Seconds,
  /** Of what the disks hold, while they were copied; null where nothing was. */
  bytesPerSecond: Seconds.nullable(),
};

export const SummaryLine = z.object({
  migration: MigrationId,
  vm: z.string(),
  /** Names of the connections; null where they are gone. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  plan: MigrationReport.shape.plan,
  stage: Stage,
  /** When it left “planned”; null where it has not. */
  startedAt: Moment.nullable(),
  /** Null where it goes on. */
  endedAt: Moment.nullable(),
  ...figures,
  /** Null where the machine was not stopped, or nobody knows when it ran again. */
  downtimeSeconds: Seconds.nullable(),
  /** How often the machine was stopped. */
  stops: Count,
  proved: z.boolean(),
  /** A server was started, and its guest was not seen to run. */
  isGuestUnseen: z.boolean(),
  /** What stands against that, one sentence each. */
  against: z.array(z.string()),
  accepted: z.array(AcceptedWarning),
  leftBehind: z.array(z.string()),
  /** Code of the error that it failed of, also where it was cancelled after that. */
  error: z.string().nullable(),
});
export type SummaryLine = z.infer<typeof SummaryLine>;

export const SummaryTotals = z.object({
  migrations: Count,
  done: Count,
  failed: Count,
  /** Cancelled, or rolled back. */
  undone: Count,
  unfinished: Count,
  proved: Count,
  /** Of those that were proved: whose guest was not seen to run. */
  guestsUnseen: Count,
  ...figures,
  downtimeSeconds: Seconds,
  longestDowntimeSeconds: Seconds.nullable(),
  /** Machines that were stopped. */
  stopped: Count,
  accepted: Count,
  leftBehind: Count,
});
export type SummaryTotals = z.infer<typeof SummaryTotals>;

export const SummaryScope = z.object({
  plan: z.string().nullable(),
  wave: z.number().int().positive().nullable(),
  /** Ended at or after this, and before that. */
  from: Moment.nullable(),
  to: Moment.nullable(),
});
export type SummaryScope = z.infer<typeof SummaryScope>;

export const SummaryReport = z.object({
  summaryVersion: z.literal(1),
  scope: SummaryScope,
  versions: MigrationReport.shape.versions,
  totals: SummaryTotals,
  lines: z.array(SummaryLine),
  /** Machines of the plan for which nothing was begun. */
  notBegun: z.array(z.object({ vm: z.string(), wave: z.number().int().positive() })),
  /** In the order of the lines; null where they were not asked for. */
  reports: z.array(MigrationReport).nullable(),
});
export type SummaryReport = z.infer<typeof SummaryReport>;

export function lineOf(report: MigrationReport): SummaryLine {
  const { proved, against } = verdictOf(report);
  const { seconds: _, ...counted } = figuresOf(report);
  const last = report.timeline.at(-1)?.stage ?? 'planned';
  return {
    migration: report.migration,
    vm: report.title,
    from: report.source.connection,
    to: report.destination.connection,
    plan: report.plan,
    stage: last,
    startedAt: report.timeline.find(({ stage }) => stage !== 'planned')?.at ?? null,
    endedAt: hasEnded(last) ? report.finishedAt : null,
    ...counted,
    bytesPerSecond: bytesPerSecondOf(counted),
    downtimeSeconds: report.downtimeSeconds,
    stops: report.stops.length,
    proved,
    isGuestUnseen: isGuestUnseen(report),
    against,
    accepted: report.accepted,
    leftBehind: report.leftBehind.map(({ what }) => what),
    error: (report.error ?? report.earlierError)?.code ?? null,
  };
}

export function totalsOf(lines: readonly SummaryLine[]): SummaryTotals {
  const sum = (pick: (line: SummaryLine) => number): number => lines.reduce((total, line) => total + pick(line), 0);
  const count = (is: (line: SummaryLine) => boolean): number => sum((line) => (is(line) ? 1 : 0));
  const downtimes = lines.flatMap(({ downtimeSeconds }) => downtimeSeconds ?? []);
  const counted = {
    disks: sum(({ disks }) => disks),
    sizeBytes: sum(({ sizeBytes }) => sizeBytes),
    skippedBytes: sum(({ skippedBytes }) => skippedBytes),
    readBytes: sum(({ readBytes }) => readBytes),
    sentBytes: sum(({ sentBytes }) => sentBytes),
    copySeconds: sum(({ copySeconds }) => copySeconds),
  };
  return {
    migrations: lines.length,
    done: count(({ stage }) => stage === 'done'),
    failed: count(({ stage }) => stage === 'failed'),
    undone: count(({ stage }) => stage === 'cancelled' || stage === 'rolledBack'),
    unfinished: count(({ stage }) => !hasEnded(stage)),
    proved: count(({ proved }) => proved),
    guestsUnseen: count((line) => line.proved && line.isGuestUnseen),
    ...counted,
    bytesPerSecond: bytesPerSecondOf(counted),
    downtimeSeconds: downtimes.reduce((total, seconds) => total + seconds, 0),
    longestDowntimeSeconds: downtimes.length === 0 ? null : Math.max(...downtimes),
    stopped: count(({ stops }) => stops > 0),
    accepted: sum(({ accepted }) => accepted.length),
    leftBehind: sum(({ leftBehind }) => leftBehind.length),
  };
}
