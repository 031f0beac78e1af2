/** What anybody on the machine sees of processes while they run: their words and, for their owner, their environment. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Said } from './secret-search.ts';

const EVERY_MS = 25;

export class ProcessWatch implements Disposable {
  readonly #mark: string;
  readonly #seen = new Map<string, Said>();
  readonly #timer: NodeJS.Timeout;

  /** @param mark a text in the environment of those that are meant */
  constructor(mark: string) {
    this.#mark = mark;
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** Everything that was to be seen until now. */
  get said(): Said[] {
    return [...this.#seen.values()];
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const environment = read(`/proc/${pid}/environ`);
      if (!environment.includes(this.#mark)) continue;
      this.#note(`the environment of process ${pid}`, environment);
      this.#note(`the words of process ${pid}`, read(`/proc/${pid}/cmdline`).replaceAll('\0', ' '));
    }
  }

  #note(where: string, text: string): void {
    this.#seen.set(text, { where, text });
  }
}

/** It may end at any moment. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
