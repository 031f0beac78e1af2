/** The columns of the table of machines that were assessed. */
import { idBeside, placesIn, untoldIn } from '../../../main/shared/assessed/naming.ts';
import { offOf } from '../../../main/shared/assessed/waves.ts';
import type { AssessedMachine, AssessmentSummary } from '../../../main/shared/assessment.ts';
import type { Column } from '../../parts/table/column.ts';
import { diskText, GiB, memoryText, MiB } from '../../texts/capacity.ts';
import { numberText, roughSpanText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { ReadinessBadge } from './Readiness.tsx';
import { offText } from './Waves.tsx';

const notTold = (ids: readonly string[]): string[] =>
  ids.length === 0 ? [] : [t('assessment.notToldOf', { rules: ids.join(', ') })];

/** Names, in every language. */
const firmwares = { bios: 'BIOS', uefi: 'UEFI' } as const;

export const machineColumns = (
  { flavors, rules, gaps }: AssessmentSummary,
  machines: readonly AssessedMachine[],
): readonly Column<AssessedMachine>[] => {
  const saysOf = new Map(rules.map(({ id, says }) => [id, says]));
  const idOf = idBeside({ machines });
  const nameOf = (machine: AssessedMachine): string => {
    const id = idOf(machine);
    return id === null ? machine.name : `${machine.name} (${id})`;
  };
  const why = (machine: AssessedMachine): string =>
    [
      ...machine.findings.map((finding) => {
        const places = placesIn(machine, finding);
        return `${finding.id}: ${saysOf.get(finding.id) ?? ''}${places.length === 0 ? '' : ` (${places.join('; ')})`}`;
      }),
      ...notTold(untoldIn(machine, gaps)),
      ...(machine.readiness === 'unknown' ? machine.gaps.flatMap((index) => gaps[index]?.says ?? []) : []),
    ].join(' ');
  const flavorOf = ({ flavor }: AssessedMachine): string | null =>
    flavor === null ? null : (flavors[flavor]?.name ?? null);
  return [
    { id: 'name', title: t('reports.vm'), value: nameOf, width: 200 },
    {
      id: 'readiness',
      title: t('assessment.readiness'),
      value: ({ readiness }) => t(`assessment.readiness.${readiness}`),
      cell: ({ readiness }) => <ReadinessBadge readiness={readiness} />,
      width: 230,
      isFacet: true,
    },
    { id: 'why', title: t('report.why'), value: why, width: 360 },
    {
      id: 'rules',
      title: t('rehearsal.rule'),
      value: ({ findings }) => findings.map(({ id }) => id).join(' '),
      width: 130,
    },
    {
      id: 'wave',
      title: t('rehearsal.wave'),
      value: ({ wave }) => wave,
      isNumber: true,
      width: 70,
      isFacet: true,
    },
    { id: 'guest', title: t('report.guest'), value: ({ guest }) => guest, width: 200, isFacet: true },
    { id: 'cpus', title: t('assessment.cpus'), value: ({ cpus }) => cpus, isNumber: true, width: 70 },
    {
      id: 'memory',
      title: t('assessment.memory'),
      value: ({ memoryMiB }) => memoryMiB * MiB,
      text: ({ memoryMiB }) => memoryText(memoryMiB),
      isNumber: true,
      width: 90,
      unit: GiB,
    },
    {
      id: 'disk',
      title: t('assessment.disk'),
      value: ({ diskGiB }) => diskGiB * GiB,
      text: ({ diskGiB }) => diskText(diskGiB),
      isNumber: true,
      width: 95,
      unit: GiB,
    },
    { id: 'flavor', title: t('rehearsal.flavor'), value: flavorOf, width: 150, isFacet: true },
    {
      id: 'takes',
      title: t('assessment.takes'),
      value: ({ seconds }) => seconds,
      text: ({ seconds }) => roughSpanText(seconds),
      isNumber: true,
      width: 95,
    },
    {
      id: 'offCold',
      title: t('assessment.offCold'),
      value: (machine) => offOf(machine).cold,
      text: (machine) => offText(offOf(machine).cold),
      isNumber: true,
      width: 95,
    },
    {
      id: 'offWarm',
      title: t('assessment.offWarm'),
      value: (machine) => offOf(machine).warm,
      text: (machine) => offText(offOf(machine).warm),
      isNumber: true,
      width: 95,
    },
    {
      id: 'tracking',
      title: t('ledger.changeTracking'),
      value: ({ tracking = 'untold' }) => t(`assessment.tracking.${tracking}`),
      width: 130,
      isFacet: true,
    },
    {
      id: 'firmware',
      title: t('machine.firmware'),
      value: ({ firmware }) =>
        firmware === null || firmware === undefined ? t('assessment.notTold') : firmwares[firmware],
      width: 90,
      isFacet: true,
    },
    {
      id: 'profile',
      title: t('assessment.profile'),
      value: ({ profile }) => profile,
      width: 110,
      isFacet: true,
      isExtra: true,
    },
    { id: 'folder', title: t('assessment.folder'), value: ({ folder }) => folder, width: 180, isExtra: true },
    {
      id: 'cluster',
      title: t('assessment.cluster'),
      value: ({ cluster }) => cluster,
      width: 120,
      isFacet: true,
      isExtra: true,
    },
    {
      id: 'power',
      title: t('report.power'),
      value: ({ power }) => t(`report.power.${power}`),
      width: 100,
      isFacet: true,
      isExtra: true,
    },
    {
      id: 'snapshots',
      title: t('assessment.snapshots'),
      value: ({ snapshots }) => snapshots,
      text: ({ snapshots }) => numberText(snapshots),
      isNumber: true,
      width: 95,
      isExtra: true,
    },
  ];
};
