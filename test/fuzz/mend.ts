/** Puts right the checksums that damage has broken, so that it gets past them to what they protect. */
import { crc32c } from '../../worker/disk/crc32c.ts';
import type { Subject } from './messages.ts';

const KiB = 1024;

/** Mends the checksums of `image` in place; says whether the format has any. */
export function mend(format: Subject, image: Buffer): boolean {
  if (format === 'vhd') mendVhd(image);
  else if (format === 'vhdx') mendVhdx(image);
  else if (format === 'container') mendTar(image);
  else return false;
  return true;
}

/** The footer at the end, its copy at the start and the dynamic header: each the complement of the sum of its bytes. */
function mendVhd(image: Buffer): void {
  const footers = [0, Math.max(0, image.length - 512)];
  for (const at of footers) if (image.toString('latin1', at, at + 8) === 'conectix') complementSum(image, at, 512, 64);
  const header = image.indexOf('cxsparse', 0, 'latin1');
  if (header >= 0) complementSum(image, header, 1024, 36);
}

function complementSum(image: Buffer, at: number, length: number, field: number): void {
  if (at + length > image.length) return;
  image.writeUInt32BE(0, at + field);
  let sum = 0;
  for (let i = at; i < at + length; i++) sum = (sum + (image[i] ?? 0)) >>> 0;
  image.writeUInt32BE(~sum >>> 0, at + field);
}

/** Both headers and both region tables: CRC-32C with the field itself as zero. */
function mendVhdx(image: Buffer): void {
  const places = [
    [64 * KiB, 4 * KiB],
    [128 * KiB, 4 * KiB],
    [192 * KiB, 64 * KiB],
    [256 * KiB, 64 * KiB],
  ] as const;
  for (const [at, length] of places) {
    if (at + length > image.length) continue;
    image.writeUInt32LE(0, at + 4);
    image.writeUInt32LE(crc32c(image.subarray(at, at + length)), at + 4);
  }
}

/** Every header of a tar archive: the sum of its bytes, with blanks for the field itself. */
function mendTar(image: Buffer): void {
  for (let at = 0; at + 512 <= image.length; at += 512) {
    if (image.toString('latin1', at + 257, at + 262) !== 'ustar') continue;
    image.fill(' ', at + 148, at + 156);
    let sum = 0;
    for (let i = at; i < at + 512; i++) sum += image[i] ?? 0;
    image.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
  }
}
