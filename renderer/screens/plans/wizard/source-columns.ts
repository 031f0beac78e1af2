/** The columns of the machines that a plan can have. */
import type { InstanceRow } from '../../../../main/shared/operations/inventory.ts';
import type { Column } from '../../../parts/table/column.ts';
import { numberText, sizeText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';

export interface SourceLine {
  readonly vm: InstanceRow;
  /** In the plan; null where it is not. */
  readonly wave: number | null;
}

export const sourceColumns = (): readonly Column<SourceLine>[] => [
  { id: 'name', title: t('plans.vm'), value: ({ vm }) => vm.name, width: 190 },
  {
    id: 'wave',
    title: t('wizard.inPlan'),
    value: ({ wave }) => wave,
    text: ({ wave }) => (wave === null ? t('wizard.notInPlan') : t('plans.waveNumber', { wave: numberText(wave) })),
    isFacet: true,
    width: 105,
  },
  { id: 'power', title: t('wizard.power'), value: ({ vm }) => t(`wizard.power.${vm.power}`), isFacet: true, width: 90 },
  { id: 'os', title: t('wizard.os'), value: ({ vm }) => vm.os, width: 210 },
  {
    id: 'cpus',
    title: t('wizard.cpus'),
    value: ({ vm }) => vm.cpus,
    text: ({ vm }) => numberText(vm.cpus),
    isNumber: true,
    width: 75,
  },
  {
    id: 'memory',
    title: t('wizard.memory'),
    value: ({ vm }) => vm.memoryBytes,
    text: ({ vm }) => sizeText(vm.memoryBytes),
    isNumber: true,
    width: 90,
  },
  {
    id: 'disks',
    title: t('wizard.disks'),
    value: ({ vm }) => vm.diskBytes,
    text: ({ vm }) => sizeText(vm.diskBytes),
    unit: 2 ** 30,
    isNumber: true,
    width: 95,
  },
  { id: 'networks', title: t('wizard.networks'), value: ({ vm }) => vm.networks.join(', '), width: 170 },
  { id: 'folder', title: t('wizard.folder'), value: ({ vm }) => vm.folder, isExtra: true, width: 180 },
  { id: 'cluster', title: t('wizard.cluster'), value: ({ vm }) => vm.cluster, isExtra: true, width: 140 },
  { id: 'tags', title: t('wizard.tags'), value: ({ vm }) => vm.tags.join(', '), isExtra: true, width: 200 },
];
