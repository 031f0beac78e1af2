/** Reads a VMX file, VMware's own description of a virtual machine. */
import { VmFacts, type ControllerKind, type VmDisk, type VmNic } from '../../main/shared/vm.ts';
import { ContainerLimitError, DamagedContainerError, UnsupportedContainerError } from './errors.ts';
import {
  address,
  bootRanks,
  controllerCalled,
  cpuCount,
  macAddress,
  memorySize,
  MOST_DISKS,
  MOST_NICS,
  nicModel,
  ordered,
  placeOf,
} from './hardware.ts';
import { machineName } from './names.ts';

export const MOST_VMX_BYTES = 1024 * 1024;
const MOST_LINES = 50_000;
const MiB = 1024 * 1024;

/** The settings of a VMX file; keys in lower case, as VMware does not tell `memSize` from `memsize`. */
type Settings = ReadonlyMap<string, string>;

/**
 * @param container what to call the file in messages
 * @see the `.vmx` files that ESXi and Workstation write; VMware publishes no specification
 * @throws GutsError `container.*`
 */
export function parseVmx(bytes: Uint8Array, container: string): VmFacts {
  const settings = readSettings(bytes, container);
  if ([...settings.keys()].some((key) => key.startsWith('encryption.') || key === 'encryptedvm.guid')) {
    throw new UnsupportedContainerError(
      `“${container}” belongs to an encrypted virtual machine.`,
      'Decrypt the virtual machine in vSphere or Workstation first.',
    );
  }
  const warnings: string[] = [];
  const isUefi = settings.get('firmware')?.toLowerCase() === 'efi';
  const vm: VmFacts = {
    name: machineName(settings.get('displayname'), container),
    cpus: cpuCount(settings.get('numvcpus') ?? '1', container),
    memoryBytes: memorySize(settings.get('memsize'), MiB, container),
    firmware: isUefi ? 'uefi' : 'bios',
    secureBoot: isUefi && isTrue(settings.get('uefi.secureboot.enabled')),
    guestOsId: settings.get('guestos') || null,
    guestOsName: prettyName(settings),
    disks: ordered(withBootOrder(disksIn(settings, container, warnings), settings), container),
    nics: nicsIn(settings, container),
    source: 'vmx',
    warnings,
  };
  return VmFacts.parse(vm);
}

/** Whether a file that begins with `head` is a VMX file: text with a setting that every one of them has near its top. */
export function looksLikeVmx(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 8192)).toString('latin1');
  return !text.includes('\0') && /^\s*(config\.version|virtualHW\.version)\s*=\s*"/im.test(text);
}

function readSettings(bytes: Uint8Array, container: string): Settings {
  if (bytes.length > MOST_VMX_BYTES) throw new ContainerLimitError(`“${container}” has ${bytes.length} bytes.`);
  const lines = decode(bytes).split('\n');
  if (lines.length > MOST_LINES) throw new ContainerLimitError(`“${container}” has ${lines.length} lines.`);
  const settings = new Map<string, string>();
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const equals = text.indexOf('=');
    const key = text.slice(0, Math.max(0, equals)).trim().toLowerCase();
    if (!/^\.?[\w.:\-[\]]+$/.test(key))
      throw new DamagedContainerError(`Line ${index + 1} of “${container}” is no setting: “${text.slice(0, 80)}”.`);
    const value = valueOf(text.slice(equals + 1).trim());
    const before = settings.get(key);
    // VMware refuses to start such a machine, so there is no telling which of the two it would have used.
    if (before !== undefined && before !== value)
      throw new DamagedContainerError(`“${container}” sets “${key}” twice, to different values.`);
    settings.set(key, value);
  }
  return settings;
}

/** Quotes away; `|22` is the character with that code in hexadecimal. */
function valueOf(text: string): string {
  const quoted = /^"([^"]*)"/.exec(text)?.[1] ?? text;
  return quoted.replace(/\|([0-9a-f]{2})/gi, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function decode(bytes: Uint8Array): string {
  const plain = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const encoding = /^\s*\.encoding\s*=\s*"([\w-]{1,40})"/im.exec(plain)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return plain; // names may be spelled wrongly then, but nothing else of a VMX goes beyond ASCII
  }
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && /^(true|1|yes|on)$/i.test(text.trim());
}

const DISK_TYPES = [
  '',
  'disk',
  'harddisk',
  'scsi-harddisk',
  'ata-harddisk',
  'sata-harddisk',
  'nvme-harddisk',
  'plaindisk',
  'rawdisk',
];

function disksIn(settings: Settings, container: string, warnings: string[]): VmDisk[] {
  const disks: VmDisk[] = [];
  for (const key of settings.keys()) {
    const slot = /^(scsi|sata|ide|nvme)([0-9]{1,3}):([0-9]{1,3})\.present$/.exec(key);
    if (slot === null || !isTrue(settings.get(key))) continue;
    const [, word = '', busText, unitText] = slot;
    const kind = word as ControllerKind; // the expression lets only these through
    const bus = address(busText, 'controller', container) ?? 0;
    const unit = address(unitText, 'place', container) ?? 0;
    const id = placeOf({ kind, model: null, bus, unit });
    const of = (name: string): string => settings.get(`${kind}${busText}:${unitText}.${name}`) ?? '';
    const deviceType = of('devicetype').toLowerCase();
    const file = of('filename').trim();
    if (/cdrom|atapi|floppy/.test(deviceType)) continue;
    if (!DISK_TYPES.includes(deviceType)) {
      warnings.push(`The device at ${id} (${deviceType}) is handed through from the host and left behind.`);
      continue;
    }
    if (file === '') throw new DamagedContainerError(`“${container}” names no file for the disk at ${id}.`);
    if (disks.length >= MOST_DISKS) throw new ContainerLimitError(`“${container}” has more than ${MOST_DISKS} disks.`);
    warnings.push(...warningsAbout(id, of, deviceType, settings, `${kind}${busText}`));
    disks.push({
      id,
      file,
      format: null,
      virtualSizeBytes: null,
      controller: { kind, model: modelOf(kind, settings.get(`${kind}${busText}.virtualdev`)), bus, unit },
      bootIndex: null,
    });
  }
  return disks;
}

function modelOf(kind: ControllerKind, word: string | undefined): string | null {
  if (word !== undefined && word !== '') return controllerCalled(word)?.model ?? word.toLowerCase();
  return kind === 'sata' ? 'ahci' : kind === 'nvme' ? 'nvme' : null;
}

function warningsAbout(
  id: string,
  of: (name: string) => string,
  deviceType: string,
  settings: Settings,
  controller: string,
): string[] {
  const found: string[] = [];
  const mode = of('mode').toLowerCase();
  const sharedBus = settings.get(`${controller}.sharedbus`)?.toLowerCase() ?? 'none';
  if (mode.startsWith('independent')) found.push(`The disk at ${id} is ${mode}: snapshots leave it out.`);
  if (/nonpersistent|undoable/.test(mode)) found.push(`The disk at ${id} forgets its changes at power off (${mode}).`);
  if (deviceType === 'rawdisk') found.push(`The disk at ${id} is a raw device mapping.`);
  if (/^multi-?writer$/i.test(of('sharing')))
    found.push(`The disk at ${id} is shared by several machines (multi-writer).`);
  if (sharedBus !== 'none' && sharedBus !== '') found.push(`The disk at ${id} sits on a shared bus (${sharedBus}).`);
  if (settings.has(`${controller}.present`) && !isTrue(settings.get(`${controller}.present`))) {
    found.push(`The controller of the disk at ${id} is switched off, so the guest may not have seen the disk.`);
  }
  return found;
}

/** `bios.hddOrder` lists disks by place. */
function withBootOrder(disks: readonly VmDisk[], settings: Settings): VmDisk[] {
  const listed = (settings.get('bios.hddorder') ?? '')
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());
  const ranks = bootRanks(
    disks.flatMap((disk): (readonly [VmDisk, number])[] => {
      const rank = listed.indexOf(disk.id);
      return rank === -1 ? [] : [[disk, rank]];
    }),
  );
  return disks.map((disk) => ({ ...disk, bootIndex: ranks.get(disk) ?? null }));
}

function nicsIn(settings: Settings, container: string): VmNic[] {
  const numbers: number[] = [];
  for (const [key, value] of settings) {
    const digits = /^ethernet([0-9]{1,3})\.present$/.exec(key)?.[1];
    if (digits !== undefined && isTrue(value)) numbers.push(Number(digits));
  }
  if (numbers.length > MOST_NICS) throw new ContainerLimitError(`“${container}” has ${numbers.length} network cards.`);
  return numbers
    .sort((a, b) => a - b)
    .map((number) => {
      const of = (name: string): string | undefined => settings.get(`ethernet${number}.${name}`) || undefined;
      // The type says which of the two addresses counts; a leftover of the other kind may still be there.
      const isStatic = /^static$/i.test(of('addresstype') ?? '');
      const [told, other] = isStatic
        ? [of('address'), of('generatedaddress')]
        : [of('generatedaddress'), of('address')];
      return {
        mac: macAddress(told ?? other),
        network: of('networkname') ?? of('dvs.portgroupid') ?? of('vnet') ?? of('connectiontype') ?? null,
        model: nicModel(of('virtualdev')),
        connected: !/^(false|0|no|off)$/i.test(of('startconnected') ?? ''),
      };
    });
}

/** What VMware Tools last reported: `… prettyName='Debian GNU/Linux 12' …`. */
function prettyName(settings: Settings): string | null {
  const reported = settings.get('guestinfo.detailed.data') ?? settings.get('guestos.detailed.data') ?? '';
  return /prettyName='([^']{1,200})'/.exec(reported)?.[1] ?? null;
}
