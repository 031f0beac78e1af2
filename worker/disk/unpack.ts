/** Unpacks one compressed unit (a grain or a cluster) with a bound on what may come out of it. */
import * as zlib from 'node:zlib';
import { GutsError } from '../../main/shared/errors.ts';
import { DamagedImageError, UnsupportedImageError } from './errors.ts';
import type { Codec } from './image.ts';
import { zstdFrameBytes } from './zstd.ts';

/** Room past the unit, so that a stream that unpacks to more than it should is told from one that fits exactly. */
const SPARE = 64;

/** Built into Node from 22.15 on; Node 20 and Electron 25 lack it, whatever the types say. */
const zstdDecompress = (zlib as { zstdDecompressSync?: typeof zlib.zstdDecompressSync }).zstdDecompressSync;
/** Every decoder must take windows of 8 MiB; a frame that wants more is after our memory. */
const MOST_WINDOW_BITS = 23;

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
    else bytes = unzstd(stored, unpackedBytes, name);
  } catch (error) {
    if (error instanceof GutsError) throw error;
    throw new DamagedImageError(`A compressed block in “${name}” does not unpack: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  if (bytes.byteLength !== unpackedBytes) {
    throw new DamagedImageError(
      `A compressed block in “${name}” holds ${bytes.byteLength} bytes instead of ${unpackedBytes}.`,
    );
  }
  return bytes;
}

/** Unpacks the first Zstandard frame of `stored` and leaves what follows it. */
function unzstd(stored: Uint8Array, unpackedBytes: number, name: string): Buffer {
  if (zstdDecompress === undefined) {
    throw new UnsupportedImageError(
      `“${name}” is compressed with zstd, which this Node ${process.version} cannot unpack.`,
      'Run Guts with Node 22.15 or newer, or rewrite the image with “qemu-img convert -O qcow2”.',
    );
  }
  const frameBytes = zstdFrameBytes(stored);
  if (frameBytes === null) throw new DamagedImageError(`A compressed block in “${name}” is no whole zstd frame.`);
  return zstdDecompress(stored.subarray(0, frameBytes), {
    maxOutputLength: unpackedBytes + SPARE,
    params: { [zlib.constants.ZSTD_d_windowLogMax]: MOST_WINDOW_BITS },
  });
}
