/** A ledger in memory, for drivers that are tried without an engine. */
import type { LedgerItem } from '../../main/shared/migration.ts';
import type { Ledger, Undoer } from '../../worker/drivers.ts';

export class MemoryLedger implements Ledger {
  readonly tag: string;
  items: LedgerItem[];

  /** @param items what an earlier run has left in it */
  constructor(tag: string, items: readonly LedgerItem[] = []) {
    this.tag = tag;
    this.items = [...items];
  }

  async make<T extends { readonly id: string }>(item: Omit<LedgerItem, 'id'>, create: () => Promise<T>): Promise<T> {
    this.#put({ ...item, id: null });
    const made = await create();
    this.#put({ ...item, id: made.id });
    return made;
  }

  async settle(key: string): Promise<void> {
    this.items = this.items.filter((item) => item.key !== key);
  }

  /** What a process that was killed leaves: this item was about to be made, and its id never came back. */
  forgetId(key: string): void {
    this.items = this.items.map((item) => (item.key === key ? { ...item, id: null } : item));
  }

  /** Undoes everything, the last first, as the engine does. */
  async undo(undoer: Undoer, signal: AbortSignal): Promise<void> {
    for (const item of [...this.items].reverse()) {
      await undoer.undo(item, signal);
      await this.settle(item.key);
    }
  }

  #put(item: LedgerItem): void {
    this.items = [...this.items.filter(({ key }) => key !== item.key), item];
  }
}
