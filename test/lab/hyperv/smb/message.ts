/** SMB 2 messages as the server reads and writes them ([MS-SMB2] 2.2.1): the head, and what stands behind it. */

export const HEAD_BYTES = 64;
export const SIGNATURE_AT = 48;

export const commands = {
  0: 'NEGOTIATE',
  1: 'SESSION_SETUP',
  2: 'LOGOFF',
  3: 'TREE_CONNECT',
  4: 'TREE_DISCONNECT',
  5: 'CREATE',
  6: 'CLOSE',
  8: 'READ',
  11: 'IOCTL',
  13: 'ECHO',
  16: 'QUERY_INFO',
} as const;
export type CommandName = (typeof commands)[keyof typeof commands];

export const flag = { reply: 1, async: 2, related: 4, signed: 8 } as const;

export interface Request {
  /** The message as it came, head and all. */
  readonly bytes: Buffer;
  /** Null where this server does not know it. */
  readonly command: CommandName | null;
  readonly number: number;
  readonly charge: number;
  readonly credits: number;
  readonly flags: number;
  readonly messageId: bigint;
  readonly treeId: number;
  readonly sessionId: bigint;
  readonly wasSealed: boolean;
}

/** All the messages in a frame; several are behind one another. @throws RangeError where it is none */
export function requestsIn(frame: Buffer, wasSealed: boolean): Request[] {
  const requests: Request[] = [];
  for (let at = 0; ;) {
    const next = frame.length >= at + HEAD_BYTES ? frame.readUInt32LE(at + 20) : 0;
    const bytes = frame.subarray(at, next === 0 ? frame.length : at + next);
    if (bytes.length < HEAD_BYTES + 2 || bytes.readUInt32BE(0) !== 0xfe53_4d42) throw new RangeError('no SMB 2');
    const number = bytes.readUInt16LE(12);
    requests.push({
      bytes,
      command: Object.hasOwn(commands, number) ? commands[number as keyof typeof commands] : null, // it is one of its keys
      number,
      charge: Math.max(1, bytes.readUInt16LE(6)),
      credits: bytes.readUInt16LE(14),
      flags: bytes.readUInt32LE(16),
      messageId: bytes.readBigUInt64LE(24),
      treeId: bytes.readUInt32LE(36),
      sessionId: bytes.readBigUInt64LE(40),
      wasSealed,
    });
    if (next === 0) return requests;
    at += next;
  }
}

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
  readonly treeId?: number;
  readonly sessionId?: bigint;
}

/** With a signature of zeros. @param asyncId of a reply that was put off */
export function replyBytes(request: Request, reply: Reply, credits: number, asyncId: bigint | null): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + reply.body.length);
  bytes.writeUInt32BE(0xfe53_4d42, 0);
  bytes.writeUInt16LE(HEAD_BYTES, 4);
  bytes.writeUInt16LE(request.charge, 6);
  bytes.writeUInt32LE(reply.status, 8);
  bytes.writeUInt16LE(request.number, 12);
  bytes.writeUInt16LE(credits, 14);
  bytes.writeUInt32LE(flag.reply | (asyncId === null ? 0 : flag.async), 16);
  bytes.writeBigUInt64LE(request.messageId, 24);
  if (asyncId === null) bytes.writeUInt32LE(reply.treeId ?? request.treeId, 36);
  else bytes.writeBigUInt64LE(asyncId, 32);
  bytes.writeBigUInt64LE(reply.sessionId ?? request.sessionId, 40);
  bytes.set(reply.body, HEAD_BYTES);
  return bytes;
}

export function errorBody(): Buffer {
  const body = Buffer.alloc(9);
  body.writeUInt16LE(9, 0);
  return body;
}

/** A part of a request whose offset and length stand in its body. @throws RangeError where it is outside */
export function partOf(bytes: Buffer, offset: number, length: number): Buffer {
  if (length > 0 && (offset < HEAD_BYTES || offset + length > bytes.length)) throw new RangeError('outside of it');
  return bytes.subarray(offset, offset + length);
}
