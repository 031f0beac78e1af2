/** Something that is asked of Guts as a whole: the newest answer counts, and whoever asks returns when that is known. */
import { expect, test } from 'vitest';
import { loadedStore } from '../../renderer/state/loaded.ts';

/** A store whose questions are answered by hand, in whatever order. */
function askedByHand() {
  const answers: ((value: string) => void)[] = [];
  const store = loadedStore(async () => await new Promise<string>((resolve) => answers.push(resolve)));
  return { ...store, answer: (question: number, value: string): void => answers[question]?.(value) };
}

test('an older answer is not shown, and whoever asked for it returns when the newer one is known', async () => {
  const { use, load, answer } = askedByHand();
  const older = load().then(() => use.getState());
  const newer = load();
  answer(0, 'before');
  await new Promise((resolve) => setImmediate(resolve));
  expect(use.getState()).toEqual({ state: 'loading' });

  answer(1, 'now');
  await newer;
  expect(await older).toMatchObject({ state: 'known', value: 'now' });
});

test('what is forgotten while it is asked for stays forgotten, and holds nobody up', async () => {
  const { use, load, reset, answer } = askedByHand();
  const asked = load();
  reset();
  answer(0, 'of another Guts');
  await asked;

  expect(use.getState()).toEqual({ state: 'loading' });
});
