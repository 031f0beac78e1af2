/** Dates as a workbook keeps them: days since an origin, and the formats of numbers that show them as dates. */
import type { Cell } from '../table.ts';

const DAY_MS = 86_400_000;
const SINCE_1900 = Date.UTC(1899, 11, 30);
const SINCE_1904 = Date.UTC(1904, 0, 1);
/** The last day that Excel knows, at the end of 9999. */
const MOST_DAYS = 2_958_466;

/** To the second; a workbook says no time zone, so it is taken as UTC. */
export function dateOfSerial(days: number, is1904: boolean): Cell {
  if (days < 0 || days >= MOST_DAYS) return { unreadable: `the date ${days}` };
  // The calendar of 1900 has a 29 February that never was: before it, days count one less.
  const shift = !is1904 && days < 60 ? 1 : 0;
  return new Date(Math.round((days + shift) * 86_400) * 1000 + (is1904 ? SINCE_1904 : SINCE_1900));
}

export const daysOf = (ms: number): number => (ms - SINCE_1900) / DAY_MS;

/** Built-in formats that show a date or a time. */
const isBuiltIn = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

/** @param code such as `yyyy\-mm\-dd`, without what is quoted, escaped, or in brackets */
export function showsDate(id: number, code: string | undefined): boolean {
  if (code === undefined) return isBuiltIn(id);
  const bare = code.replaceAll(/"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_./gi, '');
  return /[ymdhs]/i.test(bare) && !/^general$/i.test(bare);
}
