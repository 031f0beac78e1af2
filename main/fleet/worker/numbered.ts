/** Numbers the entries of a journal: they are told without waiting for each other, and taken in their order. */
import type { TruthAnswer } from '../../shared/fleet.ts';

export class Numbered {
  #next: number;
  /** The entry before is with the daemon, or never will be. */
  #before: Promise<unknown> = Promise.resolve();

  /** @param first so many entries are there already */
  constructor(first: number) {
    this.#next = first;
  }

  /** Where the broker has refused an entry for a while the next one comes before it: that is told once more, behind it. */
  async tell(ask: (number: number) => Promise<TruthAnswer>): Promise<TruthAnswer> {
    const number = this.#next++;
    const before = this.#before;
    const told = (async () => {
      const answer = await ask(number);
      if (answer.kind !== 'missing') return answer;
      await before;
      return await ask(number);
    })();
    this.#before = told.catch(() => {}); // whoever told it hears of it
    return await told;
  }
}
