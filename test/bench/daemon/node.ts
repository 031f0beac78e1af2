/** A node that has no machines to move: its migrations run in a thread that writes their journals and takes its time. */
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { MigrationId, MigrationRequest } from '../../../main/shared/migration.ts';
import type { MigrationNode, RunListener, RunOptions } from '../../../main/scheduler/node.ts';
import type { NodeFacts, SlotUse } from '../../../main/shared/schedule.ts';
import type { MoveNews, MoveOptions, MoveRequest } from './messages.ts';

const GiB = 2 ** 30;
const nobody: RunListener = { onStage: () => {}, onProgress: () => {} };

interface Job {
  readonly listener: RunListener;
  resolve(): void;
  reject(error: Error): void;
}

export class BenchNode implements MigrationNode {
  readonly id = 'bench';
  readonly #thread: Worker;
  readonly #jobs = new Map<number, Job>();
  #lastJob = 0;
  #onReport: (lineMs: readonly number[]) => void = () => {};

  constructor(options: MoveOptions) {
    this.#thread = new Worker(path.join(__dirname, 'moves.cjs'), { workerData: options });
    this.#thread.on('message', (news: MoveNews) => this.#hear(news));
    this.#thread.on('error', (error) => this.#fail(error));
  }

  async facts(): Promise<Omit<NodeFacts, 'running'>> {
    return await Promise.resolve({
      id: this.id,
      host: this.id,
      isAlive: true,
      space: { folder: '/var/tmp', totalBytes: 1000 * GiB, freeBytes: 900 * GiB, reservedBytes: 0 },
      processors: 8,
      memoryBytes: 32 * GiB,
      seenAt: new Date().toISOString(),
    });
  }

  async preflight({ id }: MigrationRequest, listener: RunListener): Promise<void> {
    await this.#run('preflight', id, listener);
  }

  async measure({ id, source, destination }: MigrationRequest): Promise<SlotUse> {
    const letter = id.at(-1) ?? '';
    const use = { source, destination, host: `host-${letter}`, datastores: [`datastore-${letter}`] };
    return await Promise.resolve({ ...use, disks: 2, spaceBytes: GiB });
  }

  async run({ id }: MigrationRequest, _options: RunOptions, listener: RunListener): Promise<void> {
    await this.#run('run', id, listener);
  }

  async pause({ id }: MigrationRequest): Promise<void> {
    await this.#run('pause', id, nobody);
  }

  async cancel(): Promise<void> {
    await Promise.reject(new Error('the bench cancels nothing'));
  }

  async watchLatency(): Promise<string> {
    return await Promise.resolve('There are no datastores.');
  }

  /** How long each line of the journals took. */
  async lineMs(): Promise<readonly number[]> {
    return await new Promise((resolve) => {
      this.#onReport = resolve;
      this.#send({ kind: 'report' });
    });
  }

  async end(): Promise<void> {
    await this.#thread.terminate();
  }

  async #run(kind: 'preflight' | 'run' | 'pause', id: MigrationId, listener: RunListener): Promise<void> {
    const job = ++this.#lastJob;
    await new Promise<void>((resolve, reject) => {
      this.#jobs.set(job, { listener, resolve, reject });
      this.#send({ job, kind, id });
    });
  }

  #send(request: MoveRequest): void {
    this.#thread.postMessage(request);
  }

  #hear(news: MoveNews): void {
    if (news.kind === 'report') {
      this.#onReport(news.lineMs);
      return;
    }
    const job = this.#jobs.get(news.job);
    if (news.kind === 'stage') job?.listener.onStage(news.stage);
    else if (news.kind === 'progress') job?.listener.onProgress(news.progress);
    else {
      this.#jobs.delete(news.job);
      if (news.kind === 'done') job?.resolve();
      else job?.reject(new Error(news.says));
    }
  }

  #fail(error: Error): void {
    for (const job of this.#jobs.values()) job.reject(error);
    this.#jobs.clear();
  }
}
