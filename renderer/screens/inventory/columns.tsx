/** The columns of the inventory's table. */
import type { ReactNode } from 'react';
import type { InstanceRow } from '../../../main/shared/operations/inventory.ts';
import { Badge, type Tone } from '../../parts/Badge.tsx';
import type { Column } from '../../parts/table/column.ts';
import { numberText, sizeText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import type { MachineRow } from './machine-row.ts';
import { StageCell } from './StageCell.tsx';

const GIB = 2 ** 30;

/** @param hasSeveralKinds which hypervisor a machine comes from is only worth a column where there are several */
export function machineColumns(hasSeveralKinds = false): readonly Column<MachineRow>[] {
  return [
    { id: 'name', title: t('machine.name'), value: ({ name }) => name, width: 190, also: ['vm'] },
    {
      id: 'power',
      title: t('machine.power'),
      value: powerText,
      cell: (row) => <Badge tone={powerTones[powerOf(row)]}>{powerText(row)}</Badge>,
      width: 124,
      isFacet: true,
    },
    { id: 'os', title: t('machine.os'), value: ({ os }) => orNull(os), width: 200, isFacet: true },
    { id: 'cpus', title: t('machine.cpus'), value: ({ cpus }) => cpus, width: 64, isNumber: true, also: ['cpu'] },
    bytes('memory', t('machine.memory'), ({ memoryBytes }) => memoryBytes),
    bytes('used', t('machine.used'), ({ usedBytes }) => usedBytes),
    bytes('disk', t('machine.disk'), ({ diskBytes }) => diskBytes),
    { id: 'disks', title: t('machine.disks'), value: ({ disks }) => disks, width: 76, isNumber: true, isExtra: true },
    { id: 'nics', title: t('machine.nics'), value: ({ nics }) => nics, width: 70, isNumber: true },
    { id: 'tools', title: t('machine.tools'), value: toolsText, width: 120, isFacet: true },
    {
      id: 'cbt',
      title: t('machine.cbt'),
      value: ({ changeTracking }) => t(changeTracking ? 'machine.yes' : 'machine.no'),
      width: 70,
    },
    {
      id: 'snapshots',
      title: t('machine.snapshots'),
      value: ({ snapshots }) => snapshots,
      text: ({ snapshots }) => (snapshots === 0 ? '' : numberText(snapshots)),
      width: 100,
      isNumber: true,
    },
    { id: 'source', title: t('machine.source'), value: ({ sourceName }) => sourceName, width: 120 },
    {
      id: 'hypervisor',
      title: t('machine.hypervisor'),
      value: ({ kind }) => t(`connections.kind.${kind}`),
      width: 110,
      isFacet: true,
      isExtra: !hasSeveralKinds,
    },
    { id: 'plan', title: t('machine.plan'), value: ({ plan }) => plan, width: 120 },
    {
      id: 'stage',
      title: t('machine.stage'),
      value: ({ stage }) => (stage === null ? null : t(`stage.${stage}`)),
      cell: ({ migration }): ReactNode => migration !== null && <StageCell id={migration} />,
      width: 205,
    },
    extra('cluster', t('machine.cluster'), ({ cluster }) => cluster),
    extra('datacenter', t('machine.datacenter'), ({ datacenter }) => datacenter),
    extra('host', t('machine.host'), ({ host }) => host),
    extra('folder', t('machine.folder'), ({ folder }) => folder),
    extra('datastore', t('machine.datastore'), ({ datastores }) => datastores.join(', ')),
    extra('network', t('machine.network'), ({ networks }) => networks.join(', ')),
    extra('tags', t('machine.tags'), ({ tags }) => tags.join(', ')),
    extra('firmware', t('machine.firmware'), ({ firmware }) => firmware.toUpperCase()),
    extra('generation', t('machine.generation'), ({ hyperv }) => String(hyperv?.generation ?? '')),
    extra('configuration', t('machine.configuration'), ({ hyperv }) => hyperv?.version ?? ''),
    extra('replication', t('machine.replication'), ({ hyperv }) => hyperv?.replication ?? ''),
    extra('ref', t('machine.ref'), ({ ref }) => ref),
    extra('uuid', t('machine.uuid'), ({ uuids }) => uuids.join(', ')),
  ];
}

const extra = (id: string, title: string, value: (row: MachineRow) => string): Column<MachineRow> => ({
  id,
  title,
  value: (row) => orNull(value(row)),
  isExtra: true,
});

const bytes = (id: string, title: string, value: (row: MachineRow) => number | null): Column<MachineRow> => ({
  id,
  title,
  value,
  text: (row) => {
    const size = value(row);
    return size === null ? '–' : sizeText(size);
  },
  width: 100,
  isNumber: true,
  unit: GIB,
});

const orNull = (text: string): string | null => (text === '' ? null : text);

type Power = InstanceRow['power'] | 'template';
type Powered = Pick<InstanceRow, 'power' | 'isTemplate'>;

export const powerTones: Readonly<Record<Power, Tone>> = {
  on: 'good',
  off: 'still',
  suspended: 'wait',
  unknown: 'wait',
  template: 'info',
};
export const powerOf = ({ power, isTemplate }: Powered): Power => (isTemplate ? 'template' : power);
export const powerText = (row: Powered): string => t(`machine.power.${powerOf(row)}`);

export const toolsText = ({ tools, isToolsOld }: Pick<InstanceRow, 'tools' | 'isToolsOld'>): string =>
  t(tools === 'running' && isToolsOld ? 'machine.tools.old' : `machine.tools.${tools}`);
