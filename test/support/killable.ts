/** A migration of the command line that can be killed wherever its journal stands. */
import type { ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { MigrationRecord } from '../../main/shared/migration.ts';
import { readJournal } from '../../worker/engine/journal-file.ts';
import { MoveEntry } from '../../worker/engine/migrate/journal.ts';
import { recordIn, type Mover } from './mover.ts';

const LOOK_EVERY_MS = 3;

export class Killable {
  readonly id: string;
  /** How often its mover was killed. */
  kills = 0;
  readonly #mover: Mover;
  readonly #journal: string;
  #lines: readonly string[] = [];
  #journalBytes = -1;

  /** @param journal the file in which the migration tells what it does */
  constructor(mover: Mover, id: string, journal: string) {
    this.#mover = mover;
    this.id = id;
    this.#journal = journal;
  }

  /** What its journal tells: `stage copying`, `making server`, `copied 2000` … */
  async lines(): Promise<readonly string[]> {
    const { size } = statSync(this.#journal);
    if (size !== this.#journalBytes) this.#lines = (await readJournal(this.#journal, MoveEntry)).entries.map(lineOf);
    this.#journalBytes = size;
    return this.#lines;
  }

  /**
   * Runs `guts start`, or another command about the migration, and kills it as soon as the journal has another line that
   * is wanted.
   * @returns that line; null when the command ended before
   */
  async killedAt(wanted: string | ((line: string) => boolean), command = 'start'): Promise<string | null> {
    const isWanted = typeof wanted === 'string' ? (line: string) => line === wanted : wanted;
    const before = (await this.lines()).length;
    return await this.killedWhen(async (mover) => {
      if (statSync(this.#journal).size === this.#journalBytes) return null;
      mover.kill('SIGSTOP'); // it does not run on while its journal is read
      const seen = (await this.lines()).slice(before).find(isWanted) ?? null;
      if (seen === null) mover.kill('SIGCONT');
      return seen;
    }, command);
  }

  /** The same, so long after the command was started. */
  async killedAfter(ms: number): Promise<boolean> {
    const dueMs = performance.now() + ms;
    return (await this.killedWhen(async () => performance.now() >= dueMs || null)) !== null;
  }

  /** The same, when `due` answers something; that is the answer. */
  async killedWhen<T>(due: (mover: ChildProcess) => Promise<T | null>, command = 'start'): Promise<T | null> {
    const { child, ended } = this.#mover.start([command, this.id, '--json']);
    let isOver = false;
    void ended.then(() => (isOver = true));
    for (;;) {
      const seen = await due(child);
      if (seen !== null) child.kill('SIGKILL');
      if (seen !== null || isOver) {
        const { code } = await ended;
        if (code !== null) return null;
        this.kills++;
        return seen;
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  /** To the end, by `guts start` or by another command. */
  async goOn(command = 'start'): Promise<MigrationRecord> {
    return recordIn(await this.#mover.say([command, this.id, '--json']));
  }
}

function lineOf(entry: MoveEntry): string {
  switch (entry.what) {
    case 'stage':
      return `stage ${entry.stage}`;
    case 'making':
      return `making ${entry.item.key}`;
    case 'made':
    case 'settled':
      return `${entry.what} ${entry.key}`;
    case 'copied':
      return `copied ${entry.disk.key}`;
    default:
      return entry.what;
  }
}
