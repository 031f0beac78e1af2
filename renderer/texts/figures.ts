/** Figures as people read them. */
import { t } from './t.ts';

/** A span of whole seconds, such as “3 min 7 s”. */
export function span(totalSeconds: number): string {
  const whole = Math.floor(totalSeconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const seconds = whole % 60;
  if (hours > 0) return t('engine.upHours', { hours, minutes, seconds });
  if (minutes > 0) return t('engine.upMinutes', { minutes, seconds });
  return t('engine.upSeconds', { seconds });
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A size in binary units with at most three digits before the point, such as “74.2 MiB”. */
export function size(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * step);
  return `${step === 0 ? value : value.toFixed(1)} ${units[step] ?? ''}`;
}
