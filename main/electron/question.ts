/** Asks whoever sits at the window how Guts shall end. The page shows the question; where it does not, the system does. */
import type { QuitAnswer, QuitDecision, QuitQuestion } from '../shared/desktop.ts';

export interface QuestionParts {
  /** Brings the window to the front, and puts the question to the page. */
  readonly put: (question: QuitQuestion) => void;
  /** The same by a dialog of the system. */
  readonly dialog: (question: QuitQuestion) => Promise<QuitDecision>;
  /** How long a page may take to show it. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 3000;

interface Open {
  readonly question: QuitQuestion;
  readonly timer: ReturnType<typeof setTimeout>;
  isDialog: boolean;
  decide(decision: QuitDecision): void;
}

export class Question {
  readonly #parts: QuestionParts;
  #open: Open | null = null;

  constructor(parts: QuestionParts) {
    this.#parts = parts;
  }

  /** One at a time. */
  async ask(question: QuitQuestion): Promise<QuitDecision> {
    let decide: Open['decide'] = () => {};
    const decided = new Promise<QuitDecision>((resolve) => (decide = resolve));
    const timer = setTimeout(() => this.#askSystem(), this.#parts.patienceMs ?? PATIENCE_MS);
    this.#open = { question, timer, isDialog: false, decide };
    this.#parts.put(question);
    return await decided;
  }

  /** Puts the one that is open to the page once more. */
  again(): void {
    if (this.#open !== null && !this.#open.isDialog) this.#parts.put(this.#open.question);
  }

  /** What the page says. Nobody asked: nothing happens. */
  answer(answer: QuitAnswer): void {
    if (this.#open === null || this.#open.isDialog) return;
    clearTimeout(this.#open.timer);
    if (answer !== 'shown') this.#decide(answer);
  }

  /** The page has broken, and the question with it. */
  pageIsGone(): void {
    if (this.#open !== null && !this.#open.isDialog) this.#askSystem();
  }

  #askSystem(): void {
    const open = this.#open;
    if (open === null) return;
    clearTimeout(open.timer);
    open.isDialog = true;
    this.#parts.dialog(open.question).then(
      (decision) => this.#decide(decision),
      () => this.#decide('cancel'), // nobody could be asked: nothing is ended
    );
  }

  #decide(decision: QuitDecision): void {
    const open = this.#open;
    this.#open = null;
    open?.decide(decision);
  }
}
