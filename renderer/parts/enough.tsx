/** Whether there is enough of something, as a badge. */
import type { ReactElement } from 'react';
import { t } from '../texts/t.ts';
import { badge } from './Badge.tsx';

/**
 * @param lacks how much too little there is; null where it is enough, or where nobody knows
 * @param unknown why nobody knows; null where it is known
 */
export function enoughBadge(lacks: string | null, unknown: string | null): ReactElement {
  if (lacks !== null) return badge('bad', t('wizard.tooFew', { amount: lacks }));
  return unknown === null ? badge('good', t('rehearsal.yes')) : badge('still', unknown);
}
