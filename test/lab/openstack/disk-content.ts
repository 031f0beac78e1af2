/** Looks into uploaded bytes as the services do that make disks of them, whatever the image says of itself. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { DiskFormat } from '../../../main/shared/disk.ts';
import { openFile } from '../../../worker/disk/bytes.ts';
import { readGuest } from '../../../worker/disk/extents.ts';
import { detect, openImage } from '../../../worker/disk/open.ts';
import type { LabDisk } from './words.ts';

const COPY_BYTES = 1024 * 1024;

/** The size of the disk that Glance sees in a file; null where it does not recognise it as what it is said to be. */
export async function virtualSize(file: string, said: string): Promise<number | null> {
  try {
    if (said === 'raw') return (await stat(file)).size;
    await using image = await openImage(file);
    return image.facts.format === said ? image.facts.virtualSizeBytes : null;
  } catch {
    return null; // no disk image, a damaged one, or gone meanwhile
  }
}

/** Why no machine can be started from an image with these bytes, in Nova's words; null where one can. */
export async function objectionTo(file: string, said: string | null): Promise<string | null> {
  const found = await formatOf(file);
  if (said === 'raw') {
    const isOther = found === 'qcow2' || found === 'vmdk' || found === 'vhdx';
    return isOther ? 'Image content does not match disk_format' : null;
  }
  if (said === 'vhd') return 'Image content does not match disk_format';
  if (found !== said) return 'Image not in a supported format';
  const opened = await virtualSize(file, found);
  return opened === null || (found === 'qcow2' && (await hasBackingFile(file)))
    ? 'Image not in a supported format'
    : null;
}

/** The image's bytes as a disk. */
export function diskOf(file: string, diskFormat: string | null): LabDisk {
  const known: readonly string[] = ['raw', 'vmdk', 'vhd', 'vhdx', 'qcow2', 'vdi'];
  const format = known.includes(diskFormat ?? '') ? (diskFormat as DiskFormat) : 'raw'; // it is in the list
  return { path: file, format };
}

/** Writes what the guest sees on the disk as a raw file of `sizeBytes`. */
export async function writeRaw(disk: LabDisk | null, file: string, sizeBytes: number): Promise<void> {
  const target = await open(file, 'w');
  try {
    await target.truncate(sizeBytes);
    if (disk === null) return;
    await using image = await openImage(disk.path, { format: disk.format });
    const into = Buffer.alloc(COPY_BYTES);
    const end = Math.min(sizeBytes, image.facts.virtualSizeBytes);
    for await (const { kind, offset, length } of image.extents(0, end)) {
      if (kind === 'hole' || kind === 'zero') continue;
      for (let at = offset; at < offset + length; at += COPY_BYTES) {
        const piece = into.subarray(0, Math.min(COPY_BYTES, offset + length - at));
        await readGuest(image, at, piece);
        await target.write(piece, 0, piece.byteLength, at);
      }
    }
  } finally {
    await target.close();
  }
}

/** What Glance says of a file that it has. */
export async function digestsOf(
  file: string,
  signal: AbortSignal,
): Promise<{ size: number; checksum: string; sha512: string }> {
  const [md5, sha512] = [createHash('md5'), createHash('sha512')];
  let size = 0;
  for await (const piece of createReadStream(file, { highWaterMark: COPY_BYTES, signal }) as AsyncIterable<Buffer>) {
    size += piece.byteLength;
    md5.update(piece);
    sha512.update(piece);
  }
  return { size, checksum: md5.digest('hex'), sha512: sha512.digest('hex') };
}

async function formatOf(file: string): Promise<DiskFormat> {
  const source = await openFile(file);
  try {
    return await detect(source);
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

/** QEMU's header: the offset of the backing file's name stands at byte 8. */
async function hasBackingFile(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.readBigUInt64BE(8) !== 0n;
  } finally {
    await handle.close();
  }
}
