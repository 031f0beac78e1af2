/** Windows of time as people say them: some days of the week, from a time to a time. Cron has more; that stays as it is. */
import type { TimeWindow } from '../../../main/shared/schedule.ts';

/** Days by the field of cron that means them. */
export const dayChoices = ['*', '1-5', '0,6'] as const;
export type Days = (typeof dayChoices)[number];

export interface DailyWindow {
  readonly days: Days;
  /** As `22:00`. Where the end is not later than the beginning, it is on the next day. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
}

const DAY_MINUTES = 24 * 60;

/** Null where it says more than days and times. */
export function dailyOf({ opens, minutes, timeZone }: TimeWindow): DailyWindow | null {
  const [, minute, hour, day = ''] = /^(\d{1,2}) (\d{1,2}) \* \* (\S+)$/.exec(opens.trim()) ?? [];
  const days = dayChoices.find((one) => one === day);
  if (days === undefined || minutes > DAY_MINUTES) return null;
  const from = Number(hour) * 60 + Number(minute);
  return { days, from: clock(from), to: clock(from + minutes), timeZone };
}

/** Null where a time is missing. */
export function windowOf({ days, from, to, timeZone }: DailyWindow): TimeWindow | null {
  const [begins, ends] = [minutesOf(from), minutesOf(to)];
  if (begins === null || ends === null) return null;
  const minutes = ends > begins ? ends - begins : ends - begins + DAY_MINUTES;
  return { opens: `${begins % 60} ${Math.floor(begins / 60)} * * ${days}`, minutes, timeZone };
}

/** Of this computer. */
export const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

function minutesOf(time: string): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})/.exec(time) ?? [];
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

const two = (number: number): string => String(number).padStart(2, '0');
const clock = (minutes: number): string => `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
