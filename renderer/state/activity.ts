/** What has happened lately, newest first: stages of migrations, inventories, connections, warnings. */
import { create } from 'zustand';
import type { GutsEvent } from '../../main/shared/events.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { MigrationRow } from '../../main/shared/migration-row.ts';
import type { WaitsFor } from '../../main/shared/schedule.ts';
import { isOver, type Stage } from '../../main/shared/stages.ts';

type Happening =
  | {
      readonly kind: 'migration';
      readonly id: MigrationId;
      readonly vm: string;
      readonly stage: Stage;
      /** What it waits for. */
      readonly says: string | null;
    }
  | { readonly kind: 'deleted'; readonly id: MigrationId }
  | { readonly kind: 'inventory'; readonly source: string; readonly vms: number }
  | { readonly kind: 'connection'; readonly side: 'source' | 'destination'; readonly id: string }
  | { readonly kind: 'plan'; readonly id: string }
  | { readonly kind: 'warning'; readonly source: string; readonly says: string }
  | { readonly kind: 'settings' };

export type Activity = Happening & {
  readonly key: number;
  readonly atMs: number;
  /** False of what had happened before the window looked. */
  readonly isNews: boolean;
};

interface Activities {
  readonly entries: readonly Activity[];
}

export const useActivity = create<Activities>()(() => ({ entries: [] }));

/** Older ones are forgotten; each migration has its own time line. */
const KEPT = 500;
const SEEDED_MS = 24 * 3_600_000;
/** Of what is waited for, only this is worth a line; places in the queue come and go. */
const telling: readonly WaitsFor['reason'][] = ['trouble', 'space', 'after', 'hold'];

const standing = new Map<MigrationId, string>();
let lastKey = 0;

/** What ended within a day, or runs, from what is known of it when the window opens. */
export function seedActivity(rows: readonly MigrationRow[], nowMs: number): void {
  const seeded = rows
    .flatMap((row): { row: MigrationRow; atMs: number }[] => {
      standing.set(row.id, `${row.stage} ${tellingOf(row.waitsFor)?.reason ?? ''}`);
      const at = row.endedAt ?? (row.isRunning ? row.startedAt : null);
      return at === null ? [] : [{ row, atMs: Date.parse(at) }];
    })
    .filter(({ atMs }) => nowMs - atMs < SEEDED_MS)
    .sort((a, b) => b.atMs - a.atMs)
    .map(({ row: { id, vm, stage }, atMs }): Activity => {
      return { key: ++lastKey, atMs, isNews: false, kind: 'migration', id, vm: vm.name, stage, says: null };
    });
  useActivity.setState(({ entries }) => {
    const told = new Set(entries.flatMap((one) => (one.kind === 'migration' ? [one.id] : [])));
    const others = seeded.filter((one) => one.kind !== 'migration' || !told.has(one.id));
    return { entries: [...entries, ...others].slice(0, KEPT) };
  });
}

export function hearActivity(event: GutsEvent, nowMs: number): void {
  const happening = happeningOf(event);
  if (happening === null) return;
  useActivity.setState(({ entries }) => {
    const before = entries.filter((one, place) => !isOutdone(one, place === 0, happening));
    return { entries: [{ ...happening, key: ++lastKey, atMs: nowMs, isNews: true }, ...before].slice(0, KEPT) };
  });
}

export function forgetActivity(): void {
  standing.clear();
  useActivity.setState({ entries: [] });
}

function happeningOf(event: GutsEvent): Happening | null {
  switch (event.kind) {
    case 'migration': {
      const { id, vm, stage } = event;
      const waits = tellingOf(event.waitsFor);
      const now = `${stage} ${waits?.reason ?? ''}`;
      const before = standing.get(id);
      standing.set(id, now);
      const goesOn = waits === null && before?.startsWith(`${stage} `) === true; // where it stood; the next stage tells
      if (before === now || goesOn) return null;
      return { kind: 'migration', id, vm, stage, says: waits?.says ?? null };
    }
    case 'migration.deleted':
      standing.delete(event.id);
      return { kind: 'deleted', id: event.id };
    case 'inventory':
    case 'connection':
    case 'plan':
    case 'warning':
    case 'settings':
      return event;
    default:
      return null;
  }
}

const tellingOf = (waits: WaitsFor | null): WaitsFor | null =>
  waits !== null && telling.includes(waits.reason) ? waits : null;

/** Worth a line of its own also when the migration is elsewhere. */
const isStop = (stage: Stage): boolean => isOver(stage) || stage === 'paused' || stage === 'waiting';

/** Changes of one thing in a row are one line; of stages that a migration only passes, so is the last. */
function isOutdone(before: Happening, isLast: boolean, now: Happening): boolean {
  if (before.kind === 'migration' && now.kind === 'migration')
    return before.id === now.id && before.says === null && !isStop(before.stage);
  if (!isLast) return false;
  if (before.kind === 'inventory' && now.kind === 'inventory') return before.source === now.source;
  if (before.kind === 'connection' && now.kind === 'connection') return before.id === now.id;
  if (before.kind === 'plan' && now.kind === 'plan') return before.id === now.id;
  return before.kind === 'settings' && now.kind === 'settings';
}
