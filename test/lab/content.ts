/** What disks of simulated machines hold: blocks that are at hand, or made from a seed; all else reads as zeros. */
import { openFile, type ByteSource } from '../../worker/disk/bytes.ts';

export const BLOCK_BYTES = 64 * 1024;

/** A disk's content: an open source of raw bytes, or a file of them. The simulator closes what it opened itself. */
export type DiskContent = ByteSource | { readonly path: string };

export async function openContent(content: DiskContent): Promise<ByteSource> {
  if ('sizeBytes' in content) return content;
  return await openFile(content.path);
}

/** A content that knows where it holds anything, so that nobody has to read all of a large disk to find out. */
export interface HeldContent extends ByteSource {
  /** Of blocks, multiples of 64 KiB; the rest reads as zeros. */
  readonly heldOffsets: readonly number[];
}

/**
 * Bytes of a disk of which only some blocks were ever written.
 * @param blocks offsets are multiples of 64 KiB; blocks are 64 KiB, the disk's last one may be shorter
 */
export function heldContent(
  name: string,
  sizeBytes: number,
  blocks: Iterable<{ readonly offset: number; readonly bytes: Uint8Array }>,
): HeldContent {
  const held = new Map<number, Uint8Array>();
  for (const { offset, bytes } of blocks) held.set(offset, bytes);
  return madeContent(name, sizeBytes, [...held.keys()], (offset) => held.get(offset) ?? NOTHING);
}

const NOTHING = new Uint8Array();

/**
 * The same, with blocks that are made when they are read: `blockAt` gives the same bytes each time, as many as the block has.
 */
export function madeContent(
  name: string,
  sizeBytes: number,
  heldOffsets: readonly number[],
  blockAt: (offset: number) => Uint8Array,
): HeldContent {
  const held = new Set(heldOffsets);
  return {
    name,
    sizeBytes,
    heldOffsets,
    async read(into, position, signal) {
      signal?.throwIfAborted();
      if (position < 0 || position + into.byteLength > sizeBytes) {
        throw new RangeError(`“${name}” has ${sizeBytes} bytes.`);
      }
      for (let done = 0; done < into.byteLength;) {
        const skip = (position + done) % BLOCK_BYTES;
        const part = into.subarray(done, done + Math.min(BLOCK_BYTES - skip, into.byteLength - done));
        const offset = position + done - skip;
        part.fill(0);
        if (held.has(offset)) part.set(blockAt(offset).subarray(skip, skip + part.byteLength));
        done += part.byteLength;
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** The same bytes for the same seed everywhere: a third of the blocks written, half text and half noise; the last one always. */
export function seededContent(name: string, sizeBytes: number, seed: number): ByteSource {
  return heldContent(name, sizeBytes, seededBlocks(sizeBytes, seed));
}

function* seededBlocks(sizeBytes: number, seed: number): Generator<{ offset: number; bytes: Uint8Array }> {
  for (let offset = 0; offset < sizeBytes; offset += BLOCK_BYTES) {
    let state = (Math.imul(seed, 0x9e37_79b1) ^ (offset / BLOCK_BYTES + 1)) >>> 0 || 1;
    const next = (): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      state >>>= 0;
      return state;
    };
    next();
    const isLast = offset + BLOCK_BYTES >= sizeBytes;
    if (offset !== 0 && !isLast && next() % 3 !== 0) continue;
    const bytes = Buffer.alloc(Math.min(BLOCK_BYTES, sizeBytes - offset));
    const half = bytes.byteLength / 2;
    bytes.fill(`${seed}: block at ${offset}, written by the simulator.\n`, 0, half);
    for (let at = half; at + 4 <= bytes.byteLength; at += 4) bytes.writeUInt32LE(next(), at);
    yield { offset, bytes };
  }
}
