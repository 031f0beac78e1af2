/** What the smaller tabs tell of a machine: processors, memory, file systems, snapshots, tools, drives, USB. */
import { type InventoryVm, type MachineTraits, TIME_UNTOLD } from '../../../../main/shared/inventory.ts';
import type { Reading } from '../records.ts';
import type { Row } from '../table.ts';
import type { Machine } from './machines.ts';
import type { Warnings } from '../warnings.ts';
import type { vCD, vCPU, vMemory, vPartition, vSnapshot, vTools, vUSB } from './tabs.ts';

export function addCpu(records: Reading<keyof typeof vCPU.columns>, row: Row, vm: InventoryVm): void {
  if (vm.cpus === 0) vm.cpus = records.count(row, 'cpus') ?? 0;
  vm.coresPerSocket = records.count(row, 'coresPerSocket') || null; // 0 lets the host choose
  const hotAdd = records.flag(row, 'hotAdd');
  if (hotAdd !== null) traitsOf(vm).hotAdd = { memory: false, ...vm.traits?.hotAdd, cpu: hotAdd };
  addTuning(records, row, vm, 'MHz');
}

export function addMemory(records: Reading<keyof typeof vMemory.columns>, row: Row, vm: InventoryVm): void {
  if (vm.memoryBytes === 0) vm.memoryBytes = records.bytes(row, 'size') ?? 0;
  const hotAdd = records.flag(row, 'hotAdd');
  if (hotAdd !== null) traitsOf(vm).hotAdd = { cpu: false, ...vm.traits?.hotAdd, memory: hotAdd };
  addTuning(records, row, vm, 'MiB of memory');
  if (records.flag(row, 'isLocked') === true)
    traitsOf(vm).tuning = withEach(vm.traits?.tuning, ['all memory reserved']);
}

/** A reservation of 0 and a limit of -1 are none. */
function addTuning(
  records: Reading<keyof typeof vCPU.columns & keyof typeof vMemory.columns>,
  row: Row,
  vm: InventoryVm,
  unit: string,
): void {
  const [reserved, limit] = [records.count(row, 'reservation') ?? 0, records.count(row, 'limit') ?? 0];
  const said = [
    ...(reserved > 0 ? [`${reserved} ${unit} reserved`] : []),
    ...(limit > 0 ? [`limited to ${limit} ${unit}`] : []),
  ];
  if (said.length > 0) traitsOf(vm).tuning = withEach(vm.traits?.tuning, said);
}

/** One of which nobody says how full it is would be taken for full, so it is left out. */
export function addPartition(
  records: Reading<keyof typeof vPartition.columns>,
  row: Row,
  { vm, untold }: Machine,
  warnings: Warnings,
): void {
  const [path, capacityBytes] = [records.text(row, 'path'), records.bytes(row, 'capacity')];
  if (path === null || capacityBytes === null) return;
  if (vm.guest.disks.some((disk) => disk.path === path && disk.capacityBytes === capacityBytes)) {
    warnings.add(
      'vPartition: file systems told twice',
      `vPartition, row ${row.number}: “${path}” of “${vm.name}” was told before; this row is left out.`,
    );
    return;
  }
  const [key, consumed] = [records.text(row, 'diskKey'), records.bytes(row, 'consumed')];
  const freeBytes = records.bytes(row, 'free') ?? (consumed === null ? null : Math.max(0, capacityBytes - consumed));
  if (freeBytes === null) {
    untold.add('partitions');
    return;
  }
  vm.guest.disks.push({
    path,
    capacityBytes,
    freeBytes,
    diskKeys: key !== null && vm.disks.some((disk) => disk.key === key) ? [key] : [],
  });
}

/** How deep it is in their tree the file does not say: each is taken to stand on the one before. */
export function addSnapshot(
  records: Reading<keyof typeof vSnapshot.columns>,
  row: Row,
  vm: InventoryVm,
  warnings: Warnings,
): void {
  const number = vm.snapshots.length;
  const name = records.text(row, 'name') ?? '';
  const createdAt = records.date(row, 'at')?.toISOString() ?? TIME_UNTOLD;
  if (createdAt !== TIME_UNTOLD && vm.snapshots.some((one) => one.name === name && one.createdAt === createdAt)) {
    warnings.add(
      'vSnapshot: snapshots told twice',
      `vSnapshot, row ${row.number}: “${name}” of “${vm.name}” was told before; this row is left out.`,
    );
    return;
  }
  vm.snapshots.push({
    ref: `${vm.ref}/snapshot-${number + 1}`,
    name,
    createdAt,
    depth: number,
  });
}

const TOOLS: Readonly<Record<string, Guest['tools']>> = {
  toolsok: 'running',
  toolsold: 'running',
  toolsnotrunning: 'stopped',
  toolsnotinstalled: 'missing',
};
type Guest = InventoryVm['guest'];

/** What is said here counts before what vInfo says of the guest, also where it is not understood. */
export function addTools(records: Reading<keyof typeof vTools.columns>, row: Row, vm: InventoryVm): void {
  const said = records.text(row, 'tools');
  if (said !== null) vm.guest.tools = records.meaning(row, 'tools', (word) => TOOLS[word.toLowerCase()]) ?? 'unknown';
  vm.guest.isToolsOld =
    said?.toLowerCase() === 'toolsold' || (vm.guest.tools !== 'missing' && isYes(records.text(row, 'upgradeable')));
  if (records.flag(row, 'syncTime') === true) traitsOf(vm).takesHostTime = true;
}

const isYes = (text: string | null): boolean => /^(yes|true)$/i.test(text ?? '');

/** What is in a CD or floppy drive that is plugged in, or will be. */
export function addMedia(records: Reading<keyof typeof vCD.columns>, row: Row, vm: InventoryVm): void {
  if (records.flag(row, 'connected') !== true && records.flag(row, 'startsConnected') !== true) return;
  const holds = records.text(row, 'holds')?.replace(/^(?:iso|image)\s*[:-]?\s*(?=\[|\/)/i, '');
  traitsOf(vm).media = withEach(vm.traits?.media, [holds ?? records.text(row, 'node') ?? 'a drive']);
}

/** The tab has the controllers as well, which have no family: they are no device of anybody. */
export function addUsb(records: Reading<keyof typeof vUSB.columns>, row: Row, vm: InventoryVm): void {
  const [kind, node, family] = [records.text(row, 'kind'), records.text(row, 'node'), records.text(row, 'family')];
  if (family === null && /controller/i.test(`${kind} ${node}`)) {
    traitsOf(vm).oddDevices = [...(vm.traits?.oddDevices ?? []), node ?? 'USB controller'];
    return;
  }
  const what = (kind === null || /^VirtualUSB/i.test(kind) ? (node ?? family) : kind) ?? 'USB device';
  const device = /^usb\b/i.test(what) ? what : `USB device ${what}`;
  vm.passthrough.push(device);
  traitsOf(vm).usb = [...(vm.traits?.usb ?? []), device];
}

/** What a file tells twice is in such a list once. */
const withEach = (before: readonly string[] = [], said: readonly string[]): string[] => [
  ...new Set([...before, ...said]),
];

export const traitsOf = (vm: InventoryVm): MachineTraits => (vm.traits ??= {});
