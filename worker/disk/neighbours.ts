/** Finds the extents and parents that an image names, without letting a hostile image read what the operator did not mean. */
import { realpath } from 'node:fs/promises';
import * as path from 'node:path';
import type { DiskFormat } from '../../main/shared/disk.ts';
import { openFile, type ByteSource } from './bytes.ts';
import { DamagedImageError, LimitError, MissingFileError, UnsupportedImageError } from './errors.ts';
import type { DiskImage, Neighbours, ParentOptions } from './image.ts';

const MOST_GENERATIONS = 64;

type OpenImage = (
  path: string,
  source: ByteSource,
  neighbours: Neighbours,
  signal?: AbortSignal,
  format?: DiskFormat,
) => Promise<DiskImage>;

/** The neighbours of the image at `file`. `allowed` are further folders that the operator named. */
export class FolderNeighbours implements Neighbours {
  readonly #folder: string;
  readonly #allowed: readonly string[];
  readonly #open: OpenImage;
  /** The real paths of the images from the first child down to the one whose neighbours these are. */
  readonly #line: readonly string[];

  constructor(file: string, allowed: readonly string[], open: OpenImage, line: readonly string[] = [file]) {
    this.#folder = path.dirname(file);
    this.#allowed = allowed;
    this.#open = open;
    this.#line = line;
  }

  async open(name: string): Promise<{ source: ByteSource; neighbours: Neighbours }> {
    const file = await this.#find(name);
    return { source: await openFile(file), neighbours: this.#of(file) };
  }

  async openParent(name: string, signal?: AbortSignal, how: ParentOptions = {}): Promise<DiskImage> {
    const file = await this.#find(name);
    if (this.#line.includes(file)) throw new DamagedImageError(`“${file}” is its own ancestor.`);
    if (this.#line.length >= MOST_GENERATIONS)
      throw new LimitError(`The chain of parents is longer than ${MOST_GENERATIONS} images.`);
    const neighbours = how.isAlone === true ? aloneWith(file) : this.#of(file);
    return await this.#open(file, await openFile(file), neighbours, signal, how.format);
  }

  #of(file: string): FolderNeighbours {
    return new FolderNeighbours(file, this.#allowed, this.#open, [...this.#line, file]);
  }

  async #find(name: string): Promise<string> {
    const plain = name.replaceAll('\\', '/');
    const bare = plain.slice(plain.lastIndexOf('/') + 1);
    if (bare === '' || bare === '.' || bare === '..' || bare.includes('\0')) {
      throw new DamagedImageError(`The image names a file “${name}”, which is no file name.`);
    }
    const roots = [this.#folder, ...this.#allowed];
    const tries = [...roots.map((root) => path.resolve(root, plain)), ...roots.map((root) => path.join(root, bare))];
    const realRoots = await Promise.all(roots.map((root) => realpath(root)));
    let outside = false;
    for (const candidate of tries) {
      const real = await realpath(candidate).catch(() => undefined);
      if (real === undefined) continue;
      if (realRoots.some((root) => real.startsWith(root.endsWith(path.sep) ? root : root + path.sep))) return real;
      outside = true;
    }
    throw outside
      ? new MissingFileError(
          `The image names “${name}”, which lies outside its own folder.`,
          `If you trust the image, allow the folder of that file (--allow-from).`,
        )
      : new MissingFileError(
          `The image needs “${name}”, which is not in ${roots.map((root) => `“${root}”`).join(' or ')}.`,
          `Put “${bare}” beside the image, or allow its folder (--allow-from), and try again.`,
        );
  }
}

/** Neighbours for a parent whose format nobody declared: it may name files, but none of them is opened. */
function aloneWith(file: string): Neighbours {
  const refuse = async (name: string): Promise<never> => {
    throw new UnsupportedImageError(
      `“${file}” is a parent of undeclared format that names a further file, “${name}”.`,
      'If you trust it, declare its format in the child with “qemu-img rebase -u -b PARENT -F FORMAT CHILD”, and try again.',
    );
  };
  return { open: refuse, openParent: refuse };
}
