/** Damages a message: cuts it, flips bits, writes absurd numbers, lets parts come twice or from another message. */
import type { Random } from './random.ts';

const absurd = [0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] as const;
const MOST_RANDOM_BYTES = 512;

/** Mostly one of `seeds` with a few damages; sometimes nothing but noise. */
export function mutated(seeds: readonly Buffer[], random: Random): Buffer {
  if (random.percent(3)) return noise(random.below(MOST_RANDOM_BYTES), random);
  let bytes: Buffer = Buffer.from(random.pick(seeds));
  for (let times = 1 + random.below(4); times > 0; times--) bytes = once(bytes, seeds, random);
  return bytes;
}

function once(bytes: Buffer, seeds: readonly Buffer[], random: Random): Buffer {
  if (bytes.length === 0) return noise(8, random);
  const at = random.below(bytes.length);
  const dice = random.below(100);
  if (dice < 15) return bytes.subarray(0, at);
  if (dice < 40) {
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes;
  }
  if (dice < 70) return withNumber(bytes, at, random);
  if (dice < 80) return Buffer.concat([bytes.subarray(0, at), noise(1 + random.below(16), random), bytes.subarray(at)]);
  if (dice < 88) {
    const end = at + random.below(bytes.length - at);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]); // comes twice
  }
  if (dice < 94) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.below(bytes.length - at))]);
  const other = random.pick(seeds);
  return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length))]);
}

/** Of the kind that breaks arithmetic, or near to the message's own length. */
function withNumber(bytes: Buffer, at: number, random: Random): Buffer {
  const width = random.pick([1, 2, 2, 4, 4, 8]);
  const place = random.percent(70) ? at - (at % Math.min(width, 4)) : at;
  if (place + width > bytes.length) return bytes;
  const near = Math.max(0, bytes.length - 8 + random.below(16));
  const value = random.percent(30) ? near : random.pick(absurd);
  const isLittle = random.percent(80);
  for (let i = 0; i < width; i++) {
    const byte = i < 4 ? (value >>> (8 * i)) & 0xff : random.percent(50) ? 0 : value & 0xff;
    bytes[isLittle ? place + i : place + width - 1 - i] = byte;
  }
  return bytes;
}

function noise(length: number, random: Random): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = random.below(256);
  return bytes;
}
