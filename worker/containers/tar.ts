/** Walks a tar archive (POSIX ustar, pax and GNU long names) and says where each member's bytes stand, without unpacking. */
import { readBytes, type ByteSource } from '../disk/bytes.ts';
import {
  ContainerLimitError,
  DamagedContainerError,
  TruncatedContainerError,
  UnsupportedContainerError,
} from './errors.ts';
import { known } from './hardware.ts';
import { safeName } from './names.ts';

export interface TarMember {
  readonly name: string;
  /** Where the member's bytes begin in the archive. */
  readonly start: number;
  readonly sizeBytes: number;
}

const BLOCK = 512;
const MOST_HEADERS = 20_000;
const MOST_EXTENSION_BYTES = 64 * 1024;

/** What pax records and GNU long-name headers say about the member that follows them. */
interface Announced {
  name?: string;
  sizeBytes?: number;
}

/**
 * The regular files of the archive in order. Directories are passed over; links, devices, sparse members, volumes of a
 * split archive, names that lead elsewhere and names given twice are refused, for an OVA has none of them.
 * @see IEEE Std 1003.1 “pax Interchange Format”, and the GNU tar manual for types `L` and `K` and base-256 numbers.
 * @throws GutsError `container.*`
 */
export async function* tarMembers(source: ByteSource, signal?: AbortSignal): AsyncGenerator<TarMember, void, void> {
  const seen = new Set<string>();
  let announced: Announced = {};
  let at = 0;
  for (let headers = 0; at < source.sizeBytes; headers++) {
    if (headers >= MOST_HEADERS)
      throw new ContainerLimitError(`“${source.name}” has more than ${MOST_HEADERS} tar headers.`);
    if (at + BLOCK > source.sizeBytes)
      throw new TruncatedContainerError(`“${source.name}” ends inside the tar header at ${at}.`);
    const header = await readBytes(source, at, BLOCK, signal);
    if (header.every((byte) => byte === 0)) return;
    verifyChecksum(header, source.name, at);

    const type = header.toString('latin1', 156, 157);
    const isExtension = /[xgLK]/.test(type);
    const sizeBytes = (isExtension ? undefined : announced.sizeBytes) ?? numberField(header, 124, 12, source.name, at);
    const start = at + BLOCK;
    if (sizeBytes > source.sizeBytes - start) {
      throw new TruncatedContainerError(
        `“${source.name}” ends inside the member at ${at}: ${sizeBytes} bytes are due, ${source.sizeBytes - start} are there.`,
      );
    }
    at = start + Math.ceil(sizeBytes / BLOCK) * BLOCK;

    if (isExtension) {
      if (sizeBytes > MOST_EXTENSION_BYTES) {
        throw new ContainerLimitError(`“${source.name}” has a tar extension header of ${sizeBytes} bytes.`);
      }
      const body = await readBytes(source, start, sizeBytes, signal);
      if (type === 'L') announced.name = textField(body, 0, body.length);
      else if (type !== 'K') announced = { ...announced, ...paxRecords(body, source.name, type === 'g') };
      continue;
    }
    const name = announced.name ?? headerName(header);
    announced = {};
    if (type === '5' || (type === '\0' && name.endsWith('/'))) continue;
    refuseOddType(type, name, source.name);
    const safe = safeName(name, source.name);
    if (seen.has(safe)) throw new DamagedContainerError(`“${source.name}” holds “${safe}” twice.`);
    seen.add(safe);
    yield { name: safe, start, sizeBytes };
  }
  if (announced.name !== undefined || announced.sizeBytes !== undefined || source.sizeBytes === 0) {
    throw new TruncatedContainerError(`“${source.name}” ends where a tar header is due.`);
  }
}

/**
 * Whether a file that begins with `head` is a tar archive: the first header's checksum is right, and the magic is there or,
 * for tar as it was before POSIX, the name of a file that OVAs hold.
 */
export function looksLikeTar(head: Uint8Array): boolean {
  if (head.length < BLOCK) return false;
  const header = Buffer.from(head.buffer, head.byteOffset, BLOCK);
  const isTar =
    header.toString('latin1', 257, 262) === 'ustar' || /\.(ovf|mf|cert|vmdk)$/i.test(textField(header, 0, 100));
  return isTar && checksumHolds(header);
}

function checksumHolds(header: Buffer): boolean {
  let unsigned = 8 * 0x20; // the checksum's own eight bytes count as blanks
  let signed = unsigned; // what some old programs summed
  for (let i = 0; i < BLOCK; i++) {
    if (i >= 148 && i < 156) continue;
    unsigned += header.readUInt8(i);
    signed += header.readInt8(i);
  }
  const told = octal(textField(header, 148, 8));
  return told === unsigned || told === signed;
}

function verifyChecksum(header: Buffer, archive: string, at: number): void {
  if (!checksumHolds(header))
    throw new DamagedContainerError(`The tar header at ${at} of “${archive}” fails its checksum.`);
}

/** Undefined where the text is no octal number. */
function octal(text: string): number | undefined {
  const digits = text.trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** A numeric field: octal digits, or big-endian two's complement behind a set top bit (GNU, for more than 8 GiB). */
function numberField(header: Buffer, from: number, length: number, archive: string, at: number): number {
  const first = header.readUInt8(from);
  let value: number | undefined;
  if ((first & 0x80) === 0) value = octal(textField(header, from, length));
  else if (first === 0x80) {
    value = 0;
    for (let i = 1; i < length; i++) value = value * 256 + header.readUInt8(from + i);
  }
  if (value === undefined || !Number.isSafeInteger(value)) {
    throw new DamagedContainerError(`The tar header at ${at} of “${archive}” has no valid size.`);
  }
  return value;
}

/** The text up to the first zero byte; Latin-1 where it is not UTF-8. */
function textField(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  const text = end === -1 ? field : field.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    return text.toString('latin1');
  }
}

function headerName(header: Buffer): string {
  const name = textField(header, 0, 100);
  // GNU archives (“ustar” and two blanks) keep other things where POSIX has the prefix.
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textField(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The records of a pax header, each “LENGTH KEY=VALUE” and a line feed. Global ones may only say what does not matter here. */
function paxRecords(body: Buffer, archive: string, isGlobal: boolean): Announced {
  const told: Announced = {};
  for (let at = 0; at < body.length;) {
    const blank = body.indexOf(0x20, at);
    const digits = blank === -1 ? '' : body.toString('latin1', at, Math.min(blank, at + 8));
    const length = /^[1-9][0-9]*$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    if (length === 0 || end <= blank + 1 || end > body.length || body[end - 1] !== 0x0a) {
      throw new DamagedContainerError(`A pax header of “${archive}” has a record of a wrong length.`);
    }
    const record = body.toString('utf8', blank + 1, end - 1);
    const equals = record.indexOf('=');
    const key = record.slice(0, Math.max(0, equals));
    const value = record.slice(equals + 1);
    at = end;
    if (key.startsWith('GNU.sparse')) throw oddMember('a sparse file', archive);
    if (key !== 'path' && key !== 'size') continue;
    if (isGlobal) throw new DamagedContainerError(`“${archive}” gives all of its members the same ${key}.`);
    if (key === 'path') told.name = value;
    else {
      const size = /^[0-9]{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (!Number.isSafeInteger(size))
        throw new DamagedContainerError(`A pax header of “${archive}” has the size “${value}”.`);
      told.sizeBytes = size;
    }
  }
  return told;
}

const ODD_TYPES: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a named pipe',
  S: 'a sparse file',
  M: 'the rest of a split file',
};

function refuseOddType(type: string, name: string, archive: string): void {
  if (type === '0' || type === '\0' || type === '7') return;
  throw oddMember(`${known(ODD_TYPES, type) ?? `of type “${type}”`} (“${name}”)`, archive);
}

function oddMember(what: string, archive: string): UnsupportedContainerError {
  return new UnsupportedContainerError(
    `A member of “${archive}” is ${what}; an OVA holds plain files only.`,
    'Pack the files again with a plain tar (ustar) and without links or sparse files.',
  );
}
