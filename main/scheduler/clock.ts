/** The time of day and alarms, which stories replace by their own. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once at that time or soon after; disposing it calls it off. */
  at(timeMs: number, call: () => void): Disposable;
}

/** A computer that slept has not counted meanwhile: no alarm is set for longer, so that none is late for longer. */
const LONGEST_MS = 30_000;

export const systemClock: Clock = {
  now: () => Date.now(),
  at: (timeMs, call) => {
    let timer: ReturnType<typeof setTimeout>;
    const set = (): void => {
      timer = setTimeout(
        () => {
          if (Date.now() >= timeMs) call();
          else set();
        },
        Math.max(0, Math.min(LONGEST_MS, timeMs - Date.now())),
      );
    };
    set();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
