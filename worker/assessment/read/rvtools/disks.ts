/** The disks of the tab vDisk. */
import type { InventoryDisk } from '../../../../main/shared/inventory.ts';
import type { Reading } from '../records.ts';
import type { Row } from '../table.ts';
import type { Warnings } from '../warnings.ts';
import type { Machine, Machines } from './machines.ts';
import type { vDisk } from './tabs.ts';

type VDisk = keyof typeof vDisk.columns;
/** How the keys begin of disks of which the file tells none. */
const OF_DISK = 'vDisk-';
type Controller = InventoryDisk['controller'];

/** The most telling first, for “LSI Logic SAS” is an “LSI Logic” too. */
const CONTROLLERS: readonly (readonly [RegExp, Pick<Controller, 'kind' | 'model'>])[] = [
  [/paravirtual|pvscsi/i, { kind: 'scsi', model: 'pvscsi' }],
  [/lsi\W?logic\W?sas|lsisas/i, { kind: 'scsi', model: 'lsisas1068' }],
  [/lsi/i, { kind: 'scsi', model: 'lsilogic' }],
  [/bus\W?logic/i, { kind: 'scsi', model: 'buslogic' }],
  [/nvme/i, { kind: 'nvme', model: 'nvme' }],
  [/sata|ahci/i, { kind: 'sata', model: 'ahci' }],
  [/ide/i, { kind: 'ide', model: 'ide' }],
  [/usb/i, { kind: 'usb', model: null }],
];

/**
 * A disk that was told before is left out, with a warning: it has the key or the path of another one of the machine, and its
 * label where one is told. Where neither is told, each row is a disk.
 */
export function addDisk(
  records: Reading<VDisk>,
  row: Row,
  machine: Machine,
  { machines, warnings }: { machines: Machines; warnings: Warnings },
): void {
  const text = (field: VDisk): string | null => records.text(row, field);
  const { disks } = machine.vm;
  const [label, key] = [text('label'), text('diskKey')];
  const file = text('path') ?? text('diskPath');
  const isThis = (disk: InventoryDisk): boolean =>
    (disk.key === key || (file !== null && disk.file === file)) && (label === null || disk.label === label);
  if (disks.some(isThis)) {
    warnings.add(
      'vDisk: disks told twice',
      `vDisk, row ${row.number}: “${label ?? file ?? key}” of “${machine.vm.name}” was told before; this row is left out.`,
    );
    return;
  }
  const store = /^\[([^\]]+)\]/.exec(file ?? '')?.[1] ?? null;
  const rawMode = text('rawMode');
  disks.push({
    key: key ?? `${OF_DISK}${disks.length + 1}`,
    label: machines.word(label ?? `Hard disk ${disks.length + 1}`),
    sizeBytes: records.bytes(row, 'capacity') ?? 0,
    controller: controllerOf(records, row, disks.length),
    file,
    datastore: machines.word(store),
    mode: modeOf(text('mode')),
    isThin: records.flag(row, 'thin'),
    isMultiWriter: /multi/i.test(text('sharing') ?? ''),
    rawDevice:
      records.flag(row, 'raw') === true || rawMode !== null
        ? /virtual/i.test(rawMode ?? '')
          ? 'virtual'
          : 'physical'
        : null,
    isEncrypted: false,
    changeId: null,
    uuid: text('diskUuid'),
    chainLength: 1,
    storedBytes: null,
  });
}

function controllerOf(records: Reading<VDisk>, row: Row, place: number): Controller {
  const said = `${records.text(row, 'controller') ?? ''} ${records.text(row, 'controllerLabel') ?? ''}`;
  const [, known] = CONTROLLERS.find(([pattern]) => pattern.test(said)) ?? [];
  const bus = /(?:controller|ide|sata|nvme|scsi)\s*#?(\d{1,2})\b/i.exec(said)?.[1];
  const sharing = records.text(row, 'sharedBus');
  return {
    kind: known?.kind ?? 'scsi',
    model: known?.model ?? null,
    bus: bus === undefined ? 0 : Number(bus),
    unit: records.count(row, 'unit') ?? place,
    isShared: sharing !== null && /sharing/i.test(sharing) && !/^no/i.test(sharing),
  };
}

function modeOf(mode: string | null): InventoryDisk['mode'] {
  const plain = mode?.toLowerCase().replaceAll(/[\s_-]/g, '') ?? 'persistent';
  if (plain === 'persistent') return 'persistent';
  if (plain === 'independentpersistent') return 'independentPersistent';
  return plain === 'independentnonpersistent' ? 'independentNonpersistent' : 'other';
}
