/**
 * How long work holds the thread at a time: what lies between two turns of the event loop, without the time in which the
 * thread was ready and other programs had the processor.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';

export interface Block {
  /** The longest turn, without waiting for a processor. */
  readonly mostMs: number;
  /** The longest turn by the clock. */
  readonly mostClockMs: number;
  /** The longest pause of the garbage collector, by the clock. */
  readonly mostGcMs: number;
  readonly seconds: number;
}

export async function blockOf(work: () => Promise<unknown>): Promise<Block> {
  await new Promise((resolve) => setTimeout(resolve, 200)); // what came before is over
  const wait = threadWait();
  let mostMs = 0;
  let mostClockMs = 0;
  let mostGcMs = 0;
  let isOver = false;
  const collector = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) mostGcMs = Math.max(mostGcMs, duration);
  });
  collector.observe({ entryTypes: ['gc'] });
  let lastMs = performance.now();
  let lastWaitMs = wait.ms();
  const turn = (): void => {
    if (isOver) return;
    const nowMs = performance.now();
    const waitMs = wait.ms();
    mostClockMs = Math.max(mostClockMs, nowMs - lastMs);
    mostMs = Math.max(mostMs, nowMs - lastMs - (waitMs - lastWaitMs));
    lastMs = nowMs;
    lastWaitMs = waitMs;
    setImmediate(turn);
  };
  setImmediate(turn);
  const beganMs = performance.now();
  await work();
  const seconds = (performance.now() - beganMs) / 1000;
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  isOver = true;
  collector.disconnect();
  wait.close();
  return { mostMs, mostClockMs, mostGcMs, seconds };
}

/** How long this thread was ready and had no processor, since it began: the second number; 0 where the system does not tell. */
export function threadWait(): { ms(): number; close(): void } {
  try {
    const file = openSync('/proc/self/schedstat', 'r'); // of the first thread
    const text = Buffer.alloc(128);
    return {
      ms: () => {
        const length = readSync(file, text, 0, text.length, 0);
        return Number(text.toString('latin1', 0, length).split(' ')[1]) / 1e6;
      },
      close: () => closeSync(file),
    };
  } catch {
    return { ms: () => 0, close: () => {} };
  }
}
