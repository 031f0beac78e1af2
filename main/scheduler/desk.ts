/** What all parts of the scheduler work with: the queue, the records, and how a migration stands by both. */
import type { EventHub } from '../events.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import type { ScheduledMigration, SlowedBy, WaitsFor } from '../shared/schedule.ts';
import { isOver } from '../shared/stages.ts';
import type { AtWork } from './at-work.ts';
import type { Clock } from './clock.ts';
import type { QueueEntry, QueueLine } from './entries.ts';
import type { MigrationNode, RecordIndex, Token } from './node.ts';
import type { QueueFile } from './queue-file.ts';

export interface DeskParts {
  readonly queue: QueueFile;
  readonly index: RecordIndex;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly slowedBy: (id: MigrationId) => SlowedBy | null;
}

export class Desk {
  readonly #parts: DeskParts;
  readonly #work: () => AtWork;
  readonly #open: Set<MigrationId>;
  #lastNumber: number;
  /** As they were decided last; who is not in there waits for nothing. */
  waits: ReadonlyMap<MigrationId, WaitsFor> = new Map();

  /** @param work that knows this desk itself */
  constructor(parts: DeskParts, work: () => AtWork) {
    this.#parts = parts;
    this.#work = work;
    this.#open = new Set(parts.queue.entries.keys());
    this.#lastNumber = this.entries().reduce((last, { number }) => Math.max(last, number), 0);
  }

  now(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }

  /** The place at the end of the queue. */
  nextNumber(): number {
    return ++this.#lastNumber;
  }

  entries(): QueueEntry[] {
    return [...this.#parts.queue.entries.values()];
  }

  /** Those about which something may still have to be done. Who is over, and wants nothing, is not looked at again and again. */
  open(): QueueEntry[] {
    const open: QueueEntry[] = [];
    for (const id of this.#open) {
      const entry = this.entry(id);
      if (entry !== undefined && this.#mayGoOn(entry)) open.push(entry);
      else this.#open.delete(id);
    }
    return open;
  }

  /** It may not be over any more. */
  reopen(id: MigrationId): void {
    this.#open.add(id);
  }

  #mayGoOn({ id, wish, isAdmitted }: QueueEntry): boolean {
    if (wish !== 'none' || isAdmitted) return true;
    const record = this.find(id);
    return record === null || !isOver(record.stage);
  }

  entry(id: MigrationId): QueueEntry | undefined {
    return this.#parts.queue.entries.get(id);
  }

  /**
   * Gives a migration to a node, and takes it from any that had it.
   * @returns when that would survive a power cut. @throws as QueueFile
   */
  async hand(id: MigrationId, { id: node, isElsewhere = false }: MigrationNode): Promise<Token> {
    const before = this.entry(id)?.hold ?? null;
    if (before === null && !isElsewhere) return 0;
    const token = (before?.token ?? 0) + 1;
    await this.write([{ what: 'handed', id, hold: { node, token }, at: this.now() }]);
    return token;
  }

  find(id: MigrationId): MigrationRecord | null {
    return this.#parts.index.find(id);
  }

  isAtWork({ request, isRunning }: MigrationRecord): boolean {
    return isRunning || this.#work().has(request.id);
  }

  view(record: MigrationRecord): ScheduledMigration {
    const { id } = record.request;
    const entry = this.entry(id);
    return {
      ...record,
      isRunning: this.isAtWork(record),
      schedule: entry?.schedule ?? null,
      isQueued: entry?.wish === 'run',
      waitsFor: this.waits.get(id) ?? (entry === undefined ? null : failedCancel(entry)),
      placement: entry?.placement ?? null,
      slowedBy: this.#parts.slowedBy(id),
      progress: this.#work().progressOf(id),
    };
  }

  /** Returns when the lines would survive a power cut, and tells of those whom they are about. @throws as QueueFile */
  async write(lines: readonly QueueLine[]): Promise<void> {
    await this.#written(lines, async () => await this.#parts.queue.write(...lines));
  }

  /** The same, for what somebody asks of the scheduler, which may be another server's. */
  async ask(lines: readonly QueueLine[]): Promise<void> {
    await this.#written(lines, async () => await this.#parts.queue.ask(...lines));
  }

  /** Another server has changed the queue: all of it is looked at again. */
  readonly hearOthers = (): void => {
    for (const { id, number } of this.#parts.queue.entries.values()) {
      this.#lastNumber = Math.max(this.#lastNumber, number);
      this.reopen(id);
    }
  };

  async #written(lines: readonly QueueLine[], write: () => Promise<void>): Promise<void> {
    const told = new Set<MigrationId>();
    for (const line of lines) if (line.what !== 'kept' && line.what !== 'waits') told.add(line.id);
    for (const id of told) this.reopen(id);
    try {
      await write();
    } catch (error) {
      for (const id of told) this.reopen(id); // what was taken back may go on
      throw error;
    }
    for (const id of told) this.tell(id);
  }

  tell(id: MigrationId): void {
    const record = this.find(id);
    if (record === null) return;
    const { request, stage, isRunning, isQueued, waitsFor, placement, slowedBy } = this.view(record);
    const vm = request.vm.name;
    this.#parts.events.tell({ kind: 'migration', id, vm, stage, isRunning, isQueued, waitsFor, placement, slowedBy });
  }
}

function failedCancel({ wish, trouble }: QueueEntry): WaitsFor | null {
  if (wish !== 'cancel' || trouble === null) return null;
  return { reason: 'trouble', says: `Cancelling has failed: ${trouble.says}`, until: trouble.until };
}
