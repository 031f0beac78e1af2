/** How many machines can move as they are, with conditions, not yet, or nobody knows: in figures, and one by one as a badge. */
import type { AssessmentReadiness, AssessmentSummary } from '../../../main/shared/assessment.ts';
import { Badge, type Tone } from '../../parts/Badge.tsx';
import { Figures } from '../../parts/Figures.tsx';
import { diskText } from '../../texts/capacity.ts';
import { numberText, roughSpanText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';

export const readinesses: readonly AssessmentReadiness[] = ['ready', 'conditional', 'notReady', 'unknown'];

const tones: Readonly<Record<AssessmentReadiness, Tone>> = {
  ready: 'good',
  conditional: 'wait',
  notReady: 'bad',
  unknown: 'still',
};

export const ReadinessBadge = ({ readiness }: { readonly readiness: AssessmentReadiness }) => (
  <Badge tone={tones[readiness]}>{t(`assessment.readiness.${readiness}`)}</Badge>
);

/** Rounded as in reports, so that parts add up to the whole as well as they can. */
const roundedPercent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${numberText((part / whole) * 100)} %`;

export function Readiness({ summary }: { readonly summary: AssessmentSummary }) {
  const { totals, readiness } = summary;
  return (
    <Figures
      figures={[
        ...readinesses.map((one): readonly [string, string, string] => [
          t(`assessment.readiness.${one}`),
          numberText(readiness[one].machines),
          `${roundedPercent(readiness[one].machines, totals.machines)} · ${diskText(readiness[one].diskGiB)}`,
        ]),
        [
          t('assessment.time'),
          roughSpanText(totals.seconds),
          t('assessment.inWaves', { count: summary.waves.length, number: numberText(summary.waves.length) }),
        ],
      ]}
    />
  );
}
