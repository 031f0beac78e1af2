/** What ends the last step: both buttons, at the foot where “Next” was, and above them what is in their way. */
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../../main/shared/errors.ts';
import type { PlanId } from '../../../../main/shared/schedule.ts';
import { call } from '../../../api.ts';
import { ErrorCard } from '../../../parts/ErrorCard.tsx';
import { MayButton } from '../../../parts/MayButton.tsx';
import { goInstead, pathOf } from '../../../router.ts';
import { plans } from '../../../state/connections.ts';
import { t } from '../../../texts/t.ts';
import { sayError, startPlan } from '../acts.ts';
import { isAllMoved } from './AllMoved.tsx';
import { useWizard } from './context.ts';
import { wishOf } from './draft.ts';
import { dropDraft, NEW_PLAN } from './drafts.ts';
import classes from './Wizard.module.css';

export function Ending() {
  const { draft, problems, key, planWide } = useWizard();
  const [busy, setBusy] = useState<'save' | 'start' | null>(null);
  const [refused, setRefused] = useState<{ readonly title: string; readonly error: ErrorInfo } | null>(null);
  const inTheWay = problems.filter(({ step }) => step !== 'check');
  const found = problems.filter(({ step, isMissing }) => step === 'check' && !isMissing);
  const unchecked = problems.some(({ step, isMissing }) => step === 'check' && isMissing);
  const whyNotSave = inTheWay[0]?.says ?? null;
  const whyNotStart = whyNotSave ?? (isAllMoved(draft) ? t('wizard.nothingToStart') : (found[0]?.says ?? null));

  const end = async (isStart: boolean): Promise<void> => {
    setBusy(isStart ? 'start' : 'save');
    setRefused(null);
    const { waves, ...wish } = wishOf(draft, planWide.networks ?? []);
    let id: PlanId;
    try {
      const plan =
        key === NEW_PLAN
          ? await call('plans.create', { ...wish, waves })
          : await call('plans.change', { plan: key, ...wish }); // its waves are changed on its page, maybe meanwhile
      ({ id } = plan);
      dropDraft(key);
      await plans.load();
      goInstead(pathOf('plans', id));
      if (isStart)
        await startPlan(plan).catch((error: unknown) =>
          sayError(t('wizard.savedNotStarted', { name: plan.name }), error),
        );
    } catch (error) {
      setRefused({ title: t('wizard.notSaved', { name: draft.name }), error: toErrorInfo(error) });
    }
    setBusy(null);
  };

  return (
    <>
      {refused !== null && (
        <div className={classes['said']}>
          <ErrorCard title={refused.title} error={refused.error} />
        </div>
      )}
      {whyNotStart !== null && !isAllMoved(draft) && (
        <p className={`${classes['why']} ${classes['said']}`}>{t('wizard.notYet', { says: whyNotStart })}</p>
      )}
      {whyNotStart === null && unchecked && (
        <p className={`${classes['why']} ${classes['said']}`}>{t('wizard.startUnchecked')}</p>
      )}
      <MayButton
        takes="operator"
        variant="default"
        isOff={whyNotSave}
        loading={busy === 'save'}
        onClick={() => void end(false)}
      >
        {t('wizard.save')}
      </MayButton>
      <MayButton takes="operator" isOff={whyNotStart} loading={busy === 'start'} onClick={() => void end(true)}>
        {t('wizard.saveAndStart')}
      </MayButton>
    </>
  );
}
