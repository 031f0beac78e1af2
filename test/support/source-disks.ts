/** What stories about a source's disks need: a plan for them, and what the guest would see, whichever way it comes. */
import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { PlannedDisk, Reading } from '../../main/shared/migration.ts';
import { readExtent } from '../../worker/disk/extents.ts';
import type { DiskImage } from '../../worker/disk/image.ts';
import { openImage } from '../../worker/disk/open.ts';
import type { ReadableDisk, StreamedDisk } from '../../worker/drivers.ts';

const never = new AbortController().signal;
const WINDOW_BYTES = 10 * 1024 * 1024;

export function planned(vm: InventoryVm, reading: Reading): PlannedDisk[] {
  return vm.disks.map(({ key, label, sizeBytes }, i) => ({
    key,
    label,
    sizeBytes,
    sizeGiB: Math.ceil(sizeBytes / 2 ** 30),
    reading: { value: reading, reason: 'the test wants it' },
    imageFormat: { value: 'qcow2', reason: 'the test wants it' },
    volumeType: null,
    bootIndex: i,
  }));
}

export function streamed(disk: ReadableDisk | undefined): StreamedDisk {
  if (disk?.kind !== 'stream') throw new Error('a lease gives streams');
  return disk;
}

/** What the guest sees, whichever way it comes. */
export async function sha256Of(disk: ReadableDisk | undefined): Promise<string> {
  if (disk === undefined) throw new Error('no disk');
  if (disk.kind === 'extents') {
    await using image = await disk.openImage(never);
    return await contentOf(image);
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'guts-stream-'));
  try {
    const file = path.join(folder, 'stream.vmdk');
    await downloaded(disk, file);
    await using image = await openImage(file);
    return await contentOf(image);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** SHA-256 of the guest's bytes. @param inTheMiddle called once, behind a third of them */
export async function contentOf(image: DiskImage, inTheMiddle?: () => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  const size = image.facts.virtualSizeBytes;
  let isBehind = false;
  for await (const extent of image.extents(0, size)) {
    for (let at = 0; at < extent.length; at += WINDOW_BYTES) {
      const length = Math.min(WINDOW_BYTES, extent.length - at);
      const bytes = Buffer.alloc(length);
      if (extent.kind === 'data') await extent.source.read(bytes, extent.position + at, never);
      else if (extent.kind === 'packed') await readExtent(extent, bytes, never);
      hash.update(bytes);
      if (!isBehind && extent.offset + at + length > size / 3) {
        isBehind = true;
        await inTheMiddle?.();
      }
    }
  }
  return hash.digest('hex');
}

/** @param file where to keep the bytes; null only looks at them */
export async function downloaded(
  disk: StreamedDisk,
  file: string | null = null,
): Promise<{ readonly sha1: string; readonly sizeBytes: number }> {
  await using stream = await disk.open(never);
  const target = file === null ? null : await open(file, 'w');
  const hash = createHash('sha1');
  let sizeBytes = 0;
  try {
    const window = Buffer.alloc(1024 * 1024);
    for (let got = window.length; got === window.length;) {
      got = await stream.read(window, never);
      hash.update(window.subarray(0, got));
      await target?.write(window, 0, got);
      sizeBytes += got;
    }
  } finally {
    await target?.close();
  }
  return { sha1: hash.digest('hex'), sizeBytes };
}
