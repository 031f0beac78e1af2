/** The virtual hardware of a machine, as `config.hardware.device` tells it: now, or when a snapshot was made. */
import type { ControllerModel, ExtraDevice, NicSpec } from './machine-spec.ts';
import { isLayered, type Machine, type MachineDisk, type Snapshot, uuidOf } from './machine.ts';
import { data, type Data, list, long, type Ref, short, subtype, type Value } from './values.ts';

interface ControllerKindFacts {
  readonly type: string;
  readonly label: string;
  readonly firstKey: number;
  readonly parentKey: number;
  readonly disksEach: number;
  /** A unit that is the controller's own. */
  readonly taken?: number;
}

const CONTROLLERS: Readonly<Record<ControllerModel, ControllerKindFacts>> = {
  pvscsi: scsi('ParaVirtualSCSIController'),
  lsilogic: scsi('VirtualLsiLogicController'),
  lsisas1068: scsi('VirtualLsiLogicSASController'),
  buslogic: scsi('VirtualBusLogicController'),
  ahci: {
    type: 'VirtualAHCIController',
    label: 'SATA controller',
    firstKey: 15_000,
    parentKey: 100,
    disksEach: 30,
  },
  nvme: { type: 'VirtualNVMEController', label: 'NVME controller', firstKey: 31_000, parentKey: 100, disksEach: 15 },
  ide: { type: 'VirtualIDEController', label: 'IDE', firstKey: 200, parentKey: 0, disksEach: 2 },
};

function scsi(type: string): ControllerKindFacts {
  return { type, label: 'SCSI controller', firstKey: 1000, parentKey: 100, disksEach: 15, taken: 7 };
}

/** Where a disk is plugged in. */
export interface Place {
  readonly facts: ControllerKindFacts;
  readonly bus: number;
  readonly unit: number;
  readonly key: number;
  readonly diskKey: number;
}

/** Places are given in the disks' order, controller after controller. */
export function placesOf(machine: Machine): Place[] {
  const counts = new Map<ControllerKindFacts, number>();
  return machine.disks.map(({ spec, disk }) => {
    const facts = CONTROLLERS[spec.controller ?? machine.spec.controller ?? 'pvscsi'];
    const count = counts.get(facts) ?? 0;
    counts.set(facts, count + 1);
    const bus = Math.floor(count / facts.disksEach);
    const place = count % facts.disksEach;
    const unit = facts.taken !== undefined && place >= facts.taken ? place + 1 : place;
    return { facts, bus, unit, key: facts.firstKey + bus, diskKey: disk.key };
  });
}

export function deviceKeyOfNic(index: number): number {
  return 4000 + index;
}

/** Every device, controllers first. */
export function devicesOf(machine: Machine, snapshot?: Snapshot): Value[] {
  const places = placesOf(machine);
  return [
    ...basics(machine),
    ...controllers(machine, places),
    ...machine.disks.map((disk, index) => diskDevice(machine, disk, places[index], snapshot)),
    ...(machine.spec.nics ?? []).map((nic, index) => nicDevice(machine, nic, index)),
    ...extras(machine),
  ];
}

function described(label: string, summary = label): Data {
  return data('Description', { label, summary });
}

function basics(machine: Machine): Data[] {
  const idle = (type: string, key: number, label: string): Data =>
    subtype(type, { key, deviceInfo: described(label), busNumber: 0 });
  const ides = [0, 1].map((bus) =>
    subtype('VirtualIDEController', { key: 200 + bus, deviceInfo: described(`IDE ${bus}`), busNumber: bus }),
  );
  const video = subtype('VirtualMachineVideoCard', {
    key: 500,
    deviceInfo: described('Video card'),
    controllerKey: 100,
    unitNumber: 0,
    videoRamSizeInKB: long(4096),
  });
  const tpm = subtype('VirtualTPM', { key: 11_000, deviceInfo: described('Virtual TPM'), controllerKey: 100 });
  return [
    ...ides,
    idle('VirtualPS2Controller', 300, 'PS2 controller 0'),
    idle('VirtualPCIController', 100, 'PCI controller 0'),
    idle('VirtualSIOController', 400, 'SIO controller 0'),
    video,
    ...(machine.spec.hasTpm === true ? [tpm] : []),
  ];
}

function controllers(machine: Machine, places: readonly Place[]): Data[] {
  const byKey = new Map<number, Place[]>();
  for (const place of places) byKey.set(place.key, [...(byKey.get(place.key) ?? []), place]);
  return [...byKey.values()].flatMap((on) => {
    const [first] = on;
    if (first === undefined || first.facts.firstKey === 200) return []; // IDE is there anyway
    const { facts, bus, key } = first;
    const isScsi = facts.taken !== undefined;
    return [
      subtype(facts.type, {
        key,
        deviceInfo: described(`${facts.label} ${bus}`),
        controllerKey: facts.parentKey,
        unitNumber: 3 + bus,
        busNumber: bus,
        device: list(
          'Int',
          on.map(({ diskKey }) => diskKey),
        ),
        ...(isScsi
          ? { hotAddRemove: true, sharedBus: machine.spec.sharedBus ?? 'noSharing', scsiCtlrUnitNumber: 7 }
          : {}),
      }),
    ];
  });
}

function diskDevice(
  machine: Machine,
  { spec, disk, index }: MachineDisk,
  place: Place | undefined,
  at?: Snapshot,
): Data {
  const file = (layer: number): string => `${machine.place}/${machine.diskFile(index, layer)}`;
  const uuid = uuidOf(`${machine.ref.id} ${disk.key}`);
  const top = at === undefined ? disk.layers - 1 : Math.min(machine.layersOf(at), disk.layers) - 1;
  const changeId = at === undefined ? disk.changeId(machine.epoch) : at.changeIds.get(disk.key);
  const flat = (layer: number): Data =>
    subtype('VirtualDiskFlatVer2BackingInfo', {
      fileName: file(layer),
      datastore: machine.standing.datastore.ref,
      backingObjectId: '',
      diskMode: spec.mode ?? 'persistent',
      split: false,
      writeThrough: false,
      thinProvisioned: spec.isThin ?? false,
      ...(layer === 0 && machine.spec.isTemplate !== true ? { eagerlyScrub: false } : {}),
      uuid: `6000C29${uuid.slice(7)}`,
      contentId: uuidOf(`${uuid} ${disk.contentMark(layer)}`).replaceAll('-', ''),
      ...(layer === top && changeId !== undefined ? { changeId } : {}),
      ...parentOf(layer),
      deltaDiskFormat: layer > 0 ? 'seSparseFormat' : undefined,
      digestEnabled: false,
      sharing: spec.isMultiWriter === true ? 'sharingMultiWriter' : 'sharingNone',
      ...(machine.spec.isEncrypted === true && machine.spec.hasPlainDisks !== true ? { keyId: cryptoKey() } : {}),
    });
  const parentOf = (layer: number): { parent?: Data } => {
    if (layer > 0) return { parent: declared(flat(layer - 1)) };
    if (machine.spec.isLinkedClone !== true) return {};
    const parent = { fileName: `[${machine.standing.datastore.name}] golden/golden.vmdk`, diskMode: 'persistent' };
    return { parent: data('VirtualDiskFlatVer2BackingInfo', parent) };
  };
  const raw = (mode: string): Data =>
    subtype('VirtualDiskRawDiskMappingVer1BackingInfo', {
      fileName: file(0),
      datastore: machine.standing.datastore.ref,
      lunUuid: '020000000060003ff44dc75adc9b6ed8e3a1a4f0b2564d57415245',
      deviceName: 'vml.020000000060003ff44dc75adc',
      compatibilityMode: mode,
      diskMode: mode === 'virtualMode' ? 'persistent' : 'independent_persistent',
      uuid: `6000C29${uuid.slice(7)}`,
      sharing: 'sharingNone',
    });
  return subtype('VirtualDisk', {
    key: disk.key,
    deviceInfo: described(`Hard disk ${index + 1}`, `${(spec.sizeBytes / 1024).toLocaleString('en-US')} KB`),
    backing: spec.rawDevice === undefined ? flat(isLayered(spec) ? top : 0) : raw(spec.rawDevice),
    controllerKey: place?.key,
    unitNumber: place?.unit,
    capacityInKB: long(Math.floor(spec.sizeBytes / 1024)),
    capacityInBytes: long(spec.sizeBytes),
  });
}

/** Where this very type is declared, its name is not written. */
function declared(value: Data): Data {
  return data(value.type, value.fields);
}

export function cryptoKey(): Data {
  return data('CryptoKeyId', {
    keyId: 'c8f0e1a2-0000-4000-8000-000000000001',
    providerId: data('KeyProviderId', { id: 'lab-kms' }),
  });
}

const NIC_TYPES: Readonly<Record<NonNullable<NicSpec['model']>, string>> = {
  vmxnet3: 'VirtualVmxnet3',
  e1000: 'VirtualE1000',
  e1000e: 'VirtualE1000e',
  pcnet32: 'VirtualPCNet32',
  sriov: 'VirtualSriovEthernetCard',
};

export function macOf(machine: Machine, index: number): string {
  const given = machine.spec.nics?.[index]?.mac;
  if (given !== undefined) return given;
  const hex = uuidOf(`${machine.ref.id} nic ${index}`).replaceAll('-', '');
  return `00:50:56:${(Number.parseInt(hex.slice(0, 2), 16) & 0x3f).toString(16).padStart(2, '0')}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}

function nicDevice(machine: Machine, nic: NicSpec, index: number): Data {
  const network = machine.standing.networks.get(nic.network);
  const isOn = nic.isConnected ?? true;
  const backing = (): Data => {
    if (network?.kind === 'distributed') {
      const port = {
        switchUuid: network.uuid,
        portgroupKey: network.ref.id,
        portKey: String(100 + index),
        connectionCookie: 1000 + index,
      };
      return subtype('VirtualEthernetCardDistributedVirtualPortBackingInfo', {
        port: data('DistributedVirtualSwitchPortConnection', port),
      });
    }
    if (network?.kind === 'opaque') {
      return subtype('VirtualEthernetCardOpaqueNetworkBackingInfo', {
        opaqueNetworkId: network.uuid,
        opaqueNetworkType: 'nsx.LogicalSwitch',
      });
    }
    return subtype('VirtualEthernetCardNetworkBackingInfo', {
      deviceName: nic.network,
      useAutoDetect: false,
      network: network?.ref,
    });
  };
  return subtype(NIC_TYPES[nic.model ?? 'vmxnet3'], {
    key: deviceKeyOfNic(index),
    deviceInfo: described(`Network adapter ${index + 1}`, nic.network),
    backing: backing(),
    connectable: data('VirtualDeviceConnectInfo', {
      startConnected: isOn,
      allowGuestControl: true,
      connected: isOn && machine.power === 'poweredOn',
      status: 'ok',
    }),
    controllerKey: 100,
    unitNumber: 7 + index,
    addressType: nic.mac === undefined ? 'assigned' : 'manual',
    macAddress: macOf(machine, index),
    wakeOnLanEnabled: true,
  });
}

function extras(machine: Machine): Data[] {
  const devices = machine.spec.devices ?? [];
  return devices.flatMap((device, index) => extraDevice(device, index, machine.standing.datastore.ref));
}

function extraDevice(device: ExtraDevice, index: number, datastore: Ref): Data[] {
  const key = 13_000 + index;
  if (device === 'pci') {
    const backing = subtype('VirtualPCIPassthroughDeviceBackingInfo', {
      deviceName: '',
      id: '0000:3b:00.0',
      deviceId: 'a01a',
      systemId: uuidOf('host'),
      vendorId: short(0x177d), // a card that keeps keys
    });
    return [
      subtype('VirtualPCIPassthrough', {
        key,
        deviceInfo: described(`PCI device ${index}`),
        backing,
        controllerKey: 100,
      }),
    ];
  }
  if (device === 'vgpu') {
    const backing = subtype('VirtualPCIPassthroughVmiopBackingInfo', { vgpu: 'grid_v100d-4q' });
    return [
      subtype('VirtualPCIPassthrough', {
        key,
        deviceInfo: described(`PCI device ${index}`, 'NVIDIA GRID vGPU grid_v100d-4q'),
        backing,
        controllerKey: 100,
      }),
    ];
  }
  if (device === 'usb') {
    const backing = subtype('VirtualUSBUSBBackingInfo', { deviceName: 'path:1/0/1' });
    const usb = { key, deviceInfo: described('USB 1'), backing, controllerKey: 14_000, connected: true };
    return [
      subtype('VirtualUSBXHCIController', {
        key: 14_000,
        deviceInfo: described('USB xHCI controller'),
        controllerKey: 100,
        busNumber: 0,
      }),
      subtype('VirtualUSB', { ...usb, vendor: 0x0781, product: 0x5567 }),
    ];
  }
  if (device === 'sound')
    return [subtype('VirtualHdAudioCard', { key, deviceInfo: described('Sound card'), controllerKey: 100 })];
  if (device === 'serial') {
    const backing = subtype('VirtualSerialPortURIBackingInfo', { serviceURI: 'telnet://:7001', direction: 'server' });
    return [
      subtype('VirtualSerialPort', {
        key: 9000,
        deviceInfo: described('Serial port 1'),
        backing,
        controllerKey: 400,
        unitNumber: 0,
        yieldOnPoll: true,
      }),
    ];
  }
  const connectable = { startConnected: true, allowGuestControl: true, connected: true, status: 'ok' };
  return [
    subtype('VirtualCdrom', {
      key: 3000,
      deviceInfo: described('CD/DVD drive 1', 'ISO [nfs-iso] install.iso'),
      backing: subtype('VirtualCdromIsoBackingInfo', { fileName: '[nfs-iso] install.iso', datastore }),
      connectable: data('VirtualDeviceConnectInfo', connectable),
      controllerKey: 201,
      unitNumber: 0,
    }),
  ];
}
