/** The work of a lane, job by job: everything here runs in its own thread, on shared memory, without waiting for anyone. */
import { createHash, type Hash } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';
import { DamagedImageError, TruncatedImageError } from '../../disk/errors.ts';
import { unpack } from '../../disk/unpack.ts';
import { ReadBackError, SourceReadError, writeFailure } from '../errors.ts';
import {
  BLOCK_BYTES,
  PACKED_BYTES,
  SLOT_BLOCKS,
  SLOT_BYTES,
  SPARE_BYTES,
  type CheckJob,
  type CheckReply,
  type DirectWrite,
  type FillJob,
  type FillReply,
  type HashFileJob,
  type LaneJob,
  type LaneMemory,
  type LaneReplies,
  type Piece,
  type Run,
  type Stored,
  type WriteJob,
} from './protocol.ts';
import { forRuns } from './runs.ts';
import { zlibStates } from './zlib-state.ts';

/** Compressing is only worth its time at level 1: level 6 makes 9 % smaller files at twice the processor time (measured). */
const PACK_LEVEL = 1;
const NO_BYTES = new Uint8Array(new SharedArrayBuffer(0));
const ZEROS = Buffer.alloc(BLOCK_BYTES);
/** So many bytes are read, looked at, written and read back together: they stay in a core's second-level cache. */
const WINDOW_BYTES = 8 * BLOCK_BYTES;

export class LaneWork {
  #slots: Uint8Array = NO_BYTES;
  #packs: Uint8Array = NO_BYTES;
  #inputs: Uint8Array = NO_BYTES;
  #inputBytes = 0;
  #nextBlock = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT));
  readonly #zlib = zlibStates(PACK_LEVEL);
  readonly #hashes = new Map<string, Hash>();
  /** Where plain blocks pass through, window after window, so that memory which is in the cache is used again. */
  readonly #window = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  readonly #readBack = Buffer.allocUnsafeSlow(WINDOW_BYTES);
  /** Holds one packed unit that is read from a file, and grows to the largest one seen. */
  #stored = Buffer.alloc(0);
  /** Holds the unpacked unit of a check, or of a piece that wants only a part of it. */
  #unit = Buffer.alloc(0);

  /** The memory that jobs are about from now on; hashes that were not ended are forgotten. */
  use(memory: LaneMemory | null): void {
    this.#slots = memory === null ? NO_BYTES : new Uint8Array(memory.slots);
    this.#packs = memory === null ? NO_BYTES : new Uint8Array(memory.packs);
    this.#inputs = memory === null ? NO_BYTES : new Uint8Array(memory.inputs);
    this.#inputBytes = memory?.inputBytes ?? 0;
    if (memory !== null) this.#nextBlock = new BigInt64Array(memory.nextBlock);
    this.#hashes.clear();
  }

  do(job: LaneJob): LaneReplies[keyof LaneReplies] {
    switch (job.op) {
      case 'fill':
        return this.#fill(job);
      case 'write':
        return this.#write(job);
      case 'check':
        return this.#check(job);
      case 'hash': {
        const start = job.input * this.#inputBytes + job.from;
        this.#hashOf(job).update(this.#inputs.subarray(start, start + job.length));
        return null;
      }
      case 'hashSlot':
        this.#hashOf(job).update(this.#slots.subarray(job.at, job.at + job.length));
        return null;
      case 'hashBytes':
        this.#hashOf(job).update(job.bytes);
        return null;
      case 'hashZeros':
        for (let left = job.length; left > 0; left -= BLOCK_BYTES) {
          this.#hashOf(job).update(left < BLOCK_BYTES ? ZEROS.subarray(0, left) : ZEROS);
        }
        return null;
      case 'hashEnd': {
        const hash = this.#hashes.get(job.hash);
        if (hash === undefined) throw new Error(`no hash “${job.hash}” was begun`);
        this.#hashes.delete(job.hash);
        return { hex: hash.digest('hex') };
      }
      case 'hashFile':
        return this.#hashFile(job);
    }
  }

  #hashOf(job: { readonly hash: string; readonly algorithm: string }): Hash {
    let hash = this.#hashes.get(job.hash);
    if (hash === undefined) this.#hashes.set(job.hash, (hash = createHash(job.algorithm)));
    return hash;
  }

  /** Blocks are looked at, and written if that is wanted, a window at a time, while they are in the core's cache. */
  #fill(job: FillJob): FillReply {
    const { write } = job;
    const passesThrough = write !== null && job.pieces.every(({ kind }) => kind === 'read' || kind === 'zero');
    const memory = passesThrough ? this.#window : Buffer.from(this.#slots.buffer, job.slot * SLOT_BYTES, SLOT_BYTES);
    /** Where a byte of the slot is: it has its own place, or that of the same byte in the windows before. */
    const placeOf = (at: number): number => at % memory.byteLength;
    const digests = job.digests ? new Uint8Array(32 * job.offsets.length) : null;
    const packedBytes: number[] | null = job.pack === null ? null : [];
    const runs: Run[] = [];
    const zeros = new Uint8Array(job.offsets.length);
    let seen = 0;
    const lookAt = (end: number): void => {
      const first = seen;
      for (; seen < end; seen++) {
        const at = placeOf(seen * BLOCK_BYTES);
        const length = job.blockLengths[seen] ?? 0;
        const isZero = memory.compare(ZEROS, 0, length, at, at + length) === 0;
        if (isZero) zeros[seen] = 1;
        else
          digests?.set(
            createHash('sha256')
              .update(memory.subarray(at, at + length))
              .digest(),
            32 * seen,
          );
        const packAt = (job.slot * SLOT_BLOCKS + seen) * PACKED_BYTES;
        packedBytes?.push(isZero || job.pack === null ? 0 : this.#pack(job.pack, memory, at, packAt));
      }
      if (write === null) return;
      forRuns(job.offsets, zeros, first, end, (i, count) => {
        const run = this.#runOf(job, write, i, count);
        this.#writeRun(write.fd, memory, { ...run, at: placeOf(run.at) });
        runs.push(run);
      });
    };
    for (const piece of job.pieces) {
      for (const part of inWindows(piece)) {
        this.#place({ ...part, at: placeOf(part.at) }, memory);
        const filled = part.at + part.length;
        if (filled - seen * BLOCK_BYTES >= WINDOW_BYTES) lookAt(Math.floor(filled / BLOCK_BYTES));
      }
    }
    lookAt(job.offsets.length);
    return { zeros, digests, packedBytes, runs };
  }

  /** Where `count` blocks go, from the `i`th on. */
  #runOf({ offsets, blockLengths }: FillJob, { at }: DirectWrite, i: number, count: number): Run {
    if (at === 'next') {
      const block = Number(Atomics.add(this.#nextBlock, 0, BigInt(count)));
      return { at: i * BLOCK_BYTES, length: count * BLOCK_BYTES, position: block * BLOCK_BYTES };
    }
    const length = (count - 1) * BLOCK_BYTES + (blockLengths[i + count - 1] ?? 0);
    return { at: i * BLOCK_BYTES, length, position: offsets[i] ?? 0 };
  }

  #place(piece: Piece, slot: Buffer): void {
    const { at, length } = piece;
    switch (piece.kind) {
      case 'zero':
        slot.fill(0, at, at + length);
        return;
      case 'ready':
        return;
      case 'read':
        this.#read(piece.stored, slot.subarray(at, at + length));
        return;
      case 'unpack':
        if (piece.skipBytes === 0 && piece.length === piece.unpackedBytes) this.#unpack(piece, slot, at);
        else {
          if (this.#unit.byteLength < piece.unpackedBytes + SPARE_BYTES)
            this.#unit = Buffer.allocUnsafeSlow(piece.unpackedBytes + SPARE_BYTES);
          this.#unpack(piece, this.#unit, 0);
          this.#unit.copy(slot, at, piece.skipBytes, piece.skipBytes + length);
        }
    }
  }

  /** Unpacks a whole unit to `output` from `at` on; up to `SPARE_BYTES` behind it may be overwritten. */
  #unpack(piece: Extract<Piece, { kind: 'unpack' }>, output: Buffer, at: number): void {
    const { stored, storedBytes, codec, unpackedBytes } = piece;
    let input = this.#inputs;
    let from = 0;
    if (stored.in === 'input') from = stored.input * this.#inputBytes + stored.position;
    else {
      if (this.#stored.byteLength < storedBytes)
        this.#stored = Buffer.allocUnsafeSlow(Math.max(storedBytes, 2 * BLOCK_BYTES));
      this.#read(stored, this.#stored.subarray(0, storedBytes));
      input = this.#stored;
    }
    if (codec === 'zstd') {
      output.set(unpack(codec, input.subarray(from, from + storedBytes), unpackedBytes, 'the image'), at);
      return;
    }
    let got: number;
    try {
      got = this.#zlib.inflate[codec](input, from, storedBytes, output, at, unpackedBytes + SPARE_BYTES);
    } catch (cause) {
      throw new DamagedImageError(`A compressed block of the image does not unpack: ${(cause as Error).message}.`, {
        cause,
      });
    }
    if (got < unpackedBytes && got >= (piece.leastBytes ?? unpackedBytes)) output.fill(0, at + got, at + unpackedBytes);
    else if (got !== unpackedBytes)
      throw new DamagedImageError(`A compressed block of the image holds ${got} bytes instead of ${unpackedBytes}.`);
  }

  /** @returns 0 for a bare stream that is no shorter than the block. */
  #pack(codec: 'zlib' | 'deflate', slot: Buffer, from: number, at: number): number {
    const bytes = this.#zlib.deflate[codec](slot, from, BLOCK_BYTES, this.#packs, at, PACKED_BYTES);
    return codec === 'deflate' && bytes >= BLOCK_BYTES ? 0 : bytes;
  }

  #read(stored: Stored, into: Uint8Array): void {
    if (stored.in === 'input') {
      const start = stored.input * this.#inputBytes + stored.position;
      into.set(this.#inputs.subarray(start, start + into.byteLength));
      return;
    }
    for (let done = 0; done < into.byteLength;) {
      let count: number;
      try {
        count = readSync(stored.fd, into, done, into.byteLength - done, stored.position + done);
      } catch (cause) {
        throw new SourceReadError(
          `Reading ${into.byteLength} bytes at ${stored.position} of the image failed (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
          { cause },
        );
      }
      if (count === 0)
        throw new TruncatedImageError(`The image ends before byte ${stored.position + into.byteLength}.`);
      done += count;
    }
  }

  #write(job: WriteJob): null {
    const slot =
      job.from === 'slot'
        ? Buffer.from(this.#slots.buffer, job.slot * SLOT_BYTES, SLOT_BYTES)
        : Buffer.from(this.#packs.buffer, job.slot * SLOT_BLOCKS * PACKED_BYTES, SLOT_BLOCKS * PACKED_BYTES);
    for (const run of job.runs) this.#writeRun(job.fd, slot, run);
    return null;
  }

  /** Piece by piece, so that what is read back is still in the core's cache. */
  #writeRun(fd: number, slot: Buffer, { at, length, position }: Run): void {
    for (let done = 0; done < length; done += WINDOW_BYTES) {
      const piece = Math.min(WINDOW_BYTES, length - done);
      this.#writePiece(fd, slot, at + done, piece, position + done);
      this.#compareWritten(fd, slot, at + done, piece, position + done);
    }
  }

  #writePiece(fd: number, slot: Buffer, at: number, length: number, position: number): void {
    try {
      for (let done = 0; done < length;) done += writeSync(fd, slot, at + done, length - done, position + done);
    } catch (error) {
      throw writeFailure('the destination', error);
    }
  }

  #compareWritten(fd: number, slot: Buffer, at: number, length: number, position: number): void {
    const back = this.#readBack;
    for (let done = 0; done < length;) {
      const count = readSync(fd, back, 0, Math.min(back.byteLength, length - done), position + done);
      if (count === 0 || back.compare(slot, at + done, at + done + count, 0, count) !== 0) {
        throw new ReadBackError(
          `The destination does not give back what was written to it at byte ${position + done}.`,
        );
      }
      done += count;
    }
  }

  #check(job: CheckJob): CheckReply {
    const digests = job.digests ? new Uint8Array(32 * job.pieces.length) : null;
    job.pieces.forEach((piece, i) => {
      const size = piece.unpackedBytes + SPARE_BYTES;
      if (this.#unit.byteLength < size) this.#unit = Buffer.allocUnsafeSlow(size);
      this.#unpack(piece, this.#unit, 0);
      if (digests === null || this.#unit.compare(ZEROS, 0, piece.length, 0, piece.length) === 0) return;
      digests.set(createHash('sha256').update(this.#unit.subarray(0, piece.length)).digest(), 32 * i);
    });
    return { digests };
  }

  #hashFile(job: HashFileJob): { hex: string } {
    const hash = createHash(job.algorithm);
    const buffer = Buffer.allocUnsafeSlow(1 << 20);
    for (let done = 0; done < job.length;) {
      const count = readSync(job.fd, buffer, 0, Math.min(buffer.byteLength, job.length - done), job.start + done);
      if (count === 0)
        throw new TruncatedImageError(`The file ends at byte ${job.start + done}, ${job.length - done} bytes early.`);
      hash.update(buffer.subarray(0, count));
      done += count;
    }
    return { hex: hash.digest('hex') };
  }
}

/** A long read, or stretch of zeros, cut where a window ends; everything else as it is. */
function* inWindows(piece: Piece): Generator<Piece, void, void> {
  if (piece.kind !== 'read' && piece.kind !== 'zero') {
    yield piece;
    return;
  }
  for (let done = 0; done < piece.length;) {
    const at = piece.at + done;
    const length = Math.min(piece.length - done, WINDOW_BYTES - (at % WINDOW_BYTES));
    if (piece.kind === 'zero') yield { kind: 'zero', at, length };
    else {
      const { stored } = piece;
      yield { kind: 'read', at, length, stored: { ...stored, position: stored.position + done } };
    }
    done += length;
  }
}
