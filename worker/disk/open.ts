/** Opens a disk image of any format, by what it holds rather than by its name. */
import { realpath } from 'node:fs/promises';
import type { DiskFormat } from '../../main/shared/disk.ts';
import { openFile, readBytes, type ByteSource } from './bytes.ts';
import { MisnamedImageError, MissingFileError, TruncatedImageError } from './errors.ts';
import type { DiskImage, FormatOpener, Neighbours } from './image.ts';
import { FolderNeighbours } from './neighbours.ts';
import { openQcow2 } from './qcow2.ts';
import { openRaw } from './raw.ts';
import { openVdi } from './vdi.ts';
import { openVhd } from './vhd.ts';
import { openVhdx } from './vhdx.ts';
import { openVmdk } from './vmdk.ts';

export interface OpenOptions {
  /** Skips the look inside: for a raw disk whose guest wrote something that looks like another format. */
  readonly format?: DiskFormat;
  /** Folders, besides the image's own, in which its extents and parents may lie. */
  readonly allowFrom?: readonly string[];
  readonly signal?: AbortSignal;
}

const openers: Readonly<Record<DiskFormat, FormatOpener>> = {
  raw: openRaw,
  vmdk: openVmdk,
  vhd: openVhd,
  vhdx: openVhdx,
  qcow2: openQcow2,
  vdi: openVdi,
};

/**
 * Opens the image at `file` with its extents and parents.
 * @throws GutsError (`disk.*`) saying what is wrong with it.
 */
export async function openImage(file: string, options: OpenOptions = {}): Promise<DiskImage> {
  const real = await realpath(file).catch((cause: unknown) => {
    throw new MissingFileError(`“${file}” does not exist.`, 'Check the path.', { cause });
  });
  const allowed = options.allowFrom ?? [];
  const open = async (
    at: string,
    source: ByteSource,
    near: Neighbours,
    signal?: AbortSignal,
    format?: DiskFormat,
  ): Promise<DiskImage> => await openBytes(source, near, at === real ? options.format : format, signal);
  return await open(real, await openFile(real), new FolderNeighbours(real, allowed, open), options.signal);
}

/** Opens an image whose bytes are at hand, such as a member of an OVA; closes `source` when that fails. */
export async function openBytes(
  source: ByteSource,
  neighbours: Neighbours,
  format?: DiskFormat,
  signal?: AbortSignal,
): Promise<DiskImage> {
  try {
    const found = format ?? (await detect(source, signal));
    if (format === undefined && found === 'raw') refuseMisnamed(source.name);
    return await openers[found](source, neighbours, signal);
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}

/** Endings that promise a structure; the flat and raw-device extents of a VMDK have the same ending and none. */
const STRUCTURED = /\.(a?vhdx?|vmdk|qcow2?|vdi|ova|ovf|vmx|xml)$/i;
const FLAT_EXTENT = /-(flat|f\d{3}|delta-flat|rdmp?)\.vmdk$/i;

/**
 * An image that lost its magic numbers would read as a raw disk, and be called good with the wrong content.
 * @throws MisnamedImageError
 */
function refuseMisnamed(name: string): void {
  if (!STRUCTURED.test(name) || FLAT_EXTENT.test(name)) return;
  throw new MisnamedImageError(`“${name}” holds nothing of the format that it is named for.`);
}

const HEAD_BYTES = 512;

/** The format that the bytes show by their magic numbers; `raw` where there is none. */
export async function detect(source: ByteSource, signal?: AbortSignal): Promise<DiskFormat> {
  if (source.sizeBytes === 0) throw new TruncatedImageError(`“${source.name}” is empty.`);
  const head = await readBytes(source, 0, Math.min(HEAD_BYTES, source.sizeBytes), signal);
  const text = (at: number, length: number): string => head.toString('latin1', at, at + length);
  if (text(0, 4) === 'QFI\xfb') return 'qcow2';
  if (text(0, 8) === 'vhdxfile') return 'vhdx';
  if (text(0, 4) === 'KDMV' || text(0, 4) === 'COWD' || text(0, 21).toLowerCase() === '# disk descriptorfile')
    return 'vmdk';
  if (head.length >= 8 && head.readBigUInt64LE(0) === 0xcafe_baben) return 'vmdk'; // SESparse
  if (head.length >= 68 && head.readUInt32LE(64) === 0xbeda_107f) return 'vdi';
  if (text(0, 8) === 'conectix') return 'vhd';
  const footer = await readBytes(source, Math.max(0, source.sizeBytes - 512), Math.min(512, source.sizeBytes), signal);
  // Footers of 511 bytes were written by Virtual PC before 2004.
  if (footer.toString('latin1', 0, 8) === 'conectix' || footer.toString('latin1', 1, 9) === 'conectix') return 'vhd';
  return 'raw';
}
