/** Which file each disk of a conversion goes to, and whether it may go there. */
import { lstat, realpath, stat, statfs } from 'node:fs/promises';
import * as path from 'node:path';
import type { ConvertJob } from '../../main/shared/jobs.ts';
import { DestinationExistsError, DestinationFullError, DestinationWriteError, PipeError } from './errors.ts';

/**
 * `OUT` for one disk, `OUT-disk1.EXT`, `OUT-disk2.EXT` … for several; in a folder the input's name gets the format's ending.
 * @throws DestinationWriteError when the folder does not exist; PipeError for several disks into one pipe
 */
export async function outputsFor(job: Pick<ConvertJob, 'input' | 'output' | 'to'>, disks: number): Promise<string[]> {
  const isFolder = await stat(job.output).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  const named = isFolder ? path.join(job.output, `${path.parse(job.input).name}.${job.to}`) : job.output;
  const { dir, name, ext } = path.parse(named);
  const folder = await realpath(dir).catch((cause: unknown) => {
    throw new DestinationWriteError(`The folder “${dir}” does not exist.`, { cause });
  });
  if (disks > 1 && (await goesToPipe([job.output])))
    throw new PipeError(`A pipe takes one disk, and there are ${disks}.`, ONE_DISK);
  if (disks === 1) return [path.join(folder, `${name}${ext}`)];
  return Array.from({ length: disks }, (_, i) => path.join(folder, `${name}-disk${i + 1}${ext}`));
}

const ONE_DISK = 'Name a file or a folder as OUT, or convert the disks one by one.';

/** Whether the one output is a named pipe, which gets the image strictly from front to back. */
export async function goesToPipe(outputs: readonly string[]): Promise<boolean> {
  return await stat(outputs[0] ?? '').then(
    (facts) => facts.isFIFO(),
    () => false,
  );
}

/**
 * Says no before any byte is read: to names that are taken, and always to the files that are being read.
 * @throws DestinationExistsError
 */
export async function refuseTaken(
  outputs: readonly string[],
  sources: readonly string[],
  force: boolean,
): Promise<void> {
  for (const output of outputs) {
    const there = await lstat(output).catch(() => null);
    if (there === null) continue;
    const real = await realpath(output).catch(() => output);
    if (!force || there.isDirectory() || sources.includes(real)) throw new DestinationExistsError(output);
  }
}

/** @throws DestinationFullError when the folder's file system has less than `neededBytes` free */
export async function refuseFull(folder: string, neededBytes: number): Promise<void> {
  const facts = await statfs(folder).catch(() => null); // not all systems tell; writing will
  if (facts === null) return;
  const freeBytes = facts.bavail * facts.bsize;
  if (freeBytes >= neededBytes) return;
  throw new DestinationFullError(
    `“${folder}” has ${mib(freeBytes)} MiB free, but about ${mib(neededBytes)} MiB are needed.`,
  );
}

const mib = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
