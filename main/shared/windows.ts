/** When a window of time is open: opened by cron in a named time zone, for so many minutes that really pass. */
import { Cron } from 'croner';
import { GutsError } from './errors.ts';
import type { TimeWindow } from './schedule.ts';

export class BadWindowError extends GutsError {
  readonly code = 'schedule.bad-window';
  readonly remedy =
    'Give five fields of cron that come about (“0 22 * * 1-5”: workdays at 22:00) and a time zone by its IANA name (“Europe/Berlin”).';
}

/** @throws BadWindowError where it can never open */
export function demandWindow(window: TimeWindow): void {
  if (openingAfter(window, Date.now()) === null)
    throw new BadWindowError(`The window “${window.opens}” (${window.timeZone}) never opens.`);
}

/** For those who tell it in their own words. */
export function openings(window: TimeWindow): 'some' | 'none' | 'unreadable' {
  try {
    return openingAfter(window, Date.now()) === null ? 'none' : 'some';
  } catch {
    return 'unreadable';
  }
}

export const isOpen = (window: TimeWindow, atMs: number): boolean => closingOf(window, atMs) !== null;

/** The next moment from which it is open; null where there is none any more. While it is open, the opening after that. */
export function nextOpening(window: TimeWindow, atMs: number): number | null {
  return openingAfter(window, atMs);
}

/** The next moment at which it may open or close; it need not do either, where openings overlap. */
export function nextEdge(window: TimeWindow, atMs: number): number | null {
  const edges = [openingAfter(window, atMs), closingOf(window, atMs)].filter((edge) => edge !== null);
  return edges.length === 0 ? null : Math.min(...edges);
}

/** When the earliest of the openings that hold now is over; null while it is closed. */
export function closingOf(window: TimeWindow, atMs: number): number | null {
  const lengthMs = window.minutes * 60_000;
  const opened = openingAfter(window, atMs - lengthMs);
  return opened !== null && opened <= atMs ? opened + lengthMs : null;
}

/** Strictly after. A time that the clocks leave out opens as they have changed; one that comes twice, the first time. */
function openingAfter({ opens, timeZone }: TimeWindow, atMs: number): number | null {
  try {
    return cronOf(opens, timeZone).nextRun(new Date(atMs))?.getTime() ?? null;
  } catch (cause) {
    throw new BadWindowError(`“${opens}” in the time zone “${timeZone}” says no time.`, { cause });
  }
}

/** Reading a pattern takes longer than asking it; there are as many as operators write. */
const MOST_KEPT = 1000;
const kept = new Map<string, Cron>();

function cronOf(opens: string, timeZone: string): Cron {
  const key = `${timeZone} ${opens}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const fresh = new Cron(opens, { timezone: timeZone, mode: '5-part', paused: true });
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, fresh);
  return fresh;
}
