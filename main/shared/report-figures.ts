/** The figures of a report that are not in it as they are: sums over its disks, times between its stages. */
import type { MigrationReport, ReportDisk } from './report.ts';
import type { Stage } from './stages.ts';

export interface ReportFigures {
  readonly disks: number;
  /** As the guest sees them. */
  readonly sizeBytes: number;
  /** Of these, what is empty and was not read. */
  readonly skippedBytes: number;
  readonly readBytes: number;
  readonly sentBytes: number;
  /** From the first stage to the last. */
  readonly seconds: number;
  /** Of these, spent in “copying”, all visits together. */
  readonly copySeconds: number;
}

export function figuresOf(
  report: Pick<MigrationReport, 'disks' | 'timeline' | 'startedAt' | 'finishedAt'>,
): ReportFigures {
  const { disks, startedAt, finishedAt } = report;
  const total = (pick: (disk: ReportDisk) => number): number => disks.reduce((sum, disk) => sum + pick(disk), 0);
  return {
    disks: disks.length,
    sizeBytes: total((disk) => disk.sizeBytes),
    skippedBytes: total((disk) => disk.skippedBytes),
    readBytes: total((disk) => disk.readBytes),
    sentBytes: total((disk) => disk.sentBytes),
    seconds: (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000,
    copySeconds: stageSeconds(report, 'copying'),
  };
}

/** Of what the disks hold, while they were copied; null where nothing was. */
export function bytesPerSecondOf({
  sizeBytes,
  skippedBytes,
  copySeconds,
}: Omit<ReportFigures, 'seconds'>): number | null {
  return copySeconds === 0 ? null : (sizeBytes - skippedBytes) / copySeconds;
}

export type DowntimeKind = 'untilServer' | 'untilSource' | 'stillOff' | 'unknown' | 'notStopped' | 'wasOff';

/** What the downtime is, or why there is none to tell. */
export function downtimeKind({
  stops,
  downtimeSeconds,
  source,
  destination,
}: Pick<MigrationReport, 'stops' | 'downtimeSeconds' | 'source' | 'destination'>): DowntimeKind {
  if (downtimeSeconds !== null) return destination.server === null ? 'untilSource' : 'untilServer';
  if (stops.at(-1)?.by === 'off') return 'stillOff';
  if (stops.length > 0) return 'unknown';
  return source.vm?.power === 'off' ? 'wasOff' : 'notStopped';
}

/** How long the migration was in a stage, all visits together. */
export function stageSeconds({ timeline }: Pick<MigrationReport, 'timeline'>, wanted: Stage): number {
  return timeline.reduce((sum, { stage, at }, index) => {
    const next = timeline[index + 1];
    return stage === wanted && next !== undefined ? sum + (Date.parse(next.at) - Date.parse(at)) / 1000 : sum;
  }, 0);
}
