/** What a pace says: “2 to 4 min left”, or for how long nothing has come. */
import type { Pace } from '../state/pace.ts';
import { numberText, roughSpanText, spanText } from '../texts/format.ts';
import { t } from '../texts/t.ts';

/** Empty until there is enough to judge by. */
export function leftText(pace: Pace | undefined): string {
  if (pace === undefined) return '';
  if (pace.stillSeconds > 0) return t('pace.still', { span: spanText(pace.stillSeconds) });
  if (pace.left === null) return '';
  const { fromSeconds, toSeconds } = pace.left;
  if (fromSeconds === 0) return t('pace.under', { span: roughSpanText(toSeconds) });
  if (fromSeconds === toSeconds) return t('pace.about', { span: roughSpanText(toSeconds) });
  if (toSeconds < 3600)
    return t('pace.minutes', { from: numberText(fromSeconds / 60), to: numberText(toSeconds / 60) });
  return t('pace.range', { from: roughSpanText(fromSeconds), to: roughSpanText(toSeconds) });
}
