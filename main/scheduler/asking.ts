/** What is asked of the scheduler: whether it may be, and the lines of the queue that make it so. */
import { demandAction } from '../shared/actions.ts';
import { toErrorInfo } from '../shared/errors.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import type { MigrationAction } from '../shared/operations.ts';
import { defaultSchedule, type ActionResult, type Schedule } from '../shared/schedule.ts';
import { UnknownMigrationError } from '../shared/unknown-migration.ts';
import { demandWindow } from '../shared/windows.ts';
import type { Desk } from './desk.ts';
import type { QueueLine } from './entries.ts';
import { CircleError, NoCutoverError } from './errors.ts';
import { takenBack } from './settle.ts';
import { wouldWaitForItself } from './waves.ts';

/** When and where a migration may run; what is not named stays, or is the default. */
export interface ScheduleWish {
  readonly id: MigrationId;
  readonly schedule: Partial<Schedule>;
}

export class Asking {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** @throws BadWindowError, CircleError, UnknownMigrationError for what they come after */
  schedule(wishes: readonly ScheduleWish[]): QueueLine[] {
    const at = this.#desk.now();
    let known: ReadonlyMap<MigrationId, Schedule> | undefined;
    const others = (): ReadonlyMap<MigrationId, Schedule> =>
      (known ??= new Map(this.#desk.entries().map((entry) => [entry.id, entry.schedule])));
    return wishes.map(({ id, schedule }): QueueLine => {
      const after = { ...(this.#desk.entry(id)?.schedule ?? defaultSchedule), ...schedule };
      this.#demandSound(id, after, others);
      return { what: 'scheduled', id, schedule: after, at };
    });
  }

  /** @throws NoSuchStepError */
  act(record: MigrationRecord, action: MigrationAction): QueueLine[] {
    const view = this.#desk.view(record);
    demandAction(view, action);
    const { id } = record.request;
    const at = this.#desk.now();
    const entry = this.#desk.entry(id);
    const scheduled = (change: Partial<Schedule>): QueueLine => {
      return { what: 'scheduled', id, schedule: { ...(entry?.schedule ?? defaultSchedule), ...change }, at };
    };
    const known = entry === undefined ? [scheduled({})] : [];
    // Be it by another process: who does not decide may not have heard yet.
    const mayRun = this.#desk.isDecidedElsewhere || entry?.isAdmitted === true;
    const isToStop = mayRun || view.isRunning;
    const back = isToStop || entry === undefined ? [] : takenBack(entry, at);
    switch (action) {
      case 'start':
      case 'retry':
      case 'resume': {
        const isNew = action !== 'resume' || (entry?.number ?? 0) === 0;
        const number = isNew ? this.#desk.nextNumber() : null;
        return [...known, { what: 'wished', id, wish: 'run', number, at }];
      }
      case 'pause': {
        // Out of the queue, where nobody works on it.
        const wish = isToStop ? 'pause' : 'none';
        return [...known, ...back, { what: 'wished', id, wish, number: null, at }];
      }
      case 'cancel':
        return [...known, { what: 'wished', id, wish: 'cancel', number: null, at }];
      case 'hold':
        return [...back, scheduled({ isHeld: true })];
      case 'release':
        return [scheduled({ isHeld: false })];
      case 'cutover':
        throw new NoCutoverError(record);
    }
  }

  /** Each may be asked, or is refused by itself. */
  actOnMany(
    ids: readonly MigrationId[],
    action: MigrationAction,
  ): { readonly lines: readonly QueueLine[]; readonly results: ActionResult[] } {
    const lines: QueueLine[] = [];
    const results = [...new Set(ids)].map((id): ActionResult => {
      try {
        const record = this.#desk.find(id);
        if (record === null) throw new UnknownMigrationError(id);
        lines.push(...this.act(record, action));
        return { id, error: null };
      } catch (error) {
        return { id, error: toErrorInfo(error) };
      }
    });
    return { lines, results };
  }

  /** What came after it does not wait for it any more, if it was done. */
  forget(id: MigrationId): QueueLine[] {
    const at = this.#desk.now();
    const wasDone = this.#desk.find(id)?.stage === 'done';
    const others = wasDone ? this.#desk.entries().filter(({ schedule }) => schedule.after.includes(id)) : [];
    const lines = others.map(({ id: other, schedule }): QueueLine => {
      const after = schedule.after.filter((one) => one !== id);
      return { what: 'scheduled', id: other, schedule: { ...schedule, after }, at };
    });
    if (this.#desk.entry(id) !== undefined) lines.push({ what: 'forgotten', id, at });
    return lines;
  }

  #demandSound(id: MigrationId, schedule: Schedule, others: () => ReadonlyMap<MigrationId, Schedule>): void {
    if (schedule.window !== null) demandWindow(schedule.window);
    if (schedule.after.length === 0) return;
    for (const before of schedule.after) if (this.#desk.find(before) === null) throw new UnknownMigrationError(before);
    if (wouldWaitForItself(id, schedule, others())) throw new CircleError(id);
  }
}
