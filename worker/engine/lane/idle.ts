/** Lanes that wait for work. A thread takes some tens of milliseconds to start, so the engine starts them before it loads itself. */
import { workerData } from 'node:worker_threads';
import { Lane } from './lane.ts';

/** More than this are not kept: each costs some 10 MiB. */
const MOST_IDLE = 4;
const idle: Lane[] = [];

/** The engine's host says how many lanes its first job will want; in tests that run from the sources nobody does. */
const { lanes = 0 } = (workerData ?? {}) as { readonly lanes?: number };
for (let i = 0; i < Math.min(lanes, MOST_IDLE); i++) idle.push(new Lane());

export function takeLane(): Lane {
  return idle.pop() ?? new Lane();
}

/** Takes a lane back. One that still works, or died, is ended: its memory must not change under the next user. */
export async function giveLaneBack(lane: Lane): Promise<void> {
  if (!lane.isAlive) return;
  if (lane.load > 0 || idle.length >= MOST_IDLE) await lane.stop();
  else {
    lane.work(null);
    idle.push(lane);
  }
}

/** Ends the lanes that wait; for the engine's own end. */
export async function endIdleLanes(): Promise<void> {
  await Promise.all(idle.splice(0).map((lane) => lane.stop()));
}
