/** A lane as the engine sees it: a thread that answers jobs in order; when it dies, they fail instead of waiting. */
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { RemoteError } from '../../../main/shared/errors.ts';
import { endThread } from '../../../main/shared/threads.ts';
import type { LaneAnswer, LaneJob, LaneMemory, LaneReplies, LaneRequest } from './protocol.ts';

interface Waiting {
  resolve(reply: LaneReplies[keyof LaneReplies]): void;
  reject(error: unknown): void;
}

export class Lane {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #dead: Error | undefined;

  constructor() {
    this.#worker = new Worker(entry(), {
      // A lane holds no objects to speak of; a small heap keeps many of them cheap.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    this.#worker.on('message', (answer: LaneAnswer) => this.#answer(answer));
    this.#worker.on('error', (error: Error) => this.#die(error));
    this.#worker.on('exit', () => this.#die(new Error('A lane of the engine ended.')));
  }

  /** Gives it the memory that its next jobs are about; null lets go of the last one. */
  work(memory: LaneMemory | null): void {
    this.#worker.postMessage({ memory } satisfies LaneRequest);
  }

  get isAlive(): boolean {
    return this.#dead === undefined;
  }

  /** How many jobs it has not answered yet. */
  get load(): number {
    return this.#waiting.size;
  }

  run<J extends LaneJob>(job: J): Promise<LaneReplies[J['op']]> {
    const answered = new Promise<LaneReplies[keyof LaneReplies]>((resolve, reject) => {
      if (this.#dead !== undefined) {
        reject(this.#dead);
        return;
      }
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, job } satisfies LaneRequest);
    });
    answered.catch(() => {}); // a copy that stops at its first error awaits no other answer
    return answered as Promise<LaneReplies[J['op']]>; // a lane answers each op with its own reply
  }

  /**
   * Lets it finish what it has, then ends it. A thread that is ended from outside while messages fly may never stop on
   * Node 18; that way is kept for a lane that takes too long.
   */
  async stop(): Promise<void> {
    this.#dead ??= new Error('The lane was stopped.');
    await endThread(this.#worker, { isEnd: true } satisfies LaneRequest);
  }

  #answer(answer: LaneAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (waiting === undefined) return;
    if ('reply' in answer) waiting.resolve(answer.reply);
    else if (answer.error.code === 'guts.bug') waiting.reject(new Error(answer.detail));
    else waiting.reject(new RemoteError(answer.error));
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#dead);
    this.#waiting.clear();
  }
}

/** The built lane: beside the bundle that is running, or in `out/` when the sources run as they are. */
function entry(): string {
  const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
  const beside = path.join(here, 'lane.cjs');
  return existsSync(beside) ? beside : path.resolve(here, '../../../out', 'lane.cjs');
}
