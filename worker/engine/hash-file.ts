/** Hashes small files in the engine's own thread; disks are hashed in lanes. */
import { createHash } from 'node:crypto';
import type { ByteSource } from '../disk/bytes.ts';

const PIECE_BYTES = 1024 * 1024;

/** @returns hexadecimal */
export async function hashFileHere(source: ByteSource, algorithm: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, source.sizeBytes));
  for (let at = 0; at < source.sizeBytes; at += buffer.byteLength) {
    const piece = buffer.subarray(0, Math.min(buffer.byteLength, source.sizeBytes - at));
    await source.read(piece, at, signal);
    hash.update(piece);
  }
  return hash.digest('hex');
}
