/** One job of a worker: the journal comes from the daemon, each entry goes there, and what was lost to another node is let go. */
import type { EnginePool } from '../../engine-pool.ts';
import { defaultLanes } from '../../engine-thread.ts';
import type { JobListener, Truth as EngineTruth } from '../../engine-client.ts';
import { DestinationSignIn, SourceSignIn, type DestinationId, type SourceId } from '../../shared/connections.ts';
import { GutsError, RemoteError, toErrorInfo, type ErrorInfo } from '../../shared/errors.ts';
import { FleetEntry, type FleetJob, type TruthAnswer, type TruthQuestion } from '../../shared/fleet.ts';
import type { MigrateJob } from '../../shared/move-jobs.ts';
import type { NodeId } from '../../shared/schedule.ts';
import { unseal, type WorkerKeys } from '../sealing.ts';
import { wholeJournal, type Truth } from '../truth.ts';
import { Numbered } from './numbered.ts';

export interface WorkParts {
  readonly node: NodeId;
  readonly dataDir: string;
  readonly engines: EnginePool;
  readonly truth: Pick<Truth, 'ask'>;
  readonly keys: WorkerKeys;
  readonly onSecret: (secret: string) => void;
  readonly onProgress: NonNullable<JobListener['onProgress']>;
  /** Buckets of the table of rates that limit it. */
  readonly buckets: readonly number[];
}

/** The daemon has less of the journal than it has said that it took. */
class JournalGapError extends GutsError {
  readonly code = 'fleet.journal-gap';
  readonly remedy =
    'Look whether the daemon’s data were put back to an earlier state, and what is left over of what was made since (“guts tidy”). The migration goes on by what the daemon has.';
  override readonly retryable = true;

  constructor(id: string) {
    super(`The daemon has lost a part of the journal of ${id}.`);
  }
}

class NotOursError extends GutsError {
  readonly code = 'fleet.not-ours';
  readonly remedy = 'Nothing has to be done: it goes on where it was given to.';

  constructor(id: string) {
    super(`This worker does not have the migration ${id} any more.`);
  }
}

/** A job that is told to stop would undo what it made: work is paused, cancelled by its own job, or let go of. */
const never = new AbortController().signal;

/** A daemon that has started again gives what runs the next token, and says so right after whoever asks under the last one is refused. */
const ADOPTED_WITHIN_MS = 5_000;

export class Work {
  readonly job: FleetJob;
  #token: number;
  readonly #adopting = new Set<() => void>();
  readonly #parts: WorkParts;
  readonly #lost = new AbortController();
  #entries = new Numbered(0);
  #isReady = false;
  #pausing: Promise<unknown> | undefined;

  constructor(job: FleetJob, parts: WorkParts) {
    this.job = job;
    this.#token = job.token;
    this.#parts = parts;
  }

  get token(): number {
    return this.#token;
  }

  /** The same work goes on under another token: the daemon has started again. */
  adopt(token: number): void {
    this.#token = Math.max(token, this.#token);
    for (const go of this.#adopting) go();
  }

  /** It has the journal as the daemon keeps it: before that it can neither be paused nor undone. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Somebody else has the migration. */
  get isLost(): boolean {
    return this.#lost.signal.aborted;
  }

  /** Takes the journal over and does the job. @returns why it ended before its time; null where it did not */
  async run(): Promise<ErrorInfo | null> {
    try {
      await this.#run();
      return null;
    } catch (error) {
      return toErrorInfo(error);
    }
  }

  /** The source of its migration, to be asked for something besides. @throws GutsError */
  async source(): Promise<SourceSignIn> {
    return SourceSignIn.parse(await this.#signIn(this.job.request.source));
  }

  /** Stands still as soon as it can; asked again meanwhile is the same as once. @throws GutsError where it has come too far for that */
  async pause(): Promise<void> {
    const { engines } = this.#parts;
    this.#pausing ??= engines
      .run({ kind: 'pauseMigration', ...this.#place() }, never, { truth: this.#truth })
      .finally(() => (this.#pausing = undefined));
    await this.#pausing;
  }

  /** Undoes what was made. @throws LeftBehindError */
  async cancel(): Promise<void> {
    const { engines } = this.#parts;
    const job = { kind: 'cancelMigration', ...this.#place(), ...(await this.#signIns()) } as const;
    await engines.run(job, never, { truth: this.#truth });
  }

  /** Tells that it is over. @returns false where somebody else has it by now */
  async tellEnd(error: ErrorInfo | null, signal: AbortSignal): Promise<boolean> {
    if (this.isLost) return false;
    const { kind } = this.job;
    const answer = await this.#ask(() => ({ kind: 'ended', ...this.#admission(), job: kind, error }), signal);
    return answer.kind === 'taken';
  }

  /** Asks whether it is still its own, and lets go of it where it is not. */
  async ask(signal: AbortSignal): Promise<void> {
    if (this.isLost) return;
    const answer = await this.#ask(() => ({ kind: 'lease', ...this.#admission() }), signal);
    if (answer.kind === 'fenced') this.letGo();
  }

  letGo(): void {
    this.#lost.abort(new NotOursError(this.job.migration));
  }

  async #run(): Promise<void> {
    const { engines, dataDir, onProgress, buckets } = this.#parts;
    const { job } = this;
    const entries = await wholeJournal(
      async (from) => await this.#ask(() => ({ kind: 'journal', ...this.#admission(), from }), this.#lost.signal),
    );
    if (!isJournal(entries)) throw this.#refusal(entries);
    this.#entries = new Numbered(entries.length);
    await engines.run({ kind: 'takeOver', id: job.migration, dataDir, entries: [...entries] }, never);
    this.#isReady = true;
    if (job.kind === 'cancel') {
      await this.cancel();
      return;
    }
    const how: Partial<MigrateJob> =
      job.kind === 'preflight' ? { until: 'queued' } : { until: 'end', onTrouble: 'wait', limits: [...buckets] };
    const { request, site } = job;
    const migrate: MigrateJob = {
      kind: 'migrate',
      request,
      site,
      dataDir,
      lanes: defaultLanes(),
      isKeptElsewhere: true,
      ...(await this.#signIns()),
      ...how,
    };
    await engines.run(migrate, never, { truth: this.#truth, onProgress });
  }

  #place(): { readonly id: FleetJob['migration']; readonly dataDir: string; readonly isKeptElsewhere: true } {
    return { id: this.job.migration, dataDir: this.#parts.dataDir, isKeptElsewhere: true };
  }

  #admission(): { readonly migration: FleetJob['migration']; readonly token: number; readonly node: NodeId } {
    const { migration } = this.job;
    return { migration, token: this.#token, node: this.#parts.node };
  }

  /** For the engine: each entry is the daemon's before it counts. */
  get #truth(): EngineTruth {
    return {
      lost: this.#lost.signal,
      take: async (entry) => {
        const answer = await this.#tell(entry === null ? null : FleetEntry.parse(entry)).catch(
          (error: unknown): TruthAnswer => {
            if (this.isLost) return { kind: 'fenced' };
            throw error;
          },
        );
        if (answer.kind === 'taken') return answer.goodForMs;
        if (answer.kind !== 'fenced') throw this.#refusal(answer);
        this.letGo();
        return null;
      },
    };
  }

  /** @param entry null only asks */
  async #tell(entry: FleetEntry | null): Promise<TruthAnswer> {
    const { signal } = this.#lost;
    if (entry === null) return await this.#ask(() => ({ kind: 'lease', ...this.#admission() }), signal);
    return await this.#entries.tell(
      async (number) => await this.#ask(() => ({ kind: 'entry', ...this.#admission(), number, entry }), signal),
    );
  }

  async #ask(question: () => TruthQuestion, signal: AbortSignal): Promise<TruthAnswer> {
    return (await this.#asked(question, signal)).answer;
  }

  /** Asked again under the next token where that comes while it is refused under the last one; and as what it was asked last. */
  async #asked<Q extends TruthQuestion>(
    question: () => Q,
    signal: AbortSignal,
  ): Promise<{ readonly answer: TruthAnswer; readonly asked: Q }> {
    for (;;) {
      const asked = question();
      const { answer } = await this.#parts.truth.ask(asked, signal);
      if (answer.kind !== 'fenced') return { answer, asked };
      if (asked.token === this.#token) await this.#adoption(signal);
      if (asked.token === this.#token) return { answer, asked };
    }
  }

  async #adoption(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', go);
        this.#adopting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, ADOPTED_WITHIN_MS);
      signal.addEventListener('abort', go, { once: true });
      this.#adopting.add(go);
    });
  }

  async #signIns(): Promise<Pick<MigrateJob, 'source' | 'destination'>> {
    const { destination } = this.job.request;
    return {
      source: await this.source(),
      destination: DestinationSignIn.parse(await this.#signIn(destination)),
    };
  }

  async #signIn(connection: SourceId | DestinationId): Promise<unknown> {
    const { keys, onSecret } = this.#parts;
    const wish = () => ({ kind: 'credentials', ...this.#admission(), connection }) as const;
    const { answer, asked } = await this.#asked(wish, this.#lost.signal);
    if (answer.kind !== 'credentials') throw this.#refusal(answer);
    const { migration, token, node } = asked;
    const text = unseal(answer.sealed, keys, { node, migration, token, what: connection });
    const signIn: unknown = JSON.parse(text);
    if (typeof signIn === 'object' && signIn !== null && 'secret' in signIn && typeof signIn.secret === 'string')
      onSecret(signIn.secret);
    return signIn;
  }

  #refusal(answer: TruthAnswer): Error {
    if (answer.kind === 'failed') return new RemoteError(answer.error);
    if (answer.kind === 'missing') return new JournalGapError(this.job.migration);
    this.letGo();
    return new NotOursError(this.job.migration);
  }
}

const isJournal = (told: readonly FleetEntry[] | TruthAnswer): told is readonly FleetEntry[] => Array.isArray(told);
