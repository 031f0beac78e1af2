/** The opening of a window that a wave would start in. */
import type { RehearsedTimes } from './rehearsal.ts';
import type { TimeWindow } from './schedule.ts';
import { closingOf, nextOpening } from './windows.ts';

/** From a moment on, and not before what a plan says. */
export function nextWindow(window: TimeWindow, notBefore: string | null, nowMs: number): RehearsedTimes['window'] {
  const fromMs = Math.max(nowMs, notBefore === null ? 0 : Date.parse(notBefore));
  const openUntilMs = closingOf(window, fromMs);
  const opensMs = openUntilMs === null ? nextOpening(window, fromMs) : fromMs;
  const closesMs = openUntilMs ?? (opensMs === null ? null : opensMs + window.minutes * 60_000);
  return {
    says: `${window.minutes} min from “${window.opens}” (${window.timeZone})`,
    seconds: opensMs === null || closesMs === null ? window.minutes * 60 : (closesMs - opensMs) / 1000,
    opensAt: momentOf(opensMs),
    closesAt: momentOf(closesMs),
  };
}

const momentOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
