/** What is asked of a signed-in server, as bytes, and what it answers ([MS-SMB2] 2.2.9 to 2.2.32). */
import type { Span } from '../../../disk/image.ts';
import { SmbMessageError } from './errors.ts';
import { byteCount, HEADER_BYTES, mustBeBody, part } from './header.ts';

const GENERIC_READ = 0x80000000;
const SHARE_ALL = 7;
const OPEN = 1;
const NO_DIRECTORY = 0x40;
const IMPERSONATION = 2;
const DISK_SHARE = 1;
const SHARE_ENCRYPTED = 0x8000;
const IS_FSCTL = 1;
const DIRECTORY = 0x10;
/** Behind the head of the message and of the reply: where data begins, without anything between. */
const READ_DATA_AT = HEADER_BYTES + 16;
const ON_DISK_ID = Buffer.from('QFid', 'latin1');
const MOST_CONTEXTS = 16;

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

export function treeConnectBody(path: string): Buffer {
  const name = utf16(path);
  const body = Buffer.alloc(8);
  body.writeUInt16LE(9, 0);
  body.writeUInt16LE(HEADER_BYTES + body.length, 4);
  body.writeUInt16LE(name.length, 6);
  return Buffer.concat([body, name]);
}

/** @returns whether all of the share is encrypted. @throws SmbMessageError */
export function parsedTree(message: Buffer): { readonly isDisk: boolean; readonly isSealed: boolean } {
  mustBeBody(message, 16, 16);
  return {
    isDisk: message[HEADER_BYTES + 2] === DISK_SHARE,
    isSealed: (message.readUInt32LE(HEADER_BYTES + 4) & SHARE_ENCRYPTED) !== 0,
  };
}

/** Opens what is there, to read, beside whoever reads or writes. */
export function createBody(path: string): Buffer {
  const name = utf16(path);
  const fixed = Buffer.alloc(56);
  fixed.writeUInt16LE(57, 0);
  fixed.writeUInt32LE(IMPERSONATION, 4);
  fixed.writeUInt32LE(GENERIC_READ, 24);
  fixed.writeUInt32LE(SHARE_ALL, 32);
  fixed.writeUInt32LE(OPEN, 36);
  fixed.writeUInt32LE(NO_DIRECTORY, 40);
  fixed.writeUInt16LE(HEADER_BYTES + fixed.length, 44);
  fixed.writeUInt16LE(name.length, 46);
  const padding = Buffer.alloc(-(fixed.length + name.length) & 7);
  const asked = Buffer.alloc(24);
  asked.writeUInt16LE(16, 4);
  asked.writeUInt16LE(ON_DISK_ID.length, 6);
  asked.set(ON_DISK_ID, 16);
  fixed.writeUInt32LE(HEADER_BYTES + fixed.length + name.length + padding.length, 48);
  fixed.writeUInt32LE(asked.length, 52);
  return Buffer.concat([fixed, name, padding, asked]);
}

export interface OpenedFile {
  /** 16 bytes. */
  readonly fileId: Buffer;
  readonly sizeBytes: number;
  /** In units of 100 ns since 1601. */
  readonly createdAt: bigint;
  readonly writtenAt: bigint;
  /** What the file is on its volume, whatever its name; null where the server does not say. */
  readonly onDiskId: string | null;
}

/** @throws SmbMessageError */
export function parsedCreate(message: Buffer): OpenedFile {
  mustBeBody(message, 89, 88);
  const at = HEADER_BYTES;
  if ((message.readUInt32LE(at + 56) & DIRECTORY) !== 0) throw new SmbMessageError('it opens a folder for a file');
  return {
    fileId: Buffer.from(message.subarray(at + 64, at + 80)),
    sizeBytes: byteCount(message, at + 48),
    createdAt: message.readBigUInt64LE(at + 8),
    writtenAt: message.readBigUInt64LE(at + 24),
    onDiskId: onDiskId(part(message, message.readUInt32LE(at + 80), message.readUInt32LE(at + 84), at + 88)),
  };
}

/** Out of the list of what a server adds ([MS-SMB2] 2.2.13.2). */
function onDiskId(contexts: Buffer): string | null {
  for (let at = 0, count = 0; at < contexts.length; count++) {
    if (count === MOST_CONTEXTS) throw new SmbMessageError('it adds things without end');
    const head = part(contexts, at, 16, 0);
    const one = contexts.subarray(at);
    const name = part(one, head.readUInt16LE(4), head.readUInt16LE(6), 16);
    const data = part(one, head.readUInt16LE(10), head.readUInt32LE(12), 16);
    if (name.equals(ON_DISK_ID) && data.length === 32) return data.toString('hex');
    const next = head.readUInt32LE(0);
    if (next === 0) return null;
    if (next < 16) throw new SmbMessageError('it adds things that overlap');
    at += next;
  }
  return null;
}

export function readBody(fileId: Buffer, position: number, length: number): Buffer {
  const body = Buffer.alloc(49);
  body.writeUInt16LE(49, 0);
  body[2] = READ_DATA_AT;
  body.writeUInt32LE(length, 4);
  body.writeBigUInt64LE(BigInt(position), 8);
  body.set(fileId, 16);
  return body;
}

/** The bytes that were read, in `message` itself. @throws SmbMessageError where there are more than `most` */
export function parsedRead(message: Buffer, most: number): Buffer {
  mustBeBody(message, 17, 16);
  const at = message[HEADER_BYTES + 2] ?? 0;
  const length = message.readUInt32LE(HEADER_BYTES + 4);
  if (length > most) throw new SmbMessageError('it has more bytes than were asked for');
  return part(message, at, length, HEADER_BYTES + 16);
}

export const fsctl = { queryAllocatedRanges: 0x940cf, validateNegotiate: 0x140204 } as const;
/** Of no file: for what is asked of the connection. */
export const NO_FILE = Buffer.alloc(16, 0xff);

export function ioctlBody(code: number, fileId: Buffer, input: Buffer, mostOutputBytes: number): Buffer {
  const fixed = Buffer.alloc(56);
  fixed.writeUInt16LE(57, 0);
  fixed.writeUInt32LE(code, 4);
  fixed.set(fileId, 8);
  fixed.writeUInt32LE(HEADER_BYTES + fixed.length, 24);
  fixed.writeUInt32LE(input.length, 28);
  fixed.writeUInt32LE(mostOutputBytes, 44);
  fixed.writeUInt32LE(IS_FSCTL, 48);
  return Buffer.concat([fixed, input]);
}

/** @throws SmbMessageError */
export function parsedIoctl(message: Buffer, code: number, mostOutputBytes: number): Buffer {
  mustBeBody(message, 49, 48);
  if (message.readUInt32LE(HEADER_BYTES + 4) !== code) throw new SmbMessageError('it answers another question');
  const length = message.readUInt32LE(HEADER_BYTES + 36);
  if (length > mostOutputBytes) throw new SmbMessageError('it has more bytes than were asked for');
  return part(message, message.readUInt32LE(HEADER_BYTES + 32), length, HEADER_BYTES + 48);
}

export function spanBytes({ offset, length }: Span): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt(offset), 0);
  bytes.writeBigUInt64LE(BigInt(length), 8);
  return bytes;
}

/** In order, not empty, and not overlapping. @throws SmbMessageError */
export function parsedSpans(bytes: Buffer): Span[] {
  if (bytes.length % 16 !== 0) throw new SmbMessageError('its list of ranges is cut short');
  const spans: Span[] = [];
  let end = 0;
  for (let at = 0; at < bytes.length; at += 16) {
    const span = { offset: byteCount(bytes, at), length: byteCount(bytes, at + 8) };
    if (span.offset < end || span.length === 0) throw new SmbMessageError('its list of ranges is not in order');
    end = span.offset + span.length;
    spans.push(span);
  }
  return spans;
}

export function closeBody(fileId: Buffer): Buffer {
  const body = Buffer.alloc(24);
  body.writeUInt16LE(24, 0);
  body.set(fileId, 8);
  return body;
}

/** Of a request that says nothing but its name. */
export const emptyBody = (): Buffer => Buffer.from([4, 0, 0, 0]);
