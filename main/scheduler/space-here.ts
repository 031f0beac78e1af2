/** The conversion space of this machine: the folder for temporary files, where the engine holds back what cannot be sent yet. */
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { NodeFacts } from '../shared/schedule.ts';

export async function spaceHere(): Promise<NodeFacts['space']> {
  const folder = tmpdir();
  const { bsize, blocks, bavail } = await statfs(folder);
  return { folder, totalBytes: blocks * bsize, freeBytes: bavail * bsize, reservedBytes: 0 };
}
