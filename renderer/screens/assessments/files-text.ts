/** What an assessment was made of: the names of its files, of many only the first. */
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

export function filesText(from: readonly string[]): string {
  const [first = '', ...others] = from;
  return from.length <= 3 ? from.join(', ') : t('assessment.moreFiles', { first, number: numberText(others.length) });
}
