/** What the inventory script says of the simulated host, as PowerShell makes JSON of it. */
import type { DiskFile } from './disk-file.ts';
import type { Host } from './host.ts';
import type { CardSpec, MachineSpec } from './machine-spec.ts';
import type { Machine, MachineDisk } from './machine.ts';
import { uuidOf } from '../vcenter/machine.ts';
import { Trouble, troubles } from './trouble.ts';

const GiB = 1024 ** 3;
const SYSTEM = { caption: 'Microsoft Windows Server 2022 Standard', version: '10.0.20348' };

export const about = (host: Host): unknown => ({
  ...names(host),
  powershell: '5.1.20348.2849',
  machines: host.machines.length,
  disksFolder: 'D:\\Hyper-V',
  cluster: clusterOf(host),
});

const names = ({ name }: Host) => ({
  name,
  fqdn: `${name.toLowerCase()}.example.test`,
  system: SYSTEM.caption,
  version: SYSTEM.version,
});

/** @param ids null for all machines */
export function inventory(host: Host, ids: readonly string[] | null): unknown {
  const found: Machine[] = [];
  const missing: unknown[] = [];
  for (const id of ids ?? host.machines.map((machine) => machine.id)) {
    try {
      found.push(host.machine(id));
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      missing.push(error.told);
    }
  }
  const machines = found.map((machine) => described(host, machine));
  return {
    host: { ...names(host), cpus: 16, memory: 128 * GiB },
    switches: [
      ...new Set(host.machines.flatMap(({ spec }) => (spec.cards ?? []).flatMap((card) => card.switch ?? []))),
    ].map((name) => ({ id: uuidOf(`switch ${name}`), name, type: 'External' })),
    places: placesOf(found),
    cluster: clusterOf(host),
    machines,
    troubles: missing,
  };
}

/** Null where the host is no node, and no machine is clustered. */
function clusterOf({ name, machines, cluster, otherNodes }: Host): unknown {
  if (cluster !== null) return cluster.told;
  if (!machines.some(({ spec }) => spec.isClustered === true)) return null;
  return {
    name: 'HVC1',
    nodes: [{ name, state: 'Up' }, ...otherNodes.map((node) => ({ name: node, state: 'Down' }))],
  };
}

function described(host: Host, machine: Machine): unknown {
  const { spec, state, generation, id } = machine;
  const memory = spec.memoryBytes ?? 2 * GiB;
  return {
    id,
    name: spec.name,
    generation,
    version: spec.version ?? '10.0',
    state,
    notes: spec.notes ?? '',
    path: `D:\\Hyper-V\\${spec.name}`,
    cpus: spec.cpus ?? 2,
    memory: {
      startup: memory,
      minimum: spec.dynamicMemory?.minimum ?? memory / 2,
      maximum: spec.dynamicMemory?.maximum ?? memory * 2,
      assigned: state === 'Running' ? memory : 0,
      dynamic: spec.dynamicMemory !== undefined,
    },
    secureBoot: generation === 2 && spec.secureBoot !== null,
    secureBootTemplate: generation === 2 ? (spec.secureBoot ?? 'MicrosoftWindows') : '',
    bootOrder: generation === 2 ? bootOrderOf(machine) : [],
    tpm: spec.hasTpm ?? false,
    shielded: spec.isShielded ?? false,
    disks: machine.disks.map((disk) => diskOf(disk)),
    cards: (spec.cards ?? []).map((card, number) => cardOf(machine, card, machine.number * 16 + number)),
    words: state === 'Running' ? (spec.words ?? {}) : {},
    services: spec.hasNoServices === true ? [] : servicesOf(machine),
    checkpoints: machine.checkpoints.map((one) => ({
      id: one.id,
      name: one.name,
      parent: one.parent,
      type: 'Standard',
      created: one.createdAt.toISOString().replace('Z', '0000Z'),
    })),
    referencePoints: [],
    checkpointType: spec.checkpointType ?? 'Production',
    replicationState: spec.replication?.state ?? 'Disabled',
    replicationMode: spec.replication?.mode ?? 'None',
    clustered: host.cluster !== null || (spec.isClustered ?? false),
    devices: spec.devices ?? [],
    extras: extrasOf(spec),
    troubles: [],
  };
}

const extrasOf = ({ media, isNesting, startAction }: MachineSpec): unknown => ({
  media: media ?? [],
  ports: [],
  nested: isNesting ?? false,
  reserve: 0,
  limit: 100,
  weight: 100,
  startAction: startAction ?? 'StartIfRunning',
  stopAction: 'Save',
});

function bootOrderOf({ spec, disks }: Machine): string[] {
  return (spec.bootOrder ?? disks.map((_, number) => number)).flatMap((number) => {
    const place = disks[number]?.place;
    return place === undefined ? [] : [`${place.controller}:${place.number}:${place.location}`];
  });
}

function diskOf(disk: MachineDisk): unknown {
  const { spec, place, chain } = disk;
  const isMissing = chain !== null && spec.isMissing === true;
  return {
    ...place,
    path: chain?.leaf.path ?? passedThrough(disk),
    diskNumber: spec.hostDisk ?? null,
    shared: spec.isShared ?? false,
    files: filesOf(disk),
    trouble: isMissing ? troubles.noDisk(chain.leaf.path).told : null,
  };
}

const passedThrough = ({ spec, place }: MachineDisk): string =>
  place.controller === 'PMEM'
    ? `D:\\Memory ${place.location}.vhdpmem`
    : `Disk ${spec.hostDisk} ${spec.sizeBytes / GiB} GB Bus 0 Lun 1`;

/** From a file, or the one that is written to, down to the oldest. */
function filesOf({ spec, chain }: MachineDisk, from = chain?.leaf): unknown[] {
  if (chain === null || from === undefined || spec.isMissing === true) return [];
  return chain.files
    .slice(0, chain.files.indexOf(from) + 1)
    .toReversed()
    .map((file) => ({
      path: file.path,
      format: chain.format,
      type: chain.typeOf(file),
      size: spec.sizeBytes,
      fileSize: chain.contentOf(file).sizeBytes,
      sector: spec.sectorBytes ?? 512,
      id: file.id.toUpperCase(),
    }));
}

/** Where a checkpoint's disks are, or the machine's own. */
export const drivesOf = (machine: Machine, frozen: readonly (DiskFile | null)[] = []): object[] =>
  machine.disks.map((disk, index) => {
    const file = frozen[index] ?? disk.chain?.leaf;
    return { ...disk.place, path: file?.path ?? passedThrough(disk), files: filesOf(disk, file) };
  });

function cardOf({ id, state }: Machine, card: CardSpec, number: number): unknown {
  const isRunning = state === 'Running';
  const { vlan, guest } = card;
  const addresses = isRunning ? (card.addresses ?? []) : [];
  return {
    id: `Microsoft:${id.toUpperCase()}\\${uuidOf(`card ${number}`).toUpperCase()}`,
    name: card.name ?? 'Network Adapter',
    mac: card.mac ?? `00155D0A${number.toString(16).toUpperCase().padStart(4, '0')}`,
    dynamicMac: card.isMacDynamic ?? true,
    legacy: card.isLegacy ?? false,
    switch: card.switch ?? '',
    connected: card.switch !== null,
    vlanMode: vlan?.mode ?? 'Untagged',
    accessVlan: vlan?.mode === 'Access' ? vlan.id : 0,
    nativeVlan: vlan?.mode === 'Trunk' ? vlan.native : 0,
    allowedVlans: vlan?.mode === 'Trunk' ? vlan.allowed : '',
    spoofing: onOrOff(card.maySpoof),
    teaming: onOrOff(card.mayTeam),
    dhcpGuard: onOrOff(card.isDhcpGuarded),
    routerGuard: onOrOff(card.isRouterGuarded),
    mirroring: card.mirroring ?? 'None',
    mostBits: card.mostBits ?? null,
    addresses,
    guest: guest === undefined || !isRunning ? null : { gateways: [], dns: [], ...guest, addresses },
  };
}

const onOrOff = (isOn = false): string => (isOn ? 'On' : 'Off');

const SERVICES = {
  'Guest Service Interface': '6C09BB55-D683-4DA0-8931-C9BF705F6480',
  Heartbeat: '84EAAE65-2F2E-45F5-9BB5-0E857DC8EB47',
  'Key-Value Pair Exchange': '2A34B1C2-FD73-4043-8A5B-DD2159BC743F',
  Shutdown: '9F8233AC-BE49-4C79-8EE3-E7E1985B2077',
  'Time Synchronization': '2497F4DE-E9FA-4204-80E4-4B75C46419C0',
  VSS: '5CED1297-4598-4915-A5FC-AD21BB4D02A4',
};

const servicesOf = ({ id, state }: Machine): unknown[] =>
  Object.entries(SERVICES).map(([name, guid]) => ({
    id: `Microsoft:${id.toUpperCase()}\\${guid}`,
    name,
    enabled: name !== 'Guest Service Interface',
    status: state === 'Running' ? 'Ok' : 'NoContact',
  }));

function placesOf(machines: readonly Machine[]): unknown[] {
  const roots = new Set<string>();
  for (const { disks } of machines)
    for (const { chain } of disks) {
      const root = /^[A-Za-z]:\\(?:ClusterStorage\\[^\\]+)?/.exec(chain?.leaf.path ?? '')?.[0];
      if (root !== undefined) roots.add(root);
    }
  return [...roots].map((root) => ({ root, kind: 'NTFS', size: 2048 * GiB, free: 900 * GiB }));
}
