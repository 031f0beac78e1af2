/** Reads a libvirt domain description as KVM hosts keep it and `virsh dumpxml` prints it. */
import { VmFacts, type ControllerKind, type DiskController, type VmDisk, type VmNic } from '../../main/shared/vm.ts';
import { ContainerLimitError, DamagedContainerError, UnsupportedContainerError } from './errors.ts';
import {
  address,
  bootRanks,
  controllerCalled,
  cpuCount,
  known,
  macAddress,
  memorySize,
  MOST_DISKS,
  MOST_NICS,
  nicModel,
  ordered,
} from './hardware.ts';
import { machineName } from './names.ts';
import { all, first, parseXml, textOf, type XmlElement } from './xml.ts';

/**
 * @param container what to call the file in messages
 * @see the libvirt manual, “Domain XML format”
 * @throws GutsError `container.*`
 */
export function parseLibvirt(bytes: Uint8Array, container: string): VmFacts {
  const domain = parseXml(bytes, container);
  if (domain.name !== 'domain')
    throw new DamagedContainerError(`“${container}” is no libvirt domain: its root is “${domain.name}”.`);
  const warnings: string[] = [];
  const devices = first(domain, 'devices');
  const memory = first(domain, 'memory');
  const interfaces = all(devices, 'interface');
  if (interfaces.length > MOST_NICS)
    throw new ContainerLimitError(`“${container}” has ${interfaces.length} network cards.`);
  const isUefi = startsWithUefi(domain);
  const [guestOsId, guestOsName] = guestOsOf(domain);
  const vm: VmFacts = {
    name: machineName(textOf(domain, 'name'), container),
    cpus: cpuCount(textOf(domain, 'vcpu') ?? '1', container),
    memoryBytes: memorySize(memory?.text, memoryUnit(memory?.attribute('unit') ?? 'KiB', container), container),
    firmware: isUefi ? 'uefi' : 'bios',
    secureBoot: isUefi && hasSecureBoot(domain),
    guestOsId,
    guestOsName,
    disks: ordered(disksIn(devices, container, warnings), container),
    nics: interfaces.map(nicOf),
    source: 'libvirt',
    warnings,
  };
  return VmFacts.parse(vm);
}

/** libvirt's names for units; `k` and `M` are the binary ones, `KB` and `MB` the decimal ones. */
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  KB: 1e3,
  k: 2 ** 10,
  KiB: 2 ** 10,
  MB: 1e6,
  M: 2 ** 20,
  MiB: 2 ** 20,
  GB: 1e9,
  G: 2 ** 30,
  GiB: 2 ** 30,
  TB: 1e12,
  T: 2 ** 40,
  TiB: 2 ** 40,
};

function memoryUnit(word: string, container: string): number {
  const unit = known(UNITS, word);
  if (unit === undefined) throw new DamagedContainerError(`“${container}” counts memory in “${word.slice(0, 40)}”.`);
  return unit;
}

function startsWithUefi(domain: XmlElement): boolean {
  const os = first(domain, 'os');
  const loader = first(os, 'loader');
  if (os?.attribute('firmware') === 'efi' || loader?.attribute('type') === 'pflash') return true;
  return /OVMF|AAVMF|edk2|\.fd$/i.test(loader?.text ?? '');
}

function hasSecureBoot(domain: XmlElement): boolean {
  const os = first(domain, 'os');
  const feature = all(first(os, 'firmware'), 'feature').find(
    (candidate) => candidate.attribute('name') === 'secure-boot',
  );
  if (feature !== undefined) return feature.attribute('enabled') === 'yes';
  return first(os, 'loader')?.attribute('secure') === 'yes';
}

/** libosinfo's id, such as `http://debian.org/debian/12`, which virt-manager keeps in the metadata. */
function guestOsOf(domain: XmlElement): [string | null, string | null] {
  const id = first(domain, 'metadata', 'libosinfo', 'os')?.attribute('id') ?? null;
  const name = id === null ? null : (/^https?:\/\/[^/]+\/(.+)$/.exec(id)?.[1]?.replaceAll('/', ' ') ?? null);
  return [id, name];
}

function disksIn(devices: XmlElement | undefined, container: string, warnings: string[]): VmDisk[] {
  const elements = all(devices, 'disk');
  if (elements.length > 2 * MOST_DISKS) throw new ContainerLimitError(`“${container}” has ${elements.length} disks.`);
  const models = controllerModels(devices);
  const found = elements.flatMap((element) => {
    const device = element.attribute('device') ?? 'disk';
    const target = first(element, 'target')?.attribute('dev') ?? '';
    if (device === 'cdrom' || device === 'floppy') return [];
    if (device !== 'disk' || element.attribute('type') !== 'file') {
      throw new UnsupportedContainerError(
        `The disk “${target}” of “${container}” is kept in a ${device === 'disk' ? (element.attribute('type') ?? 'thing without type') : device}, not in a file.`,
        'Copy it into a file with “qemu-img convert” and name that file in the description.',
      );
    }
    const file = first(element, 'source')?.attribute('file') ?? '';
    if (file === '' || target === '')
      throw new DamagedContainerError(`“${container}” has a disk without ${file === '' ? 'a file' : 'a target'}.`);
    if (first(element, 'encryption') !== undefined || first(element, 'source', 'encryption') !== undefined) {
      throw new UnsupportedContainerError(
        `The disk “${target}” of “${container}” is encrypted.`,
        'Decrypt it with “qemu-img convert” first.',
      );
    }
    if (first(element, 'shareable') !== undefined) warnings.push(`The disk “${target}” is shared by several machines.`);
    if (first(element, 'transient') !== undefined)
      warnings.push(`The disk “${target}” forgets its changes at power off.`);
    const disk: VmDisk = {
      id: target,
      file,
      format: formatOf(first(element, 'driver')?.attribute('type'), target, container),
      virtualSizeBytes: null,
      controller: controllerOf(element, target, models, container),
      bootIndex: null,
    };
    return [{ disk, order: address(first(element, 'boot')?.attribute('order'), 'boot order', container) }];
  });
  const ranks = bootRanks(
    found.flatMap(({ disk, order }): (readonly [VmDisk, number])[] => (order === undefined ? [] : [[disk, order]])),
  );
  return found.map(({ disk }) => ({ ...disk, bootIndex: ranks.get(disk) ?? null }));
}

const FORMATS: Readonly<Record<string, VmDisk['format']>> = {
  raw: 'raw',
  qcow2: 'qcow2',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vpc: 'vhd',
  vhdx: 'vhdx',
};

/** libvirt takes a disk without a type for raw, and never looks inside: a guest could have written anything there. */
function formatOf(word: string | undefined, target: string, container: string): VmDisk['format'] {
  const format = known(FORMATS, word ?? 'raw');
  if (format !== undefined) return format;
  throw new UnsupportedContainerError(
    `The disk “${target}” of “${container}” is of the format “${word}”.`,
    'Convert it to qcow2 with “qemu-img convert” first.',
  );
}

const BUSES: Readonly<Record<string, ControllerKind>> = {
  ide: 'ide',
  scsi: 'scsi',
  sata: 'sata',
  nvme: 'nvme',
  virtio: 'virtio',
  usb: 'usb',
};
const PREFIXES: Readonly<Record<string, ControllerKind>> = { hd: 'ide', sd: 'scsi', vd: 'virtio', nvme: 'nvme' };

function controllerOf(
  element: XmlElement,
  target: string,
  models: ReadonlyMap<string, string>,
  container: string,
): DiskController {
  const [, prefix = '', letters = ''] = /^(hd|sd|vd|ubd|nvme)([a-z]{0,3}|[0-9]{1,3})/.exec(target) ?? [];
  const bus = first(element, 'target')?.attribute('bus');
  const kind = bus === undefined ? known(PREFIXES, prefix) : known(BUSES, bus);
  if (kind === undefined) {
    throw new UnsupportedContainerError(
      `The disk “${target}” of “${container}” is on the bus “${bus ?? 'unknown'}”.`,
      'Put it on virtio, scsi, sata or ide.',
    );
  }
  const index = /^[0-9]+$/.test(letters) ? Number(letters) : indexOfLetters(letters);
  const drive = first(element, 'address');
  const number = (name: string): number => address(drive?.attribute(name), `${name} of “${target}”`, container) ?? 0;
  if (drive?.attribute('type') !== 'drive') {
    const place = kind === 'ide' ? { bus: Math.floor(index / 2), unit: index % 2 } : { bus: 0, unit: index };
    return { kind, model: modelOf(kind, models.get(`${kind}0`)), ...place };
  }
  const model = modelOf(kind, models.get(`${kind}${number('controller')}`));
  if (kind === 'ide') return { kind, model, bus: 2 * number('controller') + number('bus'), unit: number('unit') };
  // Old parallel SCSI counts targets, the others units.
  return { kind, model, bus: number('controller'), unit: number('unit') + number('target') };
}

/** `a` is 0, `z` 25, `aa` 26. */
function indexOfLetters(letters: string): number {
  let index = 0;
  for (const letter of letters) index = index * 26 + (letter.charCodeAt(0) - 96);
  return Math.max(0, index - 1);
}

/** The models of the controllers that have one, by kind and number. */
function controllerModels(devices: XmlElement | undefined): Map<string, string> {
  return new Map(
    all(devices, 'controller').flatMap((controller): [string, string][] => {
      const model = controller.attribute('model');
      return model === undefined
        ? []
        : [[`${controller.attribute('type') ?? ''}${controller.attribute('index') ?? '0'}`, model]];
    }),
  );
}

function modelOf(kind: ControllerKind, word: string | undefined): string | null {
  if (word !== undefined && word !== 'auto') return controllerCalled(word)?.model ?? word.toLowerCase();
  return kind === 'virtio' ? 'virtio' : kind === 'sata' ? 'ahci' : kind === 'nvme' ? 'nvme' : null;
}

function nicOf(element: XmlElement): VmNic {
  const source = first(element, 'source');
  return {
    mac: macAddress(first(element, 'mac')?.attribute('address')),
    network: source?.attribute('network') ?? source?.attribute('bridge') ?? source?.attribute('dev') ?? null,
    model: nicModel(first(element, 'model')?.attribute('type')),
    connected: first(element, 'link')?.attribute('state') !== 'down',
  };
}
