/** AES-CMAC (RFC 4493): with what SMB 3 signs. */
import { createCipheriv } from 'node:crypto';

const BLOCK = 16;
const ZEROS = Buffer.alloc(BLOCK);

/**
 * @param parts all but the last are whole blocks
 * @returns 16 bytes
 */
export function aesCmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const last = parts.at(-1) ?? ZEROS.subarray(BLOCK);
  const k1 = doubled(createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(ZEROS));
  const endBytes = last.length === 0 ? 0 : ((last.length - 1) % BLOCK) + 1;
  const end = Buffer.alloc(BLOCK);
  end.set(last.subarray(last.length - endBytes));
  if (endBytes < BLOCK) end[endBytes] = 0x80;
  const mask = endBytes === BLOCK ? k1 : doubled(k1);
  for (let i = 0; i < BLOCK; i++) end[i] = (end[i] ?? 0) ^ (mask[i] ?? 0);
  const cipher = createCipheriv('aes-128-cbc', key, ZEROS).setAutoPadding(false);
  for (const part of parts.slice(0, -1)) chained(cipher, part);
  chained(cipher, last.subarray(0, last.length - endBytes));
  return cipher.update(end);
}

/** In pieces: what the cipher gives back is thrown away, and should stay small. */
function chained(cipher: ReturnType<typeof createCipheriv>, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += PIECE) cipher.update(bytes.subarray(at, at + PIECE));
}
const PIECE = 16 * 1024;

/** Times x in GF(2^128). */
function doubled(block: Buffer): Buffer {
  const out = Buffer.alloc(BLOCK);
  for (let i = 0; i < BLOCK; i++) out[i] = ((block[i] ?? 0) << 1) | ((block[i + 1] ?? 0) >>> 7);
  if ((block[0] ?? 0) >= 0x80) out[BLOCK - 1] = (out[BLOCK - 1] ?? 0) ^ 0x87;
  return out;
}
