/** A disk of several files, opened as one image: the host says where each parent is, and the files themselves whether it is the right one. */
import { MissingFileError, UnsupportedImageError } from '../../../disk/errors.ts';
import type { ByteSource } from '../../../disk/bytes.ts';
import type { DiskImage, Neighbours, ParentOptions } from '../../../disk/image.ts';
import { openBytes } from '../../../disk/open.ts';

export type OpenPath = (path: string, signal: AbortSignal) => Promise<ByteSource>;

/**
 * @param paths from the disk itself to its oldest parent, as the host writes them
 * @throws ParentMismatchError where a parent is not the one that its child was made on; GutsError
 */
export async function openChain(paths: readonly string[], open: OpenPath, signal: AbortSignal): Promise<DiskImage> {
  const [first, ...parents] = paths;
  if (first === undefined) throw new MissingFileError('The host names no file of the disk.');
  return await openBytes(
    await open(first, signal),
    new ChainNeighbours(first, parents, open, signal),
    undefined,
    signal,
  );
}

/** What a child calls its parent may be a path of long ago; the host has resolved it. */
class ChainNeighbours implements Neighbours {
  readonly #child: string;
  readonly #parents: readonly string[];
  readonly #open: OpenPath;
  readonly #signal: AbortSignal;

  constructor(child: string, parents: readonly string[], open: OpenPath, signal: AbortSignal) {
    this.#child = child;
    this.#parents = parents;
    this.#open = open;
    this.#signal = signal;
  }

  async open(name: string): Promise<never> {
    throw new UnsupportedImageError(
      `“${this.#child}” names a further file, “${name}”, which disks of Hyper-V do not.`,
      'Convert the disk on its host with Convert-VHD, and try again.',
    );
  }

  async openParent(name: string, signal = this.#signal, how: ParentOptions = {}): Promise<DiskImage> {
    const [parent, ...rest] = this.#parents;
    if (parent === undefined)
      throw new MissingFileError(
        `“${this.#child}” needs its parent “${name}”, which the host does not find.`,
        'Put the parent back where it was, or merge the disk on its host, and try again.',
      );
    const neighbours = new ChainNeighbours(parent, rest, this.#open, signal);
    return await openBytes(await this.#open(parent, signal), neighbours, how.format, signal);
  }
}
