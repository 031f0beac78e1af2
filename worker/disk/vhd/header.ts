/** The header of a dynamic or differencing VHD: its block table and where its parent may be. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, LimitError, UnsupportedImageError } from '../errors.ts';
import { isSummed, SECTOR, type VhdFooter } from './footer.ts';

export interface VhdHeader {
  readonly offset: number;
  readonly tableOffset: number;
  /** Entries that the table has; the disk may need fewer. */
  readonly tableEntries: number;
  readonly blockBytes: number;
  /** Notation as in `VhdFooter.uniqueId`. */
  readonly parentId: string;
  /** Where the parent may be, in the order in which to look. */
  readonly parentNames: readonly string[];
}

export const HEADER_BYTES = 1024;
/** Programs write blocks of 2 MiB, seldom of 512 KiB; these bounds are far around both. */
const LEAST_BLOCK_BYTES = 4096;
const MOST_BLOCK_BYTES = 256 * 2 ** 20;
/** Twice what 2040 GiB in blocks of 512 KiB take; bounds the memory and the time for checking the table. */
const MOST_BLOCKS = 8 * 2 ** 20;

/**
 * @throws DamagedImageError when the header fails its checksum or contradicts the footer or the file.
 * @throws UnsupportedImageError for another version.
 * @throws LimitError for a table beyond what a disk of 2040 GiB needs.
 */
export async function readHeader(source: ByteSource, footer: VhdFooter, signal?: AbortSignal): Promise<VhdHeader> {
  const damaged = (what: string): DamagedImageError => new DamagedImageError(`The header of “${source.name}” ${what}.`);
  const offset = footer.headerOffset;
  if (offset % SECTOR !== 0 || offset + HEADER_BYTES > footer.bodyBytes) {
    throw damaged(`should be at ${offset}, which is no valid place`);
  }
  const header = await readBytes(source, offset, HEADER_BYTES, signal);
  if (header.toString('latin1', 0, 8) !== 'cxsparse' || !isSummed(header, 36)) throw damaged('fails its checksum');
  if (header.readUInt16BE(24) !== 1) {
    throw new UnsupportedImageError(
      `The header of “${source.name}” is of version ${header.readUInt16BE(24)}, which Guts does not know.`,
      'Convert the disk on a Hyper-V host with Convert-VHD, and try again.',
    );
  }

  const tableOffset = Number(header.readBigUInt64BE(16));
  const tableEntries = header.readUInt32BE(28);
  const blockBytes = header.readUInt32BE(32);
  const isPowerOfTwo = (blockBytes & (blockBytes - 1)) === 0;
  if (blockBytes < LEAST_BLOCK_BYTES || blockBytes > MOST_BLOCK_BYTES || !isPowerOfTwo) {
    throw damaged(`claims blocks of ${blockBytes} bytes`);
  }
  const needed = Math.ceil(footer.virtualSizeBytes / blockBytes);
  if (needed > MOST_BLOCKS)
    throw new LimitError(`“${source.name}” would have ${needed} blocks; at most ${MOST_BLOCKS} are read.`);
  if (needed > tableEntries) throw damaged(`has ${tableEntries} blocks, but the disk needs ${needed}`);
  if (tableOffset % SECTOR !== 0 || tableOffset + needed * 4 > footer.bodyBytes) {
    throw damaged(`puts the block table at ${tableOffset} with ${tableEntries} entries, which is no valid place`);
  }
  return {
    offset,
    tableOffset,
    tableEntries,
    blockBytes,
    parentId: header.toString('hex', 40, 56),
    parentNames: footer.kind === 'differencing' ? await namesOf(source, header, signal) : [],
  };
}

const LOCATORS = 8;
const LOCATOR_BYTES = 24;
const MOST_NAME_BYTES = 64 * 1024;

/** How the platforms write a parent's place, in the order in which they are tried. */
const PLATFORMS: readonly { readonly code: string; readonly decode: (bytes: Buffer) => string }[] = [
  { code: 'W2ru', decode: (bytes) => new TextDecoder('utf-16le').decode(bytes) },
  { code: 'W2ku', decode: (bytes) => new TextDecoder('utf-16le').decode(bytes) },
  { code: 'MacX', decode: fromFileUrl },
];

/** The locators' paths, then the bare name in the header. */
async function namesOf(source: ByteSource, header: Buffer, signal?: AbortSignal): Promise<string[]> {
  const found = new Map<string, Buffer>();
  for (let at = 576; at < 576 + LOCATORS * LOCATOR_BYTES; at += LOCATOR_BYTES) {
    const code = header.toString('latin1', at, at + 4);
    const length = header.readUInt32BE(at + 8);
    if (found.has(code) || length === 0 || !PLATFORMS.some((platform) => platform.code === code)) continue;
    if (length > MOST_NAME_BYTES) throw new LimitError(`“${source.name}” names its parent with ${length} bytes.`);
    found.set(code, await readBytes(source, Number(header.readBigUInt64BE(at + 16)), length, signal));
  }
  const names = PLATFORMS.flatMap(({ code, decode }) => {
    const bytes = found.get(code);
    return bytes === undefined ? [] : [decode(bytes)];
  });
  const bigEndian = Buffer.from(header.subarray(64, 576)).swap16();
  names.push(new TextDecoder('utf-16le').decode(bigEndian));
  return names.map((name) => name.split('\0', 1)[0] ?? '').filter((name) => name !== '');
}

/** `file://localhost/Disks/a%20b.vhd` as a path; empty where it is none. */
function fromFileUrl(bytes: Buffer): string {
  const text = bytes.toString('utf8').split('\0', 1)[0] ?? '';
  try {
    return decodeURIComponent(text.replace(/^file:\/\/[^/]*/i, ''));
  } catch {
    return ''; // A broken escape: the other places remain.
  }
}
