/** Runs jobs on an engine in a thread of this process; the command line and the demo use it, each with an engine of its own. */
import { setMaxListeners } from 'node:events';
import { unlink } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import { EngineEvent, type EngineRequest } from '../worker/engine/protocol.ts';
import { endEngine, EngineEndedError, engineThread } from './engine-thread.ts';
import { RemoteError } from './shared/errors.ts';
import type { InventoryLines } from './shared/inventory-lines.ts';
import { diskResults, isDiskKind, type Job, type JobResults, type Progress } from './shared/jobs.ts';
import type { DatastoreLatency } from './shared/latency.ts';
import type { Stage } from './shared/stages.ts';

const REMEDY =
  'Run the command again; it tidies up what the ended engine left. Free memory if the machine had none left.';

export interface JobListener<J extends Job = Job> {
  readonly onStage?: (stage: Stage) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onPage?: (page: InventoryLines) => void;
  readonly onLatency?: (latencies: readonly DatastoreLatency[]) => void;
  /** Tells the result to whoever waits for it; only then is forgotten that the job was done, in case this process dies. */
  readonly onResult?: (result: JobResults[J['kind']]) => void;
}

interface Done {
  readonly result: unknown;
  readonly kept: readonly string[];
}

interface Running {
  readonly onStage: JobListener['onStage'] | undefined;
  readonly onProgress: JobListener['onProgress'] | undefined;
  readonly onPage: JobListener['onPage'] | undefined;
  readonly onLatency: JobListener['onLatency'] | undefined;
  resolve(done: Done): void;
  reject(error: unknown): void;
}

export class EngineClient implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #running = new Map<number, Running>();
  readonly #onDetail: (detail: string) => void;
  #nextId = 1;
  #hasEnded = false;

  /** @param onDetail gets what only a log on this machine should hold: stacks of failures. */
  constructor(onDetail: (detail: string) => void = () => {}) {
    this.#onDetail = onDetail;
    this.#worker = engineThread();
    this.#worker.on('message', (message: unknown) => this.#hear(EngineEvent.parse(message)));
    this.#worker.on('error', (cause) =>
      this.#end(new EngineEndedError(`The engine failed: ${cause.message}`, REMEDY, { cause })),
    );
    this.#worker.on('exit', () => this.#end(new EngineEndedError('The engine ended before the job was done.', REMEDY)));
  }

  /** It died, or was ended: what is asked of it now would never be answered. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Jobs that are run from now on may name buckets of this table; whoever holds it changes rates at any time. */
  limitBy(table: SharedArrayBuffer): void {
    this.#send({ id: 0, kind: 'rates', table });
  }

  /** Runs one job to its end. When `signal` aborts, the job is undone first; then this throws `job.cancelled`. */
  async run<J extends Job>(job: J, signal: AbortSignal, listener: JobListener<J> = {}): Promise<JobResults[J['kind']]> {
    const { onStage, onProgress, onPage, onLatency, onResult } = listener;
    const id = this.#nextId++;
    const cancel = (): void => this.#send({ id, kind: 'cancel' });
    setMaxListeners(0, signal); // a daemon has one for all its jobs; each takes its listener away when it is done
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const done = new Promise<Done>((resolve, reject) => {
        this.#running.set(id, { onStage, onProgress, onPage, onLatency, resolve, reject });
        this.#send({ id, kind: 'run', job });
        if (signal.aborted) cancel();
      });
      const { result, kept } = await done;
      const own = (await schemaOf(job.kind)).parse(result) as JobResults[J['kind']]; // the schema is that kind's
      onResult?.(own);
      for (const file of kept) await unlink(file).catch(unlessGone);
      return own;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) await endEngine(this.#worker);
  }

  /** Ends the engine where it stands, without undoing anything. */
  async abandon(): Promise<void> {
    if (!this.#hasEnded) await this.#worker.terminate();
  }

  #send(request: EngineRequest): void {
    this.#worker.postMessage(request);
  }

  #hear(event: EngineEvent): void {
    const job = this.#running.get(event.id);
    if (job === undefined) return;
    switch (event.kind) {
      case 'stage':
        job.onStage?.(event.stage);
        return;
      case 'progress':
        job.onProgress?.(event.progress);
        return;
      case 'page':
        job.onPage?.(event.page);
        return;
      case 'latency':
        job.onLatency?.(event.latencies);
        return;
      case 'done':
        this.#running.delete(event.id);
        job.resolve({ result: event.result, kept: event.kept });
        return;
      case 'failed':
        this.#running.delete(event.id);
        this.#onDetail(event.detail);
        job.reject(new RemoteError(event.error));
        return;
    }
  }

  #end(error: Error): void {
    this.#hasEnded = true;
    for (const job of this.#running.values()) job.reject(error);
    this.#running.clear();
  }
}

async function schemaOf(kind: Job['kind']): Promise<{ parse(value: unknown): unknown }> {
  if (isDiskKind(kind)) return diskResults[kind];
  const { serverResults } = await import('./shared/server-jobs.ts');
  return serverResults[kind];
}

/** Another process may have tidied up already. */
function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
