/** Writes one disk to its place by the fastest route that is valid, proves it, and says what was shown and how. */
import type { ConvertedDisk, ConvertJob, Progress, Proof } from '../../main/shared/jobs.ts';
import { checkDigest } from '../containers/manifest.ts';
import { streamOf } from '../disk/bytes.ts';
import type { DiskImage } from '../disk/image.ts';
import { batchesOf } from './batch.ts';
import { carryOver } from './carry-over.ts';
import { ContentDigest } from './content-digest.ts';
import { copyBatches, copyMemory, type Meter } from './copy.ts';
import { digestImage } from './digest.ts';
import { hashSource } from './hash-source.ts';
import { LanePool } from './lane/pool.ts';
import { filePlace, pipePlace } from './place.ts';
import { ProgressTeller, type ProgressOf } from './progress.ts';
import { routeOf } from './route.ts';
import type { SourceDisk } from './source.ts';
import { streamBatches } from './stream-batches.ts';
import { streamWindows, WINDOW_BYTES, WINDOWS, type StreamWindow } from './stream-windows.ts';

export interface DiskJob {
  readonly job: Pick<ConvertJob, 'to' | 'compress' | 'verify' | 'sha512' | 'lanes'>;
  readonly disk: SourceDisk;
  readonly image: DiskImage;
  /** The part file, entered in the ledger already; null when `output` is a pipe. */
  readonly partPath: string | null;
  /** The name that the file will have, or the pipe. */
  readonly output: string;
  readonly of: Omit<ProgressOf, 'totalBytes' | 'disk'>;
  readonly tell: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

export async function convertDisk(request: DiskJob): Promise<ConvertedDisk> {
  const { job, disk, image, output, partPath, signal } = request;
  const beganMs = performance.now();
  const { virtualSizeBytes, allocatedBytes } = image.facts;
  const route = await routeOf(job, disk.member, image, partPath === null);
  const isStreamed = route.kind !== 'blocks';
  const manifest = job.verify === 'written' ? null : (disk.member?.manifest ?? null);
  const digest = job.verify === 'content' ? new ContentDigest() : null;
  // Carried blocks are inflated only to prove them, which a manifest does as well and for less.
  const isChecked = job.verify === 'content' || (job.verify === 'sums' && manifest === null);
  const wantsLanes = route.kind !== 'carry-over' || isChecked;

  const doesPack = route.kind === 'blocks' && (job.compress || job.to === 'vmdk');
  using memory = copyMemory(job.lanes, doesPack, isStreamed ? WINDOWS : 0, isStreamed ? WINDOW_BYTES : 0);
  const meter: Meter = { readBytes: 0, writtenBytes: 0, doneBytes: 0 };
  const totalBytes = route.kind === 'carry-over' ? route.stream.sizeBytes : (allocatedBytes ?? virtualSizeBytes);

  await using place =
    partPath === null ? await pipePlace(output, route.kind !== 'carry-over') : await filePlace(partPath);
  using teller = new ProgressTeller(meter, { ...request.of, disk: disk.name, totalBytes }, request.tell);
  await using pool = new LanePool(wantsLanes ? job.lanes : 1, memory);
  // A running hash stays in one lane from its first byte to its last; the lane does other work between.
  const hashLane = pool.idlest();
  const onWindow = async (window: StreamWindow): Promise<void> => {
    if (manifest === null) return;
    const { input, bodyAt: from, length } = window;
    await hashLane.run({ op: 'hash', hash: 'source', algorithm: manifest.algorithm, input, from, length });
  };

  let sha512: string | null = null;
  let mappedBytes: number | null = null;
  if (route.kind === 'carry-over') {
    const check = isChecked ? pool : null;
    const { sink } = place;
    const carried = {
      source: streamOf(route.stream),
      mostBytes: route.stream.sizeBytes,
      likelyBytes: route.stream.sizeBytes,
      virtualSizeBytes,
      sink,
      memory,
      check,
      digest,
      hashLane,
      onWindow,
      meter,
      doneBytesOf: (window: StreamWindow) => window.length,
      signal,
    };
    ({ sha512, mappedBytes } = await carryOver(carried));
  } else {
    const target = await place.target(job, image, memory, signal);
    const copy = { target, digest, pool, memory, meter, signal };
    if (route.kind === 'stream') {
      const windows = streamWindows(streamOf(route.stream), memory, signal);
      const { batches, filled } = streamBatches(windows, virtualSizeBytes, onWindow);
      await copyBatches({ ...copy, batches, onFilled: filled });
    } else {
      await copyBatches({ ...copy, batches: batchesOf(image.extents(0, virtualSizeBytes, signal), virtualSizeBytes) });
    }
    await target.finish();
    ({ mappedBytes } = target);
  }

  const proofs: Proof[] = [];
  if (manifest !== null && disk.member !== null) {
    const hex = isStreamed
      ? (await hashLane.run({ op: 'hashEnd', hash: 'source' })).hex
      : await hashSource(pool, disk.member.source, manifest.algorithm, signal);
    checkDigest(disk.member.name, manifest, hex);
    const evidence = `${manifest.algorithm.toUpperCase()} ${hex}`;
    proofs.push({ claim: 'The source file is the one its manifest describes.', evidence });
  }
  if (route.kind === 'stream' || (route.kind === 'carry-over' && isChecked)) {
    const evidence = 'The Adler-32 of each grain was checked.';
    proofs.push({ claim: 'Every compressed block unpacks to what was packed.', evidence });
  }
  const { writtenBytes } = meter;
  const expected = {
    to: job.to,
    virtualSizeBytes,
    mappedBytes,
    writtenBytes,
    sha512,
    wantsSha512: job.sha512,
    lane: hashLane,
  };
  const settled = await place.settle(expected, signal);
  await using written = settled.written;
  proofs.push(...settled.proofs);

  let contentDigest: string | null = null;
  if (digest !== null) {
    contentDigest = digest.isOrdered ? digest.finish(virtualSizeBytes) : await digestImage(image, job.lanes, signal);
    if (written !== null) {
      written.mustHold(contentDigest, await digestImage(written.image, job.lanes, signal));
      const evidence = `Content digest of source and output: ${contentDigest}`;
      proofs.push({ claim: 'The guest sees the same disk.', evidence });
    }
  }
  teller.finish();
  const seconds = (performance.now() - beganMs) / 1000;
  const dealtWith = Math.min(virtualSizeBytes, mappedBytes ?? allocatedBytes ?? virtualSizeBytes);
  return {
    name: disk.name,
    source: image.facts,
    output,
    format: job.to,
    route: route.kind,
    readBytes: meter.readBytes,
    writtenBytes,
    skippedBytes: Math.max(0, virtualSizeBytes - dealtWith),
    outputBytes: settled.outputBytes,
    seconds,
    megabytesPerSecond: seconds > 0 ? dealtWith / 1e6 / seconds : 0,
    sha512: settled.sha512,
    contentDigest,
    proofs,
    adopted: false,
  };
}
