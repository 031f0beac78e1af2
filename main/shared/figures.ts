/** Counts, sizes, spans and rates as reports and the command line write them, in English. */

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** “1 disk”, “0 disks”, “2 addresses”. */
export const things = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Binary units, to the nearest tenth, so that parts add up to the whole as well as they can: “512 bytes”, “74.2 MiB”, “4 GiB”. */
export function bytesText(bytes: number): string {
  const { value, unit, digits } = sized(bytes);
  return `${value.toFixed(digits)} ${bytes === 1 ? 'byte' : (UNITS[unit] ?? '')}`;
}

/** The same in figures: how many of which unit (0 is bytes, 1 is KiB, up to PiB), rounded, and how many decimals are written. */
export function sized(bytes: number): { readonly value: number; readonly unit: number; readonly digits: 0 | 1 } {
  let unit = 0;
  let value = bytes;
  // What would be read as 1024.0 is one of the next unit.
  for (; (unit === 0 ? value : tenths(value)) >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  return unit === 0 || Number.isInteger(value) ? { value, unit, digits: 0 } : { value: tenths(value), unit, digits: 1 };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** “under 0.1 s”, “0.8 s”, “42 s”, “3 min 7 s”, “2 h 5 min”. */
export function secondsText(seconds: number): string {
  if (seconds < 0.1) return seconds === 0 ? '0 s' : 'under 0.1 s';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** From so many hours on, minutes are more than anybody knows beforehand. */
const HOURS_ALONE = 10;

/** What is planned by the minute, or by the hour where it is long; what takes any time takes one at least. */
export function inMinutes(seconds: number): { readonly hours: number; readonly minutes: number } {
  const all = seconds > 0 ? Math.max(1, Math.round(seconds / 60)) : 0;
  if (all >= HOURS_ALONE * 60) return { hours: Math.round(all / 60), minutes: 0 };
  return { hours: Math.floor(all / 60), minutes: all % 60 };
}

/** “0 min”, “5 min”, “2 h”, “1 h 15 min”, “49 h”. */
export function minutesText(seconds: number): string {
  const { hours, minutes } = inMinutes(seconds);
  if (hours === 0) return `${minutes} min`;
  const whole = `${hours.toLocaleString('en')} h`;
  return minutes === 0 ? whole : `${whole} ${minutes} min`;
}

/** Decimal megabytes per second, as `guts convert` and network people count: “118 MB/s”. */
export function rateText(megabytesPerSecond: number): string {
  return `${megabytesPerSecond < 10 ? megabytesPerSecond.toFixed(1) : Math.round(megabytesPerSecond)} MB/s`;
}
