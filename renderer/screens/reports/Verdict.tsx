/** Whether a migration was proved, with its sign. */
import { isOver } from '../../../main/shared/stages.ts';
import type { SummaryLine } from '../../../main/shared/summary-report.ts';
import { Badge } from '../../parts/Badge.tsx';
import { t } from '../../texts/t.ts';

type Judged = Pick<SummaryLine, 'proved' | 'stage'>;

export const verdictText = ({ proved, stage }: Judged): string =>
  t(proved ? 'reports.proved' : isOver(stage) ? 'reports.notProved' : 'reports.notFinished');

export function Verdict({ line }: { readonly line: Judged }) {
  return <Badge tone={line.proved ? 'good' : isOver(line.stage) ? 'bad' : 'work'}>{verdictText(line)}</Badge>;
}
