/** Sizes, spans and rates as reports and the command line write them, in English. */

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Binary units, three figures or so: “512 bytes”, “74.2 MiB”, “4 GiB”. Never rounds up to the next unit. */
export function bytesText(bytes: number): string {
  let step = 0;
  let value = bytes;
  for (; value >= 1024 && step < UNITS.length - 1; step++) value /= 1024;
  const shown = step === 0 || Number.isInteger(value) ? String(value) : (Math.floor(value * 10) / 10).toFixed(1);
  return `${shown} ${bytes === 1 ? 'byte' : (UNITS[step] ?? '')}`;
}

/** “under 0.1 s”, “0.8 s”, “42 s”, “3 min 7 s”, “2 h 5 min”. */
export function secondsText(seconds: number): string {
  if (seconds < 0.1) return seconds === 0 ? '0 s' : 'under 0.1 s';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Decimal megabytes per second, as `guts convert` and network people count: “118 MB/s”. */
export function rateText(megabytesPerSecond: number): string {
  return `${megabytesPerSecond < 10 ? megabytesPerSecond.toFixed(1) : Math.round(megabytesPerSecond)} MB/s`;
}
