/** How fast copies go, of every disk, every migration and all together, from what Guts tells of their progress. */
import type { Progress } from '../../main/shared/jobs.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { RateSeries } from './rate-series.ts';

interface DiskFeed {
  readonly label: string;
  readonly series: RateSeries;
  /** When it was heard of last; null where nobody has worked on it since. */
  atMs: number | null;
  doneBytes: number;
  writtenBytes: number;
}

interface MigrationFeed {
  readonly series: RateSeries;
  readonly disks: Map<number, DiskFeed>;
  heardMs: number;
}

/** Of so many migrations everything is kept; of more, only of those that were heard of lately. */
const KEPT = 200;
const LATELY_MS = 10 * 60_000;

let all = new RateSeries();
const feeds = new Map<MigrationId, MigrationFeed>();

/** The first that is heard of a disk, and what follows a fresh start of it, is where counting begins. */
export function hearProgress(id: MigrationId, progress: Progress, nowMs: number): void {
  const feed = feedOf(id, nowMs);
  const { disk: label, diskIndex, doneBytes, writtenBytes } = progress;
  const disk = feed.disks.get(diskIndex);
  if (disk === undefined) {
    feed.disks.set(diskIndex, { label, series: new RateSeries(), atMs: nowMs, doneBytes, writtenBytes });
    return;
  }
  const amount = { copied: doneBytes - disk.doneBytes, sent: writtenBytes - disk.writtenBytes };
  if (disk.atMs !== null && amount.copied >= 0 && amount.sent >= 0)
    for (const series of [disk.series, feed.series, all]) series.add(disk.atMs, nowMs, amount);
  disk.atMs = nowMs;
  disk.doneBytes = doneBytes;
  disk.writtenBytes = writtenBytes;
}

export const throughputOfAll = (): RateSeries => all;

/** Null where nothing was heard of it. */
export const throughputOf = (id: MigrationId): RateSeries | null => feeds.get(id)?.series ?? null;

/** Of its disks, in their order. */
export const throughputOfDisks = (
  id: MigrationId,
): readonly { readonly label: string; readonly series: RateSeries }[] =>
  [...(feeds.get(id)?.disks ?? [])].sort(([a], [b]) => a - b).map(([, disk]) => disk);

/** Time in which nobody works on it is no time without data. */
export function endRun(id: MigrationId): void {
  for (const disk of feeds.get(id)?.disks.values() ?? []) disk.atMs = null;
}

export function forgetThroughput(): void {
  all = new RateSeries();
  feeds.clear();
}

function feedOf(id: MigrationId, nowMs: number): MigrationFeed {
  let feed = feeds.get(id);
  if (feed === undefined) {
    if (feeds.size >= KEPT) forgetOld(nowMs);
    feed = { series: new RateSeries(), disks: new Map(), heardMs: nowMs };
    feeds.set(id, feed);
  }
  feed.heardMs = nowMs;
  return feed;
}

function forgetOld(nowMs: number): void {
  for (const [id, { heardMs }] of feeds) if (nowMs - heardMs > LATELY_MS) feeds.delete(id);
}
