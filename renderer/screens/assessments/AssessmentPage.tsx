/** One assessment: what a data centre would become in the cloud, and what blocks, machine by machine. */
import { Button, Group, Stack } from '@mantine/core';
import { IconArrowsDiff, IconEyeOff } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { AssessmentId, type AssessedMachine, type AssessmentSummary } from '../../../main/shared/assessment.ts';
import { allRows, call, file } from '../../api.ts';
import { BackLink } from '../../parts/BackLink.tsx';
import { ConfirmDialog } from '../../parts/ConfirmDialog.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { MayButton } from '../../parts/MayButton.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Section } from '../../parts/Section.tsx';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { go } from '../../router.ts';
import type { ScreenProps } from '../../screen-props.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { momentText, numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { SaveButtons } from '../reports/SaveButtons.tsx';
import { AddUp } from './AddUp.tsx';
import { CompareWith } from './CompareWith.tsx';
import { machineColumns } from './machine-columns.tsx';
import { Datastores, Flavors, Hurts, Networks, Quotas, Rules } from './parts.tsx';
import { Readiness } from './Readiness.tsx';
import { SaveAnonymous } from './SaveAnonymous.tsx';
import { vmsText } from './share-text.ts';
import { UnknownAssessment } from './UnknownAssessment.tsx';
import { Unread, Untold } from './Untold.tsx';
import { Verdict } from './Verdict.tsx';
import { Waves } from './Waves.tsx';
import { filesText } from './files-text.ts';

export function AssessmentPage({ params }: ScreenProps) {
  const id = AssessmentId.safeParse(params['id']).data;
  return id === undefined ? <UnknownAssessment /> : <Known id={id} />;
}

interface Whole {
  readonly summary: AssessmentSummary;
  readonly machines: readonly AssessedMachine[];
}

function Known({ id }: { readonly id: AssessmentId }) {
  const { of, load } = useAnswer(
    useCallback(
      async (signal: AbortSignal): Promise<Whole> => {
        const [{ summary }, machines] = await Promise.all([
          call('assessments.show', { id }, signal),
          allRows('assessments.machines', { id, limit: PAGE_ROWS }, signal),
        ]);
        return { summary, machines };
      },
      [id],
    ),
  );
  return (
    <>
      <BackLink to="/assessments">{t('assessment.back')}</BackLink>
      <Faces of={of} onRetry={load}>
        {(whole) => <Full id={id} {...whole} />}
      </Faces>
    </>
  );
}

/** Many machines are little each: fewer questions. */
const PAGE_ROWS = 5000;

const keyOf = ({ ref }: AssessedMachine): string => ref;

function Full({ id, summary, machines }: Whole & { readonly id: AssessmentId }) {
  const [asking, setAsking] = useState<'compare' | 'anonymous' | 'delete' | null>(null);
  const close = (): void => setAsking(null);
  const columns = useMemo(() => machineColumns(summary, machines), [summary, machines]);
  const name = filesText(summary.estate.from);
  const remove = async (): Promise<void> => {
    await call('assessments.delete', { id });
    go('/assessments');
  };
  return (
    <Stack gap="md">
      <PageHead
        title={name}
        under={headText(summary)}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconArrowsDiff size={18} aria-hidden="true" />}
              onClick={() => setAsking('compare')}
            >
              {t('comparison.with')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconEyeOff size={18} aria-hidden="true" />}
              onClick={() => setAsking('anonymous')}
            >
              {t('assessment.anonymous')}
            </Button>
          </>
        }
      />
      <SaveButtons write={async (format) => await file('assessments.report', { id }, format)} about={name} />
      <Verdict summary={summary} />
      <Readiness summary={summary} />
      <Hurts summary={summary} />
      <AddUp summary={summary} />
      <Rules summary={summary} />
      <Untold summary={summary} />
      <Section title={t('assessment.allMachines')}>
        <DataTable
          id="assessed-machines"
          label={t('assessment.allMachines')}
          columns={columns}
          rows={machines}
          keyOf={keyOf}
          firstSort={{ column: 'name', isDown: false }}
          empty={<Empty title={t('assessment.noMachines')} why={t('assessment.noMachinesWhy')} />}
        />
      </Section>
      <Waves summary={summary} machines={machines} />
      <Flavors summary={summary} />
      <Quotas summary={summary} />
      <Networks summary={summary} />
      <Datastores summary={summary} />
      <Unread summary={summary} />
      <Group justify="flex-end">
        <MayButton takes="operator" variant="outline" color="danger" onClick={() => setAsking('delete')}>
          {t('assessment.delete')}
        </MayButton>
      </Group>
      {asking === 'anonymous' && <SaveAnonymous id={id} onClose={close} />}
      {asking === 'compare' && <CompareWith id={id} onClose={close} />}
      {asking === 'delete' && (
        <ConfirmDialog title={t('assessment.delete')} doIt={t('assessment.delete')} onDo={remove} onClose={close}>
          <p>{t('assessment.deleteWhat')}</p>
        </ConfirmDialog>
      )}
    </Stack>
  );
}

function headText({ estate, cloud }: AssessmentSummary): string {
  const { product, from, takenAt, machines, hosts } = estate;
  const parts = [
    product ?? filesText(from),
    hosts === 0
      ? vmsText(machines)
      : t('assessment.onHosts', { count: hosts, vms: vmsText(machines), hosts: numberText(hosts) }),
    ...(takenAt === null ? [] : [t('assessment.takenAt', { time: momentText(takenAt) })]),
    cloud === null
      ? t('assessment.againstNone')
      : t('assessment.against', { cloud: cloud.name, project: cloud.project }),
  ];
  return `${parts.join(', ')}.`;
}
