/** Runs jobs on an engine in a thread of this process; the command line and the demo use it, each with an engine of its own. */
import { setMaxListeners } from 'node:events';
import { unlink } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import { EngineEvent, type EngineRequest } from '../worker/engine/protocol.ts';
import { endEngine, EngineEndedError, engineThread } from './engine-thread.ts';
import type { DoctorStep } from './shared/doctor.ts';
import { RemoteError } from './shared/errors.ts';
import type { InventoryLines } from './shared/inventory-lines.ts';
import { diskResults, isDiskKind, type Job, type JobResults, type Progress } from './shared/jobs.ts';
import type { DatastoreLatency } from './shared/latency.ts';
import type { Stage } from './shared/stages.ts';

const REMEDY =
  'Run the command again; it tidies up what the ended engine left. Free memory if the machine had none left.';

/** Whoever keeps the journals of what an engine runs. */
export interface Truth {
  /**
   * @param entry of the journal, to be taken; null only asks
   * @returns for how long, from when it was asked, nobody else is given the migration; null where somebody else has it
   */
  take(entry: unknown): Promise<number | null>;
  /** Aborts when somebody else has it: the job then stops where it stands, and undoes nothing. */
  readonly lost: AbortSignal;
}

export interface JobListener<J extends Job = Job> {
  readonly onStage?: (stage: Stage) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onPage?: (page: InventoryLines) => void;
  readonly onStep?: (step: DoctorStep) => void;
  readonly onLatency?: (latencies: readonly DatastoreLatency[]) => void;
  /** For jobs whose journals are kept elsewhere. When it throws, the job stops where it stands, and fails of that. */
  readonly truth?: Truth;
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
  readonly onStep: JobListener['onStep'] | undefined;
  readonly onLatency: JobListener['onLatency'] | undefined;
  readonly truth: Truth | undefined;
  /** Why the journals' keeper could not be asked. */
  lostTruth: { readonly cause: unknown } | undefined;
  resolve(done: Done): void;
  reject(error: unknown): void;
}

/** How a migration stands, said to whoever asked something of it: nothing has failed. */
const ANSWERS: readonly string[] = ['migration.no-such-step', 'migration.unknown', 'migration.busy'];

export class EngineClient implements AsyncDisposable {
  /** Its number among the threads of this process; no other one ever has it. */
  readonly thread: number;
  readonly #worker: Worker;
  readonly #running = new Map<number, Running>();
  readonly #onDetail: (detail: string) => void;
  #nextId = 1;
  #hasEnded = false;

  /** @param onDetail gets what only a log on this machine should hold: stacks of failures. */
  constructor(onDetail: (detail: string) => void = () => {}) {
    this.#onDetail = onDetail;
    this.#worker = engineThread();
    this.thread = this.#worker.threadId;
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
    const { onStage, onProgress, onPage, onStep, onLatency, truth, onResult } = listener;
    const id = this.#nextId++;
    const cancel = (): void => this.#send({ id, kind: 'cancel' });
    const fence = (): void => this.#send({ id, kind: 'fence' });
    setMaxListeners(0, signal); // a daemon has one for all its jobs; each takes its listener away when it is done
    signal.addEventListener('abort', cancel, { once: true });
    truth?.lost.addEventListener('abort', fence, { once: true });
    try {
      const done = new Promise<Done>((resolve, reject) => {
        this.#running.set(id, {
          onStage,
          onProgress,
          onPage,
          onStep,
          onLatency,
          truth,
          lostTruth: undefined,
          resolve,
          reject,
        });
        this.#send({ id, kind: 'run', job });
        if (signal.aborted) cancel();
        if (truth?.lost.aborted === true) fence();
      });
      const { result, kept } = await done;
      const own = (await schemaOf(job.kind)).parse(result) as JobResults[J['kind']]; // the schema is that kind's
      onResult?.(own);
      for (const file of kept) await unlink(file).catch(unlessGone);
      return own;
    } finally {
      signal.removeEventListener('abort', cancel);
      truth?.lost.removeEventListener('abort', fence);
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
      case 'step':
        job.onStep?.(event.step);
        return;
      case 'asked':
        void this.#answer(event, job.truth);
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
        if (!ANSWERS.includes(event.error.code)) this.#onDetail(event.detail);
        job.reject(job.lostTruth === undefined ? new RemoteError(event.error) : job.lostTruth.cause);
        return;
    }
  }

  async #answer(
    { id, number, entry }: Extract<EngineEvent, { kind: 'asked' }>,
    truth: Truth | undefined,
  ): Promise<void> {
    try {
      if (truth === undefined) throw new Error('nobody keeps the journal of this job');
      this.#send({ id, kind: 'answered', number, goodForMs: await truth.take(entry) });
    } catch (cause) {
      // Nobody can tell any more whether the entry counts: it stops as if somebody else had it, and goes on by what was taken.
      const job = this.#running.get(id);
      if (job !== undefined) job.lostTruth = { cause };
      this.#send({ id, kind: 'answered', number, goodForMs: null });
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
  if (kind === 'assess') return (await import('./shared/assess-jobs.ts')).assessResults.assess;
  if (kind === 'readList') return (await import('./shared/list-jobs.ts')).listResults.readList;
  const { serverResults } = await import('./shared/server-jobs.ts');
  return serverResults[kind];
}

/** Another process may have tidied up already. */
function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
