/** What the entries of a qcow2 level 2 table mean: checked once as a slice, then turned into extents. */
import type { ByteSource } from '../bytes.ts';
import type { Claims } from '../claims.ts';
import { DamagedImageError, TruncatedImageError } from '../errors.ts';
import type { Extent } from '../image.ts';
import type { Qcow2Header } from './header.ts';

/** Part of a level 2 table: its entries, and the guest offset that the first of them is for. */
export interface L2Slice {
  readonly guestOffset: number;
  readonly guestBytes: number;
  readonly entries: Buffer;
}

/** Who uses which cluster of the file. Compressed clusters share theirs with each other, and with nothing else. */
export interface ClusterClaims {
  readonly tables: Claims;
  readonly data: Claims;
  readonly packed: Claims;
}

export interface UsedClusters {
  readonly data: number[];
  readonly packed: number[];
}

const COMPRESSED = 0x4000_0000; // bit 62, in the upper half of an entry
const SUBCLUSTERS = 32;

/** Where an entry's data lies in the file; 0 for nowhere. Not for compressed clusters. */
function positionOf(high: number, low: number): number {
  return (high & 0x00ff_ffff) * 2 ** 32 + ((low & 0xffff_fe00) >>> 0);
}

/** The place of a compressed cluster; its length is counted in sectors and may end behind the stream, or the file. */
function packedPlace(high: number, low: number, clusterBytes: number): { position: number; storedBytes: number } {
  const lengthShift = 62 - (Math.log2(clusterBytes) - 8) - 32; // within the upper half
  const position = (high & (2 ** lengthShift - 1)) * 2 ** 32 + low;
  const moreSectors = (high & 0x3fff_ffff) >>> lengthShift;
  return { position, storedBytes: (moreSectors + 1) * 512 - (position % 512) };
}

/**
 * Checks a slice before anyone reads through it: reserved bits, alignment, bounds, and that no cluster of the file
 * is used twice. Entries behind the end of the disk are checked too: nobody reads through them, but one that cannot
 * be right says that the table was damaged.
 * @returns the clusters of the file that the slice uses, by number; those of compressed data once for each use
 * @throws DamagedImageError, TruncatedImageError
 */
export function checkEntries(
  slice: L2Slice,
  header: Qcow2Header,
  source: ByteSource,
  claims: ClusterClaims,
): UsedClusters {
  const { clusterBytes, hasSubclusters, version, virtualSizeBytes } = header;
  const { entries } = slice;
  const step = hasSubclusters ? 16 : 8;
  const used: UsedClusters = { data: [], packed: [] };
  for (let i = 0; i < entries.length / step; i++) {
    const high = entries.readUInt32BE(i * step);
    const low = entries.readUInt32BE(i * step + 4);
    const zeroBits = hasSubclusters ? entries.readUInt32BE(i * step + 8) : 0;
    const dataBits = hasSubclusters ? entries.readUInt32BE(i * step + 12) : 0;
    if (high === 0 && low === 0 && dataBits === 0) continue;
    const guest = slice.guestOffset + i * clusterBytes;
    const bad = (what: string): DamagedImageError =>
      new DamagedImageError(`“${source.name}”: the place of the cluster at ${guest} ${what}.`);

    if ((high & COMPRESSED) !== 0) {
      const { position, storedBytes } = packedPlace(high, low, clusterBytes);
      if (zeroBits !== 0 || dataBits !== 0) throw bad('is compressed and divided at once');
      if (position >= source.sizeBytes) throw new TruncatedImageError(`“${source.name}” ends before its data does.`);
      const last = Math.floor((Math.min(position + storedBytes, source.sizeBytes) - 1) / clusterBytes);
      for (let cluster = Math.floor(position / clusterBytes); cluster <= last; cluster++) {
        if (claims.tables.has(cluster) || claims.data.has(cluster)) throw bad('overlaps something else');
        claims.packed.claim(cluster);
        used.packed.push(cluster);
      }
      continue;
    }

    const position = positionOf(high, low);
    const zeroFlagFits = version === 3 && !hasSubclusters;
    if ((high & 0x3f00_0000) !== 0 || (low & (zeroFlagFits ? 0x1fe : 0x1ff)) !== 0) throw bad('sets bits it must not');
    if (position % clusterBytes !== 0) throw bad('is not the start of a cluster');
    if ((zeroBits & dataBits) !== 0) throw bad('is zero and stored at once');
    if (position === 0) {
      // Bit 63 says that nothing else shares the cluster, so there was one.
      if (dataBits !== 0 || high !== 0) throw bad('is missing');
      continue;
    }
    const parts = hasSubclusters ? SUBCLUSTERS - Math.clz32(dataBits) : SUBCLUSTERS;
    const inDisk = Math.max(0, Math.min(clusterBytes, virtualSizeBytes - guest));
    if (position + Math.min(inDisk, (parts * clusterBytes) / SUBCLUSTERS) > source.sizeBytes) {
      throw new TruncatedImageError(`“${source.name}” ends before its data does.`);
    }
    const cluster = position / clusterBytes;
    if (claims.tables.has(cluster) || claims.packed.has(cluster) || !claims.data.claim(cluster)) {
      throw bad('is used by something else as well');
    }
    used.data.push(cluster);
  }
  return used;
}

/**
 * The extents of a checked slice from the cluster at guest offset `from` on, clusters that continue each other
 * joined; the last may reach beyond the disk.
 */
export function* sliceExtents(
  slice: L2Slice,
  from: number,
  header: Qcow2Header,
  source: ByteSource,
): Generator<Extent, void, void> {
  const { clusterBytes, hasSubclusters } = header;
  if (hasSubclusters) {
    yield* dividedExtents(slice, from, header, source);
    return;
  }
  const { entries } = slice;
  const first = Math.floor((from - slice.guestOffset) / clusterBytes);
  for (let i = first * 8; i < entries.length;) {
    const high = entries.readUInt32BE(i);
    const low = entries.readUInt32BE(i + 4);
    const offset = slice.guestOffset + (i / 8) * clusterBytes;
    if ((high & COMPRESSED) !== 0) {
      yield packed(high, low, offset, header, source);
      i += 8;
      continue;
    }
    const position = positionOf(high, low);
    const kind = (low & 1) === 1 ? 'zero' : position === 0 ? 'hole' : 'data';
    const step = kind === 'data' ? clusterBytes : 0;
    let run = 1;
    for (i += 8; i < entries.length; i += 8, run++) {
      const nextHigh = entries.readUInt32BE(i);
      const nextLow = entries.readUInt32BE(i + 4);
      if ((nextHigh & COMPRESSED) !== 0) break;
      const next = positionOf(nextHigh, nextLow);
      const nextKind = (nextLow & 1) === 1 ? 'zero' : next === 0 ? 'hole' : 'data';
      if (nextKind !== kind || (kind === 'data' && next !== position + run * step)) break;
    }
    const length = run * clusterBytes;
    yield kind === 'data' ? { kind, offset, length, source, position } : { kind, offset, length };
  }
}

/** The same where each cluster has 32 parts of which some are stored, some zero, and the rest holes. */
function* dividedExtents(
  slice: L2Slice,
  from: number,
  header: Qcow2Header,
  source: ByteSource,
): Generator<Extent, void, void> {
  const { clusterBytes } = header;
  const partBytes = clusterBytes / SUBCLUSTERS;
  const { entries } = slice;
  const first = Math.floor((from - slice.guestOffset) / clusterBytes);
  for (let i = first * 16; i < entries.length; i += 16) {
    const high = entries.readUInt32BE(i);
    const low = entries.readUInt32BE(i + 4);
    const zeroBits = entries.readUInt32BE(i + 8);
    const dataBits = entries.readUInt32BE(i + 12);
    const start = slice.guestOffset + (i / 16) * clusterBytes;
    if ((high & COMPRESSED) !== 0) {
      yield packed(high, low, start, header, source);
      continue;
    }
    const kindOf = (part: number): 'zero' | 'data' | 'hole' =>
      ((zeroBits >>> part) & 1) === 1 ? 'zero' : ((dataBits >>> part) & 1) === 1 ? 'data' : 'hole';
    for (let part = 0; part < SUBCLUSTERS;) {
      const kind = kindOf(part);
      let run = 1;
      while (part + run < SUBCLUSTERS && kindOf(part + run) === kind) run++;
      const offset = start + part * partBytes;
      const length = run * partBytes;
      yield kind === 'data'
        ? { kind, offset, length, source, position: positionOf(high, low) + part * partBytes }
        : { kind, offset, length };
      part += run;
    }
  }
}

function packed(high: number, low: number, offset: number, header: Qcow2Header, source: ByteSource): Extent {
  const { clusterBytes, codec } = header;
  const { position, storedBytes } = packedPlace(high, low, clusterBytes);
  return {
    kind: 'packed',
    codec,
    offset,
    length: clusterBytes,
    source,
    position,
    storedBytes: Math.min(storedBytes, source.sizeBytes - position),
    unpackedBytes: clusterBytes,
    skipBytes: 0,
  };
}
