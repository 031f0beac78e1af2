/** Files of the simulated host as SMB shows them: opened for reading, described, read ([MS-SMB2] 2.2.14, 2.2.20, 2.2.32, 2.2.38). */
import { createHash } from 'node:crypto';
import type { DiskFile, FileContent } from '../disk-file.ts';
import { HEAD_BYTES, partOf, type Request } from './message.ts';
import { SmbStatus } from './status.ts';

export interface OpenFile {
  readonly id: bigint;
  /** As the host writes it, for faults. */
  readonly path: string;
  /** Null is a folder. */
  readonly content: FileContent | null;
  readonly file: DiskFile | null;
}

const EPOCH_MS = 11_644_473_600_000n;
const fileTime = (date: Date): bigint => (BigInt(date.getTime()) + EPOCH_MS) * 10_000n;
const CREATED = fileTime(new Date('2026-04-01T08:00:00Z'));
const FOLDER = 0x10;
const ARCHIVE = 0x20;
const CLUSTER = 4096;
const READ_ONLY_ACCESS = 0x0012_0089;
/** Data written or appended, attributes, deleting, owning, and the generic ways to say so. */
const WRITING = 0x2 | 0x4 | 0x10 | 0x100 | 0x1_0000 | 0x4_0000 | 0x8_0000 | 0x1000_0000 | 0x4000_0000;

export interface Wish {
  /** Within the share, with backslashes. */
  readonly path: string;
  readonly wantsFolder: boolean;
  readonly wantsFile: boolean;
}

/** @throws SmbStatus where it is to be written to, or made */
export function wishOf({ bytes }: Request): Wish {
  const access = bytes.readUInt32LE(HEAD_BYTES + 24);
  const disposition = bytes.readUInt32LE(HEAD_BYTES + 36);
  const options = bytes.readUInt32LE(HEAD_BYTES + 40);
  const path = partOf(bytes, bytes.readUInt16LE(HEAD_BYTES + 44), bytes.readUInt16LE(HEAD_BYTES + 46));
  if ((access & WRITING) !== 0 || disposition !== 1) throw new SmbStatus('ACCESS_DENIED');
  return {
    path: path.toString('utf16le').replaceAll('/', '\\').replace(/^\\/, ''),
    wantsFolder: (options & 1) !== 0,
    wantsFile: (options & 0x40) !== 0,
  };
}

/** The 40 bytes of times and attributes, and the sizes, as three answers have them. */
function describe({ content, file }: OpenFile) {
  const sizeBytes = BigInt(content?.sizeBytes ?? 0);
  const times = Buffer.alloc(32);
  const written = fileTime(file?.writtenAt ?? new Date('2026-04-01T08:00:00Z'));
  for (const [n, time] of [CREATED, written, written, written].entries()) times.writeBigUInt64LE(time, n * 8);
  const allocated = BigInt(Math.ceil(Number(sizeBytes) / CLUSTER) * CLUSTER);
  return { times, sizeBytes, allocated, attributes: content === null ? FOLDER : ARCHIVE };
}

export function createReply(open: OpenFile): Buffer {
  const { times, sizeBytes, allocated, attributes } = describe(open);
  const body = Buffer.alloc(88);
  body.writeUInt16LE(89, 0);
  body.writeUInt32LE(1, 4); // it was there, and was opened
  body.set(times, 8);
  body.writeBigUInt64LE(allocated, 40);
  body.writeBigUInt64LE(sizeBytes, 48);
  body.writeUInt32LE(attributes, 56);
  body.set(fileId(open), 64);
  return body;
}

export function fileId({ id }: OpenFile): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(id, 0);
  bytes.writeBigUInt64LE(id, 8);
  return bytes;
}

export function closeReply(): Buffer {
  const body = Buffer.alloc(60);
  body.writeUInt16LE(60, 0);
  return body;
}

/** @throws SmbStatus where it is asked for something that is not known here */
export function infoReply({ bytes }: Request, open: OpenFile): Buffer {
  const [kind, what, room] = [bytes[HEAD_BYTES + 2], bytes[HEAD_BYTES + 3], bytes.readUInt32LE(HEAD_BYTES + 4)];
  const info = kind === 1 ? fileInfo(what ?? 0, open) : kind === 2 ? volumeInfo(what ?? 0) : null;
  if (info === null) throw new SmbStatus('NOT_SUPPORTED');
  if (info.length > room) throw new SmbStatus('INFO_LENGTH_MISMATCH');
  const head = Buffer.alloc(8);
  head.writeUInt16LE(9, 0);
  head.writeUInt16LE(HEAD_BYTES + 8, 2);
  head.writeUInt32LE(info.length, 4);
  return Buffer.concat([head, info]);
}

function fileInfo(what: number, open: OpenFile): Buffer | null {
  const { times, sizeBytes, allocated, attributes } = describe(open);
  const basic = Buffer.alloc(40);
  basic.set(times, 0);
  basic.writeUInt32LE(attributes, 32);
  const standard = Buffer.alloc(24);
  standard.writeBigUInt64LE(allocated, 0);
  standard.writeBigUInt64LE(sizeBytes, 8);
  standard.writeUInt32LE(1, 16);
  standard.writeUInt8(open.content === null ? 1 : 0, 21);
  const internal = createHash('sha256').update(open.path.toLowerCase()).digest().subarray(0, 8);
  if (what === 4) return basic;
  if (what === 5) return standard;
  if (what === 6) return internal;
  const network = Buffer.alloc(56);
  network.set(times, 0);
  network.writeBigUInt64LE(allocated, 32);
  network.writeBigUInt64LE(sizeBytes, 40);
  network.writeUInt32LE(attributes, 48);
  if (what === 34) return network;
  if (what !== 18) return null;
  const rest = Buffer.alloc(28);
  rest.writeUInt32LE(READ_ONLY_ACCESS, 4);
  const name = Buffer.from(open.path.slice(2), 'utf16le');
  rest.writeUInt32LE(name.length, 24);
  return Buffer.concat([basic, standard, internal, rest, name]);
}

/** Sizes of the volume; what file system it has. */
function volumeInfo(what: number): Buffer | null {
  if (what === 3) {
    const size = Buffer.alloc(24);
    size.writeBigUInt64LE(2n ** 29n, 0);
    size.writeBigUInt64LE(2n ** 28n, 8);
    size.writeUInt32LE(8, 16);
    size.writeUInt32LE(512, 20);
    return size;
  }
  if (what !== 5) return null;
  const head = Buffer.alloc(12);
  head.writeUInt32LE(0x0000_002f, 0);
  head.writeUInt32LE(255, 4);
  head.writeUInt32LE(8, 8);
  return Buffer.concat([head, Buffer.from('NTFS', 'utf16le')]);
}

/** @throws SmbStatus behind the end */
export async function readReply({ bytes, charge }: Request, { content }: OpenFile): Promise<Buffer> {
  const length = bytes.readUInt32LE(HEAD_BYTES + 4);
  const position = Number(bytes.readBigUInt64LE(HEAD_BYTES + 8));
  const least = bytes.readUInt32LE(HEAD_BYTES + 32);
  if (content === null) throw new SmbStatus('INVALID_DEVICE_REQUEST');
  if (length > 1024 * 1024 || Math.ceil(length / 65_536) > charge) throw new SmbStatus('INVALID_PARAMETER');
  const there = Math.min(length, content.sizeBytes - position);
  if (there < Math.max(least, length === 0 ? 0 : 1)) throw new SmbStatus('END_OF_FILE');
  const body = Buffer.alloc(16 + there);
  body.writeUInt16LE(17, 0);
  body.writeUInt8(HEAD_BYTES + 16, 2);
  body.writeUInt32LE(there, 4);
  await content.read(body.subarray(16), position);
  return body;
}
