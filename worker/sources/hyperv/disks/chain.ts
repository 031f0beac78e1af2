/** A disk of several files, opened as one image: the host says where each parent is, and the files themselves whether it is the right one. */
import { DamagedImageError, MissingFileError, UnsupportedImageError } from '../../../disk/errors.ts';
import type { ByteSource } from '../../../disk/bytes.ts';
import type { DiskImage, Neighbours, ParentOptions } from '../../../disk/image.ts';
import { openBytes } from '../../../disk/open.ts';
import type { DiskFileAnswer } from '../answers.ts';

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

/**
 * A disk as the host describes it.
 * @param files from the disk itself to its oldest parent
 * @throws DamagedImageError where its file has another size than the host says
 */
export async function openDisk(
  name: string,
  files: readonly DiskFileAnswer[],
  open: OpenPath,
  signal: AbortSignal,
): Promise<DiskImage> {
  const paths = files.map(({ path }) => path);
  const image = await openChain(paths, open, signal);
  const { virtualSizeBytes } = image.facts;
  if (virtualSizeBytes === files[0]?.size) return image;
  await image[Symbol.asyncDispose]();
  throw new DamagedImageError(
    `The file of “${name}” is a disk of ${virtualSizeBytes} bytes, but the host says ${files[0]?.size ?? 0}.`,
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
