/** Writes one disk into a part file by the fastest route that is valid, proves it, and says what was shown and how. */
import { stat } from 'node:fs/promises';
import type { ConvertedDisk, ConvertJob, Progress, Proof } from '../../main/shared/jobs.ts';
import type { ContainerMember } from '../containers/container.ts';
import { checkDigest } from '../containers/manifest.ts';
import { readBytes, type ByteSource } from '../disk/bytes.ts';
import type { DiskImage } from '../disk/image.ts';
import { batchesOf } from './batch.ts';
import { carryOver } from './carry-over.ts';
import { ContentDigest } from './content-digest.ts';
import { copyBatches, copyMemory, type Meter } from './copy.ts';
import { digestImage } from './digest.ts';
import type { Lane } from './lane/lane.ts';
import { LanePool } from './lane/pool.ts';
import { BLOCK_BYTES, type LaneMemory } from './lane/protocol.ts';
import { PartFile } from './part-file.ts';
import { ProgressTeller, type ProgressOf } from './progress.ts';
import type { SourceDisk } from './source.ts';
import { streamBatches } from './stream-batches.ts';
import { streamWindows, WINDOW_BYTES, WINDOWS, type StreamWindow } from './stream-windows.ts';
import { hashSource } from './hash-source.ts';
import { Qcow2Target, RawTarget, VmdkTarget, type Target } from './targets.ts';
import { reopen } from './verify.ts';

export interface DiskJob {
  readonly job: Pick<ConvertJob, 'to' | 'compress' | 'verify' | 'sha512' | 'lanes'>;
  readonly disk: SourceDisk;
  readonly image: DiskImage;
  /** Where to write; entered in the ledger already. */
  readonly partPath: string;
  /** The name that the file will have. */
  readonly output: string;
  readonly of: Omit<ProgressOf, 'totalBytes' | 'disk'>;
  readonly tell: (progress: Progress) => void;
  /** Counts for the engine's own figures. */
  readonly onWritten: (bytes: number) => void;
  readonly signal: AbortSignal;
}

type Route = ConvertedDisk['route'];

export async function convertDisk(request: DiskJob): Promise<ConvertedDisk> {
  const { job, disk, image, output, signal } = request;
  const beganMs = performance.now();
  const { virtualSizeBytes } = image.facts;
  const stream = await streamOf(disk.member, image);
  const route: Route =
    stream === null || job.to === 'vmdk'
      ? 'blocks'
      : !job.compress
        ? 'stream'
        : job.to === 'qcow2'
          ? 'carry-over'
          : 'stream';
  const manifest = job.verify === 'written' ? null : (disk.member?.manifest ?? null);
  const digest = job.verify === 'content' ? new ContentDigest() : null;
  const proofs: Proof[] = [];

  const isStreamed = route !== 'blocks';
  const memory = copyMemory(
    job.lanes,
    job.compress || job.to === 'vmdk',
    isStreamed ? WINDOWS : 0,
    isStreamed ? WINDOW_BYTES : 0,
  );
  const meter: Meter = { readBytes: 0, writtenBytes: 0, doneBytes: 0 };
  const totalBytes =
    route === 'carry-over' && stream !== null ? stream.sizeBytes : (image.facts.allocatedBytes ?? virtualSizeBytes);

  await using file = await PartFile.create(request.partPath);
  using teller = new ProgressTeller(meter, { ...request.of, disk: disk.name, totalBytes }, (progress) =>
    request.tell(progress),
  );
  const doesCheck =
    route === 'carry-over' && (job.verify === 'content' || (job.verify === 'sums' && manifest === null));
  await using pool = new LanePool(route !== 'carry-over' || doesCheck ? job.lanes : 1, memory);
  const hashes = new Hashes(pool);

  const onWindow = async (window: StreamWindow): Promise<void> => {
    if (manifest === null) return;
    await hashes.lane.run({
      op: 'hash',
      hash: 'source',
      algorithm: manifest.algorithm,
      input: window.input,
      from: window.bodyAt,
      length: window.length,
    });
  };
  let sha512: string | null = null;
  let mappedBytes: number | null = null;

  if (route === 'carry-over' && stream !== null) {
    const carried = await carryOver({
      source: stream,
      virtualSizeBytes,
      file,
      memory,
      check: doesCheck ? pool : null,
      digest,
      hashLane: hashes.lane,
      onWindow,
      meter,
      signal,
    });
    ({ sha512, mappedBytes } = carried);
  } else {
    const target = targetOf(job, file, virtualSizeBytes, memory);
    if (route === 'stream' && stream !== null) {
      const { batches, filled } = streamBatches(streamWindows(stream, memory, signal), virtualSizeBytes, onWindow);
      await copyBatches({ batches, target, digest, pool, memory, meter, signal, onFilled: filled });
    } else {
      const batches = batchesOf(image.extents(0, virtualSizeBytes, signal), virtualSizeBytes);
      await copyBatches({ batches, target, digest, pool, memory, meter, signal });
    }
    await target.finish();
    mappedBytes = target.mappedBytes;
  }

  if (manifest !== null && disk.member !== null) {
    const hex = isStreamed
      ? await hashes.end('source')
      : await hashSource(pool, disk.member.source, manifest.algorithm, signal);
    checkDigest(disk.member.name, manifest, hex);
    proofs.push({
      claim: 'The source file is the one its manifest describes.',
      evidence: `${manifest.algorithm.toUpperCase()} ${hex}`,
    });
  }
  if (route === 'stream' || doesCheck) {
    proofs.push({
      claim: 'Every compressed block unpacks to what was packed.',
      evidence: 'The Adler-32 of each grain was checked.',
    });
  }
  await file.sync();
  proofs.push({
    claim: 'The output holds what was sent to it.',
    evidence: `${meter.writtenBytes} bytes were read back and compared, then flushed to the disk.`,
  });

  const { size: outputBytes } = await stat(file.path);
  if (job.sha512) sha512 ??= await hashes.file(file.fd, outputBytes);
  await using written = await reopen(file.path, job.to, virtualSizeBytes, mappedBytes, signal);
  proofs.push({ claim: 'The output opens as a sound image.', evidence: written.evidence });

  let contentDigest: string | null = null;
  if (digest !== null) {
    const source = digest.isOrdered ? digest.finish(virtualSizeBytes) : await digestImage(image, job.lanes, signal);
    const target = await digestImage(written.image, job.lanes, signal);
    written.mustHold(source, target);
    contentDigest = source;
    proofs.push({ claim: 'The guest sees the same disk.', evidence: `Content digest of source and output: ${source}` });
  }
  teller.finish();
  request.onWritten(meter.writtenBytes);
  const seconds = (performance.now() - beganMs) / 1000;
  const dealtWith = Math.min(virtualSizeBytes, mappedBytes ?? image.facts.allocatedBytes ?? virtualSizeBytes);
  return {
    name: disk.name,
    source: image.facts,
    output,
    format: job.to,
    route,
    readBytes: meter.readBytes,
    writtenBytes: meter.writtenBytes,
    skippedBytes: Math.max(0, virtualSizeBytes - dealtWith),
    outputBytes,
    seconds,
    megabytesPerSecond: seconds > 0 ? dealtWith / 1e6 / seconds : 0,
    sha512,
    contentDigest,
    proofs,
    adopted: false,
  };
}

function targetOf(job: DiskJob['job'], file: PartFile, virtualSizeBytes: number, memory: LaneMemory): Target {
  if (job.to === 'raw') return new RawTarget(file, virtualSizeBytes);
  if (job.to === 'vmdk') return new VmdkTarget(file, virtualSizeBytes, memory);
  return new Qcow2Target(file, virtualSizeBytes, job.compress);
}

/** The member as a stream of compressed grains of the block size; null where it is anything else. */
async function streamOf(member: ContainerMember | null, image: DiskImage): Promise<ByteSource | null> {
  if (member === null || image.facts.variant !== 'streamOptimized' || image.facts.chain.length !== 1) return null;
  const head = await readBytes(member.source, 0, Math.min(512, member.source.sizeBytes));
  const isSparse = head.length === 512 && head.toString('latin1', 0, 4) === 'KDMV';
  return isSparse && Number(head.readBigUInt64LE(20)) * 512 === BLOCK_BYTES ? member.source : null;
}

/** Hashes that go on beside the copy; each runs in one lane from its first byte to its last. */
class Hashes {
  /** Hashing in order takes one lane; it still does what the others do when it has nothing to hash. */
  readonly lane: Lane;

  constructor(pool: LanePool) {
    this.lane = pool.idlest();
  }

  async end(hash: string): Promise<string> {
    return (await this.lane.run({ op: 'hashEnd', hash })).hex;
  }

  async file(fd: number, length: number): Promise<string> {
    return (await this.lane.run({ op: 'hashFile', algorithm: 'sha512', fd, start: 0, length })).hex;
  }
}
