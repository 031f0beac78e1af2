/**
 * The scheduler: keeps the queue, says how every migration stands in it, and does what is asked. Everything that it was
 * asked for is on the disk before it says so.
 */
import type { EventHub } from '../events.ts';
import type { Runner } from '../operations/runner.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import type { MigrationAction } from '../shared/operations.ts';
import {
  type ActionResult,
  type NodeFacts,
  type NodeId,
  type PlanId,
  type Schedule,
  type ScheduledMigration,
  type SchedulerSettings,
} from '../shared/schedule.ts';
import { isOver } from '../shared/stages.ts';
import { NotLeaderError } from '../store/sql/errors.ts';
import { Asking, type ScheduleWish } from './asking.ts';
import { AtWork } from './at-work.ts';
import { Bandwidth } from './bandwidth.ts';
import type { RateTable } from './buckets.ts';
import type { Clock } from './clock.ts';
import { Desk } from './desk.ts';
import type { Hold, QueueLine } from './entries.ts';
import { queueOf } from './decide.ts';
import { LatencyWatch } from './latency-watch.ts';
import { Loop, TRY_AGAIN_MS } from './loop.ts';
import { NodeTable } from './node-table.ts';
import { RatesMoved } from './rates-moved.ts';
import type { MigrationNode, RecordChange, RecordIndex } from './node.ts';
import type { QueueFile } from './queue-file.ts';
import type { SettingsFile } from './settings-file.ts';
import { Shares } from './shares.ts';
import type { NameOf } from './slots.ts';
import { usualPace, type Pace } from './slow-down.ts';
import type { ToldMigration, ToldSchedule } from './told.ts';
import type { ElsewhereOf } from './waves.ts';

export interface SchedulerParts {
  readonly queue: QueueFile;
  readonly settings: SettingsFile;
  readonly index: RecordIndex;
  /** Those that are known now; they may come and go. */
  readonly nodes: () => readonly MigrationNode[];
  readonly rates: RateTable;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly nameOf: NameOf;
  readonly elsewhereOf?: ElsewhereOf | undefined;
  /** Of the back-off; the usual one without it. */
  readonly pace?: Pace;
  /** Gets how long it took to decide who starts and what the others wait for. */
  readonly onDecided?: ((milliseconds: number) => void) | undefined;
  /** What that is measured by, in milliseconds. */
  readonly stopwatch?: (() => number) | undefined;
  /** How much of the time may go into deciding, while there is always something to decide; all of it without it. */
  readonly share?: number | undefined;
  /** Gets what only a log on this machine should hold. */
  readonly onDetail: (detail: string) => void;
}

const LET_GO_AGAIN_MS = 500;

export class Scheduler implements Runner {
  readonly #parts: SchedulerParts;
  readonly #bandwidth: Bandwidth;
  readonly #shares: Shares;
  readonly #work: AtWork;
  readonly #desk: Desk;
  readonly #nodes: NodeTable;
  readonly #asking: Asking;
  readonly #loop: Loop;
  readonly #latency: LatencyWatch;
  readonly #moved = new RatesMoved();
  readonly #heard: readonly Disposable[];
  #isStopping = false;
  /** By the server that decides, where that is another one. */
  #told: ToldSchedule | null = null;

  constructor(parts: SchedulerParts) {
    const { settings, clock, rates } = parts;
    this.#parts = parts;
    this.#bandwidth = new Bandwidth(settings.settings.bandwidth, clock, () => this.#shares.deal());
    this.#shares = new Shares({
      rates,
      clock,
      limitOf: (key) => this.#bandwidth.limitOf(key),
      copied: () => this.#work.copied(),
      share: parts.share,
    });
    this.#desk = new Desk({ ...parts, slowedBy: (id) => this.#latency.slowedBy(id) }, () => this.#work);
    this.#work = new AtWork({
      ...parts,
      shares: this.#shares,
      moved: this.#moved,
      entryOf: (id) => this.#desk.entry(id),
      tell: (id) => this.#desk.tell(id),
      hand: async (id, node) => await this.#desk.hand(id, node),
      isStopping: () => this.#isStopping,
      settle: async (lines) => await this.#settle(lines),
      look: () => {
        this.#loop.look();
        this.#latency.look();
      },
    });
    this.#asking = new Asking(this.#desk);
    this.#nodes = new NodeTable({
      nodes: parts.nodes,
      desk: this.#desk,
      work: this.#work,
      shares: this.#shares,
      moved: this.#moved,
    });
    this.#loop = new Loop({
      ...parts,
      desk: this.#desk,
      work: this.#work,
      settings: () => this.settings,
      facts: async () => (this.#told === null ? await this.#nodes.bare() : [...this.#told.nodes]),
    });
    this.#latency = new LatencyWatch({
      ...parts,
      pace: parts.pace ?? usualPace,
      mostMs: () => this.settings.latency.mostMilliseconds,
      copied: () => this.#work.copied(),
      limit: (source, datastore, rate) => this.#bandwidth.limitDatastore(source, datastore, rate),
      tell: (id) => this.#desk.tell(id),
      warn: (source, says) => parts.events.tell({ kind: 'warning', source, says }),
    });
    this.#heard = [
      parts.index.onChange((change) => this.#hear(change)),
      parts.queue.onOthers((ids) => this.#hearOthers(ids)),
      settings.follow((now) => this.#settingsChanged(now)),
    ];
    for (const { id, placement } of this.#desk.entries()) {
      const record = placement === null ? null : this.#desk.find(id);
      if (placement !== null && record?.stage === 'done')
        this.#moved.note(placement.node, record.request.source, record.disks);
    }
  }

  /** Goes on with what was interrupted, and with the queue. */
  start(): void {
    this.#loop.start();
  }

  /** Those about which something may still have to be done. */
  openIds(): MigrationId[] {
    return this.#desk.open().map(({ id }) => id);
  }

  /** Another server decides from now on; what runs here ends by itself, since nothing is taken from it any more. */
  async rest(): Promise<void> {
    await this.#loop.stop();
    const { clock, nodes } = this.#parts;
    // Again and again: something may just be given to one.
    while (!this.#work.isIdle) {
      for (const node of nodes()) node.letGo?.();
      let alarm: Disposable | undefined;
      const soon = new Promise<void>((resolve) => (alarm = clock.at(clock.now() + LET_GO_AGAIN_MS, resolve)));
      await Promise.race([this.#work.idle(), soon]);
      alarm?.[Symbol.dispose]();
    }
  }

  /** What another server says that decides. */
  hearLeader(told: ToldSchedule): void {
    this.#told = told;
    const changed = this.#desk.hearLeader(new Map(Object.entries(told.migrations) as [MigrationId, ToldMigration][])); // its keys are ids
    for (const id of changed) this.#desk.tell(id);
  }

  /** For the servers that do not decide. */
  async tellOthers(): Promise<ToldSchedule> {
    this.#told = null;
    this.#desk.hearLeader(null);
    return { nodes: await this.nodes(), migrations: this.#desk.toldOf() };
  }

  /**
   * Starts nothing any more, lets what runs come to a halt, and closes the queue: what can be is paused, and goes on first
   * when the scheduler starts again.
   * @returns those that still ran when the time was up: as after a crash, their journals let them go on
   */
  async stop(deadlineMs: number): Promise<MigrationId[]> {
    this.#isStopping = true;
    await this.#loop.stop();
    this.#work.park();
    const { clock } = this.#parts;
    let alarm: Disposable | undefined;
    const late = new Promise<void>((resolve) => (alarm = clock.at(clock.now() + deadlineMs, resolve)));
    await Promise.race([this.#work.idle(), late]);
    alarm?.[Symbol.dispose]();
    this.#latency[Symbol.dispose]();
    this.#bandwidth[Symbol.dispose]();
    this.#shares[Symbol.dispose]();
    for (const one of this.#heard) one[Symbol.dispose]();
    const left = this.#work.ids();
    await this.#parts.queue[Symbol.asyncDispose]();
    return left;
  }

  view(record: MigrationRecord): ScheduledMigration {
    return this.#desk.view(record);
  }

  order(): readonly MigrationId[] {
    const entries = this.#desk.open();
    const running = entries.filter(({ isAdmitted }) => isAdmitted).sort((a, b) => a.number - b.number);
    const queue = queueOf({ entries, stageOf: (id) => this.#desk.find(id)?.stage ?? null });
    return [...running, ...queue.map(({ entry }) => entry)].map(({ id }) => id);
  }

  /** Also of those that are not written down yet. */
  idsOfPlan(plan: PlanId): MigrationId[] {
    return this.#desk
      .entries()
      .filter(({ schedule }) => schedule.plan === plan)
      .map(({ id }) => id);
  }

  /** Nodes have come, gone or changed: it is looked who may run now. */
  look(): void {
    this.#loop.look();
  }

  /** One has fallen silent, or is heard again: that is told of all that it is at. */
  tellOf(node: NodeId): void {
    for (const id of this.#work.idsAt(node)) this.#desk.tell(id);
  }

  /** Who may work on it; null where only this process has had it. */
  holdOf(id: MigrationId): Hold | null {
    return this.#desk.entry(id)?.hold ?? null;
  }

  /** Its place by age; 0 where it was never put into the queue. */
  numberOf(id: MigrationId): number {
    return this.#desk.entry(id)?.number ?? 0;
  }

  /** Conversion space that it takes; 0 where that was not measured yet. */
  spaceOf(id: MigrationId): number {
    return this.#desk.entry(id)?.use?.spaceBytes ?? 0;
  }

  /** It was asked to stand still, and does not yet. */
  isPausing(id: MigrationId): boolean {
    return this.#desk.entry(id)?.wish === 'pause';
  }

  async nodes(): Promise<NodeFacts[]> {
    if (this.#told !== null) return [...this.#told.nodes];
    return await this.#nodes.laden();
  }

  get settings(): SchedulerSettings {
    return this.#parts.settings.settings;
  }

  /** What is not named stays; what is holds at once. @throws BadWindowError and what writing throws */
  async changeSettings(change: Partial<SchedulerSettings>): Promise<SchedulerSettings> {
    const changed = await this.#parts.settings.change(change);
    this.#settingsChanged(changed);
    return changed;
  }

  #settingsChanged({ bandwidth }: SchedulerSettings): void {
    this.#bandwidth.change(bandwidth);
    this.#latency.look();
    this.#parts.events.tell({ kind: 'settings' });
    this.#loop.look();
  }

  /** @throws as `scheduleMany` */
  async schedule(id: MigrationId, schedule: Partial<Schedule>): Promise<void> {
    await this.scheduleMany([{ id, schedule }]);
  }

  /**
   * Sets when and where migrations may run; what is not named stays, or is the default. They need not exist yet.
   * @throws BadWindowError, CircleError, UnknownMigrationError for what they come after; nothing has changed then
   */
  async scheduleMany(wishes: readonly ScheduleWish[]): Promise<void> {
    await this.#ask(this.#asking.schedule(wishes));
  }

  /** @throws NoSuchStepError and what writing throws; nothing has changed then */
  async act(record: MigrationRecord, action: MigrationAction): Promise<void> {
    await this.#ask(this.#asking.act(record, action));
  }

  /** Each is done or refused by itself; what is done is on the disk when this returns. */
  async actOnMany(ids: readonly MigrationId[], action: MigrationAction): Promise<ActionResult[]> {
    const { lines, results } = this.#asking.actOnMany(ids, action);
    await this.#ask(lines);
    return results;
  }

  /** What came after it does not wait for it any more, if it was done. */
  async forget(id: MigrationId): Promise<void> {
    await this.forgetMany([id]);
  }

  async forgetMany(ids: readonly MigrationId[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#ask(ids.flatMap((id) => this.#asking.forget(id)));
  }

  /** What it was may have been seen already, also where it is taken back. */
  async #ask(lines: readonly QueueLine[]): Promise<void> {
    try {
      await this.#desk.ask(lines);
    } finally {
      this.#loop.look();
    }
  }

  #hear({ id, before, after }: RecordChange): void {
    if (after?.stage === before?.stage && after?.isRunning === before?.isRunning) return;
    this.#desk.reopen(id);
    this.#desk.tell(id);
    this.#latency.look();
    if (after === null || isOver(after.stage)) this.#loop.look(); // others may have waited for that
  }

  #hearOthers(ids: readonly MigrationId[]): void {
    this.#desk.hearOthers(ids);
    this.#loop.look();
    this.#latency.look();
  }

  /** What has happened has happened: it is written down when that is possible again. */
  async #settle(lines: readonly QueueLine[]): Promise<void> {
    const { clock, onDetail } = this.#parts;
    for (;;) {
      try {
        await this.#desk.write(lines);
        return;
      } catch (error) {
        onDetail(String(error));
        if (error instanceof NotLeaderError) return; // whoever decides now finds it out by itself
        if (this.#isStopping) return; // the next start finds it out by itself
        await new Promise<void>((resolve) => void clock.at(clock.now() + TRY_AGAIN_MS, resolve));
      }
    }
  }
}
