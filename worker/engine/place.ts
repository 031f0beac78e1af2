/** The two kinds of places that an image can be written to: a part file, which is proved afterwards, and a pipe, which is not there then. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { ConvertJob, Proof } from '../../main/shared/jobs.ts';
import type { DiskImage } from '../disk/image.ts';
import { PipeError, writeFailure } from './errors.ts';
import type { Lane } from './lane/lane.ts';
import { BLOCK_BYTES, type LaneMemory } from './lane/protocol.ts';
import { PartFile } from './part-file.ts';
import { FileSink, PipeSink, type Sink } from './sink.ts';
import { HeldBack } from './held-back.ts';
import { Qcow2StreamTarget, RawStreamTarget, VmdkTarget } from './stream-targets.ts';
import { PackedQcow2Target, PlainQcow2Target, RawTarget, type Target } from './targets.ts';
import { reopen, type Written } from './verify.ts';

export interface Settled {
  readonly outputBytes: number;
  readonly sha512: string | null;
  readonly proofs: readonly Proof[];
  /** The image as a reader finds it; null where nobody can read it again. The caller disposes it. */
  readonly written: Written | null;
}

export interface Expected {
  readonly to: ConvertJob['to'];
  readonly virtualSizeBytes: number;
  readonly mappedBytes: number | null;
  readonly writtenBytes: number;
  /** Known already, or null. */
  readonly sha512: string | null;
  readonly wantsSha512: boolean;
  /** For hashing the finished file. */
  readonly lane: Lane;
}

export interface Place extends AsyncDisposable {
  /** For a route that writes from front to back by itself. */
  readonly sink: Sink;
  target(
    job: Pick<ConvertJob, 'to' | 'compress'>,
    image: DiskImage,
    memory: LaneMemory,
    signal: AbortSignal,
  ): Promise<Target>;
  /** After the last byte: makes it durable and shows what can be shown. */
  settle(expected: Expected, signal: AbortSignal): Promise<Settled>;
}

/** A part file that the ledger names already. */
export async function filePlace(partPath: string): Promise<Place> {
  const file = await PartFile.create(partPath);
  const sink = new FileSink(file);
  return {
    sink,
    async target({ to, compress }, image, memory) {
      const { virtualSizeBytes } = image.facts;
      if (to === 'raw') return new RawTarget(file, virtualSizeBytes);
      if (to === 'vmdk') return new VmdkTarget(sink, virtualSizeBytes, memory);
      return compress
        ? new PackedQcow2Target(file, virtualSizeBytes)
        : new PlainQcow2Target(file, virtualSizeBytes, memory);
    },
    async settle({ to, virtualSizeBytes, mappedBytes, writtenBytes, sha512, wantsSha512, lane }, signal) {
      if (sink.position > 0) await file.setLength(sink.position); // zeros at its end were not written
      await file.sync();
      const { size } = await stat(file.path);
      const hashed = { op: 'hashFile', algorithm: 'sha512', fd: file.fd, start: 0, length: size } as const;
      const hex = sha512 ?? (wantsSha512 ? (await lane.run(hashed)).hex : null);
      const written = await reopen(file.path, to, virtualSizeBytes, mappedBytes, signal);
      const proofs = [
        {
          claim: 'The output holds what was sent to it.',
          evidence: `${writtenBytes} bytes were read back and compared, then flushed to the disk.`,
        },
        { claim: 'The output opens as a sound image.', evidence: written.evidence },
      ];
      return { outputBytes: size, sha512: hex, proofs, written };
    },
    [Symbol.asyncDispose]: async () => await file.close(),
  };
}

/** A named pipe; opening it waits for the reader at the other end. */
export async function pipePlace(at: string, hashes: boolean): Promise<Place> {
  let pipe: FileHandle;
  try {
    pipe = await open(at, 'w');
  } catch (error) {
    throw writeFailure(at, error);
  }
  const sink = new PipeSink(at, pipe, hashes);
  return {
    sink,
    async target({ to, compress }, image, memory, signal) {
      const { virtualSizeBytes } = image.facts;
      if (compress && to === 'qcow2') {
        throw new PipeError(
          'How long compressed clusters become is known too late to send a qcow2 of them through a pipe.',
          'Have it not compressed (without --compress) or as a VMDK (--to vmdk), or write to a file.',
        );
      }
      if (to === 'raw') return new RawStreamTarget(sink, virtualSizeBytes, memory);
      if (to === 'vmdk') return new VmdkTarget(sink, virtualSizeBytes, memory);
      const mostBytes = await blockBytes(image, signal);
      const expected = { mostBytes, likelyBytes: mostBytes, held: new HeldBack() }; // all of it has room in front
      return new Qcow2StreamTarget(sink, virtualSizeBytes, expected, memory);
    },
    async settle({ sha512 }) {
      const hex = sha512 ?? (await sink.end());
      const claim = 'What went into the pipe is known by its SHA-512; compare it at the other end.';
      return {
        outputBytes: sink.position,
        sha512: hex,
        proofs: [{ claim, evidence: `SHA-512 ${hex}` }],
        written: null,
      };
    },
    [Symbol.asyncDispose]: async () => await pipe.close(),
  };
}

/** Bytes of all blocks that may hold data: the bound that lets a qcow2's head go first. Reads tables, no data. */
export async function blockBytes(image: DiskImage, signal: AbortSignal): Promise<number> {
  let blocks = 0;
  let last = -1;
  for await (const extent of image.extents(0, image.facts.virtualSizeBytes, signal)) {
    if (extent.kind === 'hole' || extent.kind === 'zero') continue;
    const first = Math.floor(extent.offset / BLOCK_BYTES);
    const end = Math.floor((extent.offset + extent.length - 1) / BLOCK_BYTES);
    blocks += end - Math.max(first, last + 1) + 1;
    last = end;
  }
  return blocks * BLOCK_BYTES;
}
