/** Where migrations stand in the eyes of a person: which of them needs somebody, runs, waits, or is over. */
import type { MigrationRow } from '../../main/shared/migration-row.ts';
import { needsYou } from '../../main/shared/needs-you.ts';
import { isOver } from '../../main/shared/stages.ts';

export const facets = ['needsYou', 'running', 'waiting', 'done', 'failed'] as const;
export type Facet = (typeof facets)[number];

/** What belongs to each; a migration may be in several. */
export const isIn: Readonly<Record<Facet, (row: MigrationRow) => boolean>> = {
  needsYou,
  running: ({ isRunning }) => isRunning,
  waiting: ({ isRunning, stage }) => !isRunning && !isOver(stage),
  done: ({ stage }) => stage === 'done',
  failed: ({ stage }) => stage === 'failed',
};

/** What needs you first, then what runs, what waits, and what is over; among each other as they were. */
export function inStandingOrder(rows: readonly MigrationRow[]): readonly MigrationRow[] {
  const groups: MigrationRow[][] = [[], [], [], []];
  for (const row of rows) groups[isIn.needsYou(row) ? 0 : isIn.running(row) ? 1 : isIn.waiting(row) ? 2 : 3]?.push(row);
  return groups.flat();
}

/** Bytes per second of all its disks that are under way. */
export const rateOf = ({ progress }: Pick<MigrationRow, 'progress'>): number =>
  progress.reduce(
    (sum, { bytesPerSecond, doneBytes, totalBytes }) => sum + (doneBytes < totalBytes ? bytesPerSecond : 0),
    0,
  );
