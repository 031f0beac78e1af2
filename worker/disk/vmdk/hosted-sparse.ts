/** Hosted sparse extents (`KDMV`): plain ones, and streamOptimized ones read at random. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, TruncatedImageError } from '../errors.ts';
import { parseDescriptor, SECTOR, type Descriptor } from './descriptor.ts';
import { readDirectory, type Directory } from './directory.ts';
import { GRAIN_MARKER_BYTES, MARKER, u32 } from './markers.ts';
import { packedGrains } from './packed-grains.ts';
import { ABSENT, plainGrains, ZEROS } from './plain-grains.ts';
import type { Part } from './part.ts';
import { checkSize, checkFooter, isSparseHeader, parseSparseHeader, type SparseHeader } from './sparse-header.ts';

const ZERO_GRAIN = 1;
/** Some transfers pad a stream with zeros; the footer is looked for so far from the end. */
const MOST_PADDING = 64 * 1024;

/** The header, or the footer where the header leaves the directory to it. */
export async function readSparseHeader(source: ByteSource, signal?: AbortSignal): Promise<SparseHeader> {
  if (source.sizeBytes < SECTOR) throw new TruncatedImageError(`“${source.name}” ends within its header.`);
  const header = parseSparseHeader(await readBytes(source, 0, SECTOR, signal), source.name);
  if (header.directory !== 'atEnd') return header;
  const footer = parseSparseHeader(await readFooter(source, signal), source.name);
  checkFooter(header, footer, source.name);
  await checkDirectoryMarker(source, footer, signal);
  return { ...footer, descriptor: header.descriptor, overheadBytes: header.overheadBytes, isUnclean: header.isUnclean };
}

/** Only the footer says where the directory is; the marker before the directory says it once more. */
async function checkDirectoryMarker(
  source: ByteSource,
  { directory }: SparseHeader,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (directory === 'atEnd' || directory < 2 * SECTOR || directory > source.sizeBytes) return; // refused later, in its own words
  const marker = await readBytes(source, directory - SECTOR, SECTOR, signal);
  if (u32(marker, 8) !== 0 || u32(marker, GRAIN_MARKER_BYTES) !== MARKER.directory)
    throw new DamagedImageError(`“${source.name}” has no grain directory where its footer says.`);
}

/** The footer is the last sector that is not all zeros: behind it are only the end-of-stream marker and padding. */
async function readFooter(source: ByteSource, signal?: AbortSignal): Promise<Buffer> {
  const end = source.sizeBytes - (source.sizeBytes % SECTOR);
  const length = Math.min(MOST_PADDING, end - SECTOR); // without the header, which looks just like a footer
  const tail = await readBytes(source, end - length, length, signal);
  for (let at = tail.byteLength - 2 * SECTOR; at >= 0; at -= SECTOR) {
    const sector = tail.subarray(at, at + SECTOR);
    const isFooter = isSparseHeader(sector) && tail.subarray(at + SECTOR).every((byte) => byte === 0);
    if (isFooter) return sector;
    if (sector.some((byte) => byte !== 0)) break;
  }
  throw new TruncatedImageError(`“${source.name}” has no footer, so its end is missing.`);
}

/** The embedded descriptor; null where there is none, as in the parts of a split disk. */
export async function readEmbeddedDescriptor(
  source: ByteSource,
  header: SparseHeader,
  signal?: AbortSignal,
): Promise<Descriptor | null> {
  if (header.descriptor === null) return null;
  const { position, length } = header.descriptor;
  if (position + length > source.sizeBytes)
    throw new TruncatedImageError(`“${source.name}” ends within its descriptor.`);
  const bytes = await readBytes(source, position, length, signal);
  return bytes[0] === 0 ? null : parseDescriptor(bytes, source.name);
}

/**
 * Source: “Virtual Disk Format 5.0” technical note by VMware, sections “Hosted Sparse Extents” and “Stream-Optimized
 * Compressed Sparse Extents”.
 * @param described the size by the descriptor; null where there is none
 * @throws DamagedImageError, TruncatedImageError, LimitError
 */
export async function openHostedSparse(
  source: ByteSource,
  header: SparseHeader,
  described: number | null,
  signal?: AbortSignal,
): Promise<Part> {
  const { capacityBytes: sizeBytes, grainBytes, entriesPerTable, hasZeroGrains } = header;
  checkSize(header, described, source.name);
  const warnings = header.isUnclean
    ? [`“${source.name}” was not closed properly; its last writes may be missing.`]
    : [];
  const { directory, copies } = await readDirectories(source, header, warnings, signal);
  const walk = {
    source,
    sizeBytes,
    grainBytes,
    entriesPerTable,
    entryBytes: 4,
    tables: directory.tables,
    copies,
  } as const;
  const earliest = endOfDescriptor(header);
  const locate = (entries: DataView, index: number): number => {
    const entry = entries.getUint32(index * 4, true);
    if (entry === 0) return ABSENT;
    if (entry === ZERO_GRAIN && hasZeroGrains) return ZEROS;
    const position = entry * SECTOR;
    if (position < earliest || directory.overlaps(position, grainBytes)) {
      throw new DamagedImageError(
        `A grain table of “${source.name}” places data at ${position}, where its own tables are.`,
      );
    }
    return position;
  };
  return {
    sizeBytes,
    warnings,
    allocatedBytes: null,
    extents: (from, to, base, stop) =>
      header.isCompressed
        ? packedGrains({ ...walk, hasZeroGrains }, from, to, base, stop)
        : plainGrains({ ...walk, locate }, from, to, base, stop),
  };
}

function endOfDescriptor({ descriptor }: SparseHeader): number {
  return descriptor === null ? SECTOR : Math.max(SECTOR, descriptor.position + descriptor.length);
}

interface Directories {
  readonly directory: Directory;
  /** Where the redundant tables are, if there are any that can be trusted to be equal. */
  readonly copies: Float64Array | null;
}

/** The directory, or its redundant twin (which has tables of its own) where the first is broken; says so in `warnings`. */
async function readDirectories(
  source: ByteSource,
  header: SparseHeader,
  warnings: string[],
  signal?: AbortSignal,
): Promise<Directories> {
  const { directory, redundantDirectory, isUnclean } = header;
  if (directory === 'atEnd')
    throw new DamagedImageError(`The footer of “${source.name}” does not say where the grain directory is.`);
  const first = await orBroken(readOneDirectory(source, header, directory, signal));
  if (redundantDirectory === null) return { directory: unbroken(first), copies: null };
  const twin = await orBroken(readOneDirectory(source, header, redundantDirectory, signal));
  if (isBroken(first)) {
    if (isBroken(twin)) throw first;
    warnings.push(`The grain directory of “${source.name}” is broken; its redundant copy was used. (${first.message})`);
    return { directory: twin, copies: null };
  }
  if (isBroken(twin)) {
    warnings.push(`The redundant grain directory of “${source.name}” is broken and was not used. (${twin.message})`);
    return { directory: first, copies: null };
  }
  // After a crash the two may differ by the last write; the header says so, and the operator is told.
  if (isUnclean) return { directory: first, copies: null };
  if (first.tables.some((position, table) => (position === 0) !== (twin.tables[table] === 0))) {
    throw new DamagedImageError(`The two grain directories of “${source.name}” contradict each other.`);
  }
  return { directory: first, copies: twin.tables };
}

type Broken = DamagedImageError | TruncatedImageError;

function isBroken(found: Directory | Broken): found is Broken {
  return found instanceof Error;
}

function unbroken(found: Directory | Broken): Directory {
  if (isBroken(found)) throw found;
  return found;
}

async function orBroken(reading: Promise<Directory>): Promise<Directory | Broken> {
  return await reading.catch((error: unknown) => {
    if (error instanceof DamagedImageError || error instanceof TruncatedImageError) return error;
    throw error;
  });
}

async function readOneDirectory(
  source: ByteSource,
  header: SparseHeader,
  position: number,
  signal?: AbortSignal,
): Promise<Directory> {
  const options = {
    source,
    position,
    tableCount: header.tableCount,
    tableBytes: header.entriesPerTable * 4,
    entryBytes: 4,
    earliest: endOfDescriptor(header),
    locate: (entries: DataView, index: number): number => entries.getUint32(index * 4, true) * SECTOR,
  } as const;
  return await readDirectory(options, signal);
}
