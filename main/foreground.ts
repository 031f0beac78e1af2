/** Runs migrations in this very process, at once and without a queue: for commands where no daemon runs. */
import { defaultLanes } from './engine-thread.ts';
import type { Parts } from './operations/handlers.ts';
import { NeedsDaemonError } from './operations/without-daemon.ts';
import { cancelJobOf } from './operations/cancel-job.ts';
import { demandAction } from './shared/actions.ts';
import { siteRulesIn } from './site-rules.ts';
import type { Runner } from './operations/runner.ts';
import type { DestinationSignIn, SourceSignIn } from './shared/connections.ts';
import { toErrorInfo, type ErrorInfo } from './shared/errors.ts';
import type { Progress } from './shared/jobs.ts';
import type { MigrationId, MigrationRecord } from './shared/migration.ts';
import type { MigrationAction } from './shared/operations.ts';
import type { ActionResult, ScheduledMigration } from './shared/schedule.ts';

interface Sides {
  readonly source: SourceSignIn;
  readonly destination: DestinationSignIn;
}

interface Run {
  readonly stop: AbortController;
  readonly progress: Map<number, Progress>;
  readonly ended: Promise<void>;
}

export class Foreground implements Runner, AsyncDisposable {
  readonly #parts: Parts;
  readonly #runs = new Map<MigrationId, Run>();
  /** Of runs that failed before they could write it down themselves. */
  readonly #failures = new Map<MigrationId, ErrorInfo>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The record as it is told over REST. */
  view(record: MigrationRecord): ScheduledMigration {
    const { id } = record.request;
    const run = this.#runs.get(id);
    return {
      ...record,
      error: this.#failures.get(id) ?? record.error, // a retry may fail before it can write
      schedule: null,
      isQueued: run !== undefined,
      waitsFor: null,
      placement: null,
      slowedBy: null,
      progress: [...(run?.progress.values() ?? [])],
    };
  }

  /** @throws NeedsDaemonError and what signing in, pausing and cancelling throw; how a run ends is in its record */
  async act(record: MigrationRecord, action: MigrationAction, signal: AbortSignal): Promise<void> {
    const { request } = record;
    const { id } = request;
    const { engines, dataDir } = this.#parts;
    switch (action) {
      case 'start':
      case 'resume':
      case 'retry':
        await this.#begin(request);
        return;
      case 'cancel':
        await engines.run(await cancelJobOf(this.#parts, record), signal);
        return;
      case 'pause':
        await engines.run({ kind: 'pauseMigration', id, dataDir }, signal);
        return;
      case 'hold':
      case 'release':
      case 'cutover':
        throw new NeedsDaemonError(`“${action}”`);
    }
  }

  order(): readonly MigrationId[] {
    return [];
  }

  async schedule(): Promise<void> {
    await Promise.reject(new NeedsDaemonError('A schedule'));
  }

  async actOnMany(
    ids: readonly MigrationId[],
    action: MigrationAction,
    signal: AbortSignal,
  ): Promise<readonly ActionResult[]> {
    // They would end with the command that asks for them.
    if (['start', 'resume', 'retry'].includes(action)) throw new NeedsDaemonError('Running several at once');
    const results: ActionResult[] = [];
    for (const id of ids) {
      const error = await this.#actOn(id, action, signal).then(
        () => null,
        (thrown: unknown) => toErrorInfo(thrown),
      );
      results.push({ id, error });
    }
    return results;
  }

  async forget(id: MigrationId): Promise<void> {
    this.#failures.delete(id);
    await Promise.resolve();
  }

  /** Cancels what runs, and returns when it is undone. */
  async [Symbol.asyncDispose](): Promise<void> {
    const runs = [...this.#runs.values()];
    for (const { stop } of runs) stop.abort(new Error('the process ends'));
    await Promise.all(runs.map(({ ended }) => ended));
  }

  async #actOn(id: MigrationId, action: MigrationAction, signal: AbortSignal): Promise<void> {
    const record = await this.#parts.migrations.one(id);
    demandAction(this.view(record), action);
    await this.act(record, action, signal);
  }

  async #begin(request: MigrationRecord['request']): Promise<void> {
    const { id } = request;
    if (this.#runs.has(id)) return;
    const stop = new AbortController();
    const progress = new Map<number, Progress>();
    this.#failures.delete(id);
    const signedIn = this.#signIn(request);
    const ended = signedIn
      .then(async (sides) => await this.#run(request, sides, stop.signal, progress))
      .catch((error: unknown) => void this.#failures.set(id, toErrorInfo(error)))
      .finally(() => {
        this.#runs.delete(id);
        this.#tell(request);
      });
    this.#runs.set(id, { stop, progress, ended });
    await signedIn;
  }

  async #signIn({ source, destination }: MigrationRecord['request']): Promise<Sides> {
    const { signIns } = this.#parts;
    return { source: await signIns.source(source), destination: await signIns.destination(destination) };
  }

  async #run(
    request: MigrationRecord['request'],
    sides: Sides,
    signal: AbortSignal,
    progress: Map<number, Progress>,
  ): Promise<void> {
    signal.throwIfAborted();
    const { id } = request;
    const { engines, dataDir, events } = this.#parts;
    const site = await siteRulesIn(this.#parts);
    await engines.run({ kind: 'migrate', request, ...sides, dataDir, lanes: defaultLanes(), site }, signal, {
      onStage: () => {
        progress.clear();
        this.#tell(request);
      },
      onProgress: (one) => {
        progress.set(one.diskIndex, one);
        events.tell({ kind: 'progress', id, progress: one });
      },
    });
  }

  #tell({ id, vm }: MigrationRecord['request']): void {
    void this.#parts.migrations
      .one(id)
      .then(({ stage, isRunning }) =>
        this.#parts.events.tell({
          kind: 'migration',
          id,
          vm: vm.name,
          stage,
          isRunning,
          isQueued: this.#runs.has(id),
          waitsFor: null,
          placement: null,
          slowedBy: null,
        }),
      )
      .catch(() => {}); // whoever listens looks by the clock as well
  }
}
