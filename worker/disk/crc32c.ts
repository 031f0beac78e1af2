/** CRC-32C (Castagnoli, RFC 3720 appendix B.4): the checksum of VHDX headers, region tables and log entries. */

/** The reflected form of the polynomial 1EDC6F41. */
const POLYNOMIAL = 0x82f6_3b78;

/** Eight tables of 256: `TABLES[256 * k + b]` is what byte `b` does to the sum when `k` bytes follow it. */
const TABLES = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
  TABLES[byte] = sum;
}
for (let at = 256; at < TABLES.length; at++) {
  const before = TABLES[at - 256] ?? 0;
  TABLES[at] = (before >>> 8) ^ (TABLES[before & 0xff] ?? 0);
}

/** The sum of `bytes` as an unsigned 32-bit number; `before` is the sum of what stands ahead of them. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const table = TABLES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = ~before;
  let at = 0;
  for (const end = bytes.byteLength - 7; at < end; at += 8) {
    const low = view.getInt32(at, true) ^ sum;
    const high = view.getInt32(at + 4, true);
    sum =
      (table[1792 + (low & 0xff)] ?? 0) ^
      (table[1536 + ((low >>> 8) & 0xff)] ?? 0) ^
      (table[1280 + ((low >>> 16) & 0xff)] ?? 0) ^
      (table[1024 + (low >>> 24)] ?? 0) ^
      (table[768 + (high & 0xff)] ?? 0) ^
      (table[512 + ((high >>> 8) & 0xff)] ?? 0) ^
      (table[256 + ((high >>> 16) & 0xff)] ?? 0) ^
      (table[high >>> 24] ?? 0);
  }
  for (; at < bytes.byteLength; at++) sum = (sum >>> 8) ^ (table[(sum ^ view.getUint8(at)) & 0xff] ?? 0);
  return ~sum >>> 0;
}
