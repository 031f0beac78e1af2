/** The hardware section of an OVF virtual system: processors, memory, and what is plugged into which controller. */
import type { ControllerKind, DiskController, VmNic } from '../../main/shared/vm.ts';
import { ContainerLimitError, DamagedContainerError, UnsupportedContainerError } from './errors.ts';
import {
  address,
  controllerCalled,
  cpuCount,
  macAddress,
  memorySize,
  MOST_DISKS,
  MOST_NICS,
  nicModel,
} from './hardware.ts';
import { allocationUnit } from './ovf-units.ts';
import { all, textOf, type XmlElement } from './xml.ts';

/** A disk drive of the machine, and what the description puts into it. */
export interface OvfDrive {
  readonly instanceId: string;
  /** `disk/vmdisk1` or `file/file1`. */
  readonly resource: string;
  readonly controller: DiskController;
}

export interface OvfHardware {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly drives: readonly OvfDrive[];
  readonly nics: readonly VmNic[];
  /** `disk/…` and `file/…` of CD and floppy drives, which do not move along. */
  readonly removable: readonly string[];
}

/** CIM_ResourceAllocationSettingData.ResourceType, as far as a virtual machine's drives and cards go. */
const TYPE = {
  cpu: '3',
  memory: '4',
  ide: '5',
  scsi: '6',
  nic: '10',
  floppy: '14',
  cd: '15',
  dvd: '16',
  disk: '17',
  otherStorage: '20',
  usb: '23',
} as const;

/**
 * Reads the items of a VirtualHardwareSection that count in `configuration`.
 * @param warn is told what an operator should know
 * @see DMTF DSP0243 “Open Virtualization Format”, and the CIM resource types in DSP1041 to DSP1059
 */
export function readHardware(
  section: XmlElement,
  configuration: string | undefined,
  container: string,
  warn: (text: string) => void,
): OvfHardware {
  const items = itemsOf(section, configuration, container);
  const of = (...types: readonly string[]): XmlElement[] => items.filter((item) => types.includes(typeOf(item)));

  const [cpu] = of(TYPE.cpu);
  const [memory] = of(TYPE.memory);
  if (cpu === undefined || memory === undefined) {
    throw new DamagedContainerError(
      `“${container}” describes a virtual machine without ${cpu === undefined ? 'processors' : 'memory'}.`,
    );
  }
  const nics = of(TYPE.nic);
  if (nics.length > MOST_NICS) throw new ContainerLimitError(`“${container}” has ${nics.length} network cards.`);
  return {
    cpus: cpuCount(textOf(cpu, 'VirtualQuantity'), container),
    memoryBytes: memorySize(
      textOf(memory, 'VirtualQuantity'),
      allocationUnit(textOf(memory, 'AllocationUnits') ?? 'MegaBytes', container),
      container,
    ),
    drives: drivesOf(of(TYPE.disk), controllersOf(items, container), container, warn),
    nics: nics.map(nicOf),
    removable: of(TYPE.floppy, TYPE.cd, TYPE.dvd).flatMap((item) => resourceOf(item) ?? []),
  };
}

/** Ranges (`bound`) are advice; an item made for the chosen configuration takes the place of the general one. */
function itemsOf(section: XmlElement, configuration: string | undefined, container: string): XmlElement[] {
  const names = ['Item', 'StorageItem', 'EthernetPortItem'];
  const items = section.children.filter(
    (child) => names.includes(child.name) && child.attribute('bound') === undefined,
  );
  const isGeneral = (item: XmlElement): boolean => item.attribute('configuration') === undefined;
  const isChosen = (item: XmlElement): boolean =>
    configuration !== undefined &&
    item.attribute('configuration')?.trim().split(/\s+/).includes(configuration) === true;
  const replaced = new Set(items.filter(isChosen).map(instanceOf));
  const chosen = items.filter((item) => isChosen(item) || (isGeneral(item) && !replaced.has(instanceOf(item))));
  const seen = new Set<string>();
  for (const id of chosen.map(instanceOf)) {
    // Of two disks by one name, one would be left behind without a word.
    if (seen.has(id)) throw new DamagedContainerError(`“${container}” has two hardware items with the id “${id}”.`);
    seen.add(id);
  }
  return chosen;
}

function typeOf(item: XmlElement): string {
  return textOf(item, 'ResourceType') ?? '';
}

function instanceOf(item: XmlElement): string {
  return textOf(item, 'InstanceID') ?? textOf(item, 'InstanceId') ?? '';
}

interface Controller {
  readonly kind: ControllerKind;
  readonly model: string | null;
  readonly bus: number;
}

/** The storage controllers by instance id. Those that give no number of their own take the free ones in order. */
function controllersOf(items: readonly XmlElement[], container: string): Map<string, Controller> {
  const found = items.flatMap((item) => {
    const type = controllerType(item);
    return type === undefined ? [] : [{ item, ...type, told: numberIn(item, 'Address', container) }];
  });
  if (found.length > MOST_DISKS)
    throw new ContainerLimitError(`“${container}” has ${found.length} storage controllers.`);
  const taken = new Set<string>();
  const controllers = new Map<string, Controller>();
  const add = ({ item, kind, model }: (typeof found)[number], bus: number): void => {
    taken.add(`${kind}${bus}`);
    controllers.set(instanceOf(item), { kind, model, bus });
  };
  const rest = found.filter((entry) => {
    if (entry.told === undefined || taken.has(`${entry.kind}${entry.told}`)) return true;
    add(entry, entry.told);
    return false;
  });
  for (const entry of rest) {
    let bus = 0;
    while (taken.has(`${entry.kind}${bus}`)) bus++;
    add(entry, bus);
  }
  return controllers;
}

/** The subtype decides, for SAS and VirtIO controllers come as “other storage device” too. */
function controllerType(item: XmlElement): { kind: ControllerKind; model: string | null } | undefined {
  const type = typeOf(item);
  const types: readonly string[] = [TYPE.ide, TYPE.scsi, TYPE.otherStorage, TYPE.usb];
  if (!types.includes(type)) return undefined;
  // Several words mean that any of them will do; the first is the one that was there.
  const word = textOf(item, 'ResourceSubType')?.split(/\s+/)[0] ?? '';
  const known = controllerCalled(word);
  if (known !== undefined) return known;
  const model = word === '' ? null : word;
  if (type === TYPE.ide) return { kind: 'ide', model };
  if (type === TYPE.scsi) return { kind: 'scsi', model };
  if (type === TYPE.usb) return { kind: 'usb', model };
  return /nvme/i.test(word) ? { kind: 'nvme', model } : { kind: 'sata', model };
}

function drivesOf(
  items: readonly XmlElement[],
  controllers: ReadonlyMap<string, Controller>,
  container: string,
  warn: (text: string) => void,
): OvfDrive[] {
  if (items.length > MOST_DISKS) throw new ContainerLimitError(`“${container}” has ${items.length} disks.`);
  const taken = new Set<string>();
  return items.map((item) => {
    const id = instanceOf(item);
    const resource = resourceOf(item);
    if (resource === undefined) {
      throw new UnsupportedContainerError(
        `Disk ${id} of “${container}” does not say which file it is kept in (“${textOf(item, 'HostResource') ?? 'nothing'}”).`,
        'Export the virtual machine with ovftool, the vSphere client or VirtualBox, or convert its disks one by one.',
      );
    }
    const controller = controllers.get(textOf(item, 'Parent') ?? '');
    if (controller === undefined) {
      throw new DamagedContainerError(
        `Disk ${id} of “${container}” is plugged into “${textOf(item, 'Parent') ?? 'nothing'}”, which is no storage controller.`,
      );
    }
    const place = (unit: number): string => `${controller.kind}${controller.bus}:${unit}`;
    let unit = numberIn(item, 'AddressOnParent', container) ?? 0;
    if (taken.has(place(unit))) {
      if (textOf(item, 'AddressOnParent') !== undefined)
        warn(`Two disks are described at ${place(unit)}; the second was moved to the next free place.`);
      while (taken.has(place(unit))) unit++;
    }
    taken.add(place(unit));
    return { instanceId: id, resource, controller: { ...controller, unit } };
  });
}

/** `ovf:/disk/x`, `ovf://disk/x` and VirtualBox's `/disk/x` as `disk/x`. */
function resourceOf(item: XmlElement): string | undefined {
  return /^(?:ovf:)?\/{1,2}((?:disk|file)\/.+)$/.exec(textOf(item, 'HostResource') ?? '')?.[1];
}

function nicOf(item: XmlElement): VmNic {
  return {
    mac: macAddress(textOf(item, 'Address')),
    network: textOf(item, 'Connection') ?? null,
    model: nicModel(textOf(item, 'ResourceSubType')?.split(/\s+/)[0]),
    connected: textOf(item, 'AutomaticAllocation')?.toLowerCase() !== 'false',
  };
}

function numberIn(item: XmlElement, element: string, container: string): number | undefined {
  // Producers leave the element empty, or write -1, where they mean nothing.
  const [found] = all(item, element);
  return found === undefined || !/^[0-9]+$/.test(found.text) ? undefined : address(found.text, element, container);
}
