/** Starts the engine's thread, early if asked to, so that it is awake when the first job is ready. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';

/** Lanes beyond this bring nothing on one disk: reading and writing are the limit then. */
const MOST_USEFUL_LANES = 4;
export const defaultLanes = (): number => Math.min(MOST_USEFUL_LANES, Math.max(1, availableParallelism()));

let early: Worker | undefined;

/** @param lanes threads to have ready for the first job */
function start(lanes: number): Worker {
  // Few objects live long in the engine: a small nursery keeps its memory flat.
  return new Worker(entry(), { workerData: { lanes }, resourceLimits: { maxYoungGenerationSizeMb: 3 } });
}

/** Starts the thread that the next `engineThread` will give; it does not keep the process alive by itself. */
export function wakeEngine(lanes: number): void {
  early ??= start(lanes);
  early.unref();
}

/** The thread that was woken, or a new one. It belongs to the caller. */
export function engineThread(): Worker {
  const thread = early ?? start(0);
  early = undefined;
  thread.ref();
  return thread;
}

/** The built engine: beside this bundle, or in `out/` when the sources run as they are. */
function entry(): string {
  const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
  const beside = path.join(here, 'engine.cjs');
  return existsSync(beside) ? beside : path.resolve(here, '../out/engine.cjs');
}
