/** Maps what vCenter or ESXi tells of a machine to the words of the inventory. */
import type { InventoryGuestDisk, InventorySnapshot, InventoryVm } from '../../../../main/shared/inventory.ts';
import { childOf, countOf, isTrue, textAt, textOf, type ObjectFacts, type Value } from './answers.ts';
import { disksOf, hasTpm, nicsOf, passthroughOf } from './devices.ts';
import { displayName, type Places } from './places.ts';
import { traitsOf } from './traits.ts';
import type { VmProperty } from './vm-properties.ts';

const POWER: Readonly<Record<string, InventoryVm['power']>> = {
  poweredOn: 'on',
  poweredOff: 'off',
  suspended: 'suspended',
};
const OLD_TOOLS = new Set([
  'guestToolsNeedUpgrade',
  'guestToolsSupportedOld',
  'guestToolsTooOld',
  'guestToolsBlacklisted',
]);
const MEBI = 1024 * 1024;

/**
 * The machine in the inventory's words; whatever the server leaves out is null or empty.
 * @param tasks that go on with it, where they were asked for
 */
export function vmOf({ id, properties }: ObjectFacts, places: Places, tasks: readonly string[] = []): InventoryVm {
  const at = (path: VmProperty): Value | undefined => properties.get(path);
  const host = textOf(at('runtime.host'));
  const devices = at('config.hardware.device')?.children ?? [];
  const boot = at('config.bootOptions');
  const guestNics = at('guest.net')?.children ?? [];
  const disks = disksOf(devices, at('layoutEx'));
  const diskKeys = new Set(disks.map(({ key }) => key));
  const parent = textOf(at('parent')) ?? textOf(at('parentVApp'));
  const isUefi = textOf(at('config.firmware')) === 'efi';
  return {
    ref: id,
    name: displayName(textOf(at('name')) ?? id),
    folder: places.pathOf(parent),
    datacenter: places.datacenterOf(parent) ?? places.datacenterOf(host),
    cluster: places.clusterOf(host),
    host,
    pool: textOf(at('resourcePool')),
    isTemplate: isTrue(at('config.template')),
    power: POWER[textOf(at('runtime.powerState')) ?? ''] ?? 'unknown',
    connection: connectionOf(textOf(at('runtime.connectionState'))),
    biosUuid: textOf(at('config.uuid')),
    instanceUuid: textOf(at('config.instanceUuid')),
    cpus: countOf(at('config.hardware.numCPU')) ?? 0,
    coresPerSocket: countOf(at('config.hardware.numCoresPerSocket')) || null, // 0 lets the host choose, since vSphere 8
    memoryBytes: (countOf(at('config.hardware.memoryMB')) ?? 0) * MEBI,
    firmware: isUefi ? 'uefi' : 'bios',
    secureBoot: isUefi && isTrue(childOf(boot, 'efiSecureBootEnabled')),
    hasTpm: hasTpm(devices),
    isEncrypted: at('config.keyId') !== undefined,
    hardwareVersion: hardwareVersionOf(textOf(at('config.version'))),
    guestOsId: textOf(at('config.guestId')),
    guestOsName: textOf(at('config.guestFullName')),
    guest: {
      tools: toolsOf(
        textOf(at('guest.toolsRunningStatus')),
        textOf(at('guest.toolsVersionStatus2')),
        textOf(at('guest.toolsStatus')),
      ),
      isToolsOld:
        OLD_TOOLS.has(textOf(at('guest.toolsVersionStatus2')) ?? '') || textOf(at('guest.toolsStatus')) === 'toolsOld',
      hostName: textOf(at('guest.hostName')),
      dnsServers: dnsServersOf([...(at('guest.ipStack')?.children ?? []), ...guestNics]),
      disks: guestDisksOf(at('guest.disk')),
      ...ownCardsOf(guestNics),
    },
    disks,
    nics: nicsOf(devices, guestNics, at('network')?.children ?? [], places),
    bootOrder: (boot?.children ?? [])
      .filter(({ name }) => name === 'bootOrder')
      .map((device) => textAt(device, 'deviceKey') ?? '')
      .filter((key) => diskKeys.has(key)),
    snapshots: snapshotsOf(at('snapshot')),
    needsConsolidation: isTrue(at('runtime.consolidationNeeded')),
    changeTracking: isTrue(at('config.changeTrackingEnabled')),
    passthrough: passthroughOf(devices),
    annotation: textOf(at('config.annotation')) ?? '',
    tags: (at('tag')?.children ?? []).flatMap((tag) => textAt(tag, 'key') ?? []),
    traits: traitsOf(at, devices, tasks),
  };
}

function connectionOf(state: string | null): InventoryVm['connection'] {
  switch (state) {
    case 'connected':
    case 'disconnected':
    case 'invalid':
    case 'orphaned':
      return state;
    default:
      return 'inaccessible'; // also where the user may not see it
  }
}

function hardwareVersionOf(version: string | null): number | null {
  const [, digits] = /^vmx-(\d+)$/.exec(version ?? '') ?? [];
  return digits === undefined ? null : Number(digits);
}

function toolsOf(running: string | null, version: string | null, status: string | null): InventoryVm['guest']['tools'] {
  if (running === 'guestToolsRunning' || running === 'guestToolsExecutingScripts') return 'running';
  if (version === 'guestToolsNotInstalled' || status === 'toolsNotInstalled') return 'missing';
  return running === 'guestToolsNotRunning' ? 'stopped' : 'unknown';
}

/** @param tellers whatever has a `dnsConfig`: the guest's stacks, then its cards */
function dnsServersOf(tellers: readonly Value[]): string[] {
  const servers = tellers.flatMap((teller) =>
    (childOf(teller, 'dnsConfig')?.children ?? []).filter(({ name }) => name === 'ipAddress').map(({ text }) => text),
  );
  return [...new Set(servers)].filter((server) => server !== '');
}

/** Which disks a file system lies on is told since vSphere 7. */
function guestDisksOf(told: Value | undefined): InventoryGuestDisk[] {
  return (told?.children ?? []).flatMap((disk) => {
    const path = textAt(disk, 'diskPath');
    const capacityBytes = countOf(childOf(disk, 'capacity'));
    const freeBytes = countOf(childOf(disk, 'freeSpace'));
    if (path === null || capacityBytes === null || freeBytes === null) return [];
    const mappings = disk.children.filter(({ name }) => name === 'mappings');
    return [{ path, capacityBytes, freeBytes, diskKeys: mappings.flatMap((mapping) => textAt(mapping, 'key') ?? []) }];
  });
}

/** Cards that no device stands behind: the guest made them. Containers have so many that those without an address are left out. */
function ownCardsOf(guestNics: readonly Value[]): Pick<InventoryVm['guest'], 'ownCards'> {
  const ownCards = guestNics
    .filter((nic) => textAt(nic, 'deviceConfigId') === '-1')
    .map((nic) => {
      const mac = textAt(nic, 'macAddress')?.toLowerCase() ?? '';
      const addresses = nic.children.filter(({ name }) => name === 'ipAddress').map(({ text }) => text);
      return { mac: /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? mac : null, addresses };
    })
    .filter(({ addresses }) => addresses.length > 0);
  return ownCards.length === 0 ? {} : { ownCards };
}

export function snapshotsOf(info: Value | undefined): InventorySnapshot[] {
  const found: InventorySnapshot[] = [];
  const walk = (tree: Value, depth: number): void => {
    const at = new Date(textAt(tree, 'createTime') ?? 0);
    found.push({
      ref: textAt(tree, 'snapshot') ?? textAt(tree, 'id') ?? '?',
      name: displayName(textAt(tree, 'name') ?? ''),
      createdAt: (Number.isNaN(at.getTime()) ? new Date(0) : at).toISOString(), // the oldest age of all, where it is unreadable
      depth,
    });
    for (const child of tree.children) if (child.name === 'childSnapshotList') walk(child, depth + 1);
  };
  for (const child of info?.children ?? []) if (child.name === 'rootSnapshotList') walk(child, 0);
  return found;
}
