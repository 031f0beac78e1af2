/** The head of a VHDX file: who wrote it, and the newer of its two headers ([MS-VHDX] 2.2.1 and 2.2.2). */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, UnsupportedImageError } from '../errors.ts';
import { guid, isPart, isSealed, KiB, NO_GUID, u64, type Region } from './fields.ts';

export interface VhdxLog extends Region {
  /** Entries of another GUID are left over from earlier. */
  readonly guid: string;
}

export interface VhdxHeader {
  /** Changes whenever what the guest sees may have changed; a child names its parent by it. */
  readonly dataWriteGuid: string;
  /** The log that must be replayed before anything else is read; null where the file was closed cleanly. */
  readonly log: VhdxLog | null;
  /** Where the log is, in use or not. */
  readonly logRegion: Region;
  readonly warnings: readonly string[];
}

const HEADER_BYTES = 4 * KiB;
const HEADERS_AT = [64 * KiB, 128 * KiB] as const;

/**
 * @throws DamagedImageError when neither header is sound, or both claim to be the newer one.
 * @throws UnsupportedImageError for a version other than 1, or a log of a version other than 0.
 */
export async function readHeader(source: ByteSource, signal?: AbortSignal): Promise<VhdxHeader> {
  const both = await Promise.all(HEADERS_AT.map((at) => readBytes(source, at, HEADER_BYTES, signal)));
  const sound = both.filter((bytes) => bytes.toString('latin1', 0, 4) === 'head' && isSealed(bytes));
  const [first, second] = sound;
  if (first === undefined) throw new DamagedImageError(`Neither header of “${source.name}” passes its checksum.`);
  if (second === undefined) {
    return describe(source, first, ['One of the two headers is damaged; the other one was used.']);
  }
  const order = Buffer.compare(sequence(first), sequence(second));
  if (order === 0 && !first.equals(second)) {
    throw new DamagedImageError(`The two headers of “${source.name}” differ, and neither is the newer one.`);
  }
  return describe(source, order < 0 ? second : first, []);
}

/** Big endian, so that comparing bytes compares numbers. */
function sequence(header: Buffer): Buffer {
  return Buffer.from(header.subarray(8, 16)).reverse();
}

function describe(source: ByteSource, header: Buffer, warnings: readonly string[]): VhdxHeader {
  const version = header.readUInt16LE(66);
  if (version !== 1) {
    throw new UnsupportedImageError(
      `“${source.name}” is a VHDX of version ${version}; only version 1 is known.`,
      'Convert the disk on a Hyper-V host with Convert-VHD, and try again.',
    );
  }
  const dataWriteGuid = guid(header, 32);
  const logGuid = guid(header, 48);
  const logRegion: Region = { offset: u64(header, 72), length: header.readUInt32LE(68) };
  if (!isPart(logRegion)) {
    throw new DamagedImageError(
      `“${source.name}” has its log at ${logRegion.offset} with ${logRegion.length} bytes, which is no valid place.`,
    );
  }
  if (logGuid === NO_GUID) return { dataWriteGuid, log: null, logRegion, warnings };

  const logVersion = header.readUInt16LE(64);
  if (logVersion !== 0) {
    throw new UnsupportedImageError(
      `The log of “${source.name}” is of version ${logVersion}; only version 0 is known.`,
      'Start and shut down the VM, or mount the disk once on its Hyper-V host, so that the log is applied.',
    );
  }
  return { dataWriteGuid, log: { guid: logGuid, ...logRegion }, logRegion, warnings };
}

const CREATOR_BYTES = 512;

/** The program that the file type identifier names; null where it is silent. */
export async function readCreator(source: ByteSource, signal?: AbortSignal): Promise<string | null> {
  const identifier = await readBytes(source, 0, 8 + CREATOR_BYTES, signal);
  if (identifier.toString('latin1', 0, 8) !== 'vhdxfile') {
    throw new DamagedImageError(`“${source.name}” does not start as a VHDX file does.`);
  }
  return printable(new TextDecoder('utf-16le').decode(identifier.subarray(8)));
}

/** A name out of an image: up to its first NUL, without control characters that could play tricks on a terminal. */
function printable(text: string): string | null {
  const shown = (text.split('\0', 1)[0] ?? '').replaceAll(/\p{C}/gu, '').trim();
  return shown === '' ? null : shown;
}
