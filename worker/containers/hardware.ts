/** One spelling for the hardware that every kind of description spells its own way, and the order of disks on it. */
import type { ControllerKind, DiskController, VmDisk } from '../../main/shared/vm.ts';
import { ContainerLimitError, DamagedContainerError } from './errors.ts';

/** vSphere allows 256 disks and 10 network cards; nothing real comes near this. */
export const MOST_DISKS = 512;
export const MOST_NICS = 64;
const MOST_CPUS = 8192;
const MOST_MEMORY_BYTES = 2 ** 50;
/** Controllers and places on them; PVSCSI has 64 places, a libvirt address goes further. */
const MOST_ADDRESS = 65_535;

/** OVF, VMX and libvirt words for controllers, in lower case, as Guts spells them. */
const CONTROLLERS: Readonly<Record<string, { readonly kind: ControllerKind; readonly model: string }>> = {
  lsilogic: { kind: 'scsi', model: 'lsilogic' },
  lsilogicsas: { kind: 'scsi', model: 'lsisas1068' },
  lsisas1068: { kind: 'scsi', model: 'lsisas1068' },
  lsisas1078: { kind: 'scsi', model: 'lsisas1078' },
  buslogic: { kind: 'scsi', model: 'buslogic' },
  pvscsi: { kind: 'scsi', model: 'pvscsi' },
  vmpvscsi: { kind: 'scsi', model: 'pvscsi' },
  virtualscsi: { kind: 'scsi', model: 'pvscsi' },
  'virtio-scsi': { kind: 'scsi', model: 'virtio-scsi' },
  virtioscsi: { kind: 'scsi', model: 'virtio-scsi' },
  ahci: { kind: 'sata', model: 'ahci' },
  'vmware.sata.ahci': { kind: 'sata', model: 'ahci' },
  nvme: { kind: 'nvme', model: 'nvme' },
  'vmware.nvme.controller': { kind: 'nvme', model: 'nvme' },
  virtio: { kind: 'virtio', model: 'virtio' },
  'virtio-blk': { kind: 'virtio', model: 'virtio' },
  piix3: { kind: 'ide', model: 'piix3' },
  piix4: { kind: 'ide', model: 'piix4' },
  ich6: { kind: 'ide', model: 'ich6' },
};

/** The kind and model behind a description's word; undefined for a word that is not known. */
export function controllerCalled(word: string): { readonly kind: ControllerKind; readonly model: string } | undefined {
  return known(CONTROLLERS, word.trim().toLowerCase());
}

/** What the table says about a word from outside, which may also be `constructor`. */
export function known<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** `VmxNet3`, `E1000` and `vlance` as `vmxnet3`, `e1000` and `pcnet32`; null for nothing. */
export function nicModel(word: string | undefined): string | null {
  const model = word?.trim().toLowerCase() ?? '';
  if (model === '') return null;
  return model === 'vlance' || model === 'pcnet' ? 'pcnet32' : model;
}

/** A MAC address in any usual spelling as `00:50:56:aa:bb:cc`; null where it is none. */
export function macAddress(word: string | undefined): string | null {
  const digits = word?.replace(/[:.-]/g, '').toLowerCase() ?? '';
  return /^[0-9a-f]{12}$/.test(digits) ? digits.replace(/..(?!$)/g, '$&:') : null;
}

const KINDS: readonly ControllerKind[] = ['ide', 'scsi', 'sata', 'nvme', 'virtio', 'usb'];

/**
 * The disks in the order in which the machine's firmware meets them.
 * @throws DamagedContainerError where two disks have one id or one place
 */
export function ordered(disks: readonly VmDisk[], container: string): VmDisk[] {
  if (disks.length > MOST_DISKS) throw new ContainerLimitError(`“${container}” has ${disks.length} disks.`);
  const sorted = [...disks].sort(
    ({ controller: a }, { controller: b }) =>
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.bus - b.bus || a.unit - b.unit,
  );
  const ids = new Set<string>();
  const places = new Set<string>();
  for (const { id, controller } of sorted) {
    const place = placeOf(controller);
    if (ids.has(id)) throw new DamagedContainerError(`“${container}” has the disk “${id}” twice.`);
    if (places.has(place)) throw new DamagedContainerError(`“${container}” has two disks at ${place}.`);
    ids.add(id);
    places.add(place);
  }
  return sorted;
}

/** `scsi0:1`, as VMware spells it. */
export function placeOf({ kind, bus, unit }: DiskController): string {
  return `${kind}${bus}:${unit}`;
}

/** Boot places counted from 0 without gaps, in the order of the given ranks. */
export function bootRanks<T>(ranked: Iterable<readonly [T, number]>): Map<T, number> {
  const sorted = [...ranked].sort((a, b) => a[1] - b[1]);
  return new Map(sorted.map(([item], index) => [item, index]));
}

/** A controller's number or a place on it. */
export function address(text: string | undefined, what: string, container: string): number | undefined {
  return text === undefined ? undefined : whole(text, MOST_ADDRESS, what, container);
}

export function cpuCount(text: string | undefined, container: string): number {
  const cpus = whole(text ?? '', MOST_CPUS, 'number of processors', container);
  if (cpus === 0) throw new DamagedContainerError(`“${container}” has a virtual machine without processors.`);
  return cpus;
}

/** `quantity` of `unitBytes` each. */
export function memorySize(quantity: string | undefined, unitBytes: number, container: string): number {
  const bytes = whole(quantity ?? '', Number.MAX_SAFE_INTEGER, 'memory size', container) * unitBytes;
  if (bytes === 0) throw new DamagedContainerError(`“${container}” has a virtual machine without memory.`);
  if (bytes > MOST_MEMORY_BYTES) throw new ContainerLimitError(`“${container}” asks for ${bytes} bytes of memory.`);
  return bytes;
}

/** A whole number written in decimal digits, at most `most`. */
export function whole(text: string, most: number, what: string, container: string): number {
  const digits = text.trim();
  if (!/^[0-9]{1,20}$/.test(digits)) {
    throw new DamagedContainerError(`“${container}” has “${digits.slice(0, 40)}” for the ${what}, which is no number.`);
  }
  const value = Number(digits);
  if (!Number.isSafeInteger(value) || value > most)
    throw new ContainerLimitError(`“${container}” has a ${what} of ${digits}.`);
  return value;
}
