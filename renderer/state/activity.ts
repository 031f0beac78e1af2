/** What has happened lately, newest first: stages of migrations, inventories, connections, warnings. */
import { create } from 'zustand';
import type { GutsEvent } from '../../main/shared/events.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { MigrationRow } from '../../main/shared/migration-row.ts';
import type { WaitsFor } from '../../main/shared/schedule.ts';
import type { Stage } from '../../main/shared/stages.ts';

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

export type Activity = Happening & { readonly key: number; readonly atMs: number };

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
      return { key: ++lastKey, atMs, kind: 'migration', id, vm: vm.name, stage, says: null };
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
    const [last] = entries;
    const isSame = last !== undefined && isAboutTheSame(last, happening);
    const before = isSame ? entries.slice(1) : entries;
    return { entries: [{ ...happening, key: ++lastKey, atMs: nowMs }, ...before].slice(0, KEPT) };
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

/** Changes of one thing in a row are one line. */
function isAboutTheSame(a: Happening, b: Happening): boolean {
  if (a.kind === 'inventory' && b.kind === 'inventory') return a.source === b.source;
  if (a.kind === 'connection' && b.kind === 'connection') return a.id === b.id;
  if (a.kind === 'plan' && b.kind === 'plan') return a.id === b.id;
  return a.kind === 'settings' && b.kind === 'settings';
}
