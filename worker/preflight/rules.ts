/** What is checked before a migration on the local route starts: one rule, one fact, one way out. */
import { bytesText } from '../../main/shared/figures.ts';
import type { Severity } from '../../main/shared/preflight.ts';
import type { DiskFact, LocalRouteFacts } from './facts.ts';

export interface Rule<Facts> {
  /** Stable; see `Finding`. */
  readonly id: string;
  readonly severity: Severity;
  /** What it concerns, each in a few words with figures; nothing when all is well. */
  finds(facts: Facts): readonly string[];
  readonly says: string;
  readonly remedy: string;
}

const SECTOR_BYTES = 512;
/** The letters of vda … vdz; also about what one virtio-blk guest has slots for. */
const MOST_DISKS = 26;
/** Tables of a qcow2 file: an entry of 8 bytes for 64 KiB, counts, and rounding. */
const TABLE_SHARE = 1 / 4096;
const TABLE_BYTES = 1024 * 1024;
/** Errors of the disk readers that are not about the image itself but about a file that it stands on. */
const NEIGHBOUR_ERRORS = ['disk.file-missing', 'disk.parent-mismatch'];

export const localRules: readonly Rule<LocalRouteFacts>[] = [
  {
    id: 'DSK-20',
    severity: 'blocks',
    finds: ({ disks, vm }) => (disks.length === 0 ? [vm?.name ?? 'the source'] : []),
    says: 'There is no disk to move.',
    remedy: 'Export the machine again with its disks, or name the file that holds them.',
  },
  {
    id: 'DSK-08',
    severity: 'blocks',
    finds: ({ disks }) => (disks.length > MOST_DISKS ? [`${disks.length} disks`] : []),
    says: `A machine with virtio disks can have ${MOST_DISKS} of them.`,
    remedy: 'Leave disks out of this migration and convert them one by one (“guts convert”).',
  },
  {
    id: 'LOC-01',
    severity: 'blocks',
    finds: ({ disks }) => failures(disks, (code) => !NEIGHBOUR_ERRORS.includes(code)),
    says: 'A disk is damaged, or of a kind that Guts does not read.',
    remedy: 'Export the disk again from its hypervisor (“guts inspect” shows what is wrong with each file).',
  },
  {
    id: 'LOC-02',
    severity: 'blocks',
    finds: ({ disks }) => failures(disks, (code) => NEIGHBOUR_ERRORS.includes(code)),
    says: 'A disk stands on a parent or another file that is missing or not the right one.',
    remedy: 'Copy the whole chain into one folder, or allow the folder of the missing file (--allow-from).',
  },
  {
    id: 'DSK-01',
    severity: 'blocks',
    finds: ({ disks }) =>
      opened(disks)
        .filter(({ image }) => image.virtualSizeBytes === 0)
        .map(({ name }) => name),
    says: 'A disk has no size.',
    remedy: 'Leave the disk out, or export it again.',
  },
  {
    id: 'LOC-04',
    severity: 'warns',
    finds: ({ disks }) =>
      opened(disks)
        .filter(({ image }) => image.virtualSizeBytes % SECTOR_BYTES !== 0)
        .map(({ name, image }) => `${name}: ${image.virtualSizeBytes} bytes`),
    says: 'A disk does not end with a whole sector of 512 bytes.',
    remedy:
      'Its end may be missing: copy the file again. If that is its true size, the moved disk ends with zeros up to the sector.',
  },
  {
    id: 'LOC-05',
    severity: 'warns',
    finds: ({ disks }) =>
      opened(disks)
        .filter(({ image }) => image.sectorSizeBytes === 4096)
        .map(({ name }) => name),
    says: 'A disk has sectors of 4 KB; its partition table counts in them, and most virtual disks have sectors of 512 bytes.',
    remedy:
      'Give the moved disk a logical block size of 4096 (in libvirt: blockio with logical_block_size), or it will not boot.',
  },
  {
    id: 'LOC-06',
    severity: 'warns',
    finds: ({ disks }) =>
      opened(disks).flatMap(({ name, image }) => image.warnings.map((warning) => `${name}: ${warning}`)),
    says: 'A disk can be read, but something about it is unusual.',
    remedy: 'Read the notes; compare the moved disk with the source before you delete the source.',
  },
  {
    id: 'DSK-22',
    severity: 'blocks',
    finds: (facts) => shortOf(facts, leastBytes(facts.disks)),
    says: 'There is not enough free space at the destination.',
    remedy: 'Make room in the folder, or choose another one.',
  },
  {
    id: 'DSK-22a',
    severity: 'warns',
    finds: (facts) =>
      shortOf(facts, leastBytes(facts.disks)).length > 0 ? [] : shortOf(facts, mostBytes(facts.disks)),
    says: 'The free space at the destination may not be enough: how much the disks really hold shows only while they are read.',
    remedy:
      'Make room in the folder, or choose another one. Nothing is lost if it runs full: the unfinished files are removed.',
  },
  {
    id: 'LOC-03',
    severity: 'blocks',
    finds: ({ destination }) => (destination.mayReplace ? [] : destination.existing),
    says: 'A file that would be written is there already.',
    remedy: 'Choose another folder, move the file away, or have it replaced (--force).',
  },
  {
    id: 'SRC-23',
    severity: 'blocks',
    finds: ({ manifest }) => (manifest.state === 'differs' ? [manifest.error.message] : []),
    says: 'The package is not what its manifest says.',
    remedy: 'Copy or export the package again; it was damaged or changed on the way.',
  },
  {
    id: 'SRC-23a',
    severity: 'warns',
    finds: ({ manifest, vm }) => (manifest.state === 'missing' ? [vm?.name ?? 'the package'] : []),
    says: 'The package has no manifest, so nothing tells whether it arrived here whole.',
    remedy: 'Compare the file with its origin by a checksum, or export it again with a manifest.',
  },
  {
    id: 'NET-12',
    severity: 'warns',
    finds: ({ vm }) =>
      (vm?.nics ?? []).flatMap((nic, index) =>
        nic.network === null ? [`network card ${index + 1}${nic.mac === null ? '' : ` (${nic.mac})`}`] : [],
      ),
    says: 'A network card is on no network.',
    remedy: 'Choose a network for it after the move, or remove the card.',
  },
  {
    id: 'NEW-18',
    severity: 'informs',
    finds: ({ vm }) => (vm?.firmware === 'uefi' ? [vm.name] : []),
    says: 'The machine starts with UEFI firmware.',
    remedy: 'Have OVMF installed on the host that will run it; the domain asks for it.',
  },
  {
    id: 'DEV-01',
    severity: 'informs',
    finds: ({ vm }) => (vm?.secureBoot === true ? [vm.name] : []),
    says: 'The machine uses secure boot; its own keys and variables do not come along.',
    remedy: 'Use an OVMF build with the usual keys enrolled, and enrol again what the guest had of its own.',
  },
  {
    id: 'OS-02',
    severity: 'informs',
    finds: ({ vm }) => (vm !== null && isUnknown(vm.guestOsId) ? [vm.name] : []),
    says: 'The source does not say which operating system is inside.',
    remedy: 'Check that the guest has virtio drivers before you rely on it.',
  },
];

function opened(disks: readonly DiskFact[]): Extract<DiskFact, { error: null }>[] {
  return disks.filter((disk) => disk.error === null);
}

function failures(disks: readonly DiskFact[], counts: (code: string) => boolean): string[] {
  return disks.flatMap(({ name, error }) =>
    error !== null && counts(error.code) ? [`${name}: ${error.message}`] : [],
  );
}

/** vSphere's and CIM's ways of saying that it is something else; `other3xLinux64Guest` and the like do say what it is. */
function isUnknown(guestOsId: string | null): boolean {
  return guestOsId === null || /^(other(guest)?(-?64)?|cim:(0|1|102))$/i.test(guestOsId);
}

function shortOf({ destination }: LocalRouteFacts, needed: number): string[] {
  const { folder, freeBytes } = destination;
  if (freeBytes === null || freeBytes >= needed) return [];
  return [`${folder}: ${bytesText(freeBytes)} free, ${bytesText(needed)} needed`];
}

/** What will be written at the least: compression or zeros may save a lot, but not below what the source's file takes. */
function leastBytes(disks: readonly DiskFact[]): number {
  return opened(disks).reduce(
    (sum, { image, storedBytes }) => sum + Math.min(image.allocatedBytes ?? Infinity, storedBytes ?? 0),
    0,
  );
}

/** What will be written at the most, with the tables of the new format. */
function mostBytes(disks: readonly DiskFact[]): number {
  const most = (image: { allocatedBytes: number | null; virtualSizeBytes: number }): number =>
    (image.allocatedBytes ?? image.virtualSizeBytes) + Math.ceil(image.virtualSizeBytes * TABLE_SHARE) + TABLE_BYTES;
  return opened(disks).reduce((sum, { image }) => sum + most(image), 0);
}
