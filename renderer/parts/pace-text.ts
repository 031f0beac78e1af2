/** What a pace says: “2 to 4 min left”, or for how long nothing has come. */
import type { Pace } from '../state/pace.ts';
import { numberText, spanText } from '../texts/format.ts';
import { t } from '../texts/t.ts';

/** Empty until there is enough to judge by. */
export function leftText(pace: Pace | undefined): string {
  if (pace === undefined) return '';
  if (pace.stillSeconds > 0) return t('pace.still', { span: spanText(pace.stillSeconds) });
  if (pace.left === null) return '';
  const { fromSeconds, toSeconds } = pace.left;
  if (fromSeconds === 0) return t('pace.under', { span: roughText(toSeconds) });
  if (fromSeconds === toSeconds) return t('pace.about', { span: roughText(toSeconds) });
  if (toSeconds < 3600)
    return t('pace.minutes', { from: numberText(fromSeconds / 60), to: numberText(toSeconds / 60) });
  return t('pace.range', { from: roughText(fromSeconds), to: roughText(toSeconds) });
}

/** “5 min”, “2 h”, “1 h 15 min”: what is known by the minute has no seconds. */
function roughText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return t('pace.min', { minutes });
  return minutes % 60 === 0 ? t('pace.h', { hours }) : t('pace.hMin', { hours, minutes: minutes % 60 });
}
