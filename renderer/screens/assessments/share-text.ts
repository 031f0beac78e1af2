/** What becomes of some of an origin’s VMs, in words. */
import type { AssessedShare } from '../../../main/shared/assessment.ts';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

/** Behind a number, or alone. */
export const shareText = ({
  of,
  machines,
  isUntold = false,
}: Pick<AssessedShare, 'of' | 'machines' | 'isUntold'>): string =>
  isUntold
    ? t('assessment.share.untold')
    : of === 'template' || of === 'placeholder'
      ? t(`assessment.share.${of}`, { count: machines })
      : t(`assessment.share.${of}`);

export const vmsText = (count: number): string => t('inventory.machines', { count, number: numberText(count) });
