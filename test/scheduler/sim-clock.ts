/** A clock that stands still until it is told: from alarm to alarm. */
import type { Clock } from '../../main/scheduler/clock.ts';

interface Alarm {
  readonly timeMs: number;
  readonly number: number;
  readonly call: () => void;
}

export class SimClock implements Clock {
  #nowMs: number;
  #alarms: Alarm[] = [];
  #number = 0;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  at(timeMs: number, call: () => void): Disposable {
    const alarm = { timeMs, number: this.#number++, call };
    this.#alarms.push(alarm);
    return { [Symbol.dispose]: () => void (this.#alarms = this.#alarms.filter((one) => one !== alarm)) };
  }

  /** Goes to the next alarm and calls it. @returns whether there was one before that time */
  toNext(untilMs = Infinity): boolean {
    const next = this.#alarms.reduce<Alarm | undefined>(
      (first, one) =>
        first === undefined || one.timeMs < first.timeMs || (one.timeMs === first.timeMs && one.number < first.number)
          ? one
          : first,
      undefined,
    );
    if (next === undefined || next.timeMs > untilMs) {
      if (untilMs !== Infinity) this.#nowMs = Math.max(this.#nowMs, untilMs);
      return false;
    }
    this.#alarms = this.#alarms.filter((one) => one !== next);
    this.#nowMs = Math.max(this.#nowMs, next.timeMs);
    next.call();
    return true;
  }
}
