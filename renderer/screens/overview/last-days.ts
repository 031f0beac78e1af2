/** What the last seven days have brought, in figures. */
import type { MigrationRow } from '../../../main/shared/migration-row.ts';

export interface LastDays {
  readonly done: number;
  readonly failed: number;
  /** Of the disks of those that are done. */
  readonly bytes: number;
  /** Of those that are done and had been running, in order. */
  readonly downtimes: readonly number[];
}

const DAYS_MS = 7 * 24 * 3_600_000;

export function lastDaysOf(rows: readonly MigrationRow[], nowMs: number): LastDays {
  const ended = rows.filter(({ endedAt }) => endedAt !== null && nowMs - Date.parse(endedAt) < DAYS_MS);
  const done = ended.filter(({ stage }) => stage === 'done');
  return {
    done: done.length,
    failed: ended.filter(({ stage }) => stage === 'failed').length,
    bytes: done.reduce((sum, { copiedBytes }) => sum + copiedBytes, 0),
    downtimes: done.flatMap(({ downtimeSeconds }) => downtimeSeconds ?? []).sort((a, b) => a - b),
  };
}

/** The middle one; null where there is none. */
export const median = (sorted: readonly number[]): number | null => sorted[Math.floor(sorted.length / 2)] ?? null;
