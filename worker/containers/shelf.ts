/** Where the files of a container stand: side by side in a folder, or one after the other in an archive. */
import { access } from 'node:fs/promises';
import * as path from 'node:path';
import type { DiskFormat } from '../../main/shared/disk.ts';
import type { ByteSource } from '../disk/bytes.ts';
import type { DiskImage } from '../disk/image.ts';
import { FolderNeighbours } from '../disk/neighbours.ts';
import { openBytes } from '../disk/open.ts';
import { ArchiveNeighbours, type Archive } from './archive.ts';

export interface Shelf {
  /** Whether there is a file of that very name. */
  has(name: string): Promise<boolean>;
  /** @throws MissingFileError */
  open(name: string): Promise<ByteSource>;
  openImage(name: string, format: DiskFormat | null, signal?: AbortSignal): Promise<DiskImage>;
}

/** The folder of the description at `file`, a real path, and the folders that the operator allowed. */
export function folderShelf(file: string, allowed: readonly string[]): Shelf {
  const near = new FolderNeighbours(
    file,
    allowed,
    async (_at, source, neighbours, signal) => await openBytes(source, neighbours, undefined, signal),
  );
  return {
    has: async (name) => {
      const tries = [path.dirname(file), ...allowed].map(async (folder) => await access(path.join(folder, name)));
      return await Promise.any(tries).then(
        () => true,
        () => false,
      );
    },
    open: async (name) => (await near.open(name)).source,
    openImage: async (name, format, signal) => {
      const { source, neighbours } = await near.open(name);
      return await openBytes(source, neighbours, format ?? undefined, signal);
    },
  };
}

/** The members of an archive; its disks see each other and nothing outside. */
export function archiveShelf(archive: Archive): Shelf {
  const near = new ArchiveNeighbours(archive);
  return {
    has: async (name) => archive.members.has(name),
    open: async (name) => (await near.open(name)).source,
    openImage: async (name, format, signal) => {
      const { source, neighbours } = await near.open(name);
      return await openBytes(source, neighbours, format ?? undefined, signal);
    },
  };
}
