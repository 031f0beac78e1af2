/** What all parts of the scheduler work with: the queue, the records, and how a migration stands by both. */
import type { EventHub } from '../events.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import type { ScheduledMigration, SlowedBy, WaitsFor } from '../shared/schedule.ts';
import type { AtWork } from './at-work.ts';
import type { Clock } from './clock.ts';
import type { QueueEntry, QueueLine } from './entries.ts';
import type { RecordIndex } from './node.ts';
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
  #lastNumber: number;
  /** As they were decided last; who is not in there waits for nothing. */
  waits: ReadonlyMap<MigrationId, WaitsFor> = new Map();

  /** @param work that knows this desk itself */
  constructor(parts: DeskParts, work: () => AtWork) {
    this.#parts = parts;
    this.#work = work;
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

  entry(id: MigrationId): QueueEntry | undefined {
    return this.#parts.queue.entries.get(id);
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
    await this.#parts.queue.write(...lines);
    const ids = lines.flatMap((line) => (line.what === 'kept' || line.what === 'waits' ? [] : line.id));
    for (const id of new Set(ids)) this.tell(id);
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
