/**
 * The scheduler: keeps the queue, says how every migration stands in it, and does what is asked. Everything that it was
 * asked for is on the disk before it says so.
 */
import type { EventHub } from '../events.ts';
import { toErrorInfo } from '../shared/errors.ts';
import type { MigrationId } from '../shared/migration.ts';
import type { MigrationAction } from '../shared/operations.ts';
import {
  defaultSchedule,
  type ActionResult,
  type NodeFacts,
  type Schedule,
  type ScheduledMigration,
  type SchedulerSettings,
} from '../shared/schedule.ts';
import { exits } from '../shared/stages.ts';
import { demandOffered, isOffered, NoSuchStepError } from './actions.ts';
import { AtWork } from './at-work.ts';
import { Bandwidth, type RateTable } from './bandwidth.ts';
import type { Clock } from './clock.ts';
import { Desk } from './desk.ts';
import type { QueueLine } from './entries.ts';
import { CircleError, UnknownMigrationError } from './errors.ts';
import { Loop, TRY_AGAIN_MS } from './loop.ts';
import type { MigrationIndex, MigrationNode } from './node.ts';
import type { QueueFile } from './queue-file.ts';
import type { SettingsFile } from './settings-file.ts';
import { wouldWaitForItself } from './waves.ts';
import { demandWindow } from './windows.ts';

export interface SchedulerParts {
  readonly queue: QueueFile;
  readonly settings: SettingsFile;
  readonly index: MigrationIndex;
  /** At least one. */
  readonly nodes: readonly MigrationNode[];
  readonly rates: RateTable;
  readonly events: EventHub;
  readonly clock: Clock;
  /** The name of a source or destination by its id. */
  readonly nameOf: (id: string) => string;
  /** Gets what only a log on this machine should hold. */
  readonly onDetail: (detail: string) => void;
}

export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #bandwidth: Bandwidth;
  readonly #work: AtWork;
  readonly #desk: Desk;
  readonly #loop: Loop;
  #isStopping = false;

  constructor(parts: SchedulerParts) {
    const { settings, clock, rates } = parts;
    this.#parts = parts;
    this.#bandwidth = new Bandwidth(rates, settings.settings.bandwidth, clock);
    this.#desk = new Desk(parts, () => this.#work);
    this.#work = new AtWork({
      ...parts,
      bandwidth: this.#bandwidth,
      entryOf: (id) => this.#desk.entry(id),
      tell: (id) => this.#desk.tell(id),
      isStopping: () => this.#isStopping,
      settle: async (lines) => await this.#settle(lines),
      look: () => this.#loop.look(),
    });
    this.#loop = new Loop({
      ...parts,
      desk: this.#desk,
      work: this.#work,
      settings: () => this.settings,
      facts: async () => await this.nodes(),
    });
  }

  /** Goes on with what was interrupted, and with the queue. */
  start(): void {
    this.#loop.start();
  }

  /**
   * Starts nothing any more, and lets what runs come to a halt: it is paused where that is possible, and goes on first
   * when the scheduler starts again.
   * @returns those that still ran when the time was up: as after a crash, their journals let them go on
   */
  async stop(deadlineMs: number): Promise<MigrationId[]> {
    this.#isStopping = true;
    await this.#loop.stop();
    for (const id of this.#work.idsOf('run')) {
      const record = this.#desk.find(id);
      if (record !== undefined && exits[record.stage].pause !== undefined) this.#work.pause(record);
    }
    const { clock } = this.#parts;
    let alarm: Disposable | undefined;
    const late = new Promise<void>((resolve) => (alarm = clock.at(clock.now() + deadlineMs, resolve)));
    await Promise.race([this.#work.idle(), late]);
    alarm?.[Symbol.dispose]();
    this.#bandwidth[Symbol.dispose]();
    return this.#work.ids();
  }

  /** @throws UnknownMigrationError */
  show(id: MigrationId): ScheduledMigration {
    return this.#desk.view(this.#desk.record(id));
  }

  all(): ScheduledMigration[] {
    return this.#desk.records().map((record) => this.#desk.view(record));
  }

  /** Its place by age; 0 where it was never put into the queue. */
  numberOf(id: MigrationId): number {
    return this.#desk.entry(id)?.number ?? 0;
  }

  async nodes(): Promise<NodeFacts[]> {
    const answers = await Promise.allSettled(this.#parts.nodes.map(async (node) => await node.facts()));
    const admitted = this.#desk.entries().filter(({ isAdmitted }) => isAdmitted);
    return answers.flatMap((answer) => {
      if (answer.status === 'rejected') return [];
      const node = answer.value;
      const here = admitted.filter(({ placement }) => placement?.node === node.id);
      const reservedBytes = here.reduce((sum, { placement }) => sum + (placement?.reservedBytes ?? 0), 0);
      return { ...node, space: { ...node.space, reservedBytes }, running: here.map(({ id }) => id) };
    });
  }

  get settings(): SchedulerSettings {
    return this.#parts.settings.settings;
  }

  /** What is not named stays; what is holds at once. @throws BadWindowError and what writing throws */
  async changeSettings(change: Partial<SchedulerSettings>): Promise<SchedulerSettings> {
    const changed = await this.#parts.settings.change(change);
    this.#bandwidth.change(changed.bandwidth);
    this.#parts.events.tell({ kind: 'settings' });
    this.#loop.look();
    return changed;
  }

  /**
   * Sets when and where migrations may run; what is not named stays, or is the default. They need not exist yet.
   * @throws BadWindowError, CircleError, UnknownMigrationError for what they come after; nothing has changed then
   */
  async schedule(wishes: readonly { readonly id: MigrationId; readonly schedule: Partial<Schedule> }[]): Promise<void> {
    const at = this.#desk.now();
    const lines = wishes.map(({ id, schedule }): QueueLine => {
      const after = { ...(this.#desk.entry(id)?.schedule ?? defaultSchedule), ...schedule };
      this.#demandSound(id, after);
      return { what: 'scheduled', id, schedule: after, at };
    });
    await this.#desk.write(lines);
    this.#loop.look();
  }

  /** @throws UnknownMigrationError, NoSuchStepError and what writing throws; nothing has changed then */
  async act(id: MigrationId, action: MigrationAction): Promise<ScheduledMigration> {
    await this.#desk.write(this.#linesFor(id, action));
    this.#loop.look();
    return this.show(id);
  }

  /** Each is done or refused by itself; what is done is on the disk when this returns. */
  async actOnMany(ids: readonly MigrationId[], action: MigrationAction): Promise<ActionResult[]> {
    const lines: QueueLine[] = [];
    const results = [...new Set(ids)].map((id): ActionResult => {
      try {
        lines.push(...this.#linesFor(id, action));
        return { id, error: null };
      } catch (error) {
        return { id, error: toErrorInfo(error) };
      }
    });
    await this.#desk.write(lines);
    this.#loop.look();
    return results;
  }

  /** Those for which it is offered, by age. */
  idsFor(action: MigrationAction): MigrationId[] {
    return this.#desk
      .records()
      .filter((record) => isOffered(action, this.#desk.standing(record)))
      .map(({ request }) => request)
      .sort((a, b) => this.numberOf(a.id) - this.numberOf(b.id) || (a.createdAt < b.createdAt ? -1 : 1))
      .map(({ id }) => id);
  }

  /** @throws UnknownMigrationError, NoSuchStepError as long as somebody wants or does something with it */
  demandIdle(id: MigrationId): void {
    const standing = this.#desk.standing(this.#desk.record(id));
    if (standing.isAtWork || (standing.entry?.wish ?? 'none') !== 'none') throw new NoSuchStepError('delete', standing);
  }

  /** It was deleted. What came after it does not wait for it any more, if it was done. */
  async forget(id: MigrationId, wasDone: boolean): Promise<void> {
    const at = this.#desk.now();
    const others = wasDone ? this.#desk.entries().filter(({ schedule }) => schedule.after.includes(id)) : [];
    const lines = others.map(({ id: other, schedule }): QueueLine => {
      const after = schedule.after.filter((one) => one !== id);
      return { what: 'scheduled', id: other, schedule: { ...schedule, after }, at };
    });
    if (this.#desk.entry(id) !== undefined) lines.push({ what: 'forgotten', id, at });
    await this.#desk.write(lines);
    this.#parts.events.tell({ kind: 'migration.deleted', id });
    this.#loop.look();
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
        if (this.#isStopping) return; // the next start finds it out by itself
        await new Promise<void>((resolve) => void clock.at(clock.now() + TRY_AGAIN_MS, resolve));
      }
    }
  }

  #linesFor(id: MigrationId, action: MigrationAction): QueueLine[] {
    const standing = this.#desk.standing(this.#desk.record(id));
    demandOffered(action, standing);
    const at = this.#desk.now();
    const schedule = standing.entry?.schedule ?? defaultSchedule;
    const scheduled = (change: Partial<Schedule>): QueueLine => {
      return { what: 'scheduled', id, schedule: { ...schedule, ...change }, at };
    };
    const known = standing.entry === null ? [scheduled({})] : [];
    switch (action) {
      case 'start':
      case 'retry':
        return [...known, { what: 'wished', id, wish: 'run', number: this.#desk.nextNumber(), at }];
      case 'resume': {
        const number = this.numberOf(id) === 0 ? this.#desk.nextNumber() : null;
        return [...known, { what: 'wished', id, wish: 'run', number, at }];
      }
      case 'pause':
      case 'cancel':
        return [...known, { what: 'wished', id, wish: action, number: null, at }];
      case 'hold':
      case 'release':
        return [scheduled({ isHeld: action === 'hold' })];
      case 'cutover': // no migration comes to that stage yet
        throw new NoSuchStepError(action, standing);
    }
  }

  #demandSound(id: MigrationId, schedule: Schedule): void {
    if (schedule.window !== null) demandWindow(schedule.window);
    if (schedule.after.length === 0) return;
    for (const before of schedule.after)
      if (this.#desk.find(before) === undefined) throw new UnknownMigrationError(before);
    const others = new Map(this.#desk.entries().map((entry) => [entry.id, entry.schedule]));
    if (wouldWaitForItself(id, schedule, others)) throw new CircleError(id);
  }
}
