/** The parts of a comparison besides its machines: how many came, went and changed, findings, sums. */
import type { Comparison } from '../../../main/shared/compare-assessments.ts';
import { Figures } from '../../parts/Figures.tsx';
import { Listing } from '../../parts/Listing.tsx';
import { whole } from '../../parts/Section.tsx';
import { severityBadge } from '../../parts/severity.tsx';
import { diskText, memoryText } from '../../texts/capacity.ts';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { readinesses } from './Readiness.tsx';

interface Of {
  readonly comparison: Comparison;
}

export function Counts({ comparison: { added, gone, changed, unchanged } }: Of) {
  return (
    <Figures
      figures={[
        [t('comparison.how.came'), numberText(added.length), t('assessment.machines')],
        [t('comparison.how.went'), numberText(gone.length), t('assessment.machines')],
        [t('comparison.how.changed'), numberText(changed.length), t('assessment.machines')],
        [t('comparison.unchanged'), numberText(unchanged), t('assessment.machines')],
      ]}
    />
  );
}

export function RuleChanges({ comparison: { rules } }: Of) {
  return (
    <Listing
      title={t('comparison.rules')}
      empty={t('comparison.sameRules')}
      columns={[
        { title: t('rehearsal.rule') },
        { title: t('rehearsal.weight') },
        { title: t('rehearsal.found') },
        ...beforeAndNow(),
      ]}
      rows={rules.map(({ id, severity, says, before, after }) => [
        whole(id),
        severityBadge(severity),
        says,
        numberText(before),
        numberText(after),
        signed(after - before, numberText),
      ])}
    />
  );
}

type Text = (value: number) => string;

export function Sums({ comparison: { before, after } }: Of) {
  const line = (name: string, was: number, is: number, text: Text = numberText) => [
    name,
    text(was),
    text(is),
    signed(is - was, text),
  ];
  return (
    <Listing
      title={t('comparison.ofSums')}
      columns={[{ title: t('comparison.sum') }, ...beforeAndNow()]}
      rows={[
        line(t('assessment.machines'), before.machines, after.machines),
        ...readinesses.map((one) =>
          line(t(`assessment.readiness.${one}`), before.readiness[one], after.readiness[one]),
        ),
        line(t('assessment.cpus'), before.cpus, after.cpus),
        line(t('assessment.memory'), before.memoryMiB, after.memoryMiB, memoryText),
        line(t('assessment.disk'), before.diskGiB, after.diskGiB, diskText),
      ]}
    />
  );
}

const beforeAndNow = () => [
  { title: t('comparison.before'), isNumber: true },
  { title: t('comparison.now'), isNumber: true },
  { title: t('comparison.difference'), isNumber: true },
];

/** “+3”, “−2”, and a dash for none. */
const signed = (difference: number, text: Text): string =>
  difference === 0 ? '–' : `${difference > 0 ? '+' : '−'}${text(Math.abs(difference))}`;
