/** The footer of a VHD (Virtual Hard Disk Image Format Specification, 2006): what kind of disk it is, how large, written by whom. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, LimitError, TruncatedImageError, UnsupportedImageError } from '../errors.ts';

export const SECTOR = 512;
const GiB = 2 ** 30;
const MOST_DISK_BYTES = 2040 * GiB;

export interface VhdFooter {
  readonly kind: 'fixed' | 'dynamic' | 'differencing';
  readonly virtualSizeBytes: number;
  /** 32 hexadecimal digits in lower case; a child names its parent by them. */
  readonly uniqueId: string;
  /** Four characters such as `win`, `vpc`, `qemu`; null where they are blank. */
  readonly creator: string | null;
  /** Where the header of a dynamic or differencing disk is. */
  readonly headerOffset: number;
  /** The bytes of the file ahead of its last footer; all of them where that footer is missing. */
  readonly bodyBytes: number;
  readonly warnings: readonly string[];
}

const KINDS: ReadonlyMap<number, VhdFooter['kind']> = new Map([
  [2, 'fixed'],
  [3, 'dynamic'],
  [4, 'differencing'],
]);

/** These show the guest whole cylinders only, and write a size that may be larger; every other program goes by the size. */
const SIZED_BY_GEOMETRY: readonly string[] = ['vpc', 'qemu'];
/** The largest geometry: a larger disk has it as well, so that it says nothing about the size. */
const MOST_GEOMETRY_SECTORS = 65_535 * 16 * 255;

/**
 * The footer at the end of the file, or its copy at the start where the end is damaged or missing.
 * @throws DamagedImageError when neither is sound.
 * @throws UnsupportedImageError for another version or a disk type that was never specified.
 * @throws LimitError for a disk beyond 2040 GiB.
 */
export async function readFooter(source: ByteSource, signal?: AbortSignal): Promise<VhdFooter> {
  if (source.sizeBytes < SECTOR) throw new TruncatedImageError(`“${source.name}” is too short for a VHD.`);
  const end = await readBytes(source, source.sizeBytes - SECTOR, SECTOR, signal);
  const start = await readBytes(source, 0, SECTOR, signal);
  // Virtual PC before 2004 wrote footers of 511 bytes: the last, reserved byte is missing.
  const short = Buffer.concat([end.subarray(1), Buffer.alloc(1)]);
  const copy = isSound(start) && kindOf(start) !== 'fixed' ? start : null;
  if (isSound(end)) return withCopy(describe(source, end, source.sizeBytes - SECTOR), end, copy);
  if (isSound(short)) return withCopy(describe(source, short, source.sizeBytes - SECTOR + 1), short, copy);
  if (copy === null) throw new DamagedImageError(`The footer of “${source.name}” is missing or fails its checksum.`);
  return withWarning(
    describe(source, copy, source.sizeBytes),
    'The footer at the end is damaged or missing; its copy was used.',
  );
}

/** What the copy at the start adds; a fixed disk has none, whatever its guest wrote there. */
function withCopy(described: VhdFooter, footer: Buffer, copy: Buffer | null): VhdFooter {
  if (described.kind === 'fixed') return described;
  if (copy === null)
    return withWarning(described, 'The copy of the footer at the start is damaged; the one at the end was used.');
  return copy.equals(footer)
    ? described
    : withWarning(described, 'The two footers differ; the one at the end was used.');
}

function withWarning(footer: VhdFooter, warning: string): VhdFooter {
  return { ...footer, warnings: [...footer.warnings, warning] };
}

function isSound(footer: Buffer): boolean {
  return footer.toString('latin1', 0, 8) === 'conectix' && isSummed(footer, 64);
}

/** Whether the field at `at` is the ones' complement of the sum of all other bytes. */
export function isSummed(bytes: Buffer, at: number): boolean {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  for (const byte of bytes.subarray(at, at + 4)) sum -= byte;
  return ~sum >>> 0 === bytes.readUInt32BE(at);
}

function kindOf(footer: Buffer): VhdFooter['kind'] | undefined {
  return KINDS.get(footer.readUInt32BE(60));
}

function describe(source: ByteSource, footer: Buffer, bodyBytes: number): VhdFooter {
  const major = footer.readUInt16BE(12);
  const kind = kindOf(footer);
  if (major !== 1 || kind === undefined) {
    const what = major !== 1 ? `of version ${major}` : `of type ${footer.readUInt32BE(60)}`;
    throw new UnsupportedImageError(
      `“${source.name}” is a VHD ${what}, which Guts does not know.`,
      'Convert the disk on a Hyper-V host with Convert-VHD, and try again.',
    );
  }
  const warnings: string[] = [];
  if (footer.readUInt8(84) !== 0)
    warnings.push('The VM that this disk belongs to was in saved state; what it held in memory is not on the disk.');
  const creator = footer
    .toString('latin1', 28, 32)
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim();
  return {
    kind,
    virtualSizeBytes: sizeOf(source, footer, creator, warnings),
    uniqueId: footer.toString('hex', 68, 84),
    creator: creator === '' ? null : creator,
    headerOffset: Number(footer.readBigUInt64BE(16)),
    bodyBytes,
    warnings,
  };
}

/** The size that the guest saw: the one that is written, or for Virtual PC the whole cylinders in it. */
function sizeOf(source: ByteSource, footer: Buffer, creator: string, warnings: string[]): number {
  const written = Number(footer.readBigUInt64BE(48));
  if (written > MOST_DISK_BYTES) {
    throw new LimitError(`“${source.name}” claims a disk of ${written} bytes; a VHD has at most 2040 GiB.`);
  }
  if (written === 0 || written % SECTOR !== 0) {
    throw new DamagedImageError(
      `“${source.name}” claims a disk of ${written} bytes, which is not a number of whole sectors.`,
    );
  }
  const sectors = footer.readUInt16BE(56) * footer.readUInt8(58) * footer.readUInt8(59);
  const byGeometry = sectors * SECTOR;
  const goesByGeometry = SIZED_BY_GEOMETRY.includes(creator) && sectors > 0 && sectors < MOST_GEOMETRY_SECTORS;
  if (!goesByGeometry || byGeometry >= written) return written;
  warnings.push(
    `The disk ends with its last whole cylinder, as its guest saw it; ${written - byGeometry} bytes behind it are left out.`,
  );
  return byGeometry;
}
