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
import type { ToldMigration } from './told.ts';

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
  /** By the server that decides, where that is another one. */
  #told: ReadonlyMap<MigrationId, ToldMigration> | null = null;
  /** As they were decided last; who is not in there waits for nothing. */
  waits: ReadonlyMap<MigrationId, WaitsFor> = new Map();

  /** @param work that knows this desk itself */
  constructor(parts: DeskParts, work: () => AtWork) {
    this.#parts = parts;
    this.#work = work;
    this.#open = new Set(parts.queue.entries.keys());
    this.#lastNumber = this.entries().reduce((last, { number }) => Math.max(last, number), 0);
  }

  get isDecidedElsewhere(): boolean {
    return this.#told !== null;
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
    const { id } = request;
    return isRunning || this.#work().has(id) || this.#work().isAtElsewhere(this.entry(id)) !== false;
  }

  view(record: MigrationRecord): ScheduledMigration {
    const { id } = record.request;
    const entry = this.entry(id);
    if (this.#told !== null) return { ...record, ...this.#placeOf(entry), ...(this.#told.get(id) ?? atRest) };
    return {
      ...record,
      ...this.#placeOf(entry),
      isRunning: this.isAtWork(record),
      waitsFor: this.waits.get(id) ?? (entry === undefined ? null : failedCancel(entry)) ?? this.#work().silenceOf(id),
      slowedBy: this.#parts.slowedBy(id),
      progress: this.#work().progressOf(id),
    };
  }

  #placeOf(entry: QueueEntry | undefined): Pick<ScheduledMigration, 'schedule' | 'isQueued' | 'placement'> {
    return {
      schedule: entry?.schedule ?? null,
      isQueued: entry?.wish === 'run',
      placement: entry?.placement ?? null,
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

  /** Another server has changed what the queue has of these. */
  hearOthers(ids: readonly MigrationId[]): void {
    for (const id of ids) {
      this.#lastNumber = Math.max(this.#lastNumber, this.entry(id)?.number ?? 0);
      this.reopen(id);
      this.tell(id);
    }
  }

  /** @param told by the server that decides; null where this one does @returns what stands otherwise now */
  hearLeader(told: ReadonlyMap<MigrationId, ToldMigration> | null): MigrationId[] {
    const before = this.#told ?? new Map<MigrationId, ToldMigration>();
    this.#told = told;
    const isOther = (id: MigrationId): boolean => JSON.stringify(before.get(id)) !== JSON.stringify(told?.get(id));
    return [...new Set([...before.keys(), ...(told?.keys() ?? [])])].filter(isOther);
  }

  /** Of those that run or wait, for servers that do not decide. */
  toldOf(): Record<MigrationId, ToldMigration> {
    const told: Record<MigrationId, ToldMigration> = {};
    for (const { id } of this.open()) {
      const record = this.find(id);
      if (record === null) continue;
      const { isRunning, waitsFor, slowedBy, progress } = this.view(record);
      if (isRunning || waitsFor !== null) told[id] = { isRunning, waitsFor, slowedBy, progress };
    }
    return told;
  }

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

const atRest: ToldMigration = { isRunning: false, waitsFor: null, slowedBy: null, progress: [] };

function failedCancel({ wish, trouble }: QueueEntry): WaitsFor | null {
  if (wish !== 'cancel' || trouble === null) return null;
  return { reason: 'trouble', says: `Cancelling has failed: ${trouble.says}`, until: trouble.until };
}
