/** Hashes whole source files: in a lane where it can read them by itself, else in the engine's thread. */
import { createHash } from 'node:crypto';
import type { ByteSource } from '../disk/bytes.ts';
import type { LanePool } from './lane/pool.ts';

const PIECE_BYTES = 1024 * 1024;

/** @returns hexadecimal */
export async function hashSource(
  pool: LanePool,
  source: ByteSource,
  algorithm: string,
  signal: AbortSignal,
): Promise<string> {
  if (source.local === undefined) return await hashBytes(source, algorithm, signal);
  const { fd, start } = source.local;
  return (await pool.idlest().run({ op: 'hashFile', algorithm, fd, start, length: source.sizeBytes })).hex;
}

/** @returns hexadecimal */
export async function hashBytes(source: ByteSource, algorithm: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, source.sizeBytes));
  for (let at = 0; at < source.sizeBytes; at += buffer.byteLength) {
    const piece = buffer.subarray(0, Math.min(buffer.byteLength, source.sizeBytes - at));
    await source.read(piece, at, signal);
    hash.update(piece);
  }
  return hash.digest('hex');
}
