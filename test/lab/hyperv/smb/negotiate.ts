/** What an SMB server and its client agree on first ([MS-SMB2] 2.2.3, 2.2.4). */
import { randomBytes } from 'node:crypto';
import type { Dialect, SealBy, SignBy } from './keys.ts';
import { HEAD_BYTES, partOf, type Request } from './message.ts';
import { offer } from './spnego.ts';
import { SmbStatus } from './status.ts';

const CONTEXT = { preauth: 1, encryption: 2, signing: 8 } as const;
const GCM_128 = 2;
const SIGNING: Readonly<Record<number, SignBy>> = { 1: 'cmac', 2: 'gmac' };
const SIGNING_REQUIRED = 3;
export const MOST_BYTES = 1024 * 1024;
/** Large reads, encryption where the dialect says it here. */
const LARGE = 0x4;
const ENCRYPTION = 0x40;
const TOKEN_AT = HEAD_BYTES + 64;
const EPOCH_MS = 11_644_473_600_000n;

export interface Agreed {
  readonly dialect: Dialect;
  readonly signBy: SignBy;
  /** Null where the client does not encrypt. */
  readonly sealBy: SealBy | null;
  /** As the client said it; asked for again, signed, by 3.0.2. */
  readonly client: {
    readonly capabilities: number;
    readonly guid: Buffer;
    readonly mode: number;
    readonly dialects: number[];
  };
}

export interface NegotiateOptions {
  readonly dialect: Dialect;
  readonly guid: Buffer;
}

/** @throws SmbStatus where there is nothing that both speak */
export function agreedOn({ bytes }: Request, { dialect }: NegotiateOptions): Agreed {
  const count = bytes.readUInt16LE(HEAD_BYTES + 2);
  const client = {
    mode: bytes.readUInt16LE(HEAD_BYTES + 4),
    capabilities: bytes.readUInt32LE(HEAD_BYTES + 8),
    guid: bytes.subarray(HEAD_BYTES + 12, HEAD_BYTES + 28),
    dialects: Array.from({ length: count }, (_, n) => bytes.readUInt16LE(HEAD_BYTES + 36 + 2 * n)),
  };
  if (!client.dialects.includes(dialect)) throw new SmbStatus('NOT_SUPPORTED');
  if (dialect === 0x302) {
    const sealBy = (client.capabilities & ENCRYPTION) === 0 ? null : 'aes-128-ccm';
    return { dialect, signBy: 'cmac', sealBy, client };
  }
  const contexts = contextsOf(bytes);
  if (!contexts.has(CONTEXT.preauth)) throw new SmbStatus('INVALID_PARAMETER');
  const ciphers = numbersIn(contexts.get(CONTEXT.encryption));
  const signings = numbersIn(contexts.get(CONTEXT.signing));
  const signBy = signings.flatMap((number) => SIGNING[number] ?? [])[0] ?? 'cmac';
  return { dialect, signBy, sealBy: ciphers.includes(GCM_128) ? 'aes-128-gcm' : null, client };
}

function contextsOf(bytes: Buffer): Map<number, Buffer> {
  const contexts = new Map<number, Buffer>();
  let at = bytes.readUInt32LE(HEAD_BYTES + 28);
  for (let left = bytes.readUInt16LE(HEAD_BYTES + 32); left > 0; left--) {
    at = Math.ceil(at / 8) * 8;
    const length = bytes.readUInt16LE(at + 2);
    contexts.set(bytes.readUInt16LE(at), partOf(bytes, at + 8, length));
    at += 8 + length;
  }
  return contexts;
}

/** A count, and so many numbers. */
const numbersIn = (context: Buffer | undefined): number[] =>
  context === undefined
    ? []
    : Array.from({ length: context.readUInt16LE(0) }, (_, n) => context.readUInt16LE(2 + 2 * n));

export function capabilitiesOf({ dialect, sealBy }: Agreed): number {
  return LARGE | (dialect === 0x302 && sealBy !== null ? ENCRYPTION : 0);
}

export function negotiateReply(agreed: Agreed, { guid }: NegotiateOptions): Buffer {
  const token = offer();
  const body = Buffer.alloc(64);
  body.writeUInt16LE(65, 0);
  body.writeUInt16LE(SIGNING_REQUIRED, 2);
  body.writeUInt16LE(agreed.dialect, 4);
  body.set(guid, 8);
  body.writeUInt32LE(capabilitiesOf(agreed), 24);
  for (const at of [28, 32, 36]) body.writeUInt32LE(MOST_BYTES, at);
  body.writeBigUInt64LE((BigInt(Date.now()) + EPOCH_MS) * 10_000n, 40);
  body.writeUInt16LE(TOKEN_AT, 56);
  body.writeUInt16LE(token.length, 58);
  if (agreed.dialect !== 0x311) return Buffer.concat([body, token]);
  const padded = Buffer.concat([token, Buffer.alloc(-token.length & 7)]);
  const contexts = [
    context(CONTEXT.preauth, Buffer.concat([words(1, 32, 1), randomBytes(32)])),
    ...(agreed.sealBy === null ? [] : [context(CONTEXT.encryption, words(1, GCM_128))]),
    context(CONTEXT.signing, words(1, agreed.signBy === 'gmac' ? 2 : 1)),
  ];
  body.writeUInt16LE(contexts.length, 6);
  body.writeUInt32LE(TOKEN_AT + padded.length, 60);
  const aligned = contexts.map((one, n) =>
    n === contexts.length - 1 ? one : Buffer.concat([one, Buffer.alloc(-one.length & 7)]),
  );
  return Buffer.concat([body, padded, ...aligned]);
}

function context(kind: number, data: Buffer): Buffer {
  return Buffer.concat([words(kind, data.length, 0, 0), data]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [n, value] of values.entries()) bytes.writeUInt16LE(value, n * 2);
  return bytes;
}
