/** What starts by itself later: at the next opening of a window, or not before a moment. */
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import type { Plan } from '../../../main/shared/plans.ts';

export interface NextWindow {
  readonly atMs: number;
  /** Null where they belong to none. */
  readonly plan: string | null;
  readonly vms: number;
  /** Its plan was not started yet: somebody has to. */
  readonly isUnstarted: boolean;
}

/** The soonest first. */
export function nextWindowsOf(rows: readonly MigrationRow[], plans: readonly Plan[], nowMs: number): NextWindow[] {
  const windows = new Map<string, NextWindow>();
  for (const { waitsFor, plan } of rows) {
    const isTimed = waitsFor?.reason === 'window' || waitsFor?.reason === 'notBefore';
    if (!isTimed || waitsFor.until === null) continue;
    const key = `${plan ?? ''} ${waitsFor.until}`;
    const vms = (windows.get(key)?.vms ?? 0) + 1;
    windows.set(key, { atMs: Date.parse(waitsFor.until), plan, vms, isUnstarted: false });
  }
  for (const { id, notBefore, startedAt, machines } of plans) {
    if (startedAt !== null || notBefore === null || Date.parse(notBefore) < nowMs) continue;
    windows.set(id, { atMs: Date.parse(notBefore), plan: id, vms: machines.length, isUnstarted: true });
  }
  return [...windows.values()].sort((a, b) => a.atMs - b.atMs);
}
