/** The content digest of a demo disk, computed from the machine's maker alone: no image was written or read for it. */
import { createHash } from 'node:crypto';
import { ContentDigest } from '../engine/content-digest.ts';
import type { DemoDisk } from './machine.ts';
import { BLOCK_BYTES } from './regions.ts';

const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** 64 hexadecimal digits, as `guts digest` prints them for an image of the disk. */
export function expectedDigest(disk: Pick<DemoDisk, 'sizeBytes' | 'extents'>): string {
  const digest = new ContentDigest();
  for (const { offset, bytes } of disk.extents()) {
    if (!ZEROS.equals(bytes)) digest.add(offset, createHash('sha256').update(bytes).digest());
  }
  return digest.finish(disk.sizeBytes);
}
