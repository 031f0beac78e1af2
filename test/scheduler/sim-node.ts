/** A node on which migrations take the time that they are told to take, and end as they are told to end. */
import { next, type Stage, type StageEvent } from '../../main/shared/stages.ts';
import type { MigrationId, MigrationRequest } from '../../main/shared/migration.ts';
import { RemoteError, type ErrorInfo } from '../../main/shared/errors.ts';
import type { NodeFacts, SlotUse } from '../../main/shared/schedule.ts';
import type { Progress } from '../../main/shared/jobs.ts';
import type { DatastoreLatency } from '../../main/shared/latency.ts';
import type { LatencyWish, MigrationNode, RunListener, RunOptions } from '../../main/scheduler/node.ts';
import type { SimWorld } from './sim-world.ts';

/** How a machine behaves when it is moved. */
export interface SimMachine {
  readonly use: SlotUse;
  /** Of copying; everything else takes seconds. */
  readonly copyMs: number;
  /** At which it sends. Told once, when copying begins; without it nothing is told. */
  readonly bytesPerSecond?: number;
  /** Before a run is taken up, and anybody could pause it. */
  readonly signInMs?: number;
  /** At the n-th run, from 1: null goes well. What is retryable waits where it is run, and fails in preflight. */
  readonly trouble?: (run: number) => ErrorInfo | null;
  readonly preflightTrouble?: (run: number) => ErrorInfo | null;
  /** Why a preflight or a cancellation could not even begin; nothing is written down of it then. */
  readonly obstacle?: () => ErrorInfo | null;
}

interface Going {
  readonly listener: RunListener;
  alarm: Disposable | undefined;
  end(error?: unknown): void;
}

const SECONDS = 1000;

export class SimNode implements MigrationNode {
  readonly id: string;
  readonly #world: SimWorld;
  readonly #slots: number | undefined;
  readonly #going = new Map<MigrationId, Going>();
  /** Of those, the ones that are no preflights. */
  readonly #running = new Set<MigrationId>();
  readonly #runs = new Map<string, number>();
  freeBytes: number;
  isAlive = true;
  /** The most that ran here at the same time. */
  most = 0;

  constructor(id: string, world: SimWorld, freeBytes: number, slots: number | undefined) {
    this.id = id;
    this.#world = world;
    this.freeBytes = freeBytes;
    this.#slots = slots;
  }

  async facts(): Promise<Omit<NodeFacts, 'running'>> {
    const space = {
      folder: `/var/${this.id}`,
      totalBytes: 2 * this.freeBytes,
      freeBytes: this.freeBytes,
      reservedBytes: 0,
    };
    const seenAt = new Date(this.#world.clock.now()).toISOString();
    return await Promise.resolve({
      id: this.id,
      host: this.id,
      isAlive: this.isAlive,
      space,
      processors: 4,
      memoryBytes: 1e10,
      seenAt,
      ...(this.#slots === undefined ? {} : { slots: this.#slots }),
    });
  }

  async preflight(request: MigrationRequest, listener: RunListener): Promise<void> {
    const { id } = request;
    const machine = this.#world.machine(id);
    this.#demandNoObstacle(id);
    await this.#until(id, listener, () => {
      if (this.#stage(id) !== 'preflight') this.#reach(id, this.#stage(id) === 'failed' ? 'retry' : 'start');
      this.#after(id, 5 * SECONDS, () => {
        const error = machine.preflightTrouble?.(this.#count(`look ${id}`)) ?? null;
        if (error === null) this.#reach(id, 'passed');
        else this.#fail(id, error);
        this.#end(id, error);
      });
    });
  }

  async measure({ id }: MigrationRequest): Promise<SlotUse> {
    return await Promise.resolve(this.#world.machine(id).use);
  }

  async run(request: MigrationRequest, _options: RunOptions, listener: RunListener): Promise<void> {
    const { id } = request;
    await this.#until(id, listener, () => {
      this.#running.add(id);
      this.most = Math.max(this.most, this.#running.size);
      const { signInMs = 0 } = this.#world.machine(id);
      if (signInMs > 0) this.#after(id, signInMs, () => this.#takeUp(id));
      else this.#takeUp(id);
    });
  }

  #takeUp(id: MigrationId): void {
    if (this.#stage(id) === 'queued') this.#reach(id, 'admitted');
    else if (this.#stage(id) === 'paused' || this.#stage(id) === 'waiting') this.#reach(id, 'resume');
    else {
      this.#reach(id, 'hold'); // interrupted
      this.#reach(id, 'resume');
    }
    this.#after(id, 5 * SECONDS, () => this.#copy(id));
  }

  async pause({ id }: MigrationRequest): Promise<void> {
    if (this.#stage(id) !== 'preparing' && this.#stage(id) !== 'copying')
      throw new RemoteError({
        code: 'migration.no-such-step',
        message: 'Too late.',
        remedy: 'Wait.',
        retryable: false,
      });
    this.#reach(id, 'pause');
    this.#end(id, null);
    await Promise.resolve();
  }

  async cancel({ id }: MigrationRequest): Promise<void> {
    this.#demandNoObstacle(id);
    this.#reach(id, 'cancel');
    if (this.#stage(id) === 'cleaning') this.#reach(id, 'cleaned');
    this.#end(id, null);
    await Promise.resolve();
  }

  async watchLatency(
    wish: LatencyWish,
    tell: (latencies: readonly DatastoreLatency[]) => void,
    signal: AbortSignal,
  ): Promise<string | null> {
    return await this.#world.latencies.watch(wish, tell, signal);
  }

  /** The machine went down: what ran here stands where it stood. */
  dies(): void {
    for (const { alarm } of this.#going.values()) alarm?.[Symbol.dispose]();
    this.#going.clear();
    this.#running.clear();
  }

  #copy(id: MigrationId): void {
    const machine = this.#world.machine(id);
    const error = machine.trouble?.(this.#count(`run ${id}`)) ?? null;
    this.#reach(id, 'ready');
    if (machine.bytesPerSecond !== undefined)
      this.#going.get(id)?.listener.onProgress(progressAt(machine.bytesPerSecond));
    this.#after(id, error === null ? machine.copyMs : machine.copyMs / 2, () => {
      if (error === null) {
        this.#reach(id, 'switched');
        this.#after(id, 2 * SECONDS, () => {
          for (const event of ['provisioned', 'booted', 'verified'] as const) this.#reach(id, event);
          this.#end(id, null);
        });
      } else if (error.retryable) {
        this.#world.change(id, { error });
        this.#reach(id, 'hold');
        this.#end(id, null);
      } else {
        this.#fail(id, error);
        this.#end(id, error);
      }
    });
  }

  async #until(id: MigrationId, listener: RunListener, begin: () => void): Promise<void> {
    if (this.#going.has(id)) throw new Error(`${id} runs on ${this.id} already`);
    const ended = new Promise<unknown>((resolve) => this.#going.set(id, { listener, alarm: undefined, end: resolve }));
    this.#world.change(id, { isRunning: true });
    begin();
    const error = await ended;
    if (error !== undefined) throw error;
  }

  #end(id: MigrationId, error: ErrorInfo | null): void {
    const going = this.#going.get(id);
    going?.alarm?.[Symbol.dispose]();
    this.#going.delete(id);
    this.#running.delete(id);
    this.#world.change(id, { isRunning: false });
    going?.end(error === null ? undefined : new RemoteError(error));
  }

  #after(id: MigrationId, ms: number, then: () => void): void {
    const going = this.#going.get(id);
    if (going === undefined) return;
    going.alarm = this.#world.clock.at(this.#world.clock.now() + ms, then);
  }

  #demandNoObstacle(id: MigrationId): void {
    const obstacle = this.#world.machine(id).obstacle?.() ?? null;
    if (obstacle !== null) throw new RemoteError(obstacle);
  }

  #fail(id: MigrationId, error: ErrorInfo): void {
    this.#reach(id, 'fail');
    this.#world.change(id, { error });
  }

  #stage(id: MigrationId): Stage {
    return this.#world.record(id).stage;
  }

  #reach(id: MigrationId, event: StageEvent): void {
    this.#world.reach(id, next(this.#stage(id), event));
    this.#going.get(id)?.listener.onStage(this.#stage(id));
  }

  #count(key: string): number {
    const count = (this.#runs.get(key) ?? 0) + 1;
    this.#runs.set(key, count);
    return count;
  }
}

const progressAt = (sentPerSecond: number): Progress => ({
  disk: 'Hard disk 1',
  diskIndex: 0,
  disks: 1,
  doneBytes: 2e9, // half of it held nothing
  totalBytes: 1e12,
  writtenBytes: 1e9,
  bytesPerSecond: 2 * sentPerSecond,
  secondsLeft: null,
});
