/** The head that each message of SMB 2 and 3 begins with ([MS-SMB2] 2.2.1). */
import { SmbMessageError } from './errors.ts';

export const HEADER_BYTES = 64;
export const SIGNATURE_AT = 48;
export const SIGNATURE_BYTES = 16;

export const command = {
  negotiate: 0,
  sessionSetup: 1,
  logoff: 2,
  treeConnect: 3,
  treeDisconnect: 4,
  create: 5,
  close: 6,
  read: 8,
  ioctl: 11,
} as const;
export type Command = (typeof command)[keyof typeof command];

const PROTOCOL = Buffer.from([0xfe, 0x53, 0x4d, 0x42]);
const flag = { fromServer: 0x1, async: 0x2, signed: 0x8 } as const;
/** Above these a number is no count of ours any more. */
const MOST_HIGH_HALF = 2 ** 20;

export interface RequestHeader {
  readonly command: Command;
  readonly creditCharge: number;
  readonly creditRequest: number;
  readonly messageId: number;
  readonly treeId: number;
  readonly sessionId: bigint;
  readonly isSigned: boolean;
}

export interface ReplyHeader {
  readonly command: number;
  readonly status: number;
  readonly credits: number;
  readonly messageId: number;
  readonly sessionId: bigint;
  readonly isAsync: boolean;
  readonly isSigned: boolean;
}

/** A whole message, with a signature of zeros. */
export function message(header: RequestHeader, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + body.length);
  bytes.set(PROTOCOL, 0);
  bytes.writeUInt16LE(HEADER_BYTES, 4);
  bytes.writeUInt16LE(header.creditCharge, 6);
  bytes.writeUInt16LE(header.command, 12);
  bytes.writeUInt16LE(header.creditRequest, 14);
  bytes.writeUInt32LE(header.isSigned ? flag.signed : 0, 16);
  bytes.writeBigUInt64LE(BigInt(header.messageId), 24);
  bytes.writeUInt32LE(header.treeId, 36);
  bytes.writeBigUInt64LE(header.sessionId, 40);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** @throws SmbMessageError where it is no single reply of this protocol */
export function parsedHeader(bytes: Buffer): ReplyHeader {
  if (bytes.length < HEADER_BYTES + 2) throw new SmbMessageError('it is cut short');
  if (!bytes.subarray(0, 4).equals(PROTOCOL)) throw new SmbMessageError('it does not begin as SMB 2 does');
  if (bytes.readUInt16LE(4) !== HEADER_BYTES) throw new SmbMessageError('its head has a wrong length');
  const flags = bytes.readUInt32LE(16);
  if ((flags & flag.fromServer) === 0) throw new SmbMessageError('it is no reply');
  if (bytes.readUInt32LE(20) !== 0) throw new SmbMessageError('it is several replies in one, which was not asked for');
  const high = bytes.readUInt32LE(28);
  if (high > MOST_HIGH_HALF) throw new SmbMessageError('it answers nothing that was asked');
  return {
    command: bytes.readUInt16LE(12),
    status: bytes.readUInt32LE(8),
    credits: bytes.readUInt16LE(14),
    messageId: high * 2 ** 32 + bytes.readUInt32LE(24),
    sessionId: bytes.readBigUInt64LE(40),
    isAsync: (flags & flag.async) !== 0,
    isSigned: (flags & flag.signed) !== 0,
  };
}

/** The id of the tree that a reply is of; replies that are not asynchronous alone have one. */
export const treeIdOf = (bytes: Buffer): number => bytes.readUInt32LE(36);

/**
 * Sees that a reply's body is of its kind, and long enough for its fixed part.
 * @param structure what the body says of its own size, which counts a first byte of what varies
 * @throws SmbMessageError
 */
export function mustBeBody(bytes: Buffer, structure: number, fixedBytes: number): void {
  if (bytes.length < HEADER_BYTES + fixedBytes) throw new SmbMessageError('it is cut short');
  if (bytes.readUInt16LE(HEADER_BYTES) !== structure) throw new SmbMessageError('its body is of another kind');
}

/** A part that a message points at. @throws SmbMessageError where it is not inside of the message, behind `from` */
export function part(bytes: Buffer, at: number, length: number, from: number): Buffer {
  if (length === 0) return bytes.subarray(0, 0);
  if (at < from || at + length > bytes.length) throw new SmbMessageError('a part of it lies outside of it');
  return bytes.subarray(at, at + length);
}

/** A number of 64 bits that counts bytes. @throws SmbMessageError where no file is that large */
export function byteCount(bytes: Buffer, at: number): number {
  const count = bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
  if (!Number.isSafeInteger(count)) throw new SmbMessageError('a number in it is larger than any file');
  return count;
}
