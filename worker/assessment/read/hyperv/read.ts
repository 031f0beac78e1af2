/** CSV files about Hyper-V → a data centre. */
import type { Estate, EstateGap } from '../../../../main/shared/estate.ts';
import type { InventoryDisk, InventoryNetwork, InventoryVm } from '../../../../main/shared/inventory.ts';
import { systemOf } from '../../../preflight/guest-system.ts';
import { NoMachinesError } from '../errors.ts';
import { Records, type Reading, type Tab } from '../records.ts';
import type { Row, Table } from '../table.ts';
import { Warnings } from '../warnings.ts';
import { addressesIn, macOf } from '../rvtools/nics.ts';
import { HypervMachines } from './machines.ts';
import * as tabs from './tabs.ts';

export type HypervTables = ReadonlyMap<tabs.HypervTab, readonly Table[]>;
type DiskField = keyof typeof tabs.disks.columns;
type NicField = keyof typeof tabs.nics.columns;

const TELLING = ['generation', 'secureBoot', 'tpm'] as const;

/** Refs of the machines whose table lacks a column. */
type Lacking = Readonly<Record<(typeof TELLING)[number], string[]>>;

interface DiskFile {
  readonly sizeBytes: number | null;
  readonly storedBytes: number | null;
  readonly isThin: boolean | null;
}

/** @throws NoMachinesError and whatever the tables throw */
export async function readHyperv(tables: HypervTables, from: readonly string[], signal: AbortSignal): Promise<Estate> {
  const warnings = new Warnings();
  const machines = new HypervMachines(warnings);
  const networks = new Map<string, InventoryNetwork>();
  const files = new Map<string, DiskFile>();
  const seen = new Set<tabs.HypervTab>();
  const lacking: Lacking = { generation: [], secureBoot: [], tpm: [] };
  const read = async <Field extends string>(
    name: tabs.HypervTab,
    tab: Tab<Field>,
    tell: (records: Reading<Field>, row: Row) => void,
  ): Promise<void> => {
    for (const table of tables.get(name) ?? []) {
      const onHeadings = (): void => void seen.add(name);
      const records = new Records(table, tab, { warnings, units: { megabyte: 1024 * 1024 }, onHeadings });
      await records.each((row) => tell(records, row), signal);
    }
  };

  await read('machines', tabs.machines, (records, row) => {
    const vm = machines.add(records, row);
    if (vm === null) return;
    for (const field of TELLING) if (!records.has(field)) lacking[field].push(vm.ref);
  });
  if (!seen.has('machines')) throw new NoMachinesError(`There are no machines in “${from.join('”, “')}”.`);
  await read('disks', tabs.disks, (records, row) => {
    const file = fileOf(records, row);
    if (records.text(row, 'vm') === null && records.text(row, 'id') === null) {
      files.set(records.text(row, 'path')?.toLowerCase() ?? '', file); // a disk’s file by itself, as Get-VHD tells it
      return;
    }
    const vm = machines.of(records, row);
    if (vm !== null) addDisk(records, row, vm, { file, warnings });
  });
  await read('nics', tabs.nics, (records, row) => {
    const vm = machines.of(records, row);
    if (vm !== null) addNic(records, row, vm, { networks, warnings });
  });
  for (const { disks } of machines.all)
    for (const disk of disks) {
      const file = files.get(disk.file?.toLowerCase() ?? '');
      if (disk.sizeBytes === 0) disk.sizeBytes = file?.sizeBytes ?? 0;
      disk.storedBytes ??= file?.storedBytes ?? null;
      disk.isThin ??= file?.isThin ?? null;
    }
  return {
    kind: 'hyperv-csv',
    product: null,
    takenAt: null,
    from: [...from],
    vms: machines.all,
    networks: [...networks.values()],
    datastores: [],
    hosts: [],
    gaps: gapsOf(seen, machines.all, lacking),
    warnings: warnings.list(),
  };
}

function fileOf(records: Reading<DiskField>, row: Row): DiskFile {
  const kind = records.text(row, 'kind');
  return {
    sizeBytes: records.bytes(row, 'size'),
    storedBytes: records.bytes(row, 'stored'),
    isThin: kind === null ? null : !/^(?:fixed|2)$/i.test(kind),
  };
}

/** One that was told before, as by another host that the machine was on, is left out: it has the path or the place of that one. */
function addDisk(
  records: Reading<DiskField>,
  row: Row,
  vm: InventoryVm,
  { file, warnings }: { file: DiskFile; warnings: Warnings },
): void {
  const path = records.text(row, 'path') ?? '';
  const kind = records.text(row, 'controller');
  const isIde = /ide|^0$/i.test(kind ?? '');
  const controller = isIde ? 'IDE' : 'SCSI';
  const [number, location] = [records.count(row, 'number'), records.count(row, 'location')];
  const [bus, unit] = [number ?? 0, location ?? vm.disks.length];
  const isPlaced = kind !== null && number !== null && location !== null;
  const key = `${controller}:${bus}:${unit}`;
  const isShared = records.flag(row, 'shared') === true || /\.a?vhds$/i.test(path);
  const isRaw = records.text(row, 'diskNumber') !== null || /^disk \d/i.test(path);
  const sector = records.count(row, 'sector') ?? 512;
  const isThis = (disk: InventoryDisk): boolean =>
    (isPlaced && disk.key === key) || (!isRaw && disk.file?.toLowerCase() === path.toLowerCase());
  if (vm.disks.some(isThis)) {
    warnings.add(
      'Disks told twice',
      `${records.tabName}, row ${row.number}: “${path}” of “${vm.name}” was told before; this row is left out.`,
    );
    return;
  }
  vm.disks.push({
    key,
    label: `${controller} ${bus}:${unit}`,
    sizeBytes: file.sizeBytes ?? 0,
    controller: { kind: isIde ? 'ide' : 'scsi', model: isIde ? 'ide' : null, bus, unit, isShared },
    file: isRaw ? null : path,
    datastore: null,
    mode: 'persistent',
    isThin: file.isThin,
    isMultiWriter: isShared,
    rawDevice: isRaw ? 'physical' : null,
    isEncrypted: false,
    changeId: null,
    uuid: null,
    chainLength: /\.avhdx?$/i.test(path) || records.text(row, 'parent') !== null ? 2 : 1,
    storedBytes: file.storedBytes,
    ...(sector === 512 || sector === 0 ? {} : { sectorBytes: sector }),
  });
}

/** Each VLAN on a switch is a network of its own. A card that was told before is left out: its name and MAC are the same. */
function addNic(
  records: Reading<NicField>,
  row: Row,
  vm: InventoryVm,
  { networks, warnings }: { networks: Map<string, InventoryNetwork>; warnings: Warnings },
): void {
  const written = macOf(records.text(row, 'mac'));
  const mac = written === '00:00:00:00:00:00' ? null : written;
  const label = records.text(row, 'name') ?? 'Network Adapter';
  const alike = vm.nics.filter((nic) => nic.label.startsWith(label));
  if (mac !== null && alike.some((nic) => nic.mac === mac)) {
    warnings.add(
      'Cards told twice',
      `${records.tabName}, row ${row.number}: the card ${mac} of “${vm.name}” was told before; this row is left out.`,
    );
    return;
  }
  const switchName = records.text(row, 'switch');
  const mode = records.text(row, 'vlanMode') ?? '';
  const vlan = records.count(row, 'vlan') ?? 0;
  const isTrunk = /trunk/i.test(mode);
  const vlanId = isTrunk ? null : /untagged/i.test(mode) || vlan > 4094 ? 0 : vlan;
  const ending = isTrunk ? '/trunk' : vlanId === 0 ? '' : `/vlan:${vlanId}`;
  const ref = switchName === null ? null : `switch:${switchName}${ending}`;
  const name = `${switchName ?? ''}${isTrunk ? ' (trunk)' : vlanId === 0 ? '' : ` (VLAN ${vlanId})`}`;
  if (ref !== null && !networks.has(ref)) networks.set(ref, { ref, name, kind: 'switch', vlanId, datacenter: null });
  vm.nics.push({
    key: String(vm.nics.length),
    label: alike.length === 0 ? label : `${label} ${alike.length + 1}`,
    model: records.flag(row, 'legacy') === true ? 'legacy' : 'synthetic',
    mac,
    network: ref,
    networkName: ref === null ? null : name,
    connected: records.flag(row, 'connected') ?? ref !== null,
    ipAddresses: addressesIn(records.text(row, 'ips')?.replaceAll(/[{}"']/g, ' ') ?? null).map((address) => ({
      address,
      prefixLength: null,
    })),
  });
}

function gapsOf(seen: ReadonlySet<tabs.HypervTab>, vms: readonly InventoryVm[], lacking: Lacking): EstateGap[] {
  const whole = (of: string, says: string): EstateGap => ({ of, says, machines: null });
  const some = (of: string, says: string, where: (vm: InventoryVm) => boolean): EstateGap[] => {
    const refs = vms.filter(where).map(({ ref }) => ref);
    return refs.length === 0 ? [] : [{ of, says, machines: refs }];
  };
  const withoutColumn = (field: keyof Lacking, of: string, says: string): EstateGap[] => {
    const refs = lacking[field];
    return refs.length === 0 ? [] : [{ of, says, machines: refs.length === vms.length ? null : refs }];
  };
  return [
    ...(seen.has('disks')
      ? some('disks', 'No disk is told.', ({ disks }) => disks.length === 0)
      : [whole('disks', 'There is no table of disks.')]),
    ...(seen.has('nics') ? [] : [whole('networks', 'There is no table of network cards.')]),
    ...some('disk-sizes', 'A disk’s size is not told.', ({ disks }) => disks.some(({ sizeBytes }) => sizeBytes === 0)),
    ...some(
      'size',
      'How many processors, or how much memory it has, is not told.',
      ({ cpus, memoryBytes }) => cpus === 0 || memoryBytes === 0,
    ),
    ...some(
      'addresses',
      'No address is told.',
      ({ nics }) => nics.length > 0 && nics.every(({ ipAddresses }) => ipAddresses.length === 0),
    ),
    ...some('guest-system', 'Which system the guest has is not told.', (vm) => systemOf(vm).family === 'unknown'),
    ...withoutColumn('generation', 'firmware', 'There is no column “Generation”: machines are taken for generation 1.'),
    ...withoutColumn('secureBoot', 'secure-boot', 'There is no column “SecureBoot”.'),
    ...withoutColumn('tpm', 'tpm', 'There is no column “TpmEnabled”.'),
    whole('integration-services', 'Nobody can say whether the integration services run.'),
    whole('snapshots', 'Of checkpoints, no more is told than the name of the one that a machine stands on.'),
    whole('hosts', 'Nothing is told of the hosts but their names.'),
    whole('datastores', 'Nothing is told of the volumes.'),
  ];
}
