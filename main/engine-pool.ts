/** Engines that are started when there is work for them, each with some of the jobs; one that dies takes only its own along. */
import { EngineClient, type JobListener } from './engine-client.ts';
import { EngineEndedError } from './engine-thread.ts';
import type { Job, JobResults } from './shared/jobs.ts';

interface Member {
  readonly client: EngineClient;
  load: number;
}

/** Of engines that die one after another; where all do, nothing can be done here. */
const MOST_ENDS = 8;

export class EnginePool implements AsyncDisposable {
  #members: Member[] = [];
  #isClosed = false;
  readonly #most: number;
  readonly #onDetail: (detail: string) => void;
  readonly #rates: SharedArrayBuffer | null;

  /**
   * @param most engines at the same time; each is a thread with lanes of its own
   * @param onDetail gets what only a log on this machine should hold: stacks of failures
   * @param rates limits of bandwidth that jobs may name; null for none
   */
  constructor(most: number, onDetail: (detail: string) => void = () => {}, rates: SharedArrayBuffer | null = null) {
    this.#most = most;
    this.#onDetail = onDetail;
    this.#rates = rates;
  }

  /** Runs a job on the engine that has the fewest. @throws as `EngineClient.run` */
  async run<J extends Job>(job: J, signal: AbortSignal, listener: JobListener<J> = {}): Promise<JobResults[J['kind']]> {
    const member = this.#choose();
    member.load += 1;
    try {
      return await member.client.run(job, signal, listener);
    } catch (error) {
      if (error instanceof EngineEndedError) await this.#letGo(job, member.client.thread);
      throw error;
    } finally {
      member.load -= 1;
    }
  }

  /** Cancels what runs, and returns when it is undone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#members.splice(0).map(async ({ client }) => await client[Symbol.asyncDispose]()));
  }

  /** Ends the engines as a crash would: what runs goes on by its journal when somebody takes it up. */
  async abandon(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#members.splice(0).map(async ({ client }) => await client.abandon()));
  }

  /** What an engine had when it died is held by this process, which lives: others may have it from now on. */
  async #letGo(job: Job, thread: number): Promise<void> {
    if (!('dataDir' in job) || job.kind === 'letGo') return;
    const { dataDir } = job;
    for (let tries = 0; tries < MOST_ENDS && !this.#isClosed; tries++) {
      try {
        await this.run({ kind: 'letGo', dataDir, thread }, new AbortController().signal);
        return;
      } catch (error) {
        this.#onDetail(String(error));
      }
    }
  }

  #choose(): Member {
    if (this.#isClosed) throw new EngineEndedError('Guts is ending.', 'Run the command again.');
    this.#members = this.#members.filter(({ client }) => !client.hasEnded);
    const idle = this.#members.find(({ load }) => load === 0);
    if (idle !== undefined) return idle;
    if (this.#members.length < this.#most) {
      const member = { client: new EngineClient(this.#onDetail), load: 0 };
      if (this.#rates !== null) member.client.limitBy(this.#rates);
      this.#members.push(member);
      return member;
    }
    return this.#members.reduce((least, one) => (one.load < least.load ? one : least));
  }
}
