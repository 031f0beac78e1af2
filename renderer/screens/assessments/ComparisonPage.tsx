/** Two assessments of one data centre held against each other: what came, what went, what has changed. */
import { Alert, Button, Stack } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { AssessmentId, type AssessmentSummary } from '../../../main/shared/assessment.ts';
import type { Comparison } from '../../../main/shared/compare-assessments.ts';
import type { ReportFormat } from '../../../main/shared/report-formats.ts';
import { call, file } from '../../api.ts';
import { BackLink } from '../../parts/BackLink.tsx';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { Section } from '../../parts/Section.tsx';
import { DataTable } from '../../parts/table/DataTable.tsx';
import { go, pathOf } from '../../router.ts';
import type { ScreenProps } from '../../screen-props.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { momentText, numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { SaveButtons } from '../reports/SaveButtons.tsx';
import { asOf } from './CompareWith.tsx';
import { changeColumns, changedMachines, type ChangedMachine } from './comparison-columns.tsx';
import { Counts, RuleChanges, Sums } from './comparison-parts.tsx';
import { UnknownAssessment } from './UnknownAssessment.tsx';
import { filesText } from './files-text.ts';

/** CSV has the machines of now, and nothing of what they were. */
const formats: readonly ReportFormat[] = ['html', 'pdf', 'xlsx', 'json'];

export function ComparisonPage({ params }: ScreenProps) {
  const after = AssessmentId.safeParse(params['id']).data;
  const before = AssessmentId.safeParse(params['since']).data;
  return after === undefined || before === undefined ? <UnknownAssessment /> : <Known after={after} before={before} />;
}

interface Pair {
  readonly after: AssessmentId;
  readonly before: AssessmentId;
}

function Known({ after, before }: Pair) {
  const { of, load } = useAnswer(
    useCallback(
      async (signal: AbortSignal) => {
        const [comparison, is, was] = await Promise.all([
          call('assessments.compare', { id: after, since: before }, signal),
          call('assessments.show', { id: after }, signal),
          call('assessments.show', { id: before }, signal),
        ]);
        return { comparison, is: is.summary, was: was.summary };
      },
      [after, before],
    ),
  );
  return (
    <>
      <BackLink to="/assessments">{t('assessment.back')}</BackLink>
      <Faces of={of} onRetry={load}>
        {(known) => <Full after={after} before={before} {...known} />}
      </Faces>
    </>
  );
}

interface FullProps extends Pair {
  readonly comparison: Comparison;
  readonly is: AssessmentSummary;
  readonly was: AssessmentSummary;
}

const keyOf = ({ key }: ChangedMachine): string => key;

function Full({ after, before, comparison, is, was }: FullProps) {
  const columns = useMemo(() => changeColumns(), []);
  const rows = useMemo(() => changedMachines(comparison), [comparison]);
  const title = t('comparison.title', { after: nameOf(is), before: nameOf(was) });
  const { doubt, unchanged } = comparison;
  return (
    <Stack gap="md">
      <PageHead
        title={title}
        under={
          <>
            {t('comparison.before')}: <Of id={before} summary={was} />. {t('comparison.now')}:{' '}
            <Of id={after} summary={is} />.
          </>
        }
        actions={
          <Button
            variant="default"
            leftSection={<IconArrowsExchange size={18} aria-hidden="true" />}
            onClick={() => go(pathOf('assessments', before, 'since', after))}
          >
            {t('comparison.swap')}
          </Button>
        }
      />
      {doubt !== null && <Alert color="guts">{t(`comparison.doubt.${doubt}`)}</Alert>}
      <SaveButtons
        write={async (format) => await file('assessments.report', { id: after, since: before }, format)}
        about={title}
        formats={formats}
      />
      <Counts comparison={comparison} />
      <Section title={t('comparison.machines')}>
        <DataTable
          id="changed-machines"
          label={t('comparison.machines')}
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          empty={
            <Empty
              title={t('comparison.same')}
              why={t('comparison.sameWhy', { count: unchanged, number: numberText(unchanged) })}
            />
          }
        />
      </Section>
      <RuleChanges comparison={comparison} />
      <Sums comparison={comparison} />
    </Stack>
  );
}

const nameOf = ({ estate }: AssessmentSummary): string => filesText(estate.from);

function Of({ id, summary }: { readonly id: AssessmentId; readonly summary: AssessmentSummary }) {
  const { takenAt } = summary.estate;
  const time = momentText(asOf({ takenAt, madeAt: summary.madeAt }));
  return <a href={`#${pathOf('assessments', id)}`}>{t('comparison.otherAt', { name: nameOf(summary), time })}</a>;
}
