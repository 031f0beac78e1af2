/** What an export does not tell: tabs and columns that it lacks, and machines of which it tells less than of others. */
import type { EstateGap } from '../../../../main/shared/estate.ts';
import { systemOf } from '../../../preflight/guest-system.ts';
import { OF_INFO } from './completing.ts';
import type { Machine } from './machines.ts';
import { COLUMNS, isLacking, type Seen } from './told-columns.ts';

const TABS: readonly (readonly [tab: string, of: string, what: string])[] = [
  [
    'vDisk',
    'disks',
    'how many disks a machine has, and how large they are together, is taken from vInfo; each is taken for an equal part',
  ],
  ['vNetwork', 'networks', 'how many network cards a machine has, and on which networks, is taken from vInfo'],
  ['vSnapshot', 'snapshots', 'nobody can say which machines have snapshots'],
  ['vPartition', 'partitions', 'nobody can say how full the file systems are'],
  ['vCD', 'media', 'nobody can say what is in the CD drives'],
  ['vUSB', 'usb', 'nobody can say which machines have USB devices of their host'],
  ['vCPU', 'processors', 'sockets, reservations and hot add are not known'],
  ['vMemory', 'tuning', 'reservations of memory are not known'],
  ['vHost', 'hosts', 'nothing is known of the hosts'],
  ['vDatastore', 'datastores', 'nothing is known of the datastores'],
];

export function gapsOf(seen: Seen, machines: readonly Machine[]): EstateGap[] {
  const gaps: EstateGap[] = [
    ...TABS.filter(([tab]) => !seen.has(tab)).map(([tab, of, what]) =>
      whole(of, `The tab ${tab} is missing: ${what}.`),
    ),
    ...COLUMNS.flatMap(([tab, , of, says], place) => {
      if (!seen.has(tab)) return [];
      return seen.hasColumn(place) ? some(machines, of, says, ({ told }) => isLacking(told, place)) : [whole(of, says)];
    }),
  ];
  if (!seen.has('vPort') && !seen.has('dvPort'))
    gaps.push(
      whole('vlans', 'The tabs vPort and dvPort are missing: VLANs and what the switches allow are not known.'),
    );
  gaps.push(
    whole('tpm', 'RVTools has no column for virtual TPMs.'),
    whole('encryption', 'RVTools has no column for encrypted machines.'),
    whole('passthrough', 'RVTools does not tell which PCI devices of a host a machine has.'),
    whole(
      'stored',
      'RVTools tells what a machine takes on its datastores, not what each disk takes: shares are by size.',
    ),
  );
  return [...gaps, ...(seen.has('vTools') ? [] : gapOfToolsTab(machines)), ...gapsOfMachines(seen, machines)];
}

const mayRun = ({ vm }: Machine): boolean => vm.power !== 'off';

/** Tools of a machine that is off do not run, whatever they are: of it nothing is missing. */
function gapOfToolsTab(machines: readonly Machine[]): EstateGap[] {
  const open = machines.filter(mayRun);
  const refs = open.length === machines.length ? null : open.map(({ vm }) => vm.ref);
  const says = 'The tab vTools is missing: nobody can say whether VMware Tools are there and up to date.';
  return open.length === 0 ? [] : [{ of: 'tools', says, machines: refs }];
}

const whole = (of: string, says: string): EstateGap => ({ of, says, machines: null });

function some(
  machines: readonly Machine[],
  of: string,
  says: string,
  where: (machine: Machine) => boolean,
): EstateGap[] {
  const refs = machines.filter(where).map(({ vm }) => vm.ref);
  return refs.length === 0 ? [] : [{ of, says, machines: refs }];
}

/** Whether a machine was told by the column that the gap of this name is about. */
const isToldBy = (of: string): ((machine: Machine) => boolean) => {
  const place = COLUMNS.findIndex(([, , name]) => name === of);
  return ({ told }) => !isLacking(told, place);
};
const isToldByPower = isToldBy('power');
const isToldByFirmware = isToldBy('firmware');
const isToldByPartitions = isToldBy('partitions');
const isToldByAddresses = isToldBy('addresses');

const isUntold =
  (what: 'firmware' | 'connection' | 'partitions') =>
  ({ untold }: Machine): boolean =>
    untold.has(what);

const ofOwnTab = (parts: readonly { readonly key: string }[]): number =>
  parts.filter(({ key }) => !key.startsWith(OF_INFO)).length;

function gapsOfMachines(seen: Seen, machines: readonly Machine[]): EstateGap[] {
  return [
    ...(seen.has('vDisk')
      ? some(
          machines,
          'disks',
          'vInfo counts more disks than vDisk tells of.',
          ({ vm, diskCount }) => diskCount !== null && diskCount > ofOwnTab(vm.disks),
        )
      : []),
    ...(seen.has('vNetwork')
      ? some(
          machines,
          'networks',
          'vInfo counts more network cards than vNetwork tells of.',
          ({ vm, nicCount }) => nicCount !== null && nicCount > ofOwnTab(vm.nics),
        )
      : []),
    ...some(
      machines,
      'addresses',
      'No address is told: the machine was off, or its tools did not run.',
      (machine) =>
        machine.vm.nics.length > 0 &&
        machine.vm.nics.every(({ ipAddresses }) => ipAddresses.length === 0) &&
        isToldByAddresses(machine),
    ),
    ...some(
      machines,
      'size',
      'How many processors, or how much memory it has, is not told.',
      ({ vm }) => vm.cpus === 0 || vm.memoryBytes === 0,
    ),
    ...some(
      machines,
      'power',
      'Its power state is not told, or not understood.',
      (machine) => machine.vm.power === 'unknown' && isToldByPower(machine),
    ),
    ...some(
      machines,
      'firmware',
      'Its firmware is not told, or not understood: it is taken to start by BIOS.',
      (machine) => isUntold('firmware')(machine) && isToldByFirmware(machine),
    ),
    ...some(
      machines,
      'partitions',
      'How much room one of its file systems has is not told.',
      (machine) => isUntold('partitions')(machine) && isToldByPartitions(machine),
    ),
    ...some(
      machines,
      'connection',
      'Whether the source can reach its files is not understood.',
      isUntold('connection'),
    ),
    ...(seen.has('vTools')
      ? some(
          machines,
          'tools',
          'Whether its VMware Tools run is not told, or not understood.',
          (machine) => machine.vm.guest.tools === 'unknown' && mayRun(machine),
        )
      : []),
    ...some(machines, 'disk-sizes', 'A disk’s size is not told.', ({ vm }) =>
      vm.disks.some(({ sizeBytes }) => sizeBytes === 0),
    ),
    ...some(
      machines,
      'guest-system',
      'Which system the guest has is not told.',
      ({ vm }) => systemOf(vm).family === 'unknown',
    ),
  ];
}
