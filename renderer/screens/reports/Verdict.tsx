/** Whether a migration was proved, with its sign. */
import { hasEnded } from '../../../main/shared/stages.ts';
import type { SummaryLine } from '../../../main/shared/summary-report.ts';
import { Badge } from '../../parts/Badge.tsx';
import { t } from '../../texts/t.ts';

type Judged = Pick<SummaryLine, 'proved' | 'isGuestUnseen' | 'stage'>;

export const verdictText = ({ proved, isGuestUnseen, stage }: Judged): string =>
  t(
    proved
      ? isGuestUnseen
        ? 'reports.provedUnseen'
        : 'reports.proved'
      : hasEnded(stage)
        ? 'reports.notProved'
        : 'reports.notFinished',
  );

export function Verdict({ line }: { readonly line: Judged }) {
  return (
    <Badge tone={line.proved ? (line.isGuestUnseen ? 'wait' : 'good') : hasEnded(line.stage) ? 'bad' : 'work'}>
      {verdictText(line)}
    </Badge>
  );
}
