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
    width: 200,
  },
  {
    id: 'verdict',
    title: t('reports.verdict'),
    value: verdictText,
    cell: (line) => <Verdict line={line} />,
    width: 140,
  },
  { id: 'stage', title: t('reports.stage'), value: ({ stage }) => t(`stage.${stage}`), width: 130 },
  { id: 'from', title: t('reports.from'), value: ({ from }) => from ?? t('reports.gone'), width: 130, isExtra: true },
  { id: 'to', title: t('reports.to'), value: ({ to }) => to ?? t('reports.gone'), width: 130, isExtra: true },
  { id: 'plan', title: t('reports.plan'), value: ({ plan }) => plan?.name ?? null, width: 130 },
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
  number('size', t('reports.size'), ({ sizeBytes }) => sizeBytes, sizeText, true),
  number('read', t('reports.read'), ({ readBytes }) => readBytes, sizeText, true),
  number('sent', t('reports.sent'), ({ sentBytes }) => sentBytes, sizeText, false),
  number('speed', t('reports.speed'), ({ bytesPerSecond }) => bytesPerSecond, rateText, false),
  number('downtime', t('reports.downtime'), ({ downtimeSeconds }) => downtimeSeconds, spanText, false),
  number('accepted', t('reports.accepted'), ({ accepted }) => accepted.length, String, false),
  number('left', t('reports.left'), ({ leftBehind }) => leftBehind.length, String, true),
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
    width: 160,
    isExtra,
  };
}

function number(
  id: string,
  title: string,
  value: (line: SummaryLine) => number | null,
  text: (value: number) => string,
  isExtra: boolean,
): Column<SummaryLine> {
  return { id, title, value, text: (line) => textOf(value(line), text), isNumber: true, width: 120, isExtra };
}

const textOf = <T,>(value: T | null, text: (value: T) => string): string => (value === null ? NOTHING : text(value));
