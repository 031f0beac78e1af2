/** Disks for tests: raw files with known content, foreign tools that make images of them, and what an image reads as. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { readExtent } from '../../worker/disk/extents.ts';
import type { DiskImage, Extent } from '../../worker/disk/image.ts';

export const KiB = 1024;
export const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;

/** A folder that is gone when the `using` block ends. */
export function scratch(): { readonly dir: string; file(name: string): string } & Disposable {
  const dir = mkdtempSync(path.join(tmpdir(), 'guts-test-'));
  return {
    dir,
    file: (name) => path.join(dir, name),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** `length` bytes that depend on `seed` alone, half of them text-like, so that they compress as real content does. */
export function pattern(seed: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = (i >> 9) % 2 === 0 ? state >>> 24 : 97 + (state >>> 29);
  }
  return bytes;
}

/** Writes a sparse raw disk with `pattern(seed, length)` at each offset. */
export async function makeRaw(
  file: string,
  sizeBytes: number,
  writes: readonly { offset: number; length: number; seed?: number }[],
): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.truncate(sizeBytes);
    for (const { offset, length, seed } of writes)
      await handle.write(pattern(seed ?? offset + 1, length), 0, length, offset);
  } finally {
    await handle.close();
  }
}

/** Runs a program and returns what it printed; throws with its standard error when it fails. */
export function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * MiB });
}
export const qemuImg = (...args: string[]): string => run('qemu-img', ...args);

export async function extentsOf(image: DiskImage): Promise<Extent[]> {
  const all: Extent[] = [];
  for await (const extent of image.extents(0, image.facts.virtualSizeBytes)) all.push(extent);
  return all;
}

/** SHA-256 of the disk as the guest reads it, holes as zeros; checks on the way that the extents cover the disk in order. */
export async function contentHash(image: DiskImage): Promise<string> {
  const hash = createHash('sha256');
  let at = 0;
  for await (const extent of image.extents(0, image.facts.virtualSizeBytes)) {
    if (extent.offset !== at || extent.length <= 0) throw new Error(`extent at ${extent.offset}, expected ${at}`);
    at += extent.length;
    for (let done = 0; done < extent.length;) {
      const length = Math.min(4 * MiB, extent.length - done);
      const bytes = Buffer.alloc(length);
      if (extent.kind === 'packed') await readExtent(extent, bytes);
      else if (extent.kind === 'data') await extent.source.read(bytes, extent.position + done);
      hash.update(bytes);
      done += length;
    }
  }
  if (at !== image.facts.virtualSizeBytes) throw new Error(`extents end at ${at}`);
  return hash.digest('hex');
}

/** SHA-256 of a raw file. */
export async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'r');
  for await (const chunk of handle.createReadStream()) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
