/** A window of time as people say it, on which days, from when, for how many hours; and as cron writes it. */
import type { TimeWindow } from './schedule.ts';

/** 0 is Sunday, as cron counts. */
export const weekDays = [1, 2, 3, 4, 5, 6, 0] as const;
export type WeekDay = (typeof weekDays)[number];

export interface WindowWords {
  readonly days: readonly WeekDay[];
  /** `22:00`. */
  readonly from: string;
  readonly minutes: number;
  readonly timeZone: string;
}

/** Null where cron says more than these words can. */
export function wordsOf({ opens, minutes, timeZone }: TimeWindow): WindowWords | null {
  const [, minute = '', hour = '', days = ''] = /^(\d{1,2}) (\d{1,2}) \* \* ([\d,*-]+)$/.exec(opens.trim()) ?? [];
  if (minute === '' || Number(minute) > 59 || Number(hour) > 23) return null;
  const named = daysOf(days);
  return named === null ? null : { days: named, from: `${two(hour)}:${two(minute)}`, minutes, timeZone };
}

/** `days` may be empty and `from` no time: then it is a window that no schedule takes. */
export function windowOf({ days, from, minutes, timeZone }: WindowWords): TimeWindow {
  const [hour = '', minute = ''] = from.split(':');
  const isAll = days.length === weekDays.length;
  const list = isAll ? '*' : shortened([...days].sort((a, b) => a - b));
  return { opens: `${Number(minute)} ${Number(hour)} * * ${list}`, minutes, timeZone };
}

const two = (digits: string): string => digits.padStart(2, '0');

/** `1,2,3,4,5` is `1-5`. */
function shortened(days: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < days.length;) {
    let end = at;
    while ((days[end + 1] ?? -1) === (days[end] ?? 0) + 1) end += 1;
    parts.push(end - at > 1 ? `${days[at] ?? ''}-${days[end] ?? ''}` : days.slice(at, end + 1).join(','));
    at = end + 1;
  }
  return parts.join(',');
}

function daysOf(field: string): WeekDay[] | null {
  if (field === '*') return [...weekDays];
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [, from = '', to] = /^([0-7])(?:-([0-7]))?$/.exec(part) ?? [];
    if (from === '' || Number(to ?? from) < Number(from)) return null;
    for (let day = Number(from); day <= Number(to ?? from); day++) found.add(day % 7);
  }
  return weekDays.filter((day) => found.has(day));
}
