/** MD4 (RFC 1320): what NTLM hashes passwords with. Node's OpenSSL 3 has it no more. Not for anything else: it is broken. */

const BLOCK = 64;
const SHIFTS = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
] as const;
/** In which order the words of a block come, by round. */
const ORDERS = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
] as const;
const ADDED = [0, 0x5a827999, 0x6ed9eba1] as const;

/** @returns 16 bytes */
export function md4(message: Uint8Array): Buffer {
  const padded = paddedOf(message);
  let state: readonly [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += BLOCK) state = withBlock(state, padded.subarray(at, at + BLOCK));
  const digest = Buffer.alloc(16);
  state.forEach((word, i) => digest.writeUInt32LE(word >>> 0, i * 4));
  return digest;
}

/** A bit, zeros, and the length in bits as 64 bits, little endian, up to whole blocks. */
function paddedOf(message: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / BLOCK) * BLOCK);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  return padded;
}

function withBlock(
  state: readonly [number, number, number, number],
  block: Buffer,
): readonly [number, number, number, number] {
  let [a, b, c, d] = state;
  for (const [round, order] of ORDERS.entries()) {
    const added = ADDED[round] ?? 0;
    const shifts = SHIFTS[round] ?? SHIFTS[0];
    for (const [step, word] of order.entries()) {
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      const sum = (a + mixed + block.readUInt32LE(word * 4) + added) | 0;
      const shift = shifts[step % 4] ?? 0;
      [a, d, c, b] = [d, c, b, (sum << shift) | (sum >>> (32 - shift))];
    }
  }
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
}
