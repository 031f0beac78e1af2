/** Every migration as a line of a table, kept up to date by what Guts tells. */
import { create } from 'zustand';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import type { GutsEvent } from '../../main/shared/events.ts';
import type { Progress } from '../../main/shared/jobs.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { rowOf, type MigrationRow } from '../../main/shared/migration-row.ts';
import { allRows, call } from '../api.ts';

interface Migrations {
  readonly state: 'loading' | 'failed' | 'known';
  readonly error: ErrorInfo | null;
  /** Newest first. */
  readonly ids: readonly MigrationId[];
  readonly byId: Readonly<Record<MigrationId, MigrationRow>>;
  readonly asOf: number;
}

const nothing: Migrations = { state: 'loading', error: null, ids: [], byId: {}, asOf: 0 };

export const useMigrations = create<Migrations>()(() => nothing);

/** What was told is shown this often, however much it is. */
const SHOW_EVERY_MS = 500;
/** Rows that changed are asked for so many at once. */
const AT_ONCE = 4;

const changed = new Set<MigrationId>();
const progressed = new Map<MigrationId, Map<number, Progress>>();
let timer: ReturnType<typeof setTimeout> | undefined;

export async function loadMigrations(): Promise<void> {
  try {
    const rows = await allRows('migrations.rows', {});
    const byId = Object.fromEntries(rows.map((row) => [row.id, row]));
    useMigrations.setState(
      { state: 'known', error: null, ids: rows.map(({ id }) => id), byId, asOf: Date.now() },
      true,
    );
  } catch (error) {
    useMigrations.setState({ ...nothing, state: 'failed', error: toErrorInfo(error) }, true);
  }
}

export function forgetMigrations(): void {
  clearTimeout(timer);
  timer = undefined;
  changed.clear();
  progressed.clear();
  useMigrations.setState(nothing, true);
}

/** Takes what was told; it shows within half a second. */
export function hearMigration(event: GutsEvent): void {
  if (event.kind === 'progress') {
    const disks = progressed.get(event.id) ?? new Map<number, Progress>();
    progressed.set(event.id, disks.set(event.progress.diskIndex, event.progress));
  } else if (event.kind === 'migration') changed.add(event.id);
  else if (event.kind === 'migration.deleted') drop(event.id);
  else return;
  timer ??= setTimeout(() => void show(), SHOW_EVERY_MS);
}

function drop(id: MigrationId): void {
  changed.delete(id);
  progressed.delete(id);
  useMigrations.setState(({ ids, byId }) => {
    const { [id]: _gone, ...rest } = byId;
    return { ids: ids.filter((one) => one !== id), byId: rest };
  });
}

async function show(): Promise<void> {
  const wanted = [...changed];
  const rows = await rowsOf(wanted);
  for (const id of wanted) changed.delete(id);
  const news = [...progressed];
  progressed.clear();
  timer = undefined;
  useMigrations.setState(({ ids, byId }) => {
    const next: Record<MigrationId, MigrationRow> = { ...byId };
    const isNew = rows.filter(({ id }) => byId[id] === undefined);
    for (const row of rows) next[row.id] = row;
    for (const [id, disks] of news) {
      const row = next[id];
      if (row !== undefined && row.isRunning) next[id] = { ...row, progress: joined(row.progress, disks) };
    }
    return { byId: next, ids: isNew.length === 0 ? ids : [...isNew.map(({ id }) => id), ...ids], asOf: Date.now() };
  });
}

async function rowsOf(wanted: readonly MigrationId[]): Promise<MigrationRow[]> {
  const rows: MigrationRow[] = [];
  const queue = [...wanted];
  const work = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const one = await call('migrations.show', { id }).catch(() => null); // deleted, or told again later
      if (one !== null) rows.push(rowOf(one));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return rows;
}

function joined(before: readonly Progress[], news: ReadonlyMap<number, Progress>): Progress[] {
  const disks = new Map(before.map((one) => [one.diskIndex, one]));
  for (const [index, one] of news) disks.set(index, one);
  return [...disks.values()].sort((a, b) => a.diskIndex - b.diskIndex);
}
