/** Quotas in words: what of, and how much of it in the unit that people count it in. */
import type { Countable } from '../../main/shared/rehearsal.ts';
import { diskText, memoryText } from './capacity.ts';
import { numberText } from './format.ts';
import { t } from './t.ts';

/** What a quota is of. @param type a volume type whose own quota it is */
export function quotaName(of: Countable, type: string | null): string {
  const what = t(`wizard.quotaOf.${of}`);
  return type === null ? what : t('rehearsal.ofType', { what, type });
}

/** Less than nothing is nothing. */
export function quotaAmount(of: Countable, value: number): string {
  const some = Math.max(0, value);
  if (of === 'memoryMiB') return memoryText(some);
  return of === 'volumeGiB' ? diskText(some) : numberText(some);
}
