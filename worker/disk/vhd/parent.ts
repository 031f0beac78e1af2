/** Finds the parent of a differencing disk among the places where its child says it may be. */
import { MissingFileError, ParentMismatchError } from '../errors.ts';
import type { DiskImage, Neighbours } from '../image.ts';

/**
 * Opens the first of `names` that leads to an image of `format` with one of `identities`.
 * @param names as the child spells them, the likeliest first; none is tried twice.
 * @param sectorBytes what the child's sectors have; a parent with others does not fit.
 * @throws MissingFileError when no name leads to a file, saying so for the first name.
 * @throws ParentMismatchError when files were found, but none of them is the parent.
 */
export async function openParent(
  neighbours: Neighbours,
  child: { readonly name: string; readonly format: 'vhd' | 'vhdx'; readonly sectorBytes: number },
  names: readonly string[],
  identities: readonly string[],
  signal?: AbortSignal,
): Promise<DiskImage> {
  let missing: MissingFileError | undefined;
  let mismatch: ParentMismatchError | undefined;
  for (const name of new Set(names)) {
    let parent: DiskImage;
    try {
      parent = await neighbours.openParent(name, signal, { format: child.format });
    } catch (error) {
      if (!(error instanceof MissingFileError)) throw error;
      missing ??= error;
      continue;
    }
    const { facts, identity } = parent;
    const isTheOne = facts.format === child.format && identity !== null && identities.includes(identity);
    if (isTheOne && facts.sectorSizeBytes === child.sectorBytes) return parent;
    await parent[Symbol.asyncDispose]();
    mismatch ??= new ParentMismatchError(
      isTheOne
        ? `“${child.name}” has sectors of ${child.sectorBytes} bytes, but its parent has ${facts.sectorSizeBytes}.`
        : `“${child.name}” was made on the disk ${identities.join(' or ')}, but “${facts.chain[0]?.name ?? name}” is ${identity ?? `a ${facts.format} image without identity`}.`,
    );
  }
  throw mismatch ?? missing ?? new MissingFileError(`“${child.name}” needs a parent, but does not say where it is.`);
}
