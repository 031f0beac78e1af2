/**
 * How long work holds the thread at a time: what lies between two turns of the event loop, and of that what the thread was
 * really computing, for on a busy machine it also waits for a processor.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';

export interface Block {
  /** The longest turn, by the processor time that the thread took in it; by the clock where the system does not tell. */
  readonly mostMs: number;
  /** The longest turn by the clock. */
  readonly mostClockMs: number;
  /** The longest pause of the garbage collector, by the clock. */
  readonly mostGcMs: number;
  readonly seconds: number;
}

export async function blockOf(work: () => Promise<unknown>): Promise<Block> {
  await new Promise((resolve) => setTimeout(resolve, 200)); // what came before is over
  const clock = threadClock();
  let mostMs = 0;
  let mostClockMs = 0;
  let mostGcMs = 0;
  let isOver = false;
  const collector = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) mostGcMs = Math.max(mostGcMs, duration);
  });
  collector.observe({ entryTypes: ['gc'] });
  let lastMs = performance.now();
  let lastBusyMs = clock.ms();
  const turn = (): void => {
    if (isOver) return;
    const nowMs = performance.now();
    const busyMs = clock.ms();
    mostClockMs = Math.max(mostClockMs, nowMs - lastMs);
    mostMs = Math.max(mostMs, Math.min(nowMs - lastMs, busyMs - lastBusyMs));
    lastMs = nowMs;
    lastBusyMs = busyMs;
    setImmediate(turn);
  };
  setImmediate(turn);
  const beganMs = performance.now();
  await work();
  const seconds = (performance.now() - beganMs) / 1000;
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  isOver = true;
  collector.disconnect();
  clock.close();
  return { mostMs, mostClockMs, mostGcMs, seconds };
}

/** The processor time of this thread, in steps of the kernel's tick; the clock where there is no /proc. */
function threadClock(): { ms(): number; close(): void } {
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r'); // the first thread has the process's number
    const text = Buffer.alloc(64);
    return {
      ms: () => {
        const length = readSync(file, text, 0, text.length, 0);
        return Number(text.toString('latin1', 0, length).split(' ')[0]) / 1e6;
      },
      close: () => closeSync(file),
    };
  } catch {
    return { ms: () => performance.now(), close: () => {} };
  }
}
