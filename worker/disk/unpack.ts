/** Unpacks one compressed unit (a grain or a cluster) with a bound on what may come out of it. */
import * as zlib from 'node:zlib';
import type { Codec } from './image.ts';
import { DamagedImageError, UnsupportedImageError } from './errors.ts';

/** Room past the unit, so that a stream that unpacks to more than it should is told from one that fits exactly. */
const SPARE = 64;

type ZstdDecompress = (stored: Uint8Array, options: { maxOutputLength: number }) => Buffer;
/** Built into Node from 22.15 on; Node 20 and Electron 25 lack it. */
const zstdDecompress = (zlib as unknown as { zstdDecompressSync?: ZstdDecompress }).zstdDecompressSync;

/**
 * The `unpackedBytes` bytes that `stored` holds. Bytes of `stored` behind the end of the stream are ignored.
 * @throws DamagedImageError when the stream is broken, fails its Adler-32, or holds less or more than it should.
 */
export function unpack(codec: Codec, stored: Uint8Array, unpackedBytes: number, name: string): Buffer {
  let bytes: Buffer;
  try {
    const options = { chunkSize: Math.max(64, unpackedBytes + SPARE), maxOutputLength: unpackedBytes + SPARE };
    if (codec === 'zlib') bytes = zlib.inflateSync(stored, options);
    else if (codec === 'deflate') bytes = zlib.inflateRawSync(stored, options);
    else if (zstdDecompress !== undefined) bytes = zstdDecompress(stored, { maxOutputLength: unpackedBytes + SPARE });
    else throw new UnsupportedImageError(`“${name}” is compressed with zstd, which this Node ${process.version} cannot unpack.`, 'Run Guts with Node 22.15 or newer, or rewrite the image with “qemu-img convert -O qcow2”.');
  } catch (error) {
    if (error instanceof UnsupportedImageError) throw error;
    throw new DamagedImageError(`A compressed block in “${name}” does not unpack: ${(error as Error).message}.`, { cause: error });
  }
  if (bytes.byteLength !== unpackedBytes) {
    throw new DamagedImageError(`A compressed block in “${name}” holds ${bytes.byteLength} bytes instead of ${unpackedBytes}.`);
  }
  return bytes;
}
