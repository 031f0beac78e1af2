/** Reads a disk's file from its datastore over HTTPS, by ranges: any part, in any order, again where it broke. */
import { readBytes } from '../../../disk/bytes.ts';
import { DamagedImageError } from '../../../disk/errors.ts';
import type { DiskImage, Extent, Span } from '../../../disk/image.ts';
import { LONGEST_DESCRIPTOR, parseDescriptor } from '../../../disk/vmdk/descriptor.ts';
import { RangeSource } from '../../../net/range-source.ts';
import { StrangeAnswerError } from '../../../net/errors.ts';
import type { VsphereSession } from '../session.ts';
import { type ManagedRef, ManagedRefValue } from '../values.ts';
import { UnreadableDiskError } from './errors.ts';
import type { FrozenDisk } from './frozen.ts';

const SECTOR_BYTES = 512;
/** Deeper than any tree of folders that a vCenter can have. */
const MOST_FOLDERS = 64;
const OTHER_WAY = 'Choose the lease as the way of reading, or consolidate the machine’s snapshots and try again.';

/**
 * The disk as an image of its own.
 * @param areas what is allocated, in order, without overlap; everything else reads as zeros without being asked for.
 *   Null reads the whole file.
 * @param warnings for the image's facts
 * @throws UnreadableDiskError where the file alone does not hold the disk; GutsError
 */
export async function openFolderImage(
  session: VsphereSession,
  disk: FrozenDisk,
  name: string,
  areas: readonly Span[] | null,
  warnings: readonly string[],
  signal: AbortSignal,
): Promise<DiskImage> {
  mustStandAlone(disk, name);
  const place = placeOf(disk.file, name);
  const datacenter = await datacenterPathOf(session, disk.datastore, signal);
  const open = async (path: string): Promise<RangeSource> =>
    await RangeSource.open(
      {
        peer: session.peer,
        path: folderPath(path, datacenter, place.datastore),
        name,
        headers: () => ({ Cookie: session.cookie() }),
        renew: async (stop) => await session.renew(stop),
      },
      signal,
    );
  const { file, position } = await flatFileOf(disk, place.path, name, open, signal);
  const source = await open(file);
  if (source.sizeBytes < position + disk.sizeBytes) {
    await source[Symbol.asyncDispose]();
    throw new DamagedImageError(`The file of “${name}” has ${source.sizeBytes} of the disk’s ${disk.sizeBytes} bytes.`);
  }
  const whole = [{ offset: 0, length: disk.sizeBytes }];
  const variant = areas === null ? 'flat' : 'flat, allocated areas';
  return {
    identity: null,
    facts: {
      format: 'raw',
      variant,
      virtualSizeBytes: disk.sizeBytes,
      allocatedBytes: areas?.reduce((sum, { length }) => sum + length, 0) ?? null,
      sectorSizeBytes: SECTOR_BYTES,
      creator: null,
      chain: [{ name, format: 'raw', variant }],
      warnings: [...warnings],
    },
    extents: (from, to, stop) => extentsOf(source, position, areas ?? whole, from, Math.min(to, disk.sizeBytes), stop),
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
    },
  };
}

/** @throws UnreadableDiskError */
export function mustStandAlone(disk: FrozenDisk, name: string): void {
  if (disk.file === null) throw new UnreadableDiskError(`“${name}” is no file on a datastore.`, OTHER_WAY);
  if (!disk.hasParent) return;
  throw new UnreadableDiskError(`“${name}” stands on snapshots: no file alone holds what it holds.`, OTHER_WAY);
}

/** Path and query of a file below `/folder`. */
export function folderPath(path: string, datacenter: string, datastore: string): string {
  const segments = path.split('/').map(encodeURIComponent).join('/');
  return `/folder/${segments}?dcPath=${encodeURIComponent(datacenter)}&dsName=${encodeURIComponent(datastore)}`;
}

async function* extentsOf(
  source: RangeSource,
  position: number,
  areas: readonly Span[],
  from: number,
  to: number,
  signal?: AbortSignal,
): AsyncGenerator<Extent, void, void> {
  let at = from;
  for (let i = firstBehind(areas, from); i < areas.length && at < to; i++) {
    signal?.throwIfAborted();
    const area = areas[i] as Span; // `i` is below the length
    const start = Math.max(at, Math.min(to, area.offset));
    const end = Math.min(to, area.offset + area.length);
    if (start > at) yield { kind: 'hole', offset: at, length: start - at };
    if (end > start) yield { kind: 'data', offset: start, length: end - start, source, position: position + start };
    at = Math.max(start, end);
  }
  if (at < to) yield { kind: 'hole', offset: at, length: to - at };
}

/** The first area that ends behind `offset`. */
function firstBehind(areas: readonly Span[], offset: number): number {
  let [low, high] = [0, areas.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { offset: start, length } = areas[middle] as Span; // between the bounds
    if (start + length > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function placeOf(file: string | null, name: string): { readonly datastore: string; readonly path: string } {
  const [, datastore, path] = /^\[([^\]]+)\] ?(.+)$/.exec(file ?? '') ?? [];
  if (datastore === undefined || path === undefined) {
    throw new StrangeAnswerError(`“${name}” lies at “${file ?? ''}”, which names no datastore.`);
  }
  return { datastore, path };
}

/** What the disk's descriptor says of the file that holds its bytes. */
async function flatFileOf(
  disk: FrozenDisk,
  path: string,
  name: string,
  open: (path: string) => Promise<RangeSource>,
  signal: AbortSignal,
): Promise<{ readonly file: string; readonly position: number }> {
  await using source = await open(path);
  if (source.sizeBytes > LONGEST_DESCRIPTOR) {
    throw new DamagedImageError(`The descriptor of “${name}” has ${source.sizeBytes} bytes, more than any has.`);
  }
  const { extents, parentContentId } = parseDescriptor(await readBytes(source, 0, source.sizeBytes, signal), name);
  const [extent] = extents;
  const isFlat = extent?.kind === 'VMFS' || extent?.kind === 'FLAT';
  if (extents.length !== 1 || extent === undefined || extent.fileName === null || !isFlat || parentContentId !== null) {
    throw new UnreadableDiskError(`“${name}” is not one file that holds the whole disk as it is.`, OTHER_WAY);
  }
  if (extent.sizeBytes < disk.sizeBytes) {
    throw new DamagedImageError(`The descriptor of “${name}” tells of ${extent.sizeBytes} of ${disk.sizeBytes} bytes.`);
  }
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return { file: folder + extent.fileName, position: extent.positionBytes };
}

/** The inventory path of the datastore's data centre, as `dcPath` wants it: folders included, names as vSphere writes them. */
async function datacenterPathOf(
  session: VsphereSession,
  datastore: ManagedRef | null,
  signal: AbortSignal,
): Promise<string> {
  const names: string[] = [];
  const root = session.content.rootFolder.id;
  for (let at = datastore, depth = 0; at !== null && at.id !== root && depth < MOST_FOLDERS; depth++) {
    const found = await session.properties(at, ['name', 'parent'], signal);
    const name = found.get('name');
    const isInPath: boolean = at.type === 'Datacenter' || names.length > 0;
    if (isInPath && typeof name === 'string') names.unshift(name);
    at = ManagedRefValue.nullable()
      .catch(null)
      .parse(found.get('parent') ?? null);
  }
  if (names.length > 0) return names.join('/');
  throw new StrangeAnswerError('vSphere does not say in which data centre a disk lies.');
}
