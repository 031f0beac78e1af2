/** Starts the engine's thread, early if asked to, so that it is awake when the first job is ready. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineRequest } from '../worker/engine/protocol.ts';
import { GutsError } from './shared/errors.ts';
import { endThread } from './shared/threads.ts';

/** Lanes beyond this bring nothing on one disk: reading and writing are the limit then. */
const MOST_USEFUL_LANES = 4;
export const defaultLanes = (): number => Math.min(MOST_USEFUL_LANES, Math.max(1, availableParallelism()));

let early: Worker | undefined;

/** The thread ended by itself, and with it the jobs that it had. */
export class EngineEndedError extends GutsError {
  readonly code = 'engine.ended';
  readonly remedy: string;
  override readonly retryable = true;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/**
 * @param lanes threads to have ready for the first job
 * @param file the built engine
 */
export function startEngine(lanes: number, file: string = entry()): Worker {
  // Few objects live long in the engine: a small nursery keeps its memory flat.
  return new Worker(file, { workerData: { lanes }, resourceLimits: { maxYoungGenerationSizeMb: 3 } });
}

/** Starts the thread that the next `engineThread` will give; it does not keep the process alive by itself. */
export function wakeEngine(lanes: number): void {
  early ??= startEngine(lanes);
  early.unref();
}

/** The thread that was woken, or a new one. It belongs to the caller. */
export function engineThread(): Worker {
  const thread = early ?? startEngine(0);
  early = undefined;
  thread.ref();
  return thread;
}

/** Ends the engine: what runs is cancelled and undone, its lanes leave, then it does. */
export async function endEngine(thread: Worker): Promise<void> {
  await endThread(thread, { id: 0, kind: 'end' } satisfies EngineRequest);
}

/** The built engine: beside this bundle, or in `out/` when the sources run as they are. */
function entry(): string {
  const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
  const beside = path.join(here, 'engine.cjs');
  return existsSync(beside) ? beside : path.resolve(here, '../out/engine.cjs');
}
