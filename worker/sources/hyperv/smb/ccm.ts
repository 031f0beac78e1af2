/** AES-128-CCM (RFC 3610) as SMB 3.0 uses it: nonces of 11 bytes, tags of 16. Electron has none. */
import { createCipheriv } from 'node:crypto';

const BLOCK = 16;
/** The length of a message takes what the nonce leaves of a block: 4 bytes. */
const LENGTH_BYTES = 4;
const PIECE = 16 * 1024;
/** There is something known, the tag has 16 bytes, the length has 4. */
const FLAGS = 0x40 | (((BLOCK - 2) / 2) << 3) | (LENGTH_BYTES - 1);

/** Fills `sealed`, which is as long as `plain`. @returns the tag */
export function sealCcm(key: Buffer, nonce: Buffer, known: Buffer, plain: Buffer, sealed: Buffer): Buffer {
  const mask = count(key, nonce, plain, sealed);
  return masked(chained(key, nonce, known, plain), mask);
}

/** Fills `plain`, of which nothing may be used before the tag was compared. @returns the right tag */
export function openCcm(key: Buffer, nonce: Buffer, known: Buffer, sealed: Buffer, plain: Buffer): Buffer {
  const mask = count(key, nonce, sealed, plain);
  return masked(chained(key, nonce, known, plain), mask);
}

/** Counter mode. @returns its first block, which hides the tag */
function count(key: Buffer, nonce: Buffer, text: Buffer, into: Buffer): Buffer {
  const start = Buffer.alloc(BLOCK);
  start[0] = LENGTH_BYTES - 1;
  start.set(nonce, 1);
  const cipher = createCipheriv('aes-128-ctr', key, start);
  const mask = cipher.update(Buffer.alloc(BLOCK));
  for (let at = 0; at < text.length; at += PIECE) into.set(cipher.update(text.subarray(at, at + PIECE)), at);
  return mask;
}

/** CBC-MAC over the length, what is known, and the plain text, each padded with zeros. */
function chained(key: Buffer, nonce: Buffer, known: Buffer, plain: Buffer): Buffer {
  const first = Buffer.alloc(BLOCK);
  first[0] = FLAGS;
  first.set(nonce, 1);
  first.writeUInt32BE(plain.length, BLOCK - LENGTH_BYTES);
  const before = Buffer.alloc(2 + known.length + (-(2 + known.length) & (BLOCK - 1)));
  before.writeUInt16BE(known.length, 0);
  before.set(known, 2);
  const cipher = createCipheriv('aes-128-cbc', key, Buffer.alloc(BLOCK)).setAutoPadding(false);
  let last = cipher.update(Buffer.concat([first, before]));
  const whole = plain.length - (plain.length % BLOCK);
  for (let at = 0; at < whole; at += PIECE) last = cipher.update(plain.subarray(at, Math.min(at + PIECE, whole)));
  if (whole < plain.length) {
    const end = Buffer.alloc(BLOCK);
    end.set(plain.subarray(whole));
    last = cipher.update(end);
  }
  return last.subarray(-BLOCK);
}

function masked(tag: Buffer, mask: Buffer): Buffer {
  const out = Buffer.alloc(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = (tag[i] ?? 0) ^ (mask[i] ?? 0);
  return out;
}
