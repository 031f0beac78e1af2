/** Numbers, sizes, rates, spans and times as the chosen language writes them. */
import { inMinutes, sized } from '../../main/shared/figures.ts';
import { usePreferences } from '../state/preferences.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const formats = new Map<string, Intl.NumberFormat>();

const locale = (): string => {
  const { language } = usePreferences.getState();
  return language === 'de' ? 'de' : 'en';
};

export function numberText(value: number, digits = 0): string {
  const key = `${locale()} ${digits}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale(), { maximumFractionDigits: digits, minimumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}

/** “a, b and c”. */
export const listText = (texts: readonly string[]): string =>
  new Intl.ListFormat(locale() === 'de' ? 'de' : 'en-GB').format(texts); // British has no comma before “and”

/** Rounded as in reports: “512 B”, “74.2 MiB”, “4 GiB”. */
export function sizeText(bytes: number): string {
  const { value, unit, digits } = sized(bytes);
  return `${numberText(value, digits)} ${UNITS[unit] ?? ''}`;
}

/** Decimal megabytes, as network people count: “118 MB/s”. */
export function rateText(bytesPerSecond: number): string {
  const megabytes = bytesPerSecond / 1e6;
  return `${numberText(megabytes, megabytes < 10 ? 1 : 0)} MB/s`;
}

/** Rounded down: never 100 % before all is there. */
export const percentText = (part: number, whole: number): string =>
  `${numberText(whole === 0 ? 0 : Math.floor((100 * part) / whole))} %`;

/** “42 s”, “3 min 7 s”, “2 h 5 min”. */
export function spanText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${numberText(whole)} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** What is known by the minute: “5 min”, “2 h”, “1 h 15 min”. */
export function roughSpanText(seconds: number): string {
  const { hours, minutes } = inMinutes(seconds);
  if (hours === 0) return `${numberText(minutes)} min`;
  return minutes === 0 ? `${numberText(hours)} h` : `${numberText(hours)} h ${minutes} min`;
}

/** Of the day: “14:02:10”. */
export const timeText = (at: string | number | Date): string =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(
    new Date(at),
  );

/** Without seconds: “14:02”. */
export const clockText = (at: string | number | Date): string =>
  new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));

/** With the day, and to the second: “21 Nov, 14:02:10”. */
export const stampText = (at: string | number | Date): string =>
  new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at));

/** With the day: “21 Nov 2026, 14:02”. */
export const momentText = (at: string | number | Date): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(new Date(at));

/** With the zone, for those who point at a time. */
export const exactText = (at: string | number | Date): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'full', timeStyle: 'long', hourCycle: 'h23' }).format(new Date(at));
