/** Every migration as a line of a table, kept up to date by what Guts tells. */
import { create } from 'zustand';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import type { GutsEvent } from '../../main/shared/events.ts';
import type { Progress } from '../../main/shared/jobs.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { rowOf, type MigrationRow } from '../../main/shared/migration-row.ts';
import { allRows, call } from '../api.ts';
import { isOutOfReach } from './reach.ts';
import { Pacer, type Pace } from './pace.ts';
import { rateOf } from './standing.ts';
import { endRun, forgetThroughput, hearProgress, throughputOf } from './throughput.ts';

interface Migrations {
  readonly state: 'loading' | 'failed' | 'known';
  readonly error: ErrorInfo | null;
  /** Newest first. */
  readonly ids: readonly MigrationId[];
  readonly byId: Readonly<Record<MigrationId, MigrationRow>>;
  /**
   * In the order of `ids`, as they were before the last progress: a table of them is drawn anew only when one of them stands
   * elsewhere. Its cells take what moves from `byId` and `pace`.
   */
  readonly rows: readonly MigrationRow[];
  /** Of those whose disks are being copied. */
  readonly pace: Readonly<Record<MigrationId, Pace>>;
  readonly asOf: number;
}

const nothing: Migrations = { state: 'loading', error: null, ids: [], byId: {}, rows: [], pace: {}, asOf: 0 };

export const useMigrations = create<Migrations>()(() => nothing);

/** Bytes per second of one that is being copied, over the last half minute; 0 of others. */
export const rateById =
  (id: MigrationId) =>
  ({ byId, pace }: Migrations): number => {
    const row = byId[id];
    return row?.stage !== 'copying' || !row.isRunning ? 0 : (pace[id]?.bytesPerSecond ?? rateOf(row));
  };

/** Of all together. */
export const totalRate = (state: Migrations): number =>
  state.rows.reduce((sum, { id, isRunning }) => sum + (isRunning ? rateById(id)(state) : 0), 0);

/** What was told is shown this often, however much it is. */
const SHOW_EVERY_MS = 500;
/** Rows that changed are asked for so many at once … */
const AT_ONCE = 4;
/** … and all rows together, where these are more. */
const MOST_ONE_BY_ONE = 40;

const changed = new Set<MigrationId>();
const progressed = new Map<MigrationId, Map<number, Progress>>();
const pacers = new Map<MigrationId, Pacer>();
let timer: ReturnType<typeof setTimeout> | undefined;
/** Grows when all that is known is replaced: what was asked for before says less then. */
let generation = 0;

export async function loadMigrations(): Promise<void> {
  const own = ++generation;
  try {
    const rows = await allRows('migrations.rows', {});
    if (own !== generation) return;
    const byId = Object.fromEntries(rows.map((row) => [row.id, row]));
    const ids = rows.map(({ id }) => id);
    useMigrations.setState({ ...nothing, state: 'known', ids, byId, rows, asOf: Date.now() }, true);
  } catch (error) {
    if (own !== generation) return;
    if (isOutOfReach(error) && useMigrations.getState().state === 'known') return; // all is asked for when it is back
    useMigrations.setState({ ...nothing, state: 'failed', error: toErrorInfo(error) }, true);
  }
}

export function forgetMigrations(): void {
  generation += 1;
  clearTimeout(timer);
  timer = undefined;
  changed.clear();
  progressed.clear();
  pacers.clear();
  forgetThroughput();
  useMigrations.setState(nothing, true);
}

/** Takes what was told; it shows within half a second. */
export function hearMigration(event: GutsEvent): void {
  if (event.kind === 'progress') {
    const disks = progressed.get(event.id) ?? new Map<number, Progress>();
    progressed.set(event.id, disks.set(event.progress.diskIndex, event.progress));
    hearProgress(event.id, event.progress, Date.now());
  } else if (event.kind === 'migration') changed.add(event.id);
  else if (event.kind === 'migration.deleted') drop(event.id);
  else return;
  timer ??= setTimeout(() => void show(), SHOW_EVERY_MS);
}

function drop(id: MigrationId): void {
  changed.delete(id);
  progressed.delete(id);
  useMigrations.setState(({ ids, byId, rows, pace }) => {
    const { [id]: _gone, ...rest } = byId;
    const { [id]: _pace, ...paces } = pace;
    return { ids: ids.filter((one) => one !== id), byId: rest, rows: rows.filter((row) => row.id !== id), pace: paces };
  });
}

async function show(): Promise<void> {
  const own = generation;
  const wanted = [...changed];
  changed.clear(); // who changes while it is asked for is asked for again
  const fresh = await rowsOf(wanted);
  timer = undefined;
  if (own !== generation) return;
  const news = [...progressed];
  progressed.clear();
  useMigrations.setState((before) => joined(before, fresh, news, Date.now()));
  if (changed.size > 0) timer ??= setTimeout(() => void show(), SHOW_EVERY_MS);
}

function joined(
  before: Migrations,
  fresh: readonly MigrationRow[],
  news: readonly (readonly [MigrationId, ReadonlyMap<number, Progress>])[],
  nowMs: number,
): Partial<Migrations> {
  const byId: Record<MigrationId, MigrationRow> = { ...before.byId };
  const pace: Record<MigrationId, Pace> = { ...before.pace };
  const isNew = fresh.filter(({ id }) => byId[id] === undefined);
  for (const row of fresh) byId[row.id] = row;
  const ids = isNew.length === 0 ? before.ids : [...isNew.map(({ id }) => id), ...before.ids];
  const rows = fresh.length === 0 ? before.rows : ids.flatMap((id) => byId[id] ?? []);
  for (const [id, disks] of news) {
    const row = byId[id];
    if (row === undefined || !row.isRunning) continue;
    const isFresh = fresh.includes(row);
    byId[id] = { ...row, progress: withNews(row.progress, disks, isFresh) };
    if (row.stage === 'copying') pace[id] = pacerOf(id).judge(byId[id], throughputOf(id), nowMs);
  }
  for (const { id, stage, isRunning } of fresh) {
    if (isRunning && stage === 'copying') continue;
    delete pace[id];
    pacers.delete(id);
    endRun(id);
  }
  return { byId, ids, rows, pace, asOf: nowMs };
}

function pacerOf(id: MigrationId): Pacer {
  const pacer = pacers.get(id) ?? new Pacer();
  pacers.set(id, pacer);
  return pacer;
}

async function rowsOf(wanted: readonly MigrationId[]): Promise<MigrationRow[]> {
  if (wanted.length > MOST_ONE_BY_ONE) {
    const all = await allRows('migrations.rows', {}).catch(() => []); // told again by the next that is asked
    const ids = new Set(wanted);
    return all.filter(({ id }) => ids.has(id));
  }
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

/** @param isFresh what is known was asked for after some of the news: of these, whatever is further counts */
function withNews(known: readonly Progress[], news: ReadonlyMap<number, Progress>, isFresh: boolean): Progress[] {
  const disks = new Map(known.map((one) => [one.diskIndex, one]));
  for (const [index, one] of news) {
    const doneBytes = disks.get(index)?.doneBytes ?? 0;
    if (!isFresh || one.doneBytes >= doneBytes) disks.set(index, one);
  }
  return [...disks.values()].sort((a, b) => a.diskIndex - b.diskIndex);
}
