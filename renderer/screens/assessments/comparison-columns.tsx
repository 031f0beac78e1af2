/** The machines that came, went or changed between two assessments, and the columns of their table. */
import { Fragment } from 'react';
import { AssessmentReadiness } from '../../../main/shared/assessment.ts';
import type { Comparison, MachineChange } from '../../../main/shared/compare-assessments.ts';
import type { Column } from '../../parts/table/column.ts';
import { diskText, memoryText } from '../../texts/capacity.ts';
import { numberText } from '../../texts/format.ts';
import { t, type TextKey } from '../../texts/t.ts';
import { ReadinessBadge } from './Readiness.tsx';

type How = 'came' | 'went' | 'changed';

/** A machine with what is to be told of it. */
export interface ChangedMachine {
  readonly key: string;
  readonly name: string;
  readonly how: How;
  /** One, or what it was and what it is; none where it stayed. */
  readonly readiness: readonly AssessmentReadiness[];
  readonly what: string;
}

export function changedMachines({ added, gone, changed }: Comparison): ChangedMachine[] {
  const whole =
    (how: How) =>
    ({ name, readiness, ...size }: Comparison['added'][number], at: number): ChangedMachine => ({
      key: `${how}-${at}`,
      name,
      how,
      readiness: [readiness],
      what: sizeOf(size),
    });
  return [
    ...added.map(whole('came')),
    ...gone.map(whole('went')),
    ...changed.map(({ name, changes }, at): ChangedMachine => ({
      key: `changed-${at}`,
      name,
      how: 'changed',
      readiness: changes.flatMap(({ of, before, after }) => (of === 'readiness' ? readinessesOf(before, after) : [])),
      what: changes.flatMap((one) => (one.of === 'readiness' ? [] : [changeText(one)])).join('; '),
    })),
  ];
}

const readinessesOf = (...values: readonly unknown[]): AssessmentReadiness[] =>
  values.map((value) => AssessmentReadiness.parse(value));

const sizeOf = ({ cpus, memoryMiB, diskGiB }: Pick<Comparison['added'][number], 'cpus' | 'memoryMiB' | 'diskGiB'>) =>
  t('comparison.size', {
    cpus: numberText(cpus),
    memory: memoryText(memoryMiB),
    disk: diskText(diskGiB),
  });

function changeText({ of, before, after }: MachineChange): string {
  const text = (value: string | number): string => {
    if (of === 'memoryMiB') return memoryText(Number(value));
    if (of === 'diskGiB') return diskText(Number(value));
    if (of === 'power') return t(`report.power.${value}` as TextKey); // it is one of these
    return value === '' ? t('comparison.nothing') : String(value);
  };
  return t('comparison.from', { what: t(`comparison.of.${of}`), before: text(before), after: text(after) });
}

export const changeColumns = (): readonly Column<ChangedMachine>[] => [
  { id: 'name', title: t('reports.vm'), value: ({ name }) => name, width: 150 },
  {
    id: 'how',
    title: t('comparison.how'),
    value: ({ how }) => t(`comparison.how.${how}`),
    width: 90,
    isFacet: true,
  },
  {
    id: 'readiness',
    title: t('assessment.readiness'),
    value: ({ readiness }) => readiness.map((one) => t(`assessment.readiness.${one}`)).join(' → '),
    cell: ({ readiness }) => (
      <span>
        {readiness.map((one, at) => (
          <Fragment key={one}>
            {at > 0 && ' → '}
            <ReadinessBadge readiness={one} />
          </Fragment>
        ))}
      </span>
    ),
    width: 250,
    isFacet: true,
  },
  { id: 'what', title: t('comparison.what'), value: ({ what }) => what, width: 350 },
];
