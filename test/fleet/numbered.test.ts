/** Entries that a worker tells its daemon: in the order of the journal, however they travel. */
import { expect, test } from 'vitest';
import { Numbered } from '../../main/fleet/worker/numbered.ts';
import type { TruthAnswer } from '../../main/shared/fleet.ts';

const TAKEN = { kind: 'taken', goodForMs: 30_000 } as const;

/** Takes what comes next, and nothing else. */
class Journal {
  readonly numbers: number[] = [];
  /** As an entry arrives that the broker refused for a while. */
  arrives: (number: number) => Promise<void> = async () => {};

  readonly ask = async (number: number): Promise<TruthAnswer> => {
    await this.arrives(number);
    if (number > this.numbers.length) return { kind: 'missing', from: this.numbers.length };
    this.numbers[number] = number;
    return TAKEN;
  };
}

test('one that comes before another that was on its way is told again behind it', async () => {
  const journal = new Journal();
  const entries = new Numbered(0);
  let go = (): void => {};
  const late = new Promise<void>((resolve) => {
    go = resolve;
  });
  journal.arrives = async (number) => await (number === 0 ? late : Promise.resolve());

  const told = [0, 1, 2].map(async () => await entries.tell(journal.ask));
  go();

  expect(await Promise.all(told)).toEqual([TAKEN, TAKEN, TAKEN]);
  expect(journal.numbers).toEqual([0, 1, 2]);
});

test('one before which the daemon has lost others is not told for ever', async () => {
  const journal = new Journal();
  const entries = new Numbered(5);

  expect(await entries.tell(journal.ask)).toEqual({ kind: 'missing', from: 0 });
});
