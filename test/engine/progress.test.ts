/** What is told of a copy on its way: never backwards, never 100 % early. */
import { expect, test } from 'vitest';
import type { Progress } from '../../main/shared/jobs.ts';
import { ProgressTeller } from '../../worker/engine/progress.ts';

const of = { disk: 'disk', diskIndex: 0, disks: 1, totalBytes: 1000 };

function teller(): {
  told: Progress[];
  meter: { readBytes: number; writtenBytes: number; doneBytes: number };
  tell(atMs: number, doneBytes: number): void;
  finish(): void;
} {
  const told: Progress[] = [];
  const meter = { readBytes: 0, writtenBytes: 0, doneBytes: 0 };
  let nowMs = 0;
  const progress = new ProgressTeller(
    meter,
    of,
    (one) => told.push(one),
    () => nowMs,
  );
  progress[Symbol.dispose](); // its own clock is not wanted here
  return {
    told,
    meter,
    tell(atMs, doneBytes) {
      nowMs = atMs;
      meter.doneBytes = doneBytes;
      progress.tell();
    },
    finish: () => progress.finish(),
  };
}

test('it never runs backwards and stays below the total until everything is proved', () => {
  const { told, tell, finish } = teller();
  for (const [i, doneBytes] of [100, 90, 1000, 4000].entries()) tell(500 * (i + 1), doneBytes);
  finish();

  expect(told.map((one) => one.doneBytes)).toEqual([100, 100, 999, 999, 1000]);
});

test('rate and time left follow the last seconds, and are unknown before anything arrived', () => {
  const { told, tell } = teller();
  tell(500, 0);
  expect(told[0]?.secondsLeft).toBeNull();
  tell(1000, 100);
  expect(told[1]).toMatchObject({ bytesPerSecond: 100, secondsLeft: 9 });
  for (let atMs = 1500; atMs <= 12_000; atMs += 500) tell(atMs, 100 + (atMs - 1000) / 20);
  expect(told.at(-1)?.bytesPerSecond).toBeCloseTo(50, 0);
});
