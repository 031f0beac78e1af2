/** The columns of a plan's machines. */
import type { MigrationRow } from '../../../main/shared/migration-row.ts';
import type { Plan, PlannedMachine } from '../../../main/shared/plans.ts';
import { Badge } from '../../parts/Badge.tsx';
import { StageBadge, stageText } from '../../parts/StageBadge.tsx';
import type { Column } from '../../parts/table/column.ts';
import { sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { waveText } from './waves/waves.ts';

export interface MachineLine {
  readonly machine: PlannedMachine;
  /** Null where it was not started, or its migration was deleted. */
  readonly row: MigrationRow | null;
}

export const machineColumns = (plan: Plan): readonly Column<MachineLine>[] => [
  { id: 'vm', title: t('plans.vm'), value: ({ machine }) => machine.vm.name, width: 160 },
  {
    id: 'wave',
    title: t('plans.wave'),
    value: ({ machine }) => machine.wave,
    text: ({ machine }) => waveText(plan, machine.wave),
    width: 130,
  },
  {
    id: 'stage',
    title: t('plans.stage'),
    value: saidOf,
    cell: (line) => (line.row === null ? <Badge tone="still">{saidOf(line)}</Badge> : <StageBadge row={line.row} />),
    width: 205,
  },
  {
    id: 'size',
    title: t('plans.size'),
    value: ({ row }) => (row === null || row.sizeBytes === 0 ? null : row.sizeBytes),
    text: ({ row }) => (row === null || row.sizeBytes === 0 ? '' : sizeText(row.sizeBytes)),
    isNumber: true,
    width: 80,
  },
  {
    id: 'waits',
    title: t('plans.waitsFor'),
    value: ({ row }) => row?.error?.message ?? row?.waitsFor?.says ?? null,
    text: ({ row }) => row?.error?.message ?? row?.waitsFor?.says ?? '',
    width: 240,
  },
  {
    id: 'own',
    title: t('plans.own'),
    value: ({ machine }) => Object.keys(machine.options).length,
    text: ({ machine }) => ownText(Object.keys(machine.options).length),
    width: 175,
  },
];

const ownText = (count: number): string => (count === 0 ? '' : t('plans.ownCount', { count }));

function saidOf({ machine, row }: MachineLine): string {
  if (row !== null) return stageText(row);
  return t(machine.migration === null ? 'plans.notStarted' : 'plans.forgotten');
}
