/** Reads an OVF descriptor (1.0 to 2.1, as VMware, VirtualBox and others write it): the virtual machine and its files. */
import { VmFacts, type VmDisk, type VmNic } from '../../main/shared/vm.ts';
import { ContainerLimitError, DamagedContainerError, MissingMemberError, UnsupportedContainerError } from './errors.ts';
import { bootRanks, macAddress, ordered, whole } from './hardware.ts';
import { machineName, safeName } from './names.ts';
import { readHardware, type OvfDrive } from './ovf-hardware.ts';
import { allocationUnit } from './ovf-units.ts';
import { all, first, parseXml, textOf, type XmlElement } from './xml.ts';

/** A file that the descriptor refers to, whether or not the machine uses it. */
export interface OvfFile {
  readonly id: string;
  /** A path inside the package. */
  readonly href: string;
  readonly sizeBytes: number | null;
}

export interface OvfPackage {
  readonly vm: VmFacts;
  readonly files: readonly OvfFile[];
}

export interface OvfOptions {
  readonly source?: 'ovf' | 'ova';
  /** The id or name of the virtual system to take where the package holds several. */
  readonly vmName?: string | undefined;
}

/**
 * @param container what to call the package in messages
 * @see DMTF DSP0243 “Open Virtualization Format Specification”
 * @throws GutsError `container.*`
 */
export function parseOvf(bytes: Uint8Array, container: string, options: OvfOptions = {}): OvfPackage {
  const envelope = parseXml(bytes, container);
  if (envelope.name !== 'Envelope')
    throw new DamagedContainerError(`“${container}” is no OVF descriptor: its root is “${envelope.name}”.`);
  refuseEncryption(envelope, container);
  const warnings: string[] = [];
  const warn = (text: string): void => {
    if (!warnings.includes(text)) warnings.push(text);
  };
  const system = chooseSystem(envelope, container, options.vmName);
  const sections = all(system, 'VirtualHardwareSection');
  const [section] = sections;
  if (section === undefined) throw new DamagedContainerError(`“${container}” describes no hardware.`);
  if (sections.length > 1) warn(`The description offers ${sections.length} hardware variants; the first is used.`);
  const configuration = defaultConfiguration(envelope, warn);
  const hardware = readHardware(section, configuration, container, warn);

  const files = filesOf(envelope, container);
  const boot = bootOrder(system, hardware.drives);
  const described = describedDisks(envelope, container);
  const disks = hardware.drives.map((drive) => diskOf(drive, described, files, boot, container, warn));
  for (const [id, count] of countOf(disks.flatMap(({ file }) => file ?? []))) {
    if (count > 1) throw new DamagedContainerError(`“${container}” uses the file “${id}” for ${count} disks.`);
  }
  for (const resource of hardware.removable) warn(`The medium in a CD or floppy drive (${resource}) is left behind.`);
  if (disks.length === 0) warn('The virtual machine has no disks.');

  const settings = settingsOf(section, system);
  const isUefi = settings.get('firmware') === 'efi' || /^efi/i.test(firmwareOfVirtualBox(system) ?? '');
  const hasSecureBoot =
    settings.get('bootoptions.efisecurebootenabled') === 'true' ||
    settings.get('uefi.secureboot.enabled') === 'true' ||
    first(system, 'Machine', 'Hardware', 'UefiVariableStore', 'SecureBoot')?.attribute('enabled') === 'true';
  const vm: VmFacts = {
    name: machineName(textOf(system, 'Name') ?? system.attribute('id'), container),
    cpus: hardware.cpus,
    memoryBytes: hardware.memoryBytes,
    firmware: isUefi ? 'uefi' : 'bios',
    secureBoot: isUefi && hasSecureBoot,
    ...guestOsOf(system),
    disks: ordered(disks, container),
    nics: withVirtualBoxMacs(hardware.nics, system),
    source: options.source ?? 'ovf',
    warnings,
  };
  return { vm: VmFacts.parse(vm), files };
}

function refuseEncryption(envelope: XmlElement, container: string): void {
  if (
    first(envelope, 'EncryptionSection') === undefined &&
    first(envelope, 'References', 'EncryptedData') === undefined
  )
    return;
  throw new UnsupportedContainerError(
    `“${container}” is encrypted.`,
    'Export the virtual machine again without encryption.',
  );
}

/** The virtual systems wherever they stand; collections may hold collections. */
function systemsIn(element: XmlElement): XmlElement[] {
  return element.children.flatMap((child) => {
    if (child.name === 'VirtualSystem' || child.name === 'Content') return [child];
    return child.name === 'VirtualSystemCollection' ? systemsIn(child) : [];
  });
}

function chooseSystem(envelope: XmlElement, container: string, wanted: string | undefined): XmlElement {
  const systems = systemsIn(envelope);
  const [only] = systems;
  if (only === undefined) throw new DamagedContainerError(`“${container}” describes no virtual machine.`);
  const nameOf = (system: XmlElement): string => textOf(system, 'Name') ?? system.attribute('id') ?? '';
  const names = systems
    .slice(0, 20)
    .map((system) => `“${nameOf(system)}”`)
    .join(', ');
  if (wanted === undefined) {
    if (systems.length === 1) return only;
    throw new UnsupportedContainerError(
      `“${container}” holds ${systems.length} virtual machines: ${names}.`,
      'Export the machine that you want on its own.',
    );
  }
  const matching = systems.filter((system) => system.attribute('id') === wanted || nameOf(system) === wanted);
  const [match] = matching;
  if (match !== undefined && matching.length === 1) return match;
  throw new UnsupportedContainerError(
    `“${container}” holds ${matching.length === 0 ? 'no virtual machine' : `${matching.length} virtual machines`} called “${wanted}”, but ${names}.`,
    'Name one of them as it stands there.',
  );
}

function defaultConfiguration(envelope: XmlElement, warn: (text: string) => void): string | undefined {
  const configurations = all(first(envelope, 'DeploymentOptionSection'), 'Configuration');
  const chosen = configurations.find((item) => item.attribute('default') === 'true') ?? configurations[0];
  const id = chosen?.attribute('id');
  if (id !== undefined && configurations.length > 1)
    warn(`The description offers ${configurations.length} sizes; its default “${id}” is used.`);
  return id;
}

function filesOf(envelope: XmlElement, container: string): OvfFile[] {
  const ids = new Set<string>();
  return all(first(envelope, 'References'), 'File').map((file) => {
    const id = file.attribute('id') ?? '';
    const href = file.attribute('href') ?? '';
    if (ids.has(id)) throw new DamagedContainerError(`“${container}” has two files with the id “${id}”.`);
    ids.add(id);
    if (/^[a-z][a-z0-9+.-]+:\/\//i.test(href)) {
      throw new UnsupportedContainerError(
        `“${container}” keeps the file “${id}” at ${href.slice(0, 200)}.`,
        'Export the virtual machine again with its files beside the description.',
      );
    }
    const compression = file.attribute('compression') ?? '';
    if (compression !== '' && compression !== 'identity') {
      throw new UnsupportedContainerError(
        `“${container}” holds “${href}” compressed as a whole (${compression}).`,
        'Export the virtual machine again without OVF compression (ovftool without --compress); streamOptimized disks are compressed inside.',
      );
    }
    if (file.attribute('chunkSize') !== undefined) {
      throw new UnsupportedContainerError(
        `“${container}” holds “${href}” split into chunks.`,
        'Export the virtual machine again without chunks (ovftool without --chunkSize).',
      );
    }
    const size = file.attribute('size');
    return {
      id,
      href: safeName(href, container),
      sizeBytes: size === undefined ? null : whole(size, Number.MAX_SAFE_INTEGER, 'file size', container),
    };
  });
}

/** The elements of the disk section by id; packages of OVF 0.9 call it just a section. */
function describedDisks(envelope: XmlElement, container: string): Map<string, XmlElement> {
  const sections = ['DiskSection', 'Section'].flatMap((name) => all(envelope, name));
  const found = new Map<string, XmlElement>();
  for (const disk of sections.flatMap((section) => all(section, 'Disk'))) {
    const id = disk.attribute('diskId') ?? '';
    if (found.has(id)) throw new DamagedContainerError(`“${container}” describes the disk “${id}” twice.`);
    found.set(id, disk);
  }
  return found;
}

function diskOf(
  drive: OvfDrive,
  described: ReadonlyMap<string, XmlElement>,
  files: readonly OvfFile[],
  boot: ReadonlyMap<OvfDrive, number>,
  container: string,
  warn: (text: string) => void,
): VmDisk {
  const [kind, id] = [drive.resource.slice(0, 4), drive.resource.slice(5)];
  const fileOf = (fileId: string): string => {
    const found = files.find((file) => file.id === fileId);
    if (found === undefined)
      throw new MissingMemberError(`“${container}” uses the file “${fileId}”, which it does not list.`);
    return found.href;
  };
  const common = { format: null, controller: drive.controller, bootIndex: boot.get(drive) ?? null };
  if (kind === 'file') return { id, file: fileOf(id), virtualSizeBytes: null, ...common };

  const disk = described.get(id);
  if (disk === undefined) throw new DamagedContainerError(`“${container}” does not describe the disk “${id}”.`);
  const parent = disk.attribute('parentRef') ?? '';
  if (parent !== '') {
    throw new UnsupportedContainerError(
      `The disk “${id}” of “${container}” holds only what differs from the disk “${parent}”.`,
      'Consolidate the snapshots of the virtual machine and export it again.',
    );
  }
  const reference = disk.attribute('fileRef') ?? '';
  const virtualSizeBytes = capacityOf(disk, container);
  if (reference === '') {
    if (virtualSizeBytes === null)
      throw new DamagedContainerError(`The blank disk “${id}” of “${container}” has no size.`);
    warn(`The disk “${id}” comes without a file and starts blank.`);
  }
  return { id, file: reference === '' ? null : fileOf(reference), virtualSizeBytes, ...common };
}

/** Null where the capacity is left to a property of the deployment. */
function capacityOf(disk: XmlElement, container: string): number | null {
  const capacity = disk.attribute('capacity') ?? '';
  if (capacity === '' || capacity.startsWith('${')) return null;
  const unit = allocationUnit(disk.attribute('capacityAllocationUnits') ?? 'byte', container);
  const bytes = whole(capacity, Number.MAX_SAFE_INTEGER, 'disk capacity', container) * unit;
  if (!Number.isSafeInteger(bytes)) throw new ContainerLimitError(`“${container}” has a disk of ${bytes} bytes.`);
  return bytes === 0 ? null : bytes;
}

/** Places in the boot order by VMware's section for it; other descriptions give none. */
function bootOrder(system: XmlElement, drives: readonly OvfDrive[]): Map<OvfDrive, number> {
  const listed = all(system, 'BootOrderSection').map((entry) => entry.attribute('instanceId'));
  return bootRanks(
    drives.flatMap((drive): (readonly [OvfDrive, number])[] => {
      const rank = listed.indexOf(drive.instanceId);
      return rank === -1 ? [] : [[drive, rank]];
    }),
  );
}

/** VMware's `Config` and `ExtraConfig` pairs, keys and values in lower case. */
function settingsOf(...sections: readonly XmlElement[]): Map<string, string> {
  const pairs = sections.flatMap((section) => [...all(section, 'Config'), ...all(section, 'ExtraConfig')]);
  return new Map(
    pairs.map((pair) => [(pair.attribute('key') ?? '').toLowerCase(), (pair.attribute('value') ?? '').toLowerCase()]),
  );
}

function guestOsOf(system: XmlElement): Pick<VmFacts, 'guestOsId' | 'guestOsName'> {
  const section = first(system, 'OperatingSystemSection');
  const word = section?.attribute('osType') ?? textOf(section, 'OSType');
  const cim = section?.attribute('id') ?? '';
  // 0 is “unknown” and 1 is “other”.
  const id = word ?? (/^[0-9]{1,4}$/.test(cim) && Number(cim) > 1 ? `cim:${cim}` : null);
  return { guestOsId: id, guestOsName: textOf(section, 'Description') ?? null };
}

function firmwareOfVirtualBox(system: XmlElement): string | undefined {
  return first(system, 'Machine', 'Hardware', 'Firmware')?.attribute('type');
}

/** VirtualBox tells MAC addresses only in its own part of the description, by slot. */
function withVirtualBoxMacs(nics: readonly VmNic[], system: XmlElement): VmNic[] {
  const adapters = all(first(system, 'Machine', 'Hardware', 'Network'), 'Adapter').filter(
    (adapter) => adapter.attribute('enabled') === 'true',
  );
  if (adapters.length !== nics.length) return [...nics];
  return nics.map((nic, index) => ({ ...nic, mac: nic.mac ?? macAddress(adapters[index]?.attribute('MACAddress')) }));
}

function countOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
