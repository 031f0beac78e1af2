/** Keeps the engine's thread running for the window, asks it twice a second how it is, and starts it again when told to. */
import type { Worker } from 'node:worker_threads';
import { EngineReport, type EngineRequest } from '../../worker/engine/protocol.ts';
import { endEngine, EngineEndedError, startEngine } from '../engine-thread.ts';
import type { EngineStatus } from '../shared/engine.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';

const START_AGAIN =
  'Choose “Start the engine again”. If it ends again, start Guts from a terminal and report what it prints.';

export class EngineSilentError extends GutsError {
  readonly code = 'engine.silent';
  readonly remedy = 'Choose “Start the engine again”. Close other programs if the machine is out of memory.';
  override readonly retryable = true;
}

export interface EngineHostOptions {
  /** The built engine, `out/engine.cjs`. */
  readonly file: string;
  readonly onChange: (status: EngineStatus) => void;
  /** What the engine's failures look like to whoever started Guts from a terminal. */
  readonly log?: (line: string) => void;
  readonly askEveryMs?: number;
  /** An engine that says nothing for this long is taken for dead. */
  readonly silentAfterMs?: number;
}

/** One engine. Disposing it ends the thread. */
export class EngineHost implements AsyncDisposable {
  readonly #options: Required<EngineHostOptions>;
  #status: EngineStatus = { state: 'starting' };
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #heardAt = 0;
  #asked = 0;

  constructor(options: EngineHostOptions) {
    this.#options = { log: () => {}, askEveryMs: 500, silentAfterMs: 10_000, ...options };
  }

  get status(): EngineStatus {
    return this.#status;
  }

  /** Starts the engine, or starts it again after it failed. Does nothing while one runs. */
  start(): void {
    if (this.#worker !== undefined) return;
    this.#become({ state: 'starting' });
    const worker = startEngine(0, this.#options.file);
    this.#worker = worker;
    this.#heardAt = performance.now();
    worker.on('message', (message: unknown) => this.#hear(worker, message));
    worker.on('error', (cause) =>
      this.#fail(worker, new EngineEndedError(`The engine failed: ${cause.message}`, START_AGAIN, { cause })),
    );
    worker.on('exit', (code) =>
      this.#fail(worker, new EngineEndedError(`The engine ended by itself with exit code ${code}.`, START_AGAIN)),
    );
    this.#timer = setInterval(() => this.#ask(worker), this.#options.askEveryMs);
    this.#ask(worker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#letGo();
    if (worker !== undefined) await endEngine(worker);
  }

  #ask(worker: Worker): void {
    if (performance.now() - this.#heardAt > this.#options.silentAfterMs) {
      this.#fail(
        worker,
        new EngineSilentError(`The engine has said nothing for ${Math.round(this.#options.silentAfterMs / 1000)} s.`),
      );
      return;
    }
    this.#asked += 1;
    worker.postMessage({ id: this.#asked, kind: 'status' } satisfies EngineRequest);
  }

  #hear(worker: Worker, message: unknown): void {
    if (worker !== this.#worker) return;
    const { success, data: report } = EngineReport.safeParse(message);
    if (!success) return; // only its word on itself counts here
    this.#heardAt = performance.now();
    const { id: _id, kind: _kind, ...figures } = report;
    this.#become({ state: 'running', ...figures });
  }

  #fail(worker: Worker, error: GutsError): void {
    if (worker !== this.#worker) return; // ended because it was let go
    void this.#letGo()?.terminate();
    this.#options.log(`${error.code}: ${error.message}`);
    this.#become({ state: 'failed', error: toErrorInfo(error) });
  }

  #letGo(): Worker | undefined {
    clearInterval(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    return worker;
  }

  #become(status: EngineStatus): void {
    this.#status = status;
    this.#options.onChange(status);
  }
}
