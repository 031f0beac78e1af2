/** Raw disks: the guest's bytes as they are, with holes where the file system tells of them. */
import type { ByteSource } from './bytes.ts';
import { TruncatedImageError } from './errors.ts';
import { holesOf, type HoleMap } from './holes.ts';
import type { Extent, FormatOpener } from './image.ts';

const SECTOR_BYTES = 512;

/**
 * Opens `source` as a raw disk. A size that is no multiple of 512 is rounded up, with a warning, and the missing
 * end of the last sector reads as zeros: a guest can only be given whole sectors, and dropping bytes would lose data.
 */
export const openRaw: FormatOpener = async (source) => {
  if (source.sizeBytes === 0) throw new TruncatedImageError(`“${source.name}” is empty.`);
  const sizeBytes = Math.ceil(source.sizeBytes / SECTOR_BYTES) * SECTOR_BYTES;
  const warnings: string[] = [];
  if (sizeBytes !== source.sizeBytes) {
    warnings.push(
      `The file's ${source.sizeBytes} bytes are no multiple of 512; the last sector is filled up with zeros.`,
    );
  }
  const holes = await holesOf(source);
  const variant = holes === null ? 'full' : 'sparse';
  const whole = filledUp(source, sizeBytes);
  return {
    identity: null,
    facts: {
      format: 'raw',
      variant,
      virtualSizeBytes: sizeBytes,
      allocatedBytes: holes === null ? source.sizeBytes : Math.min(holes.storedBytes, source.sizeBytes),
      sectorSizeBytes: SECTOR_BYTES,
      creator: null,
      chain: [{ name: source.name, format: 'raw', variant }],
      warnings,
    },
    extents: (from, to, signal) => rawExtents(whole, holes, from, Math.min(to, sizeBytes), signal),
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
    },
  };
};

async function* rawExtents(
  source: ByteSource,
  holes: HoleMap | null,
  from: number,
  to: number,
  signal?: AbortSignal,
): AsyncGenerator<Extent, void, void> {
  for (let at = from; at < to;) {
    signal?.throwIfAborted();
    const data = holes === null ? { start: at, end: to } : await holes.dataFrom(at, signal);
    // File systems answer in their own blocks; whatever those are, data grows to whole sectors and never shrinks.
    const start = Math.max(at, Math.min(to, Math.floor(data.start / SECTOR_BYTES) * SECTOR_BYTES));
    const end = Math.min(to, Math.ceil(data.end / SECTOR_BYTES) * SECTOR_BYTES);
    if (start > at) yield { kind: 'hole', offset: at, length: start - at };
    if (end > start) yield { kind: 'data', offset: start, length: end - start, source, position: start };
    at = Math.max(start, end);
  }
}

/** `source` with zeros behind its end, up to `sizeBytes`; `source` itself where it is that long. */
function filledUp(source: ByteSource, sizeBytes: number): ByteSource {
  if (source.sizeBytes === sizeBytes) return source;
  return {
    name: source.name,
    sizeBytes,
    async read(into, position, signal) {
      const stored = Math.max(0, Math.min(into.byteLength, source.sizeBytes - position));
      if (stored > 0) await source.read(into.subarray(0, stored), position, signal);
      into.fill(0, stored);
    },
    async [Symbol.asyncDispose]() {},
  };
}
