/** A scheduler with a real queue on a real disk, over nodes, machines and a clock that are simulated. */
import { cpSync } from 'node:fs';
import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { EventHub } from '../../main/events.ts';
import { QueueLine } from '../../main/scheduler/entries.ts';
import type { RateTable } from '../../main/scheduler/buckets.ts';
import type { MigrationNode, RecordChange, RecordIndex } from '../../main/scheduler/node.ts';
import { QueueFile } from '../../main/scheduler/queue-file.ts';
import { Scheduler } from '../../main/scheduler/scheduler.ts';
import { SettingsFile } from '../../main/scheduler/settings-file.ts';
import { defaultOptions, type MigrationId, type MigrationRecord } from '../../main/shared/migration.ts';
import type { MigrationAction } from '../../main/shared/operations.ts';
import type { Schedule, ScheduledMigration, SchedulerSettings } from '../../main/shared/schedule.ts';
import { isOver, type Stage } from '../../main/shared/stages.ts';
import { readAppendLog } from '../../main/store/append-log.ts';
import { scratch } from '../support/disks.ts';
import { GIB, mig, MONDAY_NOON, use } from './samples.ts';
import type { Clock } from '../../main/scheduler/clock.ts';
import { SimClock } from './sim-clock.ts';
import { SimLatencies } from './sim-latencies.ts';
import { SimNode, type SimMachine } from './sim-node.ts';

export interface SimOptions {
  readonly nodes?: Readonly<Record<string, number>>;
  /** Besides those that are simulated. */
  readonly more?: (world: SimWorld) => readonly MigrationNode[];
  /** Of each node; as many as there are for all together without it. */
  readonly nodeSlots?: number;
  readonly settings?: Partial<SchedulerSettings>;
  readonly nowMs?: number;
  /** One that goes by itself; without it time stands still until it is passed. */
  readonly clock?: Clock;
  /** Queue file anew at this size; never without it. */
  readonly snapshotAtBytes?: number;
  readonly onDecided?: ((milliseconds: number) => void) | undefined;
  readonly share?: number;
  readonly stopwatch?: () => number;
  /** Goes on from where another world was at that time: its records, and the queue in this folder. */
  readonly after?: { readonly world: SimWorld; readonly dataDir: string; readonly records: readonly MigrationRecord[] };
}

export class SimWorld implements RecordIndex, AsyncDisposable {
  readonly clock: Clock;
  readonly nodes: readonly SimNode[];
  readonly #more: readonly MigrationNode[];
  readonly events = new EventHub();
  readonly details: string[] = [];
  readonly rates = new Map<number, number | null>();
  readonly latencies: SimLatencies;
  readonly #options: SimOptions;
  readonly #folder = scratch();
  readonly #machines: Map<MigrationId, SimMachine>;
  readonly #records: Map<MigrationId, MigrationRecord>;
  readonly #listeners = new Set<(change: RecordChange) => void>();
  #queue: QueueFile | undefined;
  #scheduler: Scheduler | undefined;

  /** @returns with its scheduler at work */
  static async make(options: SimOptions = {}): Promise<SimWorld> {
    const world = new SimWorld(options);
    await world.#open(options.settings ?? {});
    return world;
  }

  private constructor(options: SimOptions) {
    const {
      nodes = { desk: 1000 * GIB },
      nowMs = MONDAY_NOON,
      clock = new SimClock(nowMs),
      after,
      nodeSlots,
    } = options;
    this.#options = options;
    this.clock = clock;
    this.latencies = new SimLatencies(this.clock);
    this.nodes = Object.entries(nodes).map(([id, freeBytes]) => new SimNode(id, this, freeBytes, nodeSlots));
    this.#more = options.more?.(this) ?? [];
    this.#machines = new Map(after === undefined ? [] : after.world.#machines);
    this.#records = new Map(after?.records.map((record) => [record.request.id, record]));
    if (after !== undefined) cpSync(after.dataDir, this.dataDir, { recursive: true });
  }

  get dataDir(): string {
    return this.#folder.file('data');
  }

  get scheduler(): Scheduler {
    if (this.#scheduler === undefined) throw new Error('the scheduler does not run');
    return this.#scheduler;
  }

  /** Writes the move of a machine down, and puts it into the queue where that is not said otherwise. */
  async add(
    name: string | number,
    machine: Partial<SimMachine> = {},
    schedule: Partial<Schedule> = {},
    isStarted = true,
  ): Promise<MigrationId> {
    const id = this.plan(name, machine);
    await this.scheduler.schedule(id, schedule);
    if (isStarted) await this.act(id, 'start');
    return id;
  }

  plan(name: string | number, machine: Partial<SimMachine> = {}): MigrationId {
    const id = mig(name);
    const all = { use: use(), copyMs: 60_000, ...machine };
    this.#machines.set(id, all);
    const createdAt = new Date(this.clock.now()).toISOString();
    const { source, destination } = all.use;
    const vm = { ref: `vm-${name}`, name: String(name) };
    const request = { id, source, destination, vm, options: defaultOptions, createdAt };
    this.#put(id, {
      request,
      stage: 'planned',
      isRunning: false,
      stages: [{ stage: 'planned', at: createdAt }],
      findings: [],
      plan: null,
      disks: [],
      ledger: [],
      stoppedAt: null,
      stops: [],
      outcome: null,
      error: null,
    });
    return id;
  }

  async act(id: MigrationId, action: MigrationAction): Promise<void> {
    await this.scheduler.act(this.record(id), action);
  }

  show(id: MigrationId): ScheduledMigration {
    return this.scheduler.view(this.record(id));
  }

  /** Lets everything happen that happens at this moment. */
  async settle(): Promise<void> {
    for (let i = 0; i < 4; i++) {
      await this.#queue?.written();
      await setImmediate();
    }
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.clock.now() + ms;
    await this.settle();
    while (this.#toNext(untilMs)) await this.settle();
  }

  /** Lets time pass until it is so. @throws Error when nothing happens any more */
  async until(isSo: () => boolean): Promise<void> {
    await this.settle();
    while (!isSo()) {
      if (!this.#toNext()) throw new Error(`it never comes to that: ${this.#told()}`);
      await this.settle();
    }
  }

  async untilAllOver(): Promise<void> {
    await this.until(() => [...this.#records.values()].every(({ stage, isRunning }) => isOver(stage) && !isRunning));
  }

  /** The queue's own journal: everything that it has decided, in order. */
  async journal(): Promise<QueueLine[]> {
    return await readAppendLog({
      file: `${this.dataDir}/queue.jsonl`,
      name: 'queue',
      schema: QueueLine,
      schemaVersion: 1,
    });
  }

  /** Stops the scheduler in an orderly way, and starts another one after it. */
  async restart(deadlineMs = 60_000): Promise<readonly MigrationId[]> {
    const stopping = this.scheduler.stop(deadlineMs);
    let left: readonly MigrationId[] | undefined;
    for (;;) {
      await this.settle();
      left = await Promise.race([stopping, pause(20, undefined)]); // its files are closed in real time
      if (left !== undefined) break;
      this.#toNext();
    }
    for (const node of this.nodes) node.dies();
    for (const [id, record] of this.#records) this.#put(id, { ...record, isRunning: false });
    await this.#open({});
    return left;
  }

  #toNext(untilMs?: number): boolean {
    if (this.clock instanceof SimClock) return this.clock.toNext(untilMs);
    throw new Error('this clock goes by itself');
  }

  machine(id: MigrationId): SimMachine {
    const machine = this.#machines.get(id);
    if (machine === undefined) throw new Error(`there is no machine for ${id}`);
    return machine;
  }

  record(id: MigrationId): MigrationRecord {
    const record = this.find(id);
    if (record === null) throw new Error(`there is no record of ${id}`);
    return record;
  }

  change(id: MigrationId, change: Partial<MigrationRecord>): void {
    this.#put(id, { ...this.record(id), ...change });
  }

  reach(id: MigrationId, stage: Stage): void {
    const { stages, error } = this.record(id);
    const at = new Date(this.clock.now()).toISOString();
    const keeps = stage === 'failed' || stage === 'waiting';
    this.change(id, { stage, stages: [...stages, { stage, at }], error: keeps ? error : null });
  }

  all(): readonly MigrationRecord[] {
    return [...this.#records.values()];
  }

  find(id: MigrationId): MigrationRecord | null {
    return this.#records.get(id) ?? null;
  }

  async refresh(id: MigrationId): Promise<MigrationRecord | null> {
    return await Promise.resolve(this.find(id));
  }

  onChange(hear: (change: RecordChange) => void): Disposable {
    this.#listeners.add(hear);
    return { [Symbol.dispose]: () => void this.#listeners.delete(hear) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.settle();
    await this.#queue?.[Symbol.asyncDispose]().catch(() => {}); // stopped already
    this.#folder[Symbol.dispose]();
  }

  async #open(settings: Partial<SchedulerSettings>): Promise<void> {
    const rates: RateTable = { size: 2000, set: (bucket, rate) => void this.rates.set(bucket, rate) };
    this.#queue = await QueueFile.open(this.dataDir, this.#options.snapshotAtBytes ?? Infinity);
    const file = await SettingsFile.open(this.dataDir);
    if (Object.keys(settings).length > 0) await file.change(settings);
    this.#scheduler = new Scheduler({
      queue: this.#queue,
      settings: file,
      index: this,
      nodes: () => [...this.nodes, ...this.#more],
      rates,
      events: this.events,
      clock: this.clock,
      nameOf: (id, ref) => ref ?? id.slice(4).replace(/^0+/, ''),
      onDetail: (detail) => this.details.push(detail),
      onDecided: this.#options.onDecided,
      share: this.#options.share,
      stopwatch: this.#options.stopwatch,
    });
    this.#scheduler.start();
  }

  #put(id: MigrationId, after: MigrationRecord): void {
    const before = this.find(id);
    this.#records.set(id, after);
    for (const hear of this.#listeners) hear({ id, before, after });
  }

  #told(): string {
    const open = this.all().filter(({ stage }) => !isOver(stage));
    return open
      .map((record) => `${record.request.id} ${record.stage} ${JSON.stringify(this.scheduler.view(record).waitsFor)}`)
      .join('; ');
  }
}
