/**
 * The header of a qcow2 image with its extensions, checked before anything else is believed.
 * Source: QEMU's specification of the format (docs/interop/qcow2).
 */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, LimitError, TruncatedImageError, UnsupportedImageError } from '../errors.ts';

export interface Qcow2Header {
  readonly version: 2 | 3;
  readonly clusterBytes: number;
  readonly virtualSizeBytes: number;
  readonly l1Position: number;
  readonly l1Entries: number;
  readonly refcountPosition: number;
  readonly refcountBytes: number;
  /** The width of one reference count: 1 to 64. */
  readonly refcountBits: number;
  readonly snapshotCount: number;
  readonly codec: 'deflate' | 'zstd';
  /** Level 2 entries carry a bitmap that tells each of a cluster's 32 parts apart. */
  readonly hasSubclusters: boolean;
  /** The last writer did not close the image; reference counts may be behind, the data is not. */
  readonly isDirty: boolean;
  readonly backing: { readonly name: string; readonly format: string | null } | null;
}

const V2_BYTES = 72;
const V3_BYTES = 104;
const LEAST_CLUSTER_BITS = 9;
const MOST_CLUSTER_BITS = 21;
/** QEMU's own bounds on the two tables, and what a `number` can count with room to spare. */
const MOST_L1_BYTES = 32 * 1024 * 1024;
const MOST_REFCOUNT_TABLE_BYTES = 8 * 1024 * 1024;
const MOST_VIRTUAL_BYTES = 2 ** 52;
const MOST_REFCOUNT_ORDER = 6;
const MOST_NAME_BYTES = 1023;

const DIRTY = 0;
const CORRUPT = 1;
const EXTERNAL_DATA = 2;
const COMPRESSION_TYPE = 3;
const EXTENDED_L2 = 4;

const BACKING_FORMAT = 0xe279_2aca;
const FEATURE_NAMES = 0x6803_f857;

/**
 * Reads and checks the header.
 * @throws DamagedImageError, LimitError, or UnsupportedImageError naming the feature that is in the way.
 */
export async function readHeader(source: ByteSource, signal?: AbortSignal): Promise<Qcow2Header> {
  if (source.sizeBytes < V2_BYTES) throw new TruncatedImageError(`“${source.name}” ends inside its qcow2 header.`);
  const fixed = await readBytes(source, 0, Math.min(112, source.sizeBytes), signal);
  const bad = (what: string): DamagedImageError => new DamagedImageError(`“${source.name}”: ${what}.`);
  if (fixed.readUInt32BE(0) !== 0x5146_49fb) throw bad('it has no qcow2 signature');
  const version = fixed.readUInt32BE(4);
  if (version !== 2 && version !== 3) {
    throw new UnsupportedImageError(
      `“${source.name}” is qcow version ${version}; Guts reads 2 and 3.`,
      'Rewrite the image with “qemu-img convert -O qcow2”.',
    );
  }
  const clusterBits = fixed.readUInt32BE(20);
  if (clusterBits < LEAST_CLUSTER_BITS || clusterBits > MOST_CLUSTER_BITS)
    throw bad(`clusters of 2^${clusterBits} bytes`);
  const clusterBytes = 2 ** clusterBits;
  if (version === 3 && fixed.length < V3_BYTES)
    throw new TruncatedImageError(`“${source.name}” ends inside its header.`);
  const headerBytes = version === 2 ? V2_BYTES : fixed.readUInt32BE(100);
  if (version === 3 && (headerBytes < V3_BYTES || headerBytes % 8 !== 0 || headerBytes > clusterBytes)) {
    throw bad(`a header of ${headerBytes} bytes`);
  }

  const refcountOrder = version === 2 ? 4 : fixed.readUInt32BE(96);
  if (refcountOrder > MOST_REFCOUNT_ORDER) throw bad(`reference counts of 2^${refcountOrder} bits`);

  const backingOffset = wide(fixed, 8);
  const backingBytes = fixed.readUInt32BE(16);
  if (backingOffset !== 0) {
    if (backingOffset < headerBytes || backingOffset + backingBytes > clusterBytes) {
      throw bad('the name of its backing file lies outside the first cluster');
    }
    if (backingBytes === 0 || backingBytes > MOST_NAME_BYTES) throw bad(`a backing file name of ${backingBytes} bytes`);
  }
  const areaBytes = Math.min(source.sizeBytes, backingOffset === 0 ? clusterBytes : backingOffset + backingBytes);
  const area = await readBytes(source, 0, areaBytes, signal);
  const extensions = readExtensions(
    area.subarray(0, backingOffset === 0 ? undefined : backingOffset),
    headerBytes,
    bad,
  );
  const features = checkFeatures(source.name, fixed, version, headerBytes, clusterBits, extensions.featureNames);

  const size = fixed.readBigUInt64BE(24);
  if (size > BigInt(MOST_VIRTUAL_BYTES)) throw new LimitError(`“${source.name}” claims a disk of ${size} bytes.`);
  const virtualSizeBytes = Number(size);
  if (virtualSizeBytes === 0 || virtualSizeBytes % 512 !== 0)
    throw bad(`a disk of ${size} bytes is no whole number of sectors`);

  const header: Qcow2Header = {
    version,
    clusterBytes,
    virtualSizeBytes,
    l1Position: wide(fixed, 40),
    l1Entries: fixed.readUInt32BE(36),
    refcountPosition: wide(fixed, 48),
    refcountBytes: fixed.readUInt32BE(56) * clusterBytes,
    refcountBits: 2 ** refcountOrder,
    snapshotCount: fixed.readUInt32BE(60),
    backing:
      backingOffset === 0
        ? null
        : {
            name: area.toString('utf8', backingOffset, backingOffset + backingBytes),
            format: extensions.backingFormat,
          },
    ...features,
  };
  checkPlaces(header, source);
  return header;
}

/** An unsigned 64-bit number; beyond 2^53 it loses low bits, where it is out of every file's bounds anyway. */
function wide(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

/** The tables lie on clusters of their own, inside the file, and are of a size that can be. */
function checkPlaces(header: Qcow2Header, source: ByteSource): void {
  const { clusterBytes, l1Entries, l1Position, refcountBytes, refcountPosition, virtualSizeBytes } = header;
  const bad = (what: string): DamagedImageError => new DamagedImageError(`“${source.name}”: ${what}.`);
  if (l1Entries * 8 > MOST_L1_BYTES || refcountBytes > MOST_REFCOUNT_TABLE_BYTES) {
    throw new LimitError(`“${source.name}” claims tables larger than qcow2 allows.`);
  }
  const entriesNeeded = Math.ceil(virtualSizeBytes / bytesPerL2(header));
  if (l1Entries < entriesNeeded)
    throw bad(`its level 1 table has ${l1Entries} entries, the disk needs ${entriesNeeded}`);
  if (refcountBytes === 0) throw bad('it has no reference counts');
  for (const [position, length] of [
    [l1Position, l1Entries * 8],
    [refcountPosition, refcountBytes],
  ] as const) {
    if (position === 0 || position % clusterBytes !== 0)
      throw bad(`a table at ${position}, which no cluster begins at`);
    if (position + length > source.sizeBytes)
      throw new TruncatedImageError(`“${source.name}” ends before its tables do.`);
  }
}

/** Guest bytes that one level 2 table covers. */
export function bytesPerL2({
  clusterBytes,
  hasSubclusters,
}: Pick<Qcow2Header, 'clusterBytes' | 'hasSubclusters'>): number {
  return (clusterBytes / (hasSubclusters ? 16 : 8)) * clusterBytes;
}

interface Extensions {
  readonly backingFormat: string | null;
  /** The names of incompatible features by bit number. */
  readonly featureNames: ReadonlyMap<number, string>;
}

function readExtensions(area: Buffer, from: number, bad: (what: string) => DamagedImageError): Extensions {
  let backingFormat: string | null = null;
  const featureNames = new Map<number, string>();
  for (let at = from; at + 8 <= area.length;) {
    const type = area.readUInt32BE(at);
    const length = area.readUInt32BE(at + 4);
    if (type === 0) break;
    if (at + 8 + length > area.length) throw bad('a header extension reaches beyond the header');
    const body = area.subarray(at + 8, at + 8 + length);
    if (type === BACKING_FORMAT) {
      backingFormat = body.toString('latin1').replace(/\0+$/, '');
      if (!/^[\w-]{0,32}$/.test(backingFormat)) throw bad('its backing format is no name');
    }
    if (type === FEATURE_NAMES) {
      for (let row = 0; row + 48 <= body.length; row += 48) {
        const name = body.toString('latin1', row + 2, row + 48).replace(/\0.*$/s, '');
        const bit = body[row + 1];
        if (body[row] === 0 && bit !== undefined && /^[\x20-\x7e]+$/.test(name)) featureNames.set(bit, name);
      }
    }
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return { backingFormat, featureNames };
}

/** What the incompatible features mean for a reader; refuses those that change how data is found or encoded. */
function checkFeatures(
  name: string,
  fixed: Buffer,
  version: 2 | 3,
  headerBytes: number,
  clusterBits: number,
  featureNames: ReadonlyMap<number, string>,
): Pick<Qcow2Header, 'codec' | 'hasSubclusters' | 'isDirty'> {
  const method = fixed.readUInt32BE(32);
  if (method !== 0) {
    const cipher = method === 1 ? 'AES' : method === 2 ? 'LUKS' : `method ${method}`;
    throw new UnsupportedImageError(
      `“${name}” is encrypted (${cipher}).`,
      'Decrypt it (“qemu-img convert --object secret,…”), and convert the result.',
    );
  }
  if (version === 2) return { codec: 'deflate', hasSubclusters: false, isDirty: false };

  const set = new Set<number>();
  for (let bit = 0; bit < 64; bit++) {
    const half = fixed.readUInt32BE(bit < 32 ? 76 : 72);
    if (((half >>> (bit % 32)) & 1) === 1) set.add(bit);
  }
  if (set.has(CORRUPT)) throw new DamagedImageError(`“${name}” is marked as corrupt by QEMU.`);
  if (set.has(EXTERNAL_DATA)) {
    throw new UnsupportedImageError(
      `“${name}” keeps its data in another, external data file.`,
      'Bring both together with “qemu-img convert -O qcow2”, and convert the result.',
    );
  }
  const unknown = [...set].filter((bit) => bit > EXTENDED_L2);
  if (unknown.length > 0) {
    const names = unknown.map((bit) => featureNames.get(bit) ?? `bit ${bit}`).join(', ');
    throw new UnsupportedImageError(
      `“${name}” uses qcow2 features that Guts does not know: ${names}.`,
      'Rewrite the image with “qemu-img convert -O qcow2”, and convert the result.',
    );
  }
  if (set.has(EXTENDED_L2) && clusterBits < 14)
    throw new DamagedImageError(`“${name}” has clusters too small to be divided.`);
  const compression = headerBytes >= 112 && fixed.length >= 112 ? (fixed[104] ?? 0) : 0;
  if (compression > 1) {
    throw new UnsupportedImageError(
      `“${name}” is compressed by method ${compression}, which Guts does not know.`,
      'Rewrite the image with “qemu-img convert -O qcow2”, and convert the result.',
    );
  }
  if ((compression !== 0) !== set.has(COMPRESSION_TYPE)) {
    throw new DamagedImageError(`“${name}” contradicts itself about how it is compressed.`);
  }
  return {
    codec: compression === 1 ? 'zstd' : 'deflate',
    hasSubclusters: set.has(EXTENDED_L2),
    isDirty: set.has(DIRTY),
  };
}
