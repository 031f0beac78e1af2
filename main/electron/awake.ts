/** Keeps the computer from falling asleep as long as something runs; the screen may go off. */
import type { PowerSaveBlocker } from 'electron';

export class Awake implements Disposable {
  readonly #blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>;
  #id: number | null = null;

  constructor(blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>) {
    this.#blocker = blocker;
  }

  keep(isNeeded: boolean): void {
    if (isNeeded) this.#id ??= this.#blocker.start('prevent-app-suspension');
    else if (this.#id !== null) {
      this.#blocker.stop(this.#id);
      this.#id = null;
    }
  }

  [Symbol.dispose](): void {
    this.keep(false);
  }
}
