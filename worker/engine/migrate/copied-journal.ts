/** A journal that is a copy: what is written counts once the one who keeps the journal has taken it. */
import type { JournalFile } from '../journal-file.ts';
import type { Truth } from '../truth.ts';
import type { MoveEntry } from './journal.ts';

/** Where a migration's lines go; disposing it closes the file. */
export interface Journal extends AsyncDisposable {
  /** Returns once the entry counts; entries come in the order of the calls. */
  write(entry: MoveEntry): Promise<void>;
}

export class CopiedJournal implements Journal {
  readonly #copy: JournalFile<MoveEntry>;
  readonly #truth: Truth;
  /** What came before is in the copy. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(copy: JournalFile<MoveEntry>, truth: Truth) {
    this.#copy = copy;
    this.#truth = truth;
  }

  async write(entry: MoveEntry): Promise<void> {
    const before = this.#last;
    const taken = this.#truth.take(entry);
    const written = (async () => {
      await Promise.all([taken, before]);
      await this.#copy.write(entry);
    })();
    this.#last = written.catch(() => {}); // whoever wrote it hears of it
    await written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#copy[Symbol.asyncDispose]();
  }
}
