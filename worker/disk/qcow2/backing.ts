/** The backing file of a qcow2 image: found by its name, opened as what the image declares it to be. */
import { DiskFormat } from '../../../main/shared/disk.ts';
import { DamagedImageError, UnsupportedImageError } from '../errors.ts';
import type { DiskImage, Neighbours } from '../image.ts';
import type { Qcow2Header } from './header.ts';

/** QEMU's names for formats that Guts calls otherwise. */
const named: Readonly<Record<string, DiskFormat>> = { vpc: 'vhd' };

/**
 * Opens the backing file, or gives null where there is none.
 *
 * Where a format is declared it is believed: what is declared `raw` is never looked into, because its first sectors
 * are the guest's, who could write a header there that names any file. Where none is declared (images older than
 * 2010, or made by hand) the bytes must tell; what they show is then read alone, without further files it may name.
 * @throws UnsupportedImageError for backing that is no plain file, and for formats that Guts does not read.
 */
export async function openBacking(
  header: Qcow2Header,
  imageName: string,
  neighbours: Neighbours,
  signal?: AbortSignal,
): Promise<DiskImage | null> {
  if (header.backing === null) return null;
  const { name, format } = header.backing;
  if (/\p{Cc}/u.test(name)) throw new DamagedImageError(`“${imageName}” names a backing file with control characters.`);
  // A single letter before the colon is a Windows drive.
  const protocol = /^([a-z][a-z0-9+.-]+):/i.exec(name)?.[1];
  if (protocol !== undefined) {
    throw new UnsupportedImageError(
      `“${imageName}” is backed by “${protocol}:…”, which is no file.`,
      'Flatten the image where it can reach its backing, with “qemu-img convert -O qcow2”, and convert the result.',
    );
  }
  if (format === null || format === '') return await neighbours.openParent(name, signal, { isAlone: true });
  const known = DiskFormat.safeParse(named[format] ?? format);
  if (!known.success) {
    throw new UnsupportedImageError(
      `“${imageName}” is backed by “${name}” in the format “${format}”, which Guts does not read.`,
      'Flatten the image with “qemu-img convert -O qcow2”, and convert the result.',
    );
  }
  return await neighbours.openParent(name, signal, { format: known.data });
}
