/** The ledger of a migration on disk: a thing is written down before the call that makes it. */
import type { LedgerItem } from '../../../main/shared/migration.ts';
import type { Ledger } from '../../drivers.ts';
import type { MoveEntry } from './journal.ts';
import { now } from './shelf.ts';

/** Whatever writes lines of the migration's journal. */
export interface Writer {
  write(entry: MoveEntry): Promise<void>;
}

export class JournaledLedger implements Ledger {
  readonly tag: string;
  readonly #journal: Writer;
  readonly #items: Map<string, LedgerItem>;

  /** @param items what the journal names already */
  constructor(tag: string, journal: Writer, items: readonly LedgerItem[]) {
    this.tag = tag;
    this.#journal = journal;
    this.#items = new Map(items.map((item) => [item.key, item]));
  }

  /** In the order in which they were made. */
  get items(): readonly LedgerItem[] {
    return [...this.#items.values()];
  }

  async make<T extends { readonly id: string }>(item: Omit<LedgerItem, 'id'>, create: () => Promise<T>): Promise<T> {
    await this.#note({ ...item, id: null });
    const made = await create();
    await this.#journal.write({ what: 'made', key: item.key, id: made.id });
    this.#items.set(item.key, { ...item, id: made.id });
    return made;
  }

  async settle(key: string): Promise<void> {
    if (!this.#items.has(key)) return;
    await this.#journal.write({ what: 'settled', key, at: now() });
    this.#items.delete(key);
  }

  async #note(item: LedgerItem): Promise<void> {
    await this.#journal.write({ what: 'making', item });
    this.#items.delete(item.key); // made anew: it takes its place at the end
    this.#items.set(item.key, item);
  }
}
