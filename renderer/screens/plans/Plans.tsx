/** Every plan: what goes where, in how many waves, when, and how far it is. */
import { Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { Plan } from '../../../main/shared/plans.ts';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { ErrorCard } from '../../parts/ErrorCard.tsx';
import { MayButton, useWhyNot } from '../../parts/MayButton.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { go, pathOf } from '../../router.ts';
import { plans } from '../../state/connections.ts';
import { t } from '../../texts/t.ts';
import { PlanFileButton } from '../welcome/PlanFileButton.tsx';
import { DraftNote } from './DraftNote.tsx';
import { planActions, PlanDialog, type PlanQuestion } from './PlanDialog.tsx';
import { TemplatesCard } from './templates/TemplatesCard.tsx';
import { planColumns, usePlanLines, type PlanLine } from './plan-columns.tsx';

export function Plans() {
  const known = plans.use();
  return (
    <Faces of={known} onRetry={() => void plans.load()}>
      {(all) => <Known plans={all} />}
    </Faces>
  );
}

const keyOf = ({ plan }: PlanLine): string => plan.id;
const open = ({ plan }: PlanLine): void => go(pathOf('plans', plan.id));

function Known({ plans: all }: { readonly plans: readonly Plan[] }) {
  const lines = usePlanLines(all);
  const [question, setQuestion] = useState<PlanQuestion | null>(null);
  const [refused, setRefused] = useState<ErrorInfo | null>(null);
  const whyNot = useWhyNot('operator');
  const columns = useMemo(() => planColumns(), []);
  const fail = (error: unknown): void => setRefused(toErrorInfo(error));
  const newPlan = (
    <MayButton takes="operator" onClick={() => go('/plans/new')}>
      {t('plans.new')}
    </MayButton>
  );

  return (
    <Stack gap="sm">
      <PageHead
        title={t('plans.title')}
        actions={
          <>
            {all.length > 0 && newPlan}
            <PlanFileButton variant="default">{t('plans.import')}</PlanFileButton>
          </>
        }
      />
      <DraftNote />
      {refused !== null && <ErrorCard error={refused} />}
      <DataTable
        id="plans"
        label={t('plans.title')}
        columns={columns}
        rows={lines}
        keyOf={keyOf}
        onOpen={open}
        actions={(rows) => planActions(rows, { whyNot, ask: setQuestion, fail })}
        firstSort={{ column: 'name', isDown: false }}
        empty={<Empty title={t('plans.empty')} why={t('plans.emptyWhy')} action={newPlan} />}
      />
      <TemplatesCard />
      {question !== null && <PlanDialog question={question} onClose={() => setQuestion(null)} />}
    </Stack>
  );
}
