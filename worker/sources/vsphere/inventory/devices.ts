/** Maps a machine's virtual devices: disks on their controllers, network cards, and what the host gives away to the guest. */
import type { InventoryDisk, InventoryNic } from '../../../../main/shared/inventory.ts';
import { childOf, countOf, isTrue, textAt, type Value } from './answers.ts';
import { storedBytesOf } from './layout.ts';
import { displayName, type Places } from './places.ts';

type Controller = InventoryDisk['controller'];

const CONTROLLERS: Readonly<Record<string, Pick<Controller, 'kind' | 'model'>>> = {
  ParaVirtualSCSIController: { kind: 'scsi', model: 'pvscsi' },
  VirtualLsiLogicController: { kind: 'scsi', model: 'lsilogic' },
  VirtualLsiLogicSASController: { kind: 'scsi', model: 'lsisas1068' },
  VirtualBusLogicController: { kind: 'scsi', model: 'buslogic' },
  VirtualSCSIController: { kind: 'scsi', model: null },
  VirtualAHCIController: { kind: 'sata', model: 'ahci' },
  VirtualSATAController: { kind: 'sata', model: null },
  VirtualIDEController: { kind: 'ide', model: 'ide' },
  VirtualNVMEController: { kind: 'nvme', model: 'nvme' },
  VirtualUSBController: { kind: 'usb', model: null },
  VirtualUSBXHCIController: { kind: 'usb', model: 'xhci' },
};
const MODES: Readonly<Record<string, InventoryDisk['mode']>> = {
  persistent: 'persistent',
  independent_persistent: 'independentPersistent',
  independent_nonpersistent: 'independentNonpersistent',
};
const PASSTHROUGH: Readonly<Record<string, string>> = {
  VirtualPCIPassthrough: 'PCI device',
  VirtualSCSIPassthrough: 'SCSI device',
  VirtualUSB: 'USB device',
};
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

/** The machine's disks by their keys. @param layout its `layoutEx` */
export function disksOf(devices: readonly Value[], layout: Value | undefined): InventoryDisk[] {
  const stored = storedBytesOf(layout);
  return devices
    .filter(({ schemaType }) => schemaType === 'VirtualDisk')
    .map((device) => {
      const key = textAt(device, 'key') ?? '';
      const backing = childOf(device, 'backing');
      const kilobytes = countOf(childOf(device, 'capacityInKB')) ?? 0;
      return {
        key,
        label: labelOf(device, 'Hard disk'),
        sizeBytes: countOf(childOf(device, 'capacityInBytes')) ?? kilobytes * 1024,
        controller: controllerOf(device, devices),
        file: textAt(backing, 'fileName'),
        datastore: textAt(backing, 'datastore'),
        mode: modeOf(textAt(backing, 'diskMode')),
        isThin: isThin(backing),
        isMultiWriter: textAt(backing, 'sharing') === 'sharingMultiWriter',
        rawDevice: rawDeviceOf(backing),
        isEncrypted: childOf(backing, 'keyId') !== null,
        changeId: textAt(backing, 'changeId'),
        uuid: textAt(backing, 'uuid'),
        chainLength: chainLengthOf(backing),
        storedBytes: stored.get(key) ?? null,
      };
    })
    .sort((a, b) => Number(a.key) - Number(b.key));
}

function controllerOf(disk: Value, devices: readonly Value[]): Controller {
  const key = textAt(disk, 'controllerKey');
  const device = devices.find(
    (other) => other.schemaType?.endsWith('Controller') === true && textAt(other, 'key') === key,
  );
  return {
    kind: 'scsi', // of a controller that is not told; of one that is newer than this list
    model: null,
    ...CONTROLLERS[device?.schemaType ?? ''],
    bus: countOf(childOf(device, 'busNumber')) ?? 0,
    unit: countOf(childOf(disk, 'unitNumber')) ?? 0,
    isShared: (textAt(device, 'sharedBus') ?? 'noSharing') !== 'noSharing',
  };
}

/** A raw device in physical mode has none, and takes part in no snapshot. */
function modeOf(mode: string | null): InventoryDisk['mode'] {
  return mode === null ? 'persistent' : (MODES[mode] ?? 'other');
}

function isThin(backing: Value | null): boolean | null {
  if (backing?.schemaType === 'VirtualDiskSeSparseBackingInfo') return true;
  const thin = childOf(backing, 'thinProvisioned');
  return thin === null ? null : isTrue(thin);
}

function rawDeviceOf(backing: Value | null): InventoryDisk['rawDevice'] {
  if (!/RawDisk/.test(backing?.schemaType ?? '')) return null;
  return textAt(backing, 'compatibilityMode') === 'virtualMode' ? 'virtual' : 'physical';
}

function chainLengthOf(backing: Value | null): number {
  let length = 1;
  for (let below = childOf(backing, 'parent'); below !== null; below = childOf(below, 'parent')) length += 1;
  return length;
}

/**
 * The machine's network cards by their keys, with what the guest's tools tell of each.
 * @param networks all that the machine is on
 */
export function nicsOf(
  devices: readonly Value[],
  guestNics: readonly Value[],
  networks: readonly Value[],
  places: Places,
): InventoryNic[] {
  const only = networks.length === 1 ? (networks[0]?.text ?? null) : null;
  return devices
    .filter((device) => childOf(device, 'macAddress') !== null || childOf(device, 'addressType') !== null)
    .map((device) => {
      const key = textAt(device, 'key') ?? '';
      const backing = childOf(device, 'backing');
      const network = networkOf(backing, only, places);
      const mac = textAt(device, 'macAddress')?.toLowerCase() ?? '';
      const startConnected = childOf(childOf(device, 'connectable'), 'startConnected');
      const inGuest = guestNics.find((nic) => textAt(nic, 'deviceConfigId') === key);
      const backingName = textAt(backing, 'deviceName');
      return {
        key,
        label: labelOf(device, 'Network adapter'),
        model: modelOf(device.schemaType),
        mac: MAC.test(mac) ? mac : null,
        network,
        networkName: places.networkNameOf(network) ?? (backingName === null ? null : displayName(backingName)),
        connected: startConnected === null || isTrue(startConnected),
        ipAddresses: addressesOf(inGuest),
        ...dhcpOf(inGuest),
        ...policiesOf(device),
      };
    })
    .sort((a, b) => Number(a.key) - Number(b.key));
}

/** A limit of -1 is none. */
function policiesOf(device: Value): Pick<InventoryNic, 'policies'> {
  const allocation = childOf(device, 'resourceAllocation');
  const limit = countOf(childOf(allocation, 'limit'));
  const reserved = countOf(childOf(allocation, 'reservation')) ?? 0;
  const policies = [
    ...(limit === null ? [] : [`limits the bandwidth to ${limit} Mbit/s`]),
    ...(reserved > 0 ? [`reserves ${reserved} Mbit/s`] : []),
  ];
  return policies.length === 0 ? {} : { policies };
}

/** `VirtualVmxnet3` → `vmxnet3`. */
function modelOf(schemaType: string | null): string {
  if (schemaType === 'VirtualSriovEthernetCard') return 'sriov';
  return (schemaType ?? 'unknown').replace(/^Virtual/, '').toLowerCase();
}

/** @param only the machine's only network, which a card must be on that names one in words of its own */
function networkOf(backing: Value | null, only: string | null, places: Places): string | null {
  const portGroup = textAt(childOf(backing, 'port'), 'portgroupKey');
  if (portGroup !== null) return places.networkByPortGroupKey(portGroup) ?? only;
  const opaque = textAt(backing, 'opaqueNetworkId');
  if (opaque !== null) return places.networkByOpaqueId(opaque) ?? only;
  return textAt(backing, 'network');
}

function addressesOf(nic: Value | undefined): InventoryNic['ipAddresses'] {
  const configured = (childOf(nic, 'ipConfig')?.children ?? [])
    .filter(({ name }) => name === 'ipAddress')
    .flatMap((config) => {
      const address = textAt(config, 'ipAddress');
      return address === null ? [] : [{ address, prefixLength: countOf(childOf(config, 'prefixLength')) }];
    });
  if (configured.length > 0) return configured;
  return (nic?.children ?? [])
    .filter(({ name, text }) => name === 'ipAddress' && text !== '')
    .map(({ text }) => ({ address: text, prefixLength: null }));
}

/** Windows tells of its settings, other guests at the most where each address is from; many tell neither. */
function dhcpOf(nic: Value | undefined): Pick<InventoryNic, 'usesDhcp'> {
  const config = childOf(nic, 'ipConfig');
  const enable = childOf(childOf(childOf(config, 'dhcp'), 'ipv4'), 'enable');
  if (enable !== null) return { usesDhcp: isTrue(enable) };
  const origins = (config?.children ?? [])
    .filter((one) => one.name === 'ipAddress' && !(textAt(one, 'ipAddress') ?? '').includes(':'))
    .flatMap((one) => textAt(one, 'origin') ?? []);
  if (origins.includes('dhcp')) return { usesDhcp: true };
  return origins.includes('manual') ? { usesDhcp: false } : {};
}

export function hasTpm(devices: readonly Value[]): boolean {
  return devices.some(({ schemaType }) => schemaType === 'VirtualTPM');
}

/** Labels of the host's own devices that the guest has; a part of a graphics card is named by its profile too. */
export function passthroughOf(devices: readonly Value[]): string[] {
  return devices.flatMap((device) => {
    const what = PASSTHROUGH[device.schemaType ?? ''];
    if (what === undefined) return [];
    const profile = textAt(childOf(device, 'backing'), 'vgpu');
    return [`${labelOf(device, what)}${profile === null ? '' : ` (${profile})`}`];
  });
}

export function labelOf(device: Value, what: string): string {
  return textAt(childOf(device, 'deviceInfo'), 'label') ?? `${what} ${textAt(device, 'key') ?? ''}`.trim();
}
