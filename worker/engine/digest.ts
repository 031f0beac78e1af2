/** Computes the content digest of an image, hashing in several lanes. */
import type { DigestJob, DigestResult, Progress } from '../../main/shared/jobs.ts';
import type { DiskImage } from '../disk/image.ts';
import { batchesOf } from './batch.ts';
import { ContentDigest } from './content-digest.ts';
import { copyBatches, copyMemory, type Meter } from './copy.ts';
import { NoDisksError } from './errors.ts';
import { LanePool } from './lane/pool.ts';
import { ProgressTeller } from './progress.ts';
import { openSource } from './source.ts';

const noMeter = (): Meter => ({ readBytes: 0, writtenBytes: 0, doneBytes: 0 });

/** @returns 64 hexadecimal digits; see `ContentDigest` for what they say. */
export async function digestImage(
  image: DiskImage,
  lanes: number,
  signal: AbortSignal,
  meter: Meter = noMeter(),
): Promise<string> {
  const { virtualSizeBytes } = image.facts;
  using memory = copyMemory(lanes, false);
  const digest = new ContentDigest();
  await using pool = new LanePool(lanes, memory);
  const batches = batchesOf(image.extents(0, virtualSizeBytes, signal), virtualSizeBytes);
  await copyBatches({ batches, target: null, digest, pool, memory, meter, signal });
  return digest.finish(virtualSizeBytes);
}

export async function digestSource(
  job: DigestJob,
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<DigestResult> {
  const beganMs = performance.now();
  await using source = await openSource(job, signal);
  if (source.disks.length === 0) throw new NoDisksError(job.input);
  const disks: DigestResult['disks'] = [];
  for (const [diskIndex, disk] of source.disks.entries()) {
    await using image = await disk.openImage(signal);
    const meter = noMeter();
    const { virtualSizeBytes, allocatedBytes } = image.facts;
    const of = {
      disk: disk.name,
      diskIndex,
      disks: source.disks.length,
      totalBytes: allocatedBytes ?? virtualSizeBytes,
    };
    using teller = new ProgressTeller(meter, of, tell);
    disks.push({
      name: disk.name,
      virtualSizeBytes,
      contentDigest: await digestImage(image, job.lanes, signal, meter),
    });
    teller.finish();
  }
  return { input: job.input, disks, seconds: (performance.now() - beganMs) / 1000 };
}
