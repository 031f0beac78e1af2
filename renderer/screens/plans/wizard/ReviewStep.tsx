/** Last step: what will happen, in order; what it takes; what the source feels; how it is undone; and the two buttons. */
import { Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../../main/shared/errors.ts';
import type { PlanId } from '../../../../main/shared/schedule.ts';
import { quotaLines, totalsOf } from '../../../../main/shared/proposals/totals.ts';
import { call } from '../../../api.ts';
import { ErrorCard } from '../../../parts/ErrorCard.tsx';
import { MayButton } from '../../../parts/MayButton.tsx';
import { goInstead, pathOf } from '../../../router.ts';
import { plans } from '../../../state/connections.ts';
import { numberText, sizeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { sayError, startPlan } from '../acts.ts';
import { useWizard, type Wizard } from './context.ts';
import { wishOf } from './draft.ts';
import { dropDraft, NEW_PLAN } from './drafts.ts';
import { Forecast } from './Forecast.tsx';
import { Machines, NeedsFirst } from './MappingStep.tsx';
import { orderTexts, sourceTexts } from './order-texts.ts';
import { QuotaTable } from './QuotaTable.tsx';
import classes from './Wizard.module.css';

export function ReviewStep() {
  const { draft } = useWizard();
  if (draft.machines.length === 0) return <NeedsFirst step="machines" />;
  if (draft.destination === null) return <NeedsFirst step="destination" />;
  return (
    <Machines>
      <Review />
    </Machines>
  );
}

function Review() {
  const wizard = useWizard();
  const { facts, picked } = wizard;
  const wanted = picked.flatMap(({ machine, vm, options }) =>
    vm === null || machine.migration !== null ? [] : [{ vm, options }],
  );
  const totals = facts === null ? null : totalsOf(wanted, facts);
  return (
    <Stack gap="md">
      <section className="guts-card" aria-labelledby="review-order">
        <Text component="h3" fw={600} id="review-order" m={0}>
          {t('wizard.order')}
        </Text>
        <ol className={classes['order']}>
          {orderTexts(wizard).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ol>
      </section>
      <section className="guts-card" aria-labelledby="review-source">
        <Text component="h3" fw={600} id="review-source" m={0}>
          {t('wizard.feels')}
        </Text>
        <ul className={classes['order']}>
          {sourceTexts(picked).map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
        <p>
          <strong>{t('wizard.undo')}:</strong> {t('wizard.undoHow')}
        </p>
      </section>
      {totals !== null && facts !== null && (
        <section className="guts-card" aria-labelledby="review-totals">
          <Text component="h3" fw={600} id="review-totals" m={0}>
            {t('wizard.totals')}
          </Text>
          <p>
            {t('wizard.totalsText', {
              count: totals.machines,
              vms: numberText(totals.machines),
              size: sizeText(totals.bytes),
              volumes: numberText(totals.needs.volumes),
              ports: numberText(totals.needs.ports),
            })}
          </p>
          <QuotaTable lines={quotaLines(totals, facts.quotas)} />
          <Forecast wanted={wanted.map(({ vm }) => vm)} />
        </section>
      )}
      <Accepted wizard={wizard} />
      <Ending wizard={wizard} />
    </Stack>
  );
}

function Accepted({ wizard: { draft } }: { readonly wizard: Wizard }) {
  const accept = draft.options.accept ?? 'all';
  if (accept !== 'all' && accept.length === 0) return null;
  return (
    <p className={classes['why']}>
      {accept === 'all' ? t('wizard.allAccepted') : t('wizard.acceptedThese', { ids: accept.join(', ') })}
    </p>
  );
}

function Ending({ wizard }: { readonly wizard: Wizard }) {
  const { draft, problems, key, planWide } = wizard;
  const [busy, setBusy] = useState<'save' | 'start' | null>(null);
  const [refused, setRefused] = useState<{ readonly title: string; readonly error: ErrorInfo } | null>(null);
  const inTheWay = problems.filter(({ step }) => step !== 'check');
  const found = problems.filter(({ step, isMissing }) => step === 'check' && !isMissing);
  const unchecked = problems.some(({ step, isMissing }) => step === 'check' && isMissing);
  const whyNotSave = inTheWay[0]?.says ?? null;
  const whyNotStart = whyNotSave ?? found[0]?.says ?? null;

  const end = async (isStart: boolean): Promise<void> => {
    setBusy(isStart ? 'start' : 'save');
    setRefused(null);
    const wish = wishOf(draft, planWide.networks ?? []);
    let id: PlanId;
    try {
      const plan =
        key === NEW_PLAN ? await call('plans.create', wish) : await call('plans.change', { plan: key, ...wish });
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
    <Stack gap="sm">
      {refused !== null && <ErrorCard title={refused.title} error={refused.error} />}
      {unchecked && <p className={classes['why']}>{t('wizard.startUnchecked')}</p>}
      <Group>
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
      </Group>
      {whyNotStart !== null && <p className={classes['why']}>{t('wizard.notYet', { says: whyNotStart })}</p>}
    </Stack>
  );
}
