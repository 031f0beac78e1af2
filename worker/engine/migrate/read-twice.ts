/** Reads everything twice where the source gives no checksum: what comes the same both times is believed. */
import type { Proof } from '../../../main/shared/converted-disk.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import type { ByteSource } from '../../disk/bytes.ts';
import type { DiskImage, Extent } from '../../disk/image.ts';

/** Memory: so much for each read that is under way. */
const PIECE_BYTES = 1024 * 1024;

/** The same bytes were different each time that they were asked for. */
export class ReadsDifferError extends GutsError {
  readonly code = 'source.reads-differ';
  readonly remedy =
    'Nothing of the copy was used. Make sure that nothing writes to the machine’s disks, check the datastore and the network, and try again; or choose another way of reading where there is one (in vSphere the lease).';
  override readonly retryable = true;
}

export interface TwiceReadImage extends DiskImage {
  /** What is proved by then of everything that was read. */
  proof(): Proof;
}

/**
 * The same image, each of whose reads costs two. It closes what it was given.
 * @param way how its bytes come: `over TLS`
 */
export function readTwice(image: DiskImage, way: string): TwiceReadImage {
  const sources = new Map<ByteSource, TwiceReadSource>();
  const twice = (source: ByteSource): TwiceReadSource => {
    const known = sources.get(source) ?? new TwiceReadSource(source);
    sources.set(source, known);
    return known;
  };
  return {
    identity: image.identity,
    facts: image.facts,
    async *extents(from, to, signal): AsyncGenerator<Extent, void, void> {
      for await (const extent of image.extents(from, to, signal))
        yield 'source' in extent ? { ...extent, source: twice(extent.source) } : extent;
    },
    proof() {
      const all = [...sources.values()];
      const bytes = all.reduce((sum, source) => sum + source.readBytes, 0);
      const outvoted = all.reduce((sum, source) => sum + source.outvoted, 0);
      const also = outvoted === 0 ? '' : ` ${outvoted} times one reading differed, and two others agreed against it.`;
      return {
        claim: 'Whatever was read came the same when it was read again.',
        evidence: `${bytes} bytes ${way}, each part compared with a second reading of it; the source gives no checksum of them.${also}`,
      };
    },
    [Symbol.asyncDispose]: async () => await image[Symbol.asyncDispose](),
  };
}

class TwiceReadSource implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  /** Of the guest, each counted once. */
  readBytes = 0;
  /** Readings that two others agreed against. */
  outvoted = 0;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
    this.name = source.name;
    this.sizeBytes = source.sizeBytes;
  }

  /** @throws ReadsDifferError, and what the source throws */
  async read(into: Uint8Array, position: number, signal?: AbortSignal): Promise<void> {
    const first = this.#source.read(into, position, signal);
    try {
      const again = new Uint8Array(Math.min(PIECE_BYTES, into.byteLength));
      for (let at = 0; at < into.byteLength; at += PIECE_BYTES) {
        const piece = into.subarray(at, at + PIECE_BYTES);
        const second = again.subarray(0, piece.byteLength);
        await this.#source.read(second, position + at, signal);
        await first;
        if (Buffer.compare(piece, second) !== 0) await this.#decide(piece, second, position + at, signal);
      }
    } finally {
      await first.catch(() => {}); // nothing may come into the memory of others
    }
    await first;
    this.readBytes += into.byteLength;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }

  /** Leaves in `first` what two of three readings say. */
  async #decide(first: Uint8Array, second: Uint8Array, position: number, signal?: AbortSignal): Promise<void> {
    const third = new Uint8Array(first.byteLength);
    await this.#source.read(third, position, signal);
    if (Buffer.compare(first, third) !== 0 && Buffer.compare(second, third) !== 0) {
      throw new ReadsDifferError(
        `${first.byteLength} bytes at ${position} of “${this.name}” came differently each time that they were read.`,
      );
    }
    first.set(third);
    this.outvoted += 1;
  }
}
