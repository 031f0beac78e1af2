/** How a wish went, in its place: what was done and what that means, and who was refused and why. */
import { CloseButton } from '@mantine/core';
import { useEffect } from 'react';
import type { ErrorInfo } from '../../../../main/shared/errors.ts';
import { ErrorCard } from '../../../parts/ErrorCard.tsx';
import { t } from '../../../texts/t.ts';
import classes from './Acting.module.css';
import type { Deed } from './perform.ts';

interface DeedNoticeProps {
  readonly outcome: Deed | ErrorInfo;
  readonly onClose: () => void;
}

const MOST_SHOWN = 5;
/** What was done is soon old; what was refused stays until somebody has seen it. */
const SHOWN_MS = 20_000;

export function DeedNotice({ outcome, onClose }: DeedNoticeProps) {
  const isAllDone = 'wish' in outcome && outcome.refused.length === 0;
  useEffect(() => {
    if (!isAllDone) return;
    const timer = setTimeout(onClose, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isAllDone, onClose]);
  const close = <CloseButton aria-label={t('dialog.close')} onClick={onClose} />;
  if (!('wish' in outcome))
    return (
      <div className={classes['notices']}>
        <ErrorCard error={outcome} />
        {close}
      </div>
    );
  const { wish, done, refused } = outcome;
  const vms = done.length === 1 ? (done[0] ?? '') : t('acting.vms', { count: done.length });
  return (
    <div className={classes['notices']}>
      <div className={classes['notice']}>
        {done.length > 0 && (
          <output>
            <strong>{t(`acted.${wish}`, { vms })}</strong> {t(`effect.${wish}`)}
          </output>
        )}
        {refused.slice(0, MOST_SHOWN).map(({ vm, error }) => (
          <ErrorCard key={vm} title={t('acting.refused', { vm })} error={error} />
        ))}
        {refused.length > MOST_SHOWN && <p>{t('acting.moreRefused', { count: refused.length - MOST_SHOWN })}</p>}
      </div>
      {close}
    </div>
  );
}
