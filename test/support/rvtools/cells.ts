/** What stands under each heading of RVTools' tabs, for the machines and places of an estate that was made up. */
import type { MadeCell } from '../workbook.ts';
import type { MadeDisk, MadeEstate, MadeMachine, MadeNetwork, MadeNic } from './made.ts';

const hex = (number: number, length: number): string => number.toString(16).padStart(length, '0');
export const uuidOf = (number: number): string => `5020${hex(number, 4)}-aaaa-bbbb-cccc-${hex(number, 12)}`;
export const biosUuidOf = (number: number): string => `4220${hex(number, 4)}-aaaa-bbbb-cccc-${hex(number, 12)}`;
export const VCENTER = { server: 'vcenter.example', uuid: '11111111-2222-3333-4444-555555555555' };

const HOSTS = ['esx01.example', 'esx02.example'];
const hostOf = (machine: MadeMachine): string => HOSTS[machine.number % HOSTS.length] ?? '';
const DEFAULT_OS = 'Ubuntu Linux (64-bit)';

function commonCell(machine: MadeMachine, heading: string): MadeCell {
  switch (heading) {
    case 'VM':
      return machine.name;
    case 'Powerstate':
      return machine.power ?? 'poweredOn';
    case 'Template':
      return machine.isTemplate === true ? 'True' : 'False';
    case 'SRM Placeholder':
      return 'False';
    case 'Annotation':
      return machine.annotation ?? null;
    case 'Datacenter':
      return 'DC1';
    case 'Cluster':
      return machine.cluster ?? 'Cluster A';
    case 'Host':
      return hostOf(machine);
    case 'Folder':
      return machine.folder ?? '/DC1/vm/prod';
    case 'OS according to the configuration file':
      return machine.os ?? DEFAULT_OS;
    case 'OS according to the VMware Tools':
      return machine.osTools === undefined ? (machine.os ?? DEFAULT_OS) : machine.osTools;
    case 'VM ID':
      return `vm-${machine.number}`;
    case 'VM UUID':
      return uuidOf(machine.number);
    case 'SMBIOS UUID':
      return biosUuidOf(machine.number);
    case 'VI SDK Server':
      return VCENTER.server;
    case 'VI SDK UUID':
      return VCENTER.uuid;
    default:
      return null;
  }
}

function infoCell(machine: MadeMachine, heading: string): MadeCell {
  const network = /^Network #(\d)$/.exec(heading)?.[1];
  if (network !== undefined) return machine.nics[Number(network) - 1]?.network ?? null;
  const mib = machine.disks.reduce((sum, { gib }) => sum + gib * 1024, 0);
  const values: Record<string, MadeCell> = {
    'Config status': 'green',
    'DNS Name': `${machine.name}.example`,
    'Connection state': 'connected',
    'Guest state': machine.tools === 'toolsNotInstalled' ? 'unknown' : 'running',
    'Consolidation Needed': 'False',
    CPUs: machine.cpus ?? 2,
    Memory: machine.memoryMib ?? 4096,
    NICs: machine.nics.length,
    Disks: machine.disks.length,
    EnableUUID: 'True',
    CBT: machine.cbt === true ? 'True' : 'False',
    'Primary IP Address': machine.nics[0]?.ips?.[0] ?? null,
    'Latency Sensitivity': 'normal',
    'FT State': 'notConfigured',
    'EFI Secure boot': machine.secureBoot === true ? 'True' : 'False',
    Firmware: machine.firmware ?? 'bios',
    'HW version': machine.hardware ?? 19,
    Path: `[${machine.disks[0]?.store ?? 'store1'}] ${machine.name}/${machine.name}.vmx`,
    Folder: machine.folder ?? '/DC1/vm/prod',
  };
  if (/^(Total disk capacity|Provisioned)/.test(heading)) return mib;
  if (heading.startsWith('In Use')) return machine.inUseMib ?? Math.round(mib / 2);
  return heading in values ? (values[heading] ?? null) : commonCell(machine, heading);
}

function diskCell(machine: MadeMachine, disk: MadeDisk, index: number, heading: string): MadeCell {
  const file = `[${disk.store ?? 'store1'}] ${machine.name}/${machine.name}${index === 0 ? '' : `_${index}`}.vmdk`;
  const values: Record<string, MadeCell> = {
    Disk: `Hard disk ${index + 1}`,
    'Disk Key': 2000 + index,
    'Disk UUID': `6000c29${hex(machine.number, 4)}-${hex(index, 4)}`,
    'Disk Path': file,
    Path: file,
    Raw: disk.raw === undefined ? 'False' : 'True',
    'Raw Comp. Mode': disk.raw ?? null,
    'Raw Com. Mode': disk.raw ?? null,
    'Disk Mode': disk.mode ?? 'persistent',
    'Sharing mode': disk.sharing ?? 'sharingNone',
    Thin: disk.thin === false ? 'False' : 'True',
    Controller: disk.controller ?? 'VMware paravirtual SCSI',
    Label: 'SCSI controller 0',
    'SCSI Unit #': index,
    'Unit #': index,
    'Shared Bus': disk.sharedBus ?? 'noSharing',
  };
  if (heading.startsWith('Capacity')) return disk.gib * 1024;
  return heading in values ? (values[heading] ?? null) : commonCell(machine, heading);
}

function nicCell(machine: MadeMachine, nic: MadeNic, index: number, heading: string): MadeCell {
  const ips = nic.ips ?? [];
  const values: Record<string, MadeCell> = {
    'NIC label': `Network adapter ${index + 1}`,
    Adapter: nic.adapter ?? 'Vmxnet3',
    Network: nic.network,
    Switch: 'vSwitch0',
    Connected: nic.startsConnected === false ? 'False' : 'True',
    'Starts Connected': nic.startsConnected === false ? 'False' : 'True',
    'Mac Address': nic.mac,
    Type: 'assigned',
    'IP Address': ips.join(', ') || null,
    'IPv4 Address': ips.filter((ip) => ip.includes('.')).join(', ') || null,
    'IPv6 Address': ips.filter((ip) => ip.includes(':')).join(', ') || null,
    'Direct Path IO': 'False',
  };
  return heading in values ? (values[heading] ?? null) : commonCell(machine, heading);
}

/** A row: what stands under a heading. */
export type Filler = (heading: string) => MadeCell;
const filled =
  (machine: MadeMachine, values: (heading: string) => MadeCell | undefined): Filler =>
  (heading) => {
    const value = values(heading);
    return value === undefined ? commonCell(machine, heading) : value;
  };

export const machineRows: Readonly<Record<string, (machine: MadeMachine) => readonly Filler[]>> = {
  vInfo: (machine) => [(heading) => infoCell(machine, heading)],
  vCPU: (machine) => [
    filled(
      machine,
      (heading) =>
        ({
          CPUs: machine.cpus ?? 2,
          Sockets: 1,
          'Cores p/s': machine.cpus ?? 2,
          Reservation: 0,
          Limit: -1,
          'Hot Add': 'True',
          'Hot Remove': 'False',
        })[heading],
    ),
  ],
  vMemory: (machine) => [
    filled(machine, (heading) =>
      heading.startsWith('Size')
        ? (machine.memoryMib ?? 4096)
        : { Reservation: 0, Limit: -1, 'Hot Add': 'False' }[heading],
    ),
  ],
  vDisk: (machine) => machine.disks.map((disk, index) => (heading) => diskCell(machine, disk, index, heading)),
  vPartition: (machine) =>
    (machine.partitions ?? []).map(({ path, mib, freeMib }) =>
      filled(machine, (heading) => {
        if (heading.startsWith('Capacity')) return mib;
        if (heading.startsWith('Consumed')) return mib - freeMib;
        return heading.startsWith('Free M') ? freeMib : { Disk: path, 'Disk Key': 2000 }[heading];
      }),
    ),
  vNetwork: (machine) => machine.nics.map((nic, index) => (heading) => nicCell(machine, nic, index, heading)),
  vCD: (machine) => [
    filled(
      machine,
      (heading) =>
        ({
          'Device Node': 'CD/DVD drive 1',
          Connected: machine.iso === undefined ? 'False' : 'True',
          'Starts Connected': 'False',
          'Device Type': machine.iso === undefined ? 'Client device' : `ISO ${machine.iso}`,
        })[heading],
    ),
  ],
  vUSB: (machine) =>
    machine.usb === undefined
      ? []
      : [
          filled(
            machine,
            (heading) => ({ 'Device Node': 'USB 1', 'Device Type': machine.usb ?? null, Connected: 'True' })[heading],
          ),
        ],
  vSnapshot: (machine) =>
    (machine.snapshots ?? []).map(({ name, at }) =>
      filled(machine, (heading) => ({ Name: name, 'Date / time': at })[heading]),
    ),
  vTools: (machine) => [
    filled(
      machine,
      (heading) =>
        ({
          Tools: machine.tools ?? 'toolsOk',
          'VM Version': machine.hardware ?? 19,
          Upgradeable: machine.tools === 'toolsOld' ? 'Yes' : 'No',
        })[heading],
    ),
  ],
};

export function placeRows({
  networks = [],
  machines,
}: MadeEstate): Readonly<Record<string, readonly Readonly<Record<string, MadeCell>>[]>> {
  const server = {
    'VI SDK Server': VCENTER.server,
    'VI SDK UUID': VCENTER.uuid,
    Datacenter: 'DC1',
    Cluster: 'Cluster A',
  };
  const stores = [...new Set(machines.flatMap(({ disks }) => disks.map(({ store }) => store ?? 'store1')))];
  const standard = networks.filter(({ kind }) => kind === 'standard');
  const distributed = networks.filter(({ kind }) => kind === 'distributed');
  const security = ({ promiscuous }: MadeNetwork): Record<string, MadeCell> => ({
    'Promiscuous Mode': promiscuous === true ? 'True' : 'False',
    'Allow Promiscuous': promiscuous === true ? 'True' : 'False',
    'Mac Changes': 'False',
    'Forged Transmits': 'False',
  });
  return {
    vHost: HOSTS.map((host, index) => ({
      ...server,
      Host: host,
      'in Maintenance Mode': 'False',
      'HT Active': 'True',
      '# CPU': 2,
      'Cores per CPU': 16,
      '# Cores': 32,
      '# Memory': 524_288,
      'ESX Version': 'VMware ESXi 7.0.3 build-20328353',
      'Object ID': `host-${index + 1}`,
    })),
    vDatastore: stores.map((store, index) => ({
      ...server,
      Name: store,
      Accessible: 'True',
      Type: 'VMFS',
      'Capacity MiB': 1_048_576,
      'Capacity MB': 1_048_576,
      'Free MiB': 524_288,
      'Free MB': 524_288,
      'Object ID': `datastore-${index + 1}`,
    })),
    vSwitch:
      standard.length === 0
        ? []
        : HOSTS.map((host) => ({ ...server, Host: host, Switch: 'vSwitch0', MTU: standard[0]?.mtu ?? 1500 })),
    vPort: standard.flatMap((network) =>
      HOSTS.map((host) => ({
        ...server,
        ...security(network),
        Host: host,
        'Port Group': network.name,
        Switch: 'vSwitch0',
        VLAN: network.vlan,
      })),
    ),
    dvSwitch:
      distributed.length === 0
        ? []
        : [{ ...server, Switch: 'DSwitch', Name: 'DSwitch', 'Max MTU': distributed[0]?.mtu ?? 1500 }],
    dvPort: distributed.map((network, index) => ({
      ...server,
      ...security(network),
      Port: network.name,
      Switch: 'DSwitch',
      Type: 'earlyBinding',
      VLAN: network.vlan,
      'Object ID': `dvportgroup-${index + 1}`,
    })),
  };
}
