/** How Guts ends, and what closing its window does: nothing that runs is stopped before somebody has said so. */
import type { Closing, QuitDecision } from '../shared/desktop.ts';
import type { Question } from './question.ts';

export interface LeavingParts {
  readonly question: Pick<Question, 'ask' | 'again'>;
  /** What would be paused: migrations that run in this very process. */
  readonly running: () => Promise<number>;
  readonly hasTray: () => boolean;
  readonly closing: () => Closing;
  readonly remember: (closing: Closing) => void;
  readonly hide: () => void;
  /** Parks what runs, and closes everything. */
  readonly stop: () => Promise<void>;
  /** Ends the program, for nothing is left to be done. */
  readonly exit: () => void;
}

export class Leaving {
  readonly #parts: LeavingParts;
  #state: 'here' | 'asking' | 'leaving' | 'gone' = 'here';

  constructor(parts: LeavingParts) {
    this.#parts = parts;
  }

  /** Everything is put away: windows may close, and the program may end. */
  get isOver(): boolean {
    return this.#state === 'gone';
  }

  /** Somebody wants Guts to end. */
  async quit(): Promise<void> {
    if (!this.#mayAsk()) return;
    const { question, running, hasTray } = this.#parts;
    const count = await running();
    if (count === 0) return await this.end();
    await this.#follow(await question.ask({ why: 'quit', running: count, hasTray: hasTray() }));
  }

  /** Somebody closes the window. */
  async close(): Promise<void> {
    const { question, running, hasTray, closing, remember, hide } = this.#parts;
    if (this.#state === 'leaving') return hide();
    const wish = hasTray() ? closing() : 'quit';
    if (wish === 'tray') return hide();
    if (wish === 'quit') return await this.quit();
    if (!this.#mayAsk()) return;
    const decision = await question.ask({ why: 'close', running: await running(), hasTray: true });
    if (decision !== 'cancel') remember(decision === 'background' ? 'tray' : 'quit');
    await this.#follow(decision);
  }

  /** Without a question: it was answered, or the computer goes down. */
  async end(): Promise<void> {
    if (this.#state === 'leaving' || this.#state === 'gone') return;
    this.#state = 'leaving';
    try {
      await this.#parts.stop();
    } finally {
      this.#state = 'gone';
      this.#parts.exit();
    }
  }

  /** One question at a time; whoever wants to end again is shown the one that is open. */
  #mayAsk(): boolean {
    if (this.#state === 'asking') this.#parts.question.again();
    if (this.#state !== 'here') return false;
    this.#state = 'asking';
    return true;
  }

  async #follow(decision: QuitDecision): Promise<void> {
    if (this.#state !== 'asking') return; // ended meanwhile, with the computer
    this.#state = 'here';
    if (decision === 'quit') await this.end();
    if (decision === 'background') this.#parts.hide();
  }
}
