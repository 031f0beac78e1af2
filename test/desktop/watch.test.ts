/** What the desktop program knows of the Guts behind it: by what it is told, by asking, and until that ends. */
import { expect, test } from 'vitest';
import type { Summary } from '../../main/electron/standing.ts';
import { Watch, type Notice } from '../../main/electron/watch.ts';
import { rowOf, type MigrationRow } from '../../main/shared/migration-row.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { defaultSettings } from '../../main/shared/schedule.ts';
import type { Stage } from '../../main/shared/stages.ts';
import { madeMigration } from '../api/made.ts';
import { smallHost } from '../api/small-host.ts';
import { dst, mig, src } from '../scheduler/samples.ts';

function row(name: string, stage: Stage, isRunning: boolean): MigrationRow {
  const made = madeMigration({ source: src('vc'), destination: dst('os'), vm: name, options: {} });
  return { ...rowOf(made), id: mig(name), stage, isRunning };
}

/** A watch over a host whose rows are what the story says. */
function watched(first: readonly MigrationRow[]) {
  let rows = first;
  let isPaused = false;
  const host = smallHost({
    'migrations.rows': async () => ({ rows: [...rows], next: null }),
    'settings.show': async () => ({ ...defaultSettings, isPaused }),
  });
  const summaries: Summary[] = [];
  const notices: Notice[] = [];
  const runs: string[] = [];
  const watch = new Watch({
    client: host.client(),
    onSummary: (summary) => void summaries.push(summary),
    onNotice: (notice) => void notices.push(notice),
    onRunning: (_id, vm, isRunning) => void runs.push(`${vm} ${isRunning ? 'runs' : 'rests'}`),
    onDetail: () => {},
  });
  const tell = (name: string, stage: Stage, isRunning: boolean): void =>
    host.events.tell({
      kind: 'migration',
      id: mig(name),
      vm: name,
      stage,
      isRunning,
      isQueued: isRunning,
      waitsFor: null,
      placement: null,
      slowedBy: null,
    });
  return {
    host,
    watch,
    summaries,
    notices,
    runs,
    tell,
    setRows: (next: readonly MigrationRow[]) => void (rows = next),
    pause: () => {
      isPaused = true;
      host.events.tell({ kind: 'settings' });
    },
    [Symbol.dispose]: () => {
      watch[Symbol.dispose]();
      host[Symbol.dispose]();
    },
  };
}

test('begins with what there is, and tells no news of it', async () => {
  using story = watched([row('a', 'copying', true), row('b', 'failed', false), row('c', 'readyForCutover', false)]);

  story.watch.start();

  await expect.poll(() => story.summaries.at(-1)).toEqual({ running: 1, waitingForYou: 1, failed: 0, isPaused: false });
  expect(story.notices).toEqual([]);
  expect(story.runs).toEqual(['a runs']);
});

test('follows what happens, and tells what somebody should know', async () => {
  using story = watched([row('a', 'copying', true)]);
  story.watch.start();
  await expect.poll(() => story.watch.summary.running).toBe(1);
  await expect.poll(() => story.host.events.listeners).toBe(1);

  story.tell('a', 'done', false);
  story.tell('b', 'copying', true);
  story.tell('b', 'failed', false);
  story.pause();

  await expect.poll(() => story.summaries.at(-1)).toEqual({ running: 0, waitingForYou: 0, failed: 1, isPaused: true });
  expect(story.notices.map(({ kind, vm }) => `${vm} ${kind}`)).toEqual(['a finished', 'b failed']);
  expect(story.runs).toEqual(['a runs', 'a rests', 'b runs', 'b rests']);
});

test('a failure is no news any more when somebody has looked, or when it is tried again', async () => {
  using story = watched([]);
  story.watch.start();
  await expect.poll(() => story.host.events.listeners).toBe(1);

  story.tell('a', 'failed', false);
  await expect.poll(() => story.watch.summary.failed).toBe(1);
  story.watch.seen();
  expect(story.watch.summary.failed).toBe(0);
  story.tell('b', 'failed', false);
  await expect.poll(() => story.watch.summary.failed).toBe(1);
  story.tell('b', 'preflight', true);
  await expect.poll(() => story.watch.summary.failed).toBe(0);
});

test('asks anew when it is told to, and forgets what is not there any more', async () => {
  using story = watched([row('a', 'copying', true), row('b', 'copying', true)]);
  story.watch.start();
  await expect.poll(() => story.watch.summary.running).toBe(2);

  story.setRows([row('b', 'verifying', true), row('c', 'paused', false)]);
  await story.watch.load();

  expect(story.watch.summary.running).toBe(1);
  const ids: readonly MigrationId[] = story.watch.idsOf(({ stage }) => stage === 'paused');
  expect(ids).toEqual([mig('c')]);
  expect(story.runs).toEqual(['a runs', 'b runs', 'a rests']);
});

test('knows nothing any more when its Guts ends', async () => {
  using story = watched([row('a', 'copying', true)]);
  story.watch.start();
  await expect.poll(() => story.summaries.at(-1)?.running).toBe(1);

  story.watch.stop();

  expect(story.watch.summary.running).toBe(0);
  await expect.poll(() => story.summaries.at(-1)?.running).toBe(0);
  expect(story.runs).toEqual(['a runs', 'a rests']);
  await expect.poll(() => story.host.events.listeners).toBe(0);
});
