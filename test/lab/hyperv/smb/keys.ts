/** Keys, signatures and encryption of SMB 3 ([MS-SMB2] 3.1.4), from the server's side. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { flag, SIGNATURE_AT } from './message.ts';

export type Dialect = 0x302 | 0x311;
export type SignBy = 'cmac' | 'gmac';
export type SealBy = 'aes-128-gcm' | 'aes-128-ccm';

const SIGNATURE_BYTES = 16;
const TRANSFORM_BYTES = 52;
const BLOCK = 16;

/** SP 800-108 in counter mode, 128 bits. */
function derived(key: Buffer, label: string, context: Buffer): Buffer {
  const message = Buffer.concat([
    Buffer.from([0, 0, 0, 1]),
    Buffer.from(`${label}\0`, 'latin1'),
    Buffer.from([0]),
    context,
    Buffer.from([0, 0, 0, 128]),
  ]);
  return createHmac('sha256', key).update(message).digest().subarray(0, 16);
}

export interface SessionKeys {
  readonly signing: Buffer;
  readonly hearing: Buffer;
  readonly sending: Buffer;
}

/** @param preauth SHA-512 over what was said until then, which 3.1.1 takes in */
export function sessionKeys(dialect: Dialect, sessionKey: Buffer, preauth: Buffer): SessionKeys {
  if (dialect === 0x311)
    return {
      signing: derived(sessionKey, 'SMBSigningKey', preauth),
      hearing: derived(sessionKey, 'SMBC2SCipherKey', preauth),
      sending: derived(sessionKey, 'SMBS2CCipherKey', preauth),
    };
  const context = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1');
  return {
    signing: derived(sessionKey, 'SMB2AESCMAC', context('SmbSign')),
    hearing: derived(sessionKey, 'SMB2AESCCM', context('ServerIn ')),
    sending: derived(sessionKey, 'SMB2AESCCM', context('ServerOut')),
  };
}

export const preauthWith = (before: Buffer, message: Buffer): Buffer =>
  createHash('sha512').update(before).update(message).digest();

/** Marks a message as signed, and signs it. */
export function signMessage(by: SignBy, key: Buffer, message: Buffer): void {
  message.writeUInt32LE(message.readUInt32LE(16) | flag.signed, 16);
  message.set(signatureOf(by, key, message), SIGNATURE_AT);
}

export const isSignedRight = (by: SignBy, key: Buffer, message: Buffer): boolean =>
  timingSafeEqual(signatureOf(by, key, message), message.subarray(SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_BYTES));

function signatureOf(by: SignBy, key: Buffer, message: Buffer): Buffer {
  const head = Buffer.from(message.subarray(0, 64));
  head.fill(0, SIGNATURE_AT);
  if (by === 'cmac') return cmac(key, Buffer.concat([head, message.subarray(64)]));
  const nonce = Buffer.alloc(12);
  nonce.set(message.subarray(24, 32), 0);
  nonce.writeUInt32LE(message.readUInt32LE(16) & flag.reply, 8);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  cipher.setAAD(head).setAAD(message.subarray(64));
  cipher.final();
  return cipher.getAuthTag();
}

/** AES-CMAC (RFC 4493). */
function cmac(key: Buffer, message: Buffer): Buffer {
  const zeros = Buffer.alloc(BLOCK);
  const once = doubled(createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(zeros));
  const isWhole = message.length > 0 && message.length % BLOCK === 0;
  const mask = isWhole ? once : doubled(once);
  const padded = isWhole
    ? Buffer.from(message)
    : Buffer.concat([message, Buffer.from([0x80]), Buffer.alloc(BLOCK - 1 - (message.length % BLOCK))]);
  for (let at = 0; at < BLOCK; at++) {
    const place = padded.length - BLOCK + at;
    padded[place] = (padded[place] ?? 0) ^ (mask[at] ?? 0);
  }
  return createCipheriv('aes-128-cbc', key, zeros).setAutoPadding(false).update(padded).subarray(-BLOCK);
}

function doubled(block: Buffer): Buffer {
  const value = (BigInt(`0x${block.toString('hex')}`) << 1n) ^ ((block[0] ?? 0) >= 0x80 ? 0x87n : 0n);
  return Buffer.from((value & (2n ** 128n - 1n)).toString(16).padStart(32, '0'), 'hex');
}

export const isSealedFrame = (frame: Buffer): boolean =>
  frame.length > TRANSFORM_BYTES && frame.readUInt32BE(0) === 0xfd53_4d42;
export const sealedSession = (frame: Buffer): bigint => frame.readBigUInt64LE(44);

const nonceBytes = (by: SealBy): number => (by === 'aes-128-gcm' ? 12 : 11);

export function sealFrame(by: SealBy, key: Buffer, sessionId: bigint, plain: Buffer): Buffer {
  const head = Buffer.alloc(TRANSFORM_BYTES);
  const nonce = randomBytes(nonceBytes(by));
  head.writeUInt32BE(0xfd53_4d42, 0);
  head.set(nonce, 20);
  head.writeUInt32LE(plain.length, 36);
  head.writeUInt16LE(1, 42);
  head.writeBigUInt64LE(sessionId, 44);
  const known = head.subarray(20);
  if (by === 'aes-128-gcm') {
    const cipher = createCipheriv(by, key, nonce).setAAD(known);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    head.set(cipher.getAuthTag(), 4);
    return Buffer.concat([head, sealed]);
  }
  const cipher = createCipheriv(by, key, nonce, { authTagLength: 16 });
  cipher.setAAD(known, { plaintextLength: plain.length });
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  head.set(cipher.getAuthTag(), 4);
  return Buffer.concat([head, sealed]);
}

/** @throws Error where it was changed on its way */
export function openFrame(by: SealBy, key: Buffer, frame: Buffer): Buffer {
  const nonce = frame.subarray(20, 20 + nonceBytes(by));
  const known = frame.subarray(20, TRANSFORM_BYTES);
  const sealed = frame.subarray(TRANSFORM_BYTES);
  if (by === 'aes-128-gcm') {
    const cipher = createDecipheriv(by, key, nonce).setAAD(known).setAuthTag(frame.subarray(4, 20));
    return Buffer.concat([cipher.update(sealed), cipher.final()]);
  }
  const cipher = createDecipheriv(by, key, nonce, { authTagLength: 16 });
  cipher.setAuthTag(frame.subarray(4, 20));
  cipher.setAAD(known, { plaintextLength: sealed.length });
  return Buffer.concat([cipher.update(sealed), cipher.final()]);
}
