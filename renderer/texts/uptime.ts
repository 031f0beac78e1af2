/** How long something has been up, to the second, so that whoever looks sees it live: “7 s”, “3 min 7 s”, “2 h 3 min 7 s”. */
import { t } from './t.ts';

export function uptime(totalSeconds: number): string {
  const whole = Math.floor(totalSeconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const seconds = whole % 60;
  if (hours > 0) return t('engine.upHours', { hours, minutes, seconds });
  if (minutes > 0) return t('engine.upMinutes', { minutes, seconds });
  return t('engine.upSeconds', { seconds });
}
