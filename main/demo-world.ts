/** The simulators of the window's demo, in a thread of this process. */
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { DemoWorldFacts, END_DEMO_WORLD, type DemoWorldOptions } from './shared/demo-world.ts';
import { GutsError } from './shared/errors.ts';
import { endThread } from './shared/threads.ts';

/** They could not be started, or have ended by themselves. */
export class DemoWorldError extends GutsError {
  readonly code = 'demo.not-started';
  readonly remedy = 'Look whether this computer has free memory and its loopback interface, and start the demo again.';
  override readonly retryable = true;

  constructor(why: string, options?: ErrorOptions) {
    super(`The simulators of the demo did not start: ${why}.`, options);
  }
}

export class DemoWorld implements AsyncDisposable {
  readonly facts: DemoWorldFacts;
  readonly #thread: Worker;

  private constructor(thread: Worker, facts: DemoWorldFacts) {
    this.#thread = thread;
    this.facts = facts;
  }

  /** @throws DemoWorldError */
  static async start(options: DemoWorldOptions): Promise<DemoWorld> {
    const thread = new Worker(entry(), { workerData: options });
    const facts = await new Promise<DemoWorldFacts>((resolve, reject) => {
      thread.once('message', (message: unknown) => resolve(DemoWorldFacts.parse(message)));
      thread.once('error', (cause) => reject(new DemoWorldError(cause.message, { cause })));
      thread.once('exit', (code) => reject(new DemoWorldError(`their thread ended with code ${code}`)));
    });
    return new DemoWorld(thread, facts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endThread(this.#thread, END_DEMO_WORLD);
  }
}

/** Beside this bundle, or in `out/` when the sources run as they are. */
function entry(): string {
  const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
  const beside = path.join(here, 'estate.cjs');
  return existsSync(beside) ? beside : path.resolve(here, '../out/estate.cjs');
}
