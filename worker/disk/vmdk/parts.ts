/** Opens the extents that a descriptor names, each by its kind. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, UnsupportedImageError } from '../errors.ts';
import type { Neighbours } from '../image.ts';
import { isCowd, openCowd } from './cowd.ts';
import { SECTOR, type Descriptor, type ExtentLine } from './descriptor.ts';
import { openHostedSparse, readSparseHeader } from './hosted-sparse.ts';
import { openFlatPart, zeroPart, type Part } from './part.ts';
import { isSesparse, openSesparse } from './sesparse.ts';
import { isSparseHeader } from './sparse-header.ts';

const DEVICE_REMEDY =
  'The disk is a device of its host, not a file. In vSphere convert the raw device mapping to a virtual disk (migrate the storage and choose a format), or copy the device to a raw image and convert that.';
const DATASTORE_REMEDY = 'Export the virtual machine as an OVF, or copy the disk to a VMFS or NFS datastore first.';

const FLAT_KINDS: readonly string[] = ['FLAT', 'VMFS'];
const SPARSE_KINDS: readonly string[] = ['SPARSE', 'VMFSSPARSE', 'SESPARSE'];
const DEVICE_KINDS: readonly string[] = ['VMFSRDM', 'VMFSRAW'];

/** In lower case; the older products write `2GbMaxExtent…`. */
const FILE_TYPES = new Set([
  'monolithicflat',
  'monolithicsparse',
  'twogbmaxextentflat',
  'twogbmaxextentsparse',
  '2gbmaxextentflat',
  '2gbmaxextentsparse',
  'streamoptimized',
  'vmfs',
  'vmfsthin',
  'vmfspreallocated',
  'vmfseagerzeroedthick',
  'vmfssparse',
  'sesparse',
  'custom',
]);
const DEVICE_TYPES = new Set([
  'vmfsrdm',
  'vmfsrdmp',
  'vmfsrawdevicemap',
  'vmfspassthroughrawdevicemap',
  'vmfsraw',
  'fulldevice',
  'partitioneddevice',
]);

/** @throws UnsupportedImageError for devices and for kinds that are not known. */
export function checkCreateType({ createType }: Descriptor, name: string): void {
  const type = createType.toLowerCase();
  if (DEVICE_TYPES.has(type))
    throw new UnsupportedImageError(`“${name}” is a raw device (${createType}).`, DEVICE_REMEDY);
  if (!FILE_TYPES.has(type))
    throw new UnsupportedImageError(`“${name}” is of the unknown kind “${createType.slice(0, 80)}”.`, DATASTORE_REMEDY);
}

export interface OpenParts {
  readonly parts: readonly Part[];
  readonly warnings: readonly string[];
}

/**
 * The extents in the order of the disk. Every file that is opened is added to `files`, also when this fails.
 * @throws MissingFileError, TruncatedImageError, DamagedImageError, UnsupportedImageError, LimitError
 */
export async function openParts(
  descriptor: Descriptor,
  name: string,
  neighbours: Neighbours,
  files: ByteSource[],
  signal?: AbortSignal,
): Promise<OpenParts> {
  const parts: Part[] = [];
  const used: Stretch[] = [];
  for (const line of descriptor.extents) {
    const file = await openLine(line, name, neighbours, signal);
    if (file === null) {
      parts.push(zeroPart(line.sizeBytes));
      continue;
    }
    files.push(file);
    const isFlat = FLAT_KINDS.includes(line.kind);
    const [from, to] = isFlat ? [line.positionBytes, line.positionBytes + line.sizeBytes] : [0, file.sizeBytes];
    used.push({ file, from, to });
    const part = isFlat
      ? await openFlatPart(file, line.positionBytes, line.sizeBytes)
      : await openSparsePart(file, line, signal);
    if (part.sizeBytes !== line.sizeBytes && descriptor.extents.length > 1) {
      throw new DamagedImageError(
        `“${file.name}” has ${part.sizeBytes} bytes, but its descriptor gives it ${line.sizeBytes}.`,
      );
    }
    parts.push(part);
  }
  if (parts.length === 0) throw new DamagedImageError(`The descriptor of “${name}” names no extents.`);
  return { parts, warnings: checkDistinct(used, name) };
}

async function openLine(
  line: ExtentLine,
  name: string,
  neighbours: Neighbours,
  signal?: AbortSignal,
): Promise<ByteSource | null> {
  const { kind, fileName, access } = line;
  if (kind === 'ZERO' || fileName === null) return null;
  if (DEVICE_KINDS.includes(kind))
    throw new UnsupportedImageError(`“${name}” is a raw device (${kind}).`, DEVICE_REMEDY);
  if (!FLAT_KINDS.includes(kind) && !SPARSE_KINDS.includes(kind)) {
    throw new UnsupportedImageError(`“${name}” has an extent of the unknown kind ${kind}.`, DATASTORE_REMEDY);
  }
  if (access === 'NOACCESS')
    throw new UnsupportedImageError(`“${name}” does not give access to its extent “${fileName}”.`, DATASTORE_REMEDY);
  const address = /^(\w+):\/\//.exec(fileName);
  if (address !== null)
    throw new UnsupportedImageError(
      `“${name}” keeps its data in an object store (${address[1] ?? ''}).`,
      DATASTORE_REMEDY,
    );
  return (await neighbours.open(fileName, signal)).source;
}

async function openSparsePart(file: ByteSource, line: ExtentLine, signal?: AbortSignal): Promise<Part> {
  const head = await readBytes(file, 0, Math.min(SECTOR, file.sizeBytes), signal);
  if (isSparseHeader(head))
    return await openHostedSparse(file, await readSparseHeader(file, signal), line.sizeBytes, signal);
  if (isCowd(head)) return await openCowd(file, line.sizeBytes, signal);
  if (isSesparse(head)) return await openSesparse(file, line.sizeBytes, signal);
  throw new DamagedImageError(`“${file.name}” should be a sparse extent (${line.kind}), but does not begin like one.`);
}

interface Stretch {
  readonly file: ByteSource;
  readonly from: number;
  readonly to: number;
}

/**
 * No two extents may show the same bytes: writing to one would change the other, so no product makes such a disk.
 * Warns of files that go on behind what is used of them, which may mean that the descriptor is not theirs.
 */
function checkDistinct(used: readonly Stretch[], name: string): string[] {
  const warnings: string[] = [];
  const inOrder = [...used].sort((a, b) =>
    a.file.name === b.file.name ? a.from - b.from : a.file.name < b.file.name ? -1 : 1,
  );
  inOrder.forEach(({ file, to }, i) => {
    const next = inOrder[i + 1];
    if (next?.file.name !== file.name) {
      if (to < file.sizeBytes)
        warnings.push(`“${file.name}” has ${file.sizeBytes - to} bytes more than its descriptor uses.`);
    } else if (to > next.from) throw new DamagedImageError(`“${name}” uses “${file.name}” for two extents.`);
  });
  return warnings;
}
