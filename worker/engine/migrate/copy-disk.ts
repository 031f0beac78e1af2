/** Sends one disk of a source into an image of a cloud by the fastest route that is valid, and proves what arrived. */
import type { Progress } from '../../../main/shared/jobs.ts';
import type { MovedDisk, PlannedDisk } from '../../../main/shared/migration.ts';
import type { Proof } from '../../../main/shared/converted-disk.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import type { ImageUpload, RandomDisk, ReadableDisk, StreamedDisk } from '../../drivers.ts';
import { batchesOf } from '../batch.ts';
import { carryOver } from '../carry-over.ts';
import { copyBatches, copyMemory, type Meter } from '../copy.ts';
import { HeldBack } from '../held-back.ts';
import { LaneHash } from '../lane/lane-hash.ts';
import { LanePool } from '../lane/pool.ts';
import { BLOCK_BYTES } from '../lane/protocol.ts';
import { blockBytes } from '../place.ts';
import { ProgressTeller, type ProgressOf } from '../progress.ts';
import type { RateLimit } from '../rate-limit.ts';
import { streamBatches } from '../stream-batches.ts';
import { streamWindows, WINDOW_BYTES, WINDOWS, type StreamWindow } from '../stream-windows.ts';
import { Qcow2StreamTarget, RawStreamTarget } from '../stream-targets.ts';
import { likelyBytes, roomToWait } from './likely-size.ts';
import { readTwice } from './read-twice.ts';
import { UploadSink, type Pace } from './upload-sink.ts';

export interface DiskCopy {
  readonly disk: ReadableDisk;
  readonly planned: PlannedDisk;
  readonly upload: ImageUpload;
  readonly lanes: number;
  /** How fast it may be sent; null where nothing will ever limit that. */
  readonly limit: RateLimit | null;
  readonly of: Omit<ProgressOf, 'totalBytes' | 'disk'>;
  readonly tell: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

type Moved = Omit<MovedDisk, 'imageId' | 'volumeId' | 'reading' | 'imageFormat' | 'setbacks'>;

/** What came from the source is not what the source says it sent. */
export class ManifestMismatchError extends GutsError {
  readonly code = 'source.manifest-differs';
  readonly remedy =
    'The image was not used. Run again; if it fails again, check the datastore and the network between this machine and the host.';
  override readonly retryable = true;
}

/** @throws GutsError; the image must then not be used */
export async function copyDisk(copy: DiskCopy): Promise<Moved> {
  const beganMs = performance.now();
  const { disk, planned, upload, of, signal } = copy;
  const meter: Meter = { readBytes: 0, writtenBytes: 0, doneBytes: 0 };
  const totalBytes = disk.likelyDataBytes ?? disk.sizeBytes;
  using teller = new ProgressTeller(meter, { ...of, disk: planned.label, totalBytes }, copy.tell);
  const { route, sha512, sizeBytes, mappedBytes, proofs } =
    disk.kind === 'stream' ? await copyStream(copy, disk, meter) : await copyExtents(copy, disk, meter);
  const { evidence } = await upload.finish({ sha512, sizeBytes }, signal);
  teller.finish();
  return {
    key: planned.key,
    label: planned.label,
    sizeBytes: disk.sizeBytes,
    route,
    readBytes: meter.readBytes,
    sentBytes: sizeBytes,
    skippedBytes: Math.max(0, disk.sizeBytes - mappedBytes),
    seconds: (performance.now() - beganMs) / 1000,
    sha512,
    proofs: [...proofs, { claim: 'The cloud holds what was sent.', evidence }],
  };
}

interface Sent {
  readonly route: MovedDisk['route'];
  readonly sha512: string;
  readonly sizeBytes: number;
  /** Guest bytes that were not left out. */
  readonly mappedBytes: number;
  readonly proofs: readonly Proof[];
}

/** One for what comes and one for what goes; nothing else is computed where blocks are carried. */
const HASH_LANES = 2;

/** A streamOptimized VMDK: its compressed blocks are carried into a qcow2 as they are, or unpacked into a raw image. */
async function copyStream(
  { planned, upload, lanes, limit, signal }: DiskCopy,
  disk: StreamedDisk,
  meter: Meter,
): Promise<Sent> {
  const { pace, failure } = paceOf(limit, signal);
  const isCarried = planned.imageFormat.value === 'qcow2';
  using memory = copyMemory(lanes, false, WINDOWS, WINDOW_BYTES);
  await using pool = new LanePool(isCarried ? Math.min(HASH_LANES, lanes) : lanes, memory);
  const sourceLane = pool.idlest();
  const outputLane = pool.lanes.at(-1) ?? sourceLane;
  let streamBytes = 0;
  const onWindow = async ({ input, bodyAt: from, length }: StreamWindow): Promise<void> => {
    streamBytes += length;
    await sourceLane.run({ op: 'hash', hash: 'source', algorithm: 'sha1', input, from, length });
  };
  await using stream = await disk.open(signal);
  const sink = new UploadSink(upload, isCarried ? null : new LaneHash(outputLane, 'output', 'sha512', memory), pace);
  let mappedBytes = 0;
  let sha512: string;
  if (isCarried) {
    const mostBytes = mostPacked(disk.sizeBytes);
    ({ sha512, mappedBytes } = await carryOver({
      source: stream,
      mostBytes,
      likelyBytes: likelyBytes({ ...disk, mostBytes, isPacked: true }, await roomToWait()),
      virtualSizeBytes: disk.sizeBytes,
      sink,
      memory,
      check: null,
      digest: null,
      hashLane: outputLane,
      onWindow,
      meter,
      doneBytesOf: (window) => window.grains.length * BLOCK_BYTES,
      signal,
      failure,
    }));
    await sink.end();
  } else {
    const target = new RawStreamTarget(sink, disk.sizeBytes, memory);
    const windows = streamWindows(stream, memory, signal);
    const { batches, filled } = streamBatches(windows, disk.sizeBytes, onWindow);
    await copyBatches({ batches, target, digest: null, pool, memory, meter, signal, failure, onFilled: filled });
    await target.finish();
    sha512 = (await sink.end()) ?? '';
    mappedBytes = meter.doneBytes;
  }
  meter.readBytes = streamBytes;
  const { hex } = await sourceLane.run({ op: 'hashEnd', hash: 'source' });
  const proofs = [await manifestProof(disk, hex, streamBytes, signal)];
  if (!isCarried) proofs.push(unpackedProof);
  return { route: isCarried ? 'carry-over' : 'stream', sha512, sizeBytes: sink.position, mappedBytes, proofs };
}

/** Bytes that wait for their turn to be sent do not wait any longer when the copy has failed elsewhere. */
function paceOf(
  limit: RateLimit | null,
  signal: AbortSignal,
): { readonly pace: Pace | null; readonly failure: AbortController } {
  const failure = new AbortController();
  const pace = limit === null ? null : { limit, signal: AbortSignal.any([signal, failure.signal]) };
  return { pace, failure };
}

const unpackedProof: Proof = {
  claim: 'Every compressed block unpacks to what was packed.',
  evidence: 'The Adler-32 of each grain was checked.',
};

/** Extents in the guest's order: what is not there, or all zeros, is not sent in a qcow2. */
async function copyExtents(
  { planned, upload, lanes, limit, signal }: DiskCopy,
  disk: RandomDisk,
  meter: Meter,
): Promise<Sent> {
  const { pace, failure } = paceOf(limit, signal);
  await using image = readTwice(await disk.openImage(signal), disk.way);
  using memory = copyMemory(lanes, false);
  await using pool = new LanePool(lanes, memory);
  const sink = new UploadSink(upload, new LaneHash(pool.idlest(), 'output', 'sha512', memory), pace);
  const { sizeBytes } = disk;
  const mostBytes = await blockBytes(image, signal);
  await using held = new HeldBack();
  const likely = likelyBytes({ ...disk, mostBytes, isPacked: false }, await roomToWait());
  const target =
    planned.imageFormat.value === 'raw'
      ? new RawStreamTarget(sink, sizeBytes, memory)
      : new Qcow2StreamTarget(sink, sizeBytes, { mostBytes, likelyBytes: likely, held }, memory);
  const batches = batchesOf(image.extents(0, sizeBytes, signal), sizeBytes);
  await copyBatches({ batches, target, digest: null, pool, memory, meter, signal, failure });
  await target.finish();
  const sha512 = (await sink.end()) ?? '';
  const mappedBytes = target.mappedBytes ?? meter.doneBytes;
  return { route: 'blocks', sha512, sizeBytes: sink.position, mappedBytes, proofs: [image.proof()] };
}

/**
 * The most bytes that a streamOptimized VMDK of so much data can have: deflate's stored form, a marker and padding for
 * each block of 64 KiB, and the tables around them.
 */
function mostPacked(dataBytes: number): number {
  return dataBytes + Math.ceil(dataBytes / 65_536) * 1024 + 4 * 1024 * 1024;
}

async function manifestProof(disk: StreamedDisk, hex: string, bytes: number, signal: AbortSignal): Promise<Proof> {
  const manifest = await disk.manifest(signal);
  if (manifest === null || manifest.algorithm !== 'sha1') {
    return {
      claim: 'The stream came whole.',
      evidence: `Its tables name exactly the blocks that came in ${bytes} bytes over TLS; the host gave no checksum of them.`,
    };
  }
  if (manifest.sizeBytes !== bytes || manifest.hex.toLowerCase() !== hex) {
    throw new ManifestMismatchError(
      `The host says that it sent ${manifest.sizeBytes} bytes of ${disk.name} with SHA-1 ${manifest.hex}, but ${bytes} bytes with ${hex} came.`,
    );
  }
  return { claim: 'What was read is what the host says it sent.', evidence: `SHA-1 ${hex} of ${bytes} bytes.` };
}
