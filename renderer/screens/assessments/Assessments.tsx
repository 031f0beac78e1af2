/** The assessments that were made, and how a new one is made: by dropping an export. */
import { Stack } from '@mantine/core';
import { useCallback, useMemo } from 'react';
import type { RowOf } from '../../../main/shared/client/client.ts';
import { allRows } from '../../api.ts';
import { Empty, Faces } from '../../parts/Faces.tsx';
import { PageHead } from '../../parts/PageHead.tsx';
import { DataTable } from '../../parts/table/DataTable.tsx';
import type { Column, RowAction } from '../../parts/table/column.ts';
import { go, pathOf } from '../../router.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { exactText, momentText, numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { comparisonPath } from './CompareWith.tsx';
import { NewAssessment } from './NewAssessment.tsx';
import { readinesses } from './Readiness.tsx';
import { filesText } from './files-text.ts';

type Line = RowOf<'assessments.list'>;
const nameOf = ({ from }: Line): string => filesText(from);

const columns = (): readonly Column<Line>[] => [
  {
    id: 'name',
    title: t('assessment.name'),
    value: nameOf,
    cell: (line) => <a href={`#${pathOf('assessments', line.id)}`}>{nameOf(line)}</a>,
    width: 260,
  },
  {
    id: 'made',
    title: t('assessment.made'),
    value: ({ madeAt }) => madeAt,
    text: ({ madeAt }) => momentText(madeAt),
    cell: ({ madeAt }) => <time title={exactText(madeAt)}>{momentText(madeAt)}</time>,
    width: 160,
  },
  { id: 'cloud', title: t('assessment.cloudShort'), value: ({ cloud }) => cloud, width: 140 },
  {
    id: 'machines',
    title: t('assessment.machines'),
    value: ({ machines }) => machines,
    text: ({ machines }) => numberText(machines),
    isNumber: true,
    width: 90,
  },
  ...readinesses.map((one): Column<Line> => ({
    id: one,
    title: t(`assessment.readiness.${one}`),
    value: ({ readiness }) => readiness[one],
    text: ({ readiness }) => numberText(readiness[one]),
    isNumber: true,
    width: 130,
  })),
];
const keyOf = ({ id }: Line): string => id;
const actions = (lines: readonly Line[]): readonly RowAction<Line>[] => [
  {
    id: 'compare',
    title: t('comparison.two'),
    isOff: lines.length === 2 ? null : t('comparison.chooseTwo'),
    run: ([one, other]) => {
      if (one !== undefined && other !== undefined) go(comparisonPath(one, other));
    },
  },
];
const open = ({ id }: Line): void => go(pathOf('assessments', id));

export function Assessments() {
  const shown = useMemo(() => columns(), []);
  const { of, load } = useAnswer(
    useCallback(async (signal: AbortSignal) => await allRows('assessments.list', {}, signal), []),
  );
  return (
    <Stack gap="md">
      <PageHead title={t('assessment.title')} under={t('assessment.why')} />
      <NewAssessment />
      <Faces of={of} onRetry={load}>
        {(assessments) => (
          <DataTable
            id="assessments"
            label={t('assessment.title')}
            columns={shown}
            rows={assessments}
            keyOf={keyOf}
            onOpen={open}
            actions={actions}
            firstSort={{ column: 'made', isDown: true }}
            empty={<Empty title={t('assessment.none')} why={t('assessment.noneWhy')} />}
          />
        )}
      </Faces>
    </Stack>
  );
}
