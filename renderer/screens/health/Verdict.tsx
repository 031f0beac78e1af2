/** How everything is, in one line. */
import { Badge } from '../../parts/Badge.tsx';
import { t } from '../../texts/t.ts';
import { worst, type HealthLine } from './judge.ts';

export function Verdict({ lines }: { readonly lines: readonly HealthLine[] }) {
  const tone = worst(lines);
  const count = lines.filter((line) => line.tone === tone).length;
  const says = {
    bad: t('health.someFail', { count }),
    wait: t('health.someWait', { count }),
    work: t('health.someWork'),
    still: t('health.someStill', { count }),
    info: '',
    good: t('health.allGood'),
  };
  return (
    <output>
      <Badge tone={tone}>{says[tone]}</Badge>
    </output>
  );
}
