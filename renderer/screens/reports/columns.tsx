/** The columns of the table of reports. */
import type { SummaryLine } from '../../../main/shared/summary-report.ts';
import type { Column } from '../../parts/table/column.ts';
import { pathOf } from '../../router.ts';
import { exactText, momentText, rateText, sizeText, spanText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { Verdict, verdictText } from './Verdict.tsx';

const NOTHING = '–';

export const reportColumns = (): readonly Column<SummaryLine>[] => [
  {
    id: 'vm',
    title: t('reports.vm'),
    value: ({ vm }) => vm,
    cell: ({ vm, migration }) => <a href={`#${pathOf('reports', migration)}`}>{vm}</a>,
    width: 140,
  },
  {
    id: 'verdict',
    title: t('reports.verdict'),
    value: verdictText,
    cell: (line) => <Verdict line={line} />,
    width: 200,
    isFacet: true,
  },
  { id: 'stage', title: t('reports.stage'), value: ({ stage }) => t(`stage.${stage}`), width: 130, isExtra: true },
  { id: 'from', title: t('reports.from'), value: ({ from }) => from ?? t('reports.gone'), width: 130, isExtra: true },
  { id: 'to', title: t('reports.to'), value: ({ to }) => to ?? t('reports.gone'), width: 130, isExtra: true },
  { id: 'plan', title: t('reports.plan'), value: ({ plan }) => plan?.name ?? null, width: 90, isFacet: true },
  {
    id: 'wave',
    title: t('reports.wave'),
    value: ({ plan }) => plan?.wave ?? null,
    isNumber: true,
    width: 80,
    isExtra: true,
  },
  moment('started', t('reports.started'), ({ startedAt }) => startedAt, true),
  moment('ended', t('reports.ended'), ({ endedAt }) => endedAt, false),
  number('size', t('reports.size'), ({ sizeBytes }) => sizeBytes, sizeText, {
    width: 95,
    isExtra: true,
    unit: 2 ** 30,
  }),
  number('read', t('reports.read'), ({ readBytes }) => readBytes, sizeText, {
    width: 95,
    isExtra: true,
    unit: 2 ** 30,
  }),
  number('sent', t('reports.sent'), ({ sentBytes }) => sentBytes, sizeText, { width: 85, unit: 2 ** 30 }),
  number('speed', t('reports.speed'), ({ bytesPerSecond }) => bytesPerSecond, rateText, { width: 85, unit: 1e6 }),
  number('downtime', t('reports.downtime'), ({ downtimeSeconds }) => downtimeSeconds, spanText, { width: 95 }),
  number('accepted', t('reports.acceptedShort'), ({ accepted }) => accepted.length, String, { width: 95 }),
  number('left', t('reports.left'), ({ leftBehind }) => leftBehind.length, String, { width: 120, isExtra: true }),
];

function moment(
  id: string,
  title: string,
  at: (line: SummaryLine) => string | null,
  isExtra: boolean,
): Column<SummaryLine> {
  return {
    id,
    title,
    value: at,
    text: (line) => textOf(at(line), momentText),
    cell: (line) => {
      const is = at(line);
      return is === null ? NOTHING : <time title={exactText(is)}>{momentText(is)}</time>;
    },
    width: 155,
    isExtra,
  };
}

function number(
  id: string,
  title: string,
  value: (line: SummaryLine) => number | null,
  text: (value: number) => string,
  more: Pick<Column<SummaryLine>, 'width' | 'unit' | 'isExtra'>,
): Column<SummaryLine> {
  return { id, title, value, text: (line) => textOf(value(line), text), isNumber: true, ...more };
}

const textOf = <T,>(value: T | null, text: (value: T) => string): string => (value === null ? NOTHING : text(value));
