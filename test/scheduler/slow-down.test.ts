/** How a datastore is slowed and let go again, sample by sample. */
import { expect, test } from 'vitest';
import { LEAST_BYTES_PER_SECOND, slowDownAfter, usualPace, type SlowDown } from '../../main/scheduler/slow-down.ts';

const MIB = 1024 ** 2;
const EVERY_MS = 20_000;

/** The limit in MiB/s behind each sample of reads that take so long; what is sent keeps to it. */
function story(samples: readonly (number | null)[], { mostMs = 30, goes = 100 } = {}): (number | null)[] {
  let slow: SlowDown | null = null;
  return samples.map((milliseconds, i) => {
    const bytesPerSecond = Math.min(slow?.bytesPerSecond ?? Infinity, goes * MIB);
    slow = slowDownAfter(slow, { milliseconds, mostMs, nowMs: i * EVERY_MS, bytesPerSecond }, usualPace);
    return slow === null ? null : slow.bytesPerSecond / MIB;
  });
}

test('reads that are quick enough slow nothing, up to the threshold itself', () => {
  expect(story([0, 1, 29, 30, null])).toEqual([null, null, null, null, null]);
});

test('it is half as fast at each sample that is too long, down to what always goes', () => {
  expect(story([31, 40, 50, 60, 70, 80, 90, 900])).toEqual([50, 25, 12.5, 6.25, 3.125, 1.5625, 1, 1]);
});

test('it is twice as fast after each minute in which reads were quick, until it needs no limit', () => {
  const calm = Array.from({ length: 13 }, () => 5);

  expect(story([40, 40, 40, ...calm])).toEqual([
    50,
    25,
    12.5,
    12.5,
    12.5,
    12.5,
    25,
    25,
    25,
    50,
    50,
    50,
    null,
    null,
    null,
    null,
  ]);
});

test('between calm and too long nothing changes, and the minute begins anew', () => {
  expect(story([40, 5, 5, 27, 5, 5, 5, 24, 5, 5, 5])).toEqual([50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50]);
  expect(story([40, 5, 5, 5, 5])).toEqual([50, 50, 50, 50, null]);
});

test('what rose too early is halved again at once', () => {
  expect(story([40, 40, 5, 5, 5, 5, 40, 5])).toEqual([50, 25, 25, 25, 25, 50, 25, 25]);
});

test('what is not known any more does not keep it slow', () => {
  expect(story([40, null, null, null, null])).toEqual([50, 50, 50, 50, null]);
});

test('it is half of what goes really, where something else is slower than the limit', () => {
  let slow = slowDownAfter(null, { milliseconds: 40, mostMs: 30, nowMs: 0, bytesPerSecond: 80 * MIB }, usualPace);
  slow = slowDownAfter(slow, { milliseconds: 40, mostMs: 30, nowMs: EVERY_MS, bytesPerSecond: 10 * MIB }, usualPace);

  expect(slow?.bytesPerSecond).toBe(5 * MIB);
});

test('what goes very slowly anyway gets what always goes, and is free when that is enough', () => {
  expect(story([40, 40, 5, 5, 5, 5], { goes: 0.5 })).toEqual([1, 1, 1, 1, 1, null]);
  expect(LEAST_BYTES_PER_SECOND).toBe(MIB);
});

test('where nothing was sent yet, it begins somewhere', () => {
  expect(story([40], { goes: 0 })).toEqual([32]);
});
