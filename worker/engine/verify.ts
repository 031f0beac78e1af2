/** Opens what was written as any reader would, and holds it against what should be there. */
import type { OutputFormat } from '../../main/shared/jobs.ts';
import type { DiskImage } from '../disk/image.ts';
import { openImage } from '../disk/open.ts';
import { ContentMismatchError, ReadBackError } from './errors.ts';

export interface Written extends AsyncDisposable {
  readonly image: DiskImage;
  readonly evidence: string;
  /** @throws ContentMismatchError when the digests differ */
  mustHold(source: string, target: string): void;
}

/**
 * @param mappedBytes guest bytes that must have storage in it; null where the format has no map
 * @throws ReadBackError when size or map are not what was written
 */
export async function reopen(
  file: string,
  format: OutputFormat,
  virtualSizeBytes: number,
  mappedBytes: number | null,
  signal: AbortSignal,
): Promise<Written> {
  const image = await openImage(file, { format, signal });
  try {
    const size = image.facts.virtualSizeBytes;
    if (size !== virtualSizeBytes)
      throw new ReadBackError(`The written image has ${size} bytes instead of ${virtualSizeBytes}.`);
    let evidence = `It is ${size} bytes long.`;
    if (mappedBytes !== null) {
      let mapped = 0;
      for await (const extent of image.extents(0, size, signal)) {
        if (extent.kind === 'data' || extent.kind === 'packed') mapped += extent.length;
      }
      // The last block may reach past the disk's end in the file.
      const expected = Math.min(
        mappedBytes,
        mappedBytes - (mapped < mappedBytes && size % 65_536 !== 0 ? 65_536 - (size % 65_536) : 0),
      );
      if (mapped !== expected)
        throw new ReadBackError(`The written image maps ${mapped} bytes instead of ${expected}.`);
      evidence = `Its tables were read again: ${size} bytes, ${mapped} of them stored.`;
    }
    return {
      image,
      evidence,
      mustHold(source, target) {
        if (source !== target)
          throw new ContentMismatchError(`The guest would see another disk: ${target} instead of ${source}.`);
      },
      [Symbol.asyncDispose]: async () => await image[Symbol.asyncDispose](),
    };
  } catch (error) {
    await image[Symbol.asyncDispose]();
    throw error;
  }
}
