/** What an export does not tell: tabs and columns that it lacks, and machines of which it tells less than of others. */
import type { EstateGap } from '../../../../main/shared/estate.ts';
import { systemOf } from '../../../preflight/guest-system.ts';
import type { Heading } from '../records.ts';
import { OF_INFO } from './completing.ts';
import type { Machine } from './machines.ts';

/** The headings that were found in each tab that was there. */
export type Seen = ReadonlyMap<string, ReadonlyMap<string, Heading>>;

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

const COLUMNS: readonly (readonly [tab: string, fields: readonly string[], of: string, says: string])[] = [
  ['vInfo', ['cpus'], 'cpus', 'vInfo has no column “CPUs”.'],
  ['vInfo', ['memory'], 'memory', 'vInfo has no column “Memory”.'],
  ['vInfo', ['power'], 'power', 'vInfo has no column “Powerstate”.'],
  ['vInfo', ['firmware'], 'firmware', 'vInfo has no column “Firmware”: machines are taken to start by BIOS.'],
  ['vInfo', ['secureBoot'], 'secure-boot', 'vInfo has no column “EFI Secure boot”, which older versions lack.'],
  ['vInfo', ['changeTracking'], 'change-tracking', 'vInfo has no column “CBT”, which older versions lack.'],
  ['vInfo', ['consolidation'], 'consolidation', 'vInfo has no column “Consolidation Needed”.'],
  ['vInfo', ['osConfig', 'osTools'], 'guest-systems', 'vInfo has no column that names the guest’s system.'],
  ['vInfo', ['id', 'uuid'], 'ids', 'vInfo has neither “VM ID” nor “VM UUID”: machines are known by their names alone.'],
  ['vInfo', ['ftState'], 'fault-tolerance', 'vInfo has no column “FT State”.'],
  ['vInfo', ['latency'], 'tuning', 'vInfo has no column “Latency Sensitivity”, which older versions lack.'],
  ['vInfo', ['showsDiskIds'], 'disk-ids', 'vInfo has no column “EnableUUID”, which older versions lack.'],
  [
    'vDisk',
    ['sharing', 'sharedBus'],
    'shared-disks',
    'vDisk has no columns “Sharing mode” and “Shared Bus”, which older versions lack.',
  ],
  ['vDisk', ['controller'], 'controllers', 'vDisk has no column “Controller”.'],
  ['vDisk', ['thin'], 'thin-disks', 'vDisk has no column “Thin”.'],
  ['vNetwork', ['mac'], 'macs', 'vNetwork has no column “Mac Address”.'],
  ['vMemory', ['reservation', 'isLocked'], 'tuning', 'vMemory has no column that tells of reservations.'],
  ['vTools', ['syncTime'], 'clock', 'vTools has no column “Sync time”.'],
  ['vPartition', ['free', 'consumed'], 'partitions', 'vPartition has neither “Free” nor “Consumed”.'],
];

export function gapsOf(seen: Seen, machines: readonly Machine[]): EstateGap[] {
  const whole = (of: string, says: string): EstateGap => ({ of, says, machines: null });
  const gaps: EstateGap[] = [
    ...TABS.filter(([tab]) => !seen.has(tab)).map(([tab, of, what]) =>
      whole(of, `The tab ${tab} is missing: ${what}.`),
    ),
    ...COLUMNS.flatMap(([tab, fields, of, says]) => {
      const headings = seen.get(tab);
      return headings === undefined || fields.some((field) => headings.has(field)) ? [] : [whole(of, says)];
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

const isUntold =
  (what: 'firmware' | 'connection' | 'partitions') =>
  ({ untold }: Machine): boolean =>
    untold.has(what);

const ofOwnTab = (parts: readonly { readonly key: string }[]): number =>
  parts.filter(({ key }) => !key.startsWith(OF_INFO)).length;

function gapsOfMachines(seen: Seen, machines: readonly Machine[]): EstateGap[] {
  const some = (of: string, says: string, where: (machine: Machine) => boolean): EstateGap[] => {
    const refs = machines.filter(where).map(({ vm }) => vm.ref);
    return refs.length === 0 ? [] : [{ of, says, machines: refs }];
  };
  return [
    ...(seen.has('vDisk')
      ? some(
          'disks',
          'vInfo counts more disks than vDisk tells of.',
          ({ vm, diskCount }) => diskCount !== null && diskCount > ofOwnTab(vm.disks),
        )
      : []),
    ...(seen.has('vNetwork')
      ? some(
          'networks',
          'vInfo counts more network cards than vNetwork tells of.',
          ({ vm, nicCount }) => nicCount !== null && nicCount > ofOwnTab(vm.nics),
        )
      : []),
    ...some(
      'addresses',
      'No address is told: the machine was off, or its tools did not run.',
      ({ vm }) => vm.nics.length > 0 && vm.nics.every(({ ipAddresses }) => ipAddresses.length === 0),
    ),
    ...some(
      'size',
      'How many processors, or how much memory it has, is not told.',
      ({ vm }) => vm.cpus === 0 || vm.memoryBytes === 0,
    ),
    ...(seen.get('vInfo')?.has('power') === true
      ? some('power', 'Its power state is not told, or not understood.', ({ vm }) => vm.power === 'unknown')
      : []),
    ...(seen.get('vInfo')?.has('firmware') === true
      ? some(
          'firmware',
          'Its firmware is not told, or not understood: it is taken to start by BIOS.',
          isUntold('firmware'),
        )
      : []),
    ...(['free', 'consumed'].some((field) => seen.get('vPartition')?.has(field) === true)
      ? some('partitions', 'How much room one of its file systems has is not told.', isUntold('partitions'))
      : []),
    ...some('connection', 'Whether the source can reach its files is not understood.', isUntold('connection')),
    ...(seen.has('vTools')
      ? some(
          'tools',
          'Whether its VMware Tools run is not told, or not understood.',
          (machine) => machine.vm.guest.tools === 'unknown' && mayRun(machine),
        )
      : []),
    ...some('disk-sizes', 'A disk’s size is not told.', ({ vm }) => vm.disks.some(({ sizeBytes }) => sizeBytes === 0)),
    ...some('guest-system', 'Which system the guest has is not told.', ({ vm }) => systemOf(vm).family === 'unknown'),
  ];
}
