/** The job behind `guts convert`: every disk of the input into an image of its own, all proved before any gets its name. */
import { createHash, randomInt } from 'node:crypto';
import { realpath, stat, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import type { ConvertedDisk, ConvertJob, ConvertResult } from '../../main/shared/jobs.ts';
import { next, type Stage, type StageEvent } from '../../main/shared/stages.ts';
import { checkDigest } from '../containers/manifest.ts';
import { convertDisk } from './convert-disk.ts';
import { NoDisksError } from './errors.ts';
import type { JournalEntry } from './journal.ts';
import { JournalFile, removeJournal } from './journal-file.ts';
import { goesToPipe, outputsFor, refuseFull, refuseTaken } from './outputs.ts';
import { partPathOf, publish } from './part-file.ts';
import { thisProcess } from './process-mark.ts';
import { openSource, type OpenSource } from './source.ts';
import { journalFolder, markOf, sweep, type Adopted } from './sweep.ts';
import type { JobContext } from './job-context.ts';
import { hashBytes } from './hash-source.ts';

/** @throws GutsError; then no file stands under a final name and no part file is left. */
export async function convert(job: ConvertJob, context: JobContext): Promise<ConvertResult> {
  const beganMs = performance.now();
  const identity = await identityOf(job);
  const { tidied, adopted, journals } = await sweep(job.dataDir, identity);
  const jobId = `job_${Array.from({ length: 12 }, () => randomInt(36).toString(36)).join('')}`;
  const begun = { what: 'begun', jobId, identity, ...thisProcess(), atMs: Date.now() } as const;
  await using journal = await JournalFile.create<JournalEntry>(journalFolder(job.dataDir), jobId, begun);
  const run = new Run(job, context, journal, jobId, adopted);
  try {
    for (const one of adopted) await run.adopt(one);
    for (const old of journals) await removeJournal(old);
    const result = await run.all();
    context.keepUntilTold(journal.path);
    return { ...result, input: job.input, seconds: (performance.now() - beganMs) / 1000, tidied: [...tidied] };
  } catch (error) {
    await run.undo();
    await removeJournal(journal.path);
    throw error;
  }
}

class Run {
  readonly #job: ConvertJob;
  readonly #context: JobContext;
  readonly #journal: JournalFile<JournalEntry>;
  readonly #jobId: string;
  readonly #adopted = new Map<number, Adopted>();
  /** The ledger in memory: part files that exist or may. */
  readonly #parts = new Set<string>();
  #stage: Stage = 'planned';

  constructor(
    job: ConvertJob,
    context: JobContext,
    journal: JournalFile<JournalEntry>,
    jobId: string,
    adopted: readonly Adopted[],
  ) {
    this.#job = job;
    this.#context = context;
    this.#journal = journal;
    this.#jobId = jobId;
    for (const one of adopted) this.#adopted.set(one.index, one);
  }

  async adopt({ index, part, disk }: Adopted): Promise<void> {
    await this.#make(part.path);
    await this.#journal.write({ what: 'proved', index, part, disk });
  }

  async all(): Promise<Pick<ConvertResult, 'vm' | 'disks' | 'warnings'>> {
    const { signal } = this.#context;
    const job = this.#job;
    await this.#reach('start');
    await using source = await openSource(job, signal);
    if (source.disks.length === 0) throw new NoDisksError(job.input);
    const outputs = await outputsFor(job, source.disks.length);
    const isPipe = await goesToPipe(outputs);
    if (!isPipe) await refuseTaken(outputs, await this.#files(source), job.force);
    await this.#reach('passed');
    await this.#reach('admitted');
    await this.#reach('ready');
    const disks: ConvertedDisk[] = [];
    for (let i = 0; i < source.disks.length; i++) disks.push(await this.#disk(source, i, outputs, isPipe));
    await this.#reach('provisioned');
    if (job.verify !== 'written') await checkOthers(source);
    if (!isPipe) await this.#publish(disks);
    await this.#reach('verified');
    const warnings = [
      ...(source.vm?.warnings ?? []),
      ...disks.flatMap((disk) => disk.source.warnings.map((text) => `${disk.name}: ${text}`)),
    ];
    if (source.vm !== null && !source.hasManifest && (source.kind === 'ova' || source.kind === 'ovf')) {
      warnings.push('There is no manifest, so nothing tells whether the files are what was exported.');
    }
    return { vm: source.vm, disks, warnings };
  }

  /** Removes every part file. A disk that has its final name by then is whole and proved, and stays. */
  async undo(): Promise<void> {
    for (const part of this.#parts) await removeIfThere(part);
  }

  async #disk(source: OpenSource, index: number, outputs: readonly string[], isPipe: boolean): Promise<ConvertedDisk> {
    const adopted = this.#adopted.get(index);
    if (adopted !== undefined) return adopted.disk;
    const disk = source.disks[index];
    const output = outputs[index];
    if (disk === undefined || output === undefined) throw new RangeError(`there is no disk ${index}`);
    const { signal, tellProgress } = this.#context;
    await using image = await disk.openImage(signal);
    const { allocatedBytes } = image.facts;
    const isPlain = !this.#job.compress && this.#job.to !== 'vmdk';
    if (allocatedBytes !== null && isPlain && !isPipe) await refuseFull(path.dirname(output), allocatedBytes);
    const partPath = isPipe ? null : partPathOf(output, this.#jobId.slice('job_'.length));
    if (partPath !== null) await this.#make(partPath);
    const of = { diskIndex: index, disks: source.disks.length };
    const request = { job: this.#job, disk, image, partPath, output, of, tell: tellProgress, signal };
    const done = await convertDisk(request);
    if (partPath !== null) {
      const part = await markOf(partPath);
      await this.#journal.write({ what: 'proved', index, part, disk: done });
      this.#adopted.set(index, { index, part, disk: done });
    }
    return done;
  }

  async #publish(disks: readonly ConvertedDisk[]): Promise<void> {
    const files = disks.map((disk, index) => {
      const part = this.#adopted.get(index)?.part;
      if (part === undefined) throw new Error(`disk ${index} was not proved`);
      return { part, final: disk.output };
    });
    await this.#journal.write({ what: 'publishing', files });
    for (const { part, final } of files) {
      await publish(part.path, final, this.#job.force);
      this.#parts.delete(part.path);
      await this.#journal.write({ what: 'published', path: part.path, final });
    }
  }

  async #make(part: string): Promise<void> {
    await this.#journal.write({ what: 'making', path: part });
    this.#parts.add(part);
  }

  async #reach(event: StageEvent): Promise<void> {
    this.#stage = next(this.#stage, event);
    await this.#journal.write({ what: 'stage', stage: this.#stage, atMs: Date.now() });
    this.#context.tellStage(this.#stage);
  }

  /** Real paths of what is read, which may never be replaced. */
  async #files(source: OpenSource): Promise<string[]> {
    return [await realpath(this.#job.input), ...source.disks.flatMap((disk) => disk.member?.source.path ?? [])];
  }
}

/** The extents of disks and whatever else a manifest vouches for. */
async function checkOthers(source: OpenSource): Promise<void> {
  for (const { name, manifest, open } of source.otherFiles) {
    await using file = await open();
    checkDigest(name, manifest, await hashBytes(file, manifest.algorithm));
  }
}

/** What makes two runs the same job: the same bytes to the same place in the same way. */
async function identityOf(job: ConvertJob): Promise<string> {
  const facts = await stat(job.input).catch(() => null);
  const { input, output, to, compress, verify, from } = job;
  const parts = [input, facts?.ino, facts?.size, facts?.mtimeMs, output, to, compress, verify, from];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

async function removeIfThere(file: string): Promise<void> {
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
