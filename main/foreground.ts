/** Runs migrations in this very process, at once and without a queue: for commands where no daemon runs. */
import { defaultLanes } from './engine-thread.ts';
import type { Parts } from './operations/handlers.ts';
import { demandAction } from './operations/actions.ts';
import type { Runner } from './operations/runner.ts';
import { GutsError, toErrorInfo, type ErrorInfo } from './shared/errors.ts';
import type { Progress } from './shared/jobs.ts';
import type { MigrationId, MigrationRecord } from './shared/migration.ts';
import type { MigrationAction } from './shared/operations.ts';
import type { ActionResult, ScheduledMigration } from './shared/schedule.ts';

/** It takes a queue that somebody works off. */
export class NeedsDaemonError extends GutsError {
  readonly code = 'daemon.needed';
  readonly remedy = 'Start it with “guts serve”, or open the desktop program, and try again.';

  constructor(what: string) {
    super(`${what} takes a daemon, and none runs on this data folder.`);
  }
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
      error: record.error ?? this.#failures.get(id) ?? null,
      schedule: null,
      isQueued: run !== undefined,
      waitsFor: null,
      placement: null,
      progress: [...(run?.progress.values() ?? [])],
    };
  }

  /** @throws NeedsDaemonError and what signing in, pausing and cancelling throw; how a run ends is in its record */
  async act({ request }: MigrationRecord, action: MigrationAction, signal: AbortSignal): Promise<void> {
    const { id } = request;
    const { engines, dataDir, signIns } = this.#parts;
    switch (action) {
      case 'start':
      case 'resume':
      case 'retry':
        await this.#begin(request);
        return;
      case 'cancel': {
        const source = await signIns.source(request.source);
        const destination = await signIns.destination(request.destination);
        await engines.run({ kind: 'cancelMigration', id, source, destination, dataDir }, signal);
        return;
      }
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
    const { engines, dataDir, signIns } = this.#parts;
    const source = await signIns.source(request.source);
    const destination = await signIns.destination(request.destination);
    this.#failures.delete(id);
    const stop = new AbortController();
    const progress = new Map<number, Progress>();
    const run = engines.run(
      { kind: 'migrate', request, source, destination, dataDir, lanes: defaultLanes() },
      stop.signal,
      {
        onStage: () => {
          progress.clear();
          this.#tell(request);
        },
        onProgress: (one) => {
          progress.set(one.diskIndex, one);
          this.#parts.events.tell({ kind: 'progress', id, progress: one });
        },
      },
    );
    const ended = run
      .then(
        () => {},
        (error: unknown) => void this.#failures.set(id, toErrorInfo(error)),
      )
      .finally(() => {
        this.#runs.delete(id);
        this.#tell(request);
      });
    this.#runs.set(id, { stop, progress, ended });
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
        }),
      )
      .catch(() => {}); // whoever listens looks by the clock as well
  }
}
