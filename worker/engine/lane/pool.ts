/** Starts lanes and hands them jobs; a lane that dies fails its jobs instead of leaving them waiting. */
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { RemoteError } from '../../../main/shared/errors.ts';
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

  constructor(memory: LaneMemory) {
    this.#worker = new Worker(entryOf('lane'), {
      workerData: memory,
      // A lane holds no objects to speak of; a small heap keeps many of them cheap.
      resourceLimits: { maxYoungGenerationSizeMb: 2 },
    });
    this.#worker.on('message', (answer: LaneAnswer) => this.#answer(answer));
    this.#worker.on('error', (error: Error) => this.#die(error));
    this.#worker.on('exit', () => this.#die(new Error('A lane of the engine ended.')));
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

  async stop(): Promise<void> {
    this.#dead ??= new Error('The lane was stopped.');
    await this.#worker.terminate();
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

/** A fixed number of lanes on the same memory. */
export class LanePool implements AsyncDisposable {
  readonly lanes: readonly Lane[];

  constructor(count: number, memory: LaneMemory) {
    this.lanes = Array.from({ length: count }, () => new Lane(memory));
  }

  /** The lane with the least to do. */
  idlest(): Lane {
    const [first, ...rest] = this.lanes;
    if (first === undefined) throw new Error('A pool has at least one lane.');
    return rest.reduce((best, lane) => (lane.load < best.load ? lane : best), first);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }
}

/** The file that a thread starts from: beside the bundle that is running, or in `out/` when the sources run as they are. */
export function entryOf(name: 'engine' | 'lane'): string {
  const here = typeof __dirname === 'string' ? __dirname : import.meta.dirname;
  const beside = path.join(here, `${name}.cjs`);
  return existsSync(beside) ? beside : path.resolve(here, '../../../out', `${name}.cjs`);
}
