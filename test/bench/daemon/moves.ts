/**
 * The engine's thread of the daemon's bench: migrations that move nothing, but take time, tell how far they are, and write
 * the journals that real ones write.
 */
import '../../../main/shared/shim.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { MigrationId } from '../../../main/shared/migration.ts';
import { next, type StageEvent } from '../../../main/shared/stages.ts';
import type { MoveEntry } from '../../../worker/engine/migrate/journal.ts';
import { now, Shelf, type TakenMigration } from '../../../worker/engine/migrate/shelf.ts';
import { goodRecord, goodVm } from '../../reports/sample.ts';
import type { MoveNews, MoveOptions, MoveRequest } from './messages.ts';

/** As the engine tells it. */
const PROGRESS_EVERY_MS = 500;
const PREFLIGHT_MS = 200;
const STEP_MS = 100;

const { dataDir, copyMs } = workerData as MoveOptions; // the node gives it
const shelf = new Shelf(dataDir);
const sample = goodRecord();
const vm = goodVm();
const lineMs: number[] = [];
const running = new Map<MigrationId, AbortController>();
const tell = (news: MoveNews): void => parentPort?.postMessage(news);

parentPort?.on('message', (request: MoveRequest) => {
  if (request.kind === 'report') {
    tell({ kind: 'report', lineMs: lineMs.splice(0) });
    return;
  }
  const { job, kind, id } = request;
  const work = { preflight, run, pause: pauseRun }[kind];
  work(job, id).then(
    () => tell({ job, kind: 'done' }),
    (error: unknown) => tell({ job, kind: 'failed', says: String(error) }),
  );
});

async function preflight(job: number, id: MigrationId): Promise<void> {
  await using taken = await shelf.take(id);
  const move = new Move(job, taken);
  await move.reach(taken.state.record.stage === 'failed' ? 'retry' : 'start');
  await pause(PREFLIGHT_MS);
  await move.write({ what: 'planned', vm, plan: sample.plan, findings: sample.findings, about: null });
  await move.reach('passed');
}

async function run(job: number, id: MigrationId): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    await using taken = await shelf.take(id);
    const move = new Move(job, taken);
    await move.reach(move.stage === 'queued' ? 'admitted' : 'resume');
    await pause(STEP_MS);
    await move.reach('ready');
    try {
      await copy(job, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      await move.reach('pause');
      return;
    }
    running.delete(id);
    await finish(move);
  } finally {
    running.delete(id);
  }
}

/** Returns when it stands still, or has come too far for that. */
async function pauseRun(_job: number, id: MigrationId): Promise<void> {
  running.get(id)?.abort();
  while (running.has(id)) await pause(STEP_MS);
}

async function copy(job: number, signal: AbortSignal): Promise<void> {
  for (let doneMs = 0; doneMs < copyMs; doneMs += PROGRESS_EVERY_MS) {
    await pause(PROGRESS_EVERY_MS, undefined, { signal });
    for (const [diskIndex, { label, sizeBytes }] of sample.disks.entries()) {
      const doneBytes = Math.min(sizeBytes, Math.round((sizeBytes * (doneMs + PROGRESS_EVERY_MS)) / copyMs));
      const secondsLeft = Math.max(0, Math.round((copyMs - doneMs) / 1000));
      const rest = { writtenBytes: doneBytes, bytesPerSecond: 2e8, secondsLeft };
      const disks = sample.disks.length;
      tell({
        job,
        kind: 'progress',
        progress: { disk: label, diskIndex, disks, doneBytes, totalBytes: sizeBytes, ...rest },
      });
    }
  }
}

async function finish(move: Move): Promise<void> {
  for (const disk of sample.disks) {
    const key = `image:${disk.key}`;
    const item = { key, side: 'destination', kind: 'image', name: key, id: null, facts: {} } as const;
    await move.write({ what: 'making', item });
    await move.write({ what: 'made', key, id: disk.imageId });
    await move.write({ what: 'copied', disk, snapshot: null });
  }
  await move.write({ what: 'stopped', at: now() });
  await move.reach('switched');
  for (const event of ['provisioned', 'booted'] as const) {
    await pause(STEP_MS);
    await move.reach(event);
  }
  if (sample.outcome !== null) await move.write({ what: 'outcome', outcome: sample.outcome });
  await move.reach('verified');
}

/** A migration while it is worked on. */
class Move {
  readonly #job: number;
  readonly #taken: TakenMigration;
  stage: TakenMigration['state']['record']['stage'];

  constructor(job: number, taken: TakenMigration) {
    this.#job = job;
    this.#taken = taken;
    this.stage = taken.state.record.stage;
  }

  async write(entry: MoveEntry): Promise<void> {
    const beganMs = performance.now();
    await this.#taken.journal.write(entry);
    lineMs.push(performance.now() - beganMs);
  }

  async reach(event: StageEvent): Promise<void> {
    this.stage = next(this.stage, event);
    await this.write({ what: 'stage', stage: this.stage, at: now() });
    tell({ job: this.#job, kind: 'stage', stage: this.stage });
  }
}
