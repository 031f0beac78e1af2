/** What a simulated machine answers when one of its properties is read. */
import { cryptoKey, deviceKeyOfNic, devicesOf, macOf } from './devices.ts';
import { isLayered, type Machine, type Snapshot } from './machine.ts';
import { data, type Data, list, long, named, refs, subtype, type Value } from './values.ts';

/** The id of the role that everybody has here. */
export const ADMIN_ROLE = -1;

/** The properties that a machine has, each made when it is read. */
export const MACHINE_PROPERTIES: Readonly<Record<string, (machine: Machine) => Value | undefined>> = {
  name: ({ spec }) => spec.name,
  parent: ({ standing }) => standing.folder,
  resourcePool: ({ spec, standing }) => (spec.isTemplate === true ? undefined : standing.pool),
  config: (machine) => (isReachable(machine) ? configOf(machine) : undefined),
  runtime: runtimeOf,
  guest: (machine) => (isReachable(machine) ? guestOf(machine) : undefined),
  summary: summaryOf,
  network: ({ spec, standing }) =>
    refs([...new Set((spec.nics ?? []).flatMap(({ network }) => standing.networks.get(network)?.ref ?? []))]),
  datastore: ({ standing }) => refs([standing.datastore.ref]),
  snapshot: snapshotInfoOf,
  rootSnapshot: ({ snapshots }) => refs(snapshots.slice(0, 1).map(({ ref }) => ref)),
  layoutEx: (machine) => (isReachable(machine) ? layoutOf(machine) : undefined),
  overallStatus: () => named('ManagedEntityStatus', 'green'),
  effectiveRole: () => list('Int', [ADMIN_ROLE]),
  recentTask: ({ recentTasks }) => refs(recentTasks),
  customValue: () => list('CustomFieldValue', []),
  tag: () => list('Tag', []),
};

/** What a snapshot's own properties are. */
export function snapshotProperty(machine: Machine, snapshot: Snapshot, name: string): Value | undefined {
  if (name === 'config') return configOf(machine, snapshot);
  if (name === 'vm') return machine.ref;
  if (name !== 'childSnapshot') return undefined;
  const next = machine.snapshots[machine.snapshots.indexOf(snapshot) + 1];
  return refs(next === undefined ? [] : [next.ref]);
}

/** Of a machine whose files cannot be read, vCenter knows the name and little else. */
function isReachable({ spec }: Machine): boolean {
  return spec.connection !== 'inaccessible' && spec.connection !== 'invalid' && spec.connection !== 'orphaned';
}

function configOf(machine: Machine, at?: Snapshot): Data {
  const { spec } = machine;
  const memoryBytes = spec.memoryBytes ?? 2 * 1024 ** 3;
  const bootDisks = (spec.bootOrder ?? []).flatMap((index) => machine.disks[index]?.disk.key ?? []);
  return data('VirtualMachineConfigInfo', {
    changeVersion: machine.changedAt.toISOString(),
    modified: machine.changedAt,
    name: spec.name,
    guestFullName: guestNameOf(machine),
    version: `vmx-${String(spec.hardwareVersion ?? 19).padStart(2, '0')}`,
    uuid: machine.uuid,
    instanceUuid: machine.instanceUuid,
    template: spec.isTemplate ?? false,
    guestId: spec.guestOsId ?? 'ubuntu64Guest',
    annotation: spec.annotation ?? '',
    files: data('VirtualMachineFileInfo', {
      vmPathName: `${machine.place}/${machine.folderName}.vmx`,
      snapshotDirectory: `${machine.place}/`,
    }),
    hardware: data('VirtualHardware', {
      numCPU: spec.cpus ?? 2,
      numCoresPerSocket: spec.coresPerSocket ?? 1,
      memoryMB: Math.floor(memoryBytes / 1024 ** 2),
      device: list('VirtualDevice', devicesOf(machine, at)),
    }),
    bootOptions: data('VirtualMachineBootOptions', {
      bootDelay: long(0),
      efiSecureBootEnabled: spec.firmware === 'uefi' ? (spec.secureBoot ?? false) : undefined,
      bootOrder: list(
        'VirtualMachineBootOptionsBootableDevice',
        bootDisks.map((deviceKey) => subtype('VirtualMachineBootOptionsBootableDiskDevice', { deviceKey })),
      ),
    }),
    changeTrackingEnabled: machine.changeTracking,
    firmware: spec.firmware === 'uefi' ? 'efi' : 'bios',
    keyId: spec.isEncrypted === true ? cryptoKey() : undefined,
    tools: data('ToolsConfigInfo', {
      toolsVersion: toolsOf(machine).version,
      syncTimeWithHost: spec.takesHostTime ?? false,
    }),
    cpuHotAddEnabled: spec.hotAdd?.cpu ?? false,
    memoryHotAddEnabled: spec.hotAdd?.memory ?? false,
    nestedHVEnabled: spec.isNesting ?? false,
    flags: data('VirtualMachineFlagInfo', {
      diskUuidEnabled: spec.showsDiskIds ?? false,
      vbsEnabled: spec.hasVbs ?? false,
    }),
    cpuAllocation: allocation(),
    memoryAllocation: allocation(),
    latencySensitivity: data('LatencySensitivity', {
      level: named('LatencySensitivitySensitivityLevel', spec.latencySensitivity ?? 'normal'),
    }),
    memoryReservationLockedToMax: false,
    vAppConfig:
      spec.product === undefined
        ? undefined
        : data('VmConfigInfo', {
            product: list('VAppProductInfo', [data('VAppProductInfo', { key: 0, ...spec.product })]),
          }),
  });
}

/** Nothing reserved, nothing limited. */
const allocation = (): Data =>
  data('ResourceAllocationInfo', {
    reservation: long(0),
    expandableReservation: false,
    limit: long(-1),
    shares: data('SharesInfo', { shares: 1000, level: named('SharesLevel', 'normal') }),
  });

function guestNameOf({ spec }: Machine): string {
  return spec.guestOsName ?? 'Ubuntu Linux (64-bit)';
}

function runtimeOf({ spec, standing, power, bootedAt }: Machine): Data {
  return data('VirtualMachineRuntimeInfo', {
    host: standing.host,
    connectionState: named('VirtualMachineConnectionState', spec.connection ?? 'connected'),
    powerState: named('VirtualMachinePowerState', power),
    toolsInstallerMounted: false,
    bootTime: power === 'poweredOn' ? bootedAt : undefined,
    suspendTime: power === 'suspended' ? bootedAt : undefined,
    consolidationNeeded: spec.needsConsolidation ?? false,
    cryptoState: spec.isEncrypted === true ? 'locked' : undefined,
    faultToleranceState: named('VirtualMachineFaultToleranceState', spec.faultTolerance ?? 'notConfigured'),
    question:
      spec.question === undefined
        ? undefined
        : data('VirtualMachineQuestionInfo', { id: '1', text: `msg.uuid.altered:${spec.question}` }),
  });
}

function toolsOf({ spec, isToolsRunning }: Machine): { status: string; version: number; state2: string; run: string } {
  const run = isToolsRunning ? 'guestToolsRunning' : 'guestToolsNotRunning';
  if (spec.tools === 'missing')
    return { status: 'toolsNotInstalled', version: 0, state2: 'guestToolsNotInstalled', run: 'guestToolsNotRunning' };
  if (spec.tools === 'old')
    return {
      status: isToolsRunning ? 'toolsOld' : 'toolsNotRunning',
      version: 9221,
      state2: 'guestToolsNeedUpgrade',
      run,
    };
  return { status: isToolsRunning ? 'toolsOk' : 'toolsNotRunning', version: 12_352, state2: 'guestToolsCurrent', run };
}

function guestOf(machine: Machine): Data {
  const { spec, isToolsRunning } = machine;
  const tools = toolsOf(machine);
  const nics = spec.nics ?? [];
  const first = nics.flatMap(({ addresses }) => addresses ?? [])[0];
  return data('GuestInfo', {
    toolsStatus: named('VirtualMachineToolsStatus', tools.status),
    toolsVersionStatus: tools.state2,
    toolsVersionStatus2: tools.state2,
    toolsRunningStatus: tools.run,
    toolsVersion: String(tools.version),
    guestId: isToolsRunning ? (spec.guestOsId ?? 'ubuntu64Guest') : undefined,
    guestFullName: isToolsRunning ? guestNameOf(machine) : undefined,
    hostName: isToolsRunning ? hostNameOf(spec.name) : undefined,
    ipAddress: isToolsRunning ? first : undefined,
    net: list(
      'GuestNicInfo',
      isToolsRunning
        ? [...nics.map((_, index) => guestNicOf(machine, index)), ...(machine.spec.ownCards ?? []).map(ownCardOf)]
        : [],
    ),
    disk: list('GuestDiskInfo', isToolsRunning ? machine.disks.map(fileSystemOf) : []),
    ipStack: list('GuestStackInfo', isToolsRunning && first !== undefined ? [stack()] : []),
    guestState: machine.isShuttingDown ? 'shuttingDown' : isToolsRunning ? 'running' : 'notRunning',
  });
}

function hostNameOf(name: string): string {
  return `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.lab.example`;
}

function guestNicOf(machine: Machine, index: number): Data {
  const nic = machine.spec.nics?.[index];
  const addresses = nic?.addresses ?? [];
  const floating = nic?.floatingAddresses ?? [];
  const ip = (ipAddress: string, prefixLength: number): Data =>
    data('NetIpConfigInfoIpAddress', { ipAddress, prefixLength, state: 'preferred' });
  return data('GuestNicInfo', {
    network: nic?.network,
    ipAddress: list('String', [...addresses, ...floating]),
    macAddress: macOf(machine, index),
    connected: nic?.isConnected ?? true,
    deviceConfigId: deviceKeyOfNic(index),
    ipConfig: data('NetIpConfigInfo', {
      ipAddress: list('NetIpConfigInfoIpAddress', [
        ...addresses.map((address) => ip(address, address.includes(':') ? 64 : 24)),
        ...floating.map((address) => ip(address, address.includes(':') ? 128 : 32)),
      ]),
    }),
  });
}

/** A card that no device stands behind. */
const ownCardOf = ({ mac, addresses }: NonNullable<Machine['spec']['ownCards']>[number]): Data =>
  data('GuestNicInfo', {
    ipAddress: list('String', addresses),
    macAddress: mac,
    connected: true,
    deviceConfigId: -1,
  });

/** The guest has a file system on each disk, which uses what was ever written there. */
function fileSystemOf({ disk }: Machine['disks'][number], index: number): Data {
  let used = 0;
  for (let layer = 0; layer < disk.layers; layer++) used += disk.storedBytes(layer);
  return data('GuestDiskInfo', {
    diskPath: index === 0 ? '/' : `/data${index}`,
    capacity: long(disk.sizeBytes),
    freeSpace: long(Math.max(0, disk.sizeBytes - used)),
    filesystemType: 'ext4',
    mappings: list('GuestInfoVirtualDiskMapping', [data('GuestInfoVirtualDiskMapping', { key: disk.key })]),
  });
}

function stack(): Data {
  return data('GuestStackInfo', {
    dnsConfig: data('NetDnsConfigInfo', {
      dhcp: false,
      hostName: 'guest',
      domainName: 'lab.example',
      ipAddress: list('String', ['192.0.2.53', '192.0.2.54']),
    }),
  });
}

function summaryOf(machine: Machine): Data {
  const { spec, ref } = machine;
  const tools = toolsOf(machine);
  const committed = machine.disks.reduce((sum, { disk }) => {
    for (let layer = 0; layer < disk.layers; layer++) sum += disk.storedBytes(layer);
    return sum;
  }, 0);
  const provisioned = machine.disks.reduce((sum, { disk }) => sum + disk.sizeBytes, 0);
  return data('VirtualMachineSummary', {
    vm: ref,
    runtime: runtimeOf(machine),
    guest: data('VirtualMachineGuestSummary', {
      toolsStatus: named('VirtualMachineToolsStatus', tools.status),
      toolsRunningStatus: tools.run,
    }),
    config: data('VirtualMachineConfigSummary', {
      name: spec.name,
      template: spec.isTemplate ?? false,
      vmPathName: `${machine.place}/${machine.folderName}.vmx`,
      memorySizeMB: Math.floor((spec.memoryBytes ?? 2 * 1024 ** 3) / 1024 ** 2),
      numCpu: spec.cpus ?? 2,
      numEthernetCards: (spec.nics ?? []).length,
      numVirtualDisks: machine.disks.length,
      uuid: machine.uuid,
      instanceUuid: machine.instanceUuid,
      guestId: spec.guestOsId ?? 'ubuntu64Guest',
      guestFullName: guestNameOf(machine),
      annotation: spec.annotation ?? '',
    }),
    storage: data('VirtualMachineStorageSummary', {
      committed: long(committed),
      uncommitted: long(Math.max(0, provisioned - committed)),
      unshared: long(committed),
      timestamp: machine.changedAt,
    }),
    overallStatus: named('ManagedEntityStatus', 'green'),
  });
}

function snapshotInfoOf({ ref, snapshots }: Machine): Data | undefined {
  const current = snapshots.at(-1);
  if (current === undefined) return undefined;
  const tree = (index: number): Data[] => {
    const snapshot = snapshots[index];
    if (snapshot === undefined) return [];
    return [
      data('VirtualMachineSnapshotTree', {
        snapshot: snapshot.ref,
        vm: ref,
        name: snapshot.name,
        description: snapshot.description,
        id: snapshot.number,
        createTime: snapshot.createdAt,
        state: snapshot.power,
        quiesced: false,
        childSnapshotList: list('VirtualMachineSnapshotTree', tree(index + 1)),
        replaySupported: false,
      }),
    ];
  };
  return data('VirtualMachineSnapshotInfo', {
    currentSnapshot: current.ref,
    rootSnapshotList: list('VirtualMachineSnapshotTree', tree(0)),
  });
}

/** Every disk is a descriptor and an extent for each of its layers; on vSAN the extent is an object, not a file. */
function layoutOf(machine: Machine): Data {
  const files: Data[] = [];
  const add = (name: string, type: string, size: number): number => {
    const key = files.length;
    const sizes = { size: long(size), uniqueSize: long(size) };
    files.push(
      data('VirtualMachineFileLayoutExFileInfo', {
        key,
        name: `${machine.place}/${name}`,
        type,
        ...sizes,
        accessible: true,
      }),
    );
    return key;
  };
  add(`${machine.folderName}.vmx`, 'config', 3072);
  add(`${machine.folderName}.nvram`, 'nvram', 8684);
  const disks = machine.disks.map(({ spec, disk, index }) => {
    const chain = Array.from({ length: isLayered(spec) ? disk.layers : 1 }, (_, layer) => {
      const descriptor = machine.diskFile(index, layer);
      const isThick = layer === 0 && spec.isThin !== true;
      const extent = descriptor.replace(/\.vmdk$/, layer === 0 ? '-flat.vmdk' : '-sesparse.vmdk');
      const fileKey = [
        add(descriptor, 'diskDescriptor', 512),
        add(extent, 'diskExtent', isThick ? disk.sizeBytes : disk.storedBytes(layer)),
      ];
      return data('VirtualMachineFileLayoutExDiskUnit', { fileKey: list('Int', fileKey) });
    });
    return data('VirtualMachineFileLayoutExDiskLayout', {
      key: disk.key,
      chain: list('VirtualMachineFileLayoutExDiskUnit', chain),
    });
  });
  return data('VirtualMachineFileLayoutEx', {
    file: list('VirtualMachineFileLayoutExFileInfo', files),
    disk: list('VirtualMachineFileLayoutExDiskLayout', disks),
    timestamp: machine.changedAt,
  });
}
