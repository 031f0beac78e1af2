/** How fast a migration goes and when its copy is there, judged from what is told of its disks. */
import { describe, expect, test } from 'vitest';
import { arrivedBytes } from '../../main/shared/migration-row.ts';
import { Pacer, rounded } from '../../renderer/state/pace.ts';
import { RateSeries } from '../../renderer/state/rate-series.ts';

const GB = 1e9;
const START_MS = Date.parse('2026-11-26T22:00:00Z');

/** A disk of 60 GB, all of it data, that is `doneBytes` far. */
const disk = (doneBytes: number, sizeBytes = 60 * GB) => ({
  sizeBytes,
  eachDisk: [{ sizeBytes, isCopied: false }],
  progress: [
    {
      disk: 'Hard disk 1',
      diskIndex: 0,
      disks: 1,
      doneBytes,
      totalBytes: sizeBytes,
      writtenBytes: doneBytes,
      bytesPerSecond: 0,
      secondsLeft: null,
    },
  ],
});

/** Twice a second for so long, at that rate. */
function copied(seconds: number, bytesPerSecond: number, pacer = new Pacer(), fromBytes = 0, fromMs = START_MS) {
  const series = new RateSeries();
  let pace = pacer.judge(disk(fromBytes), series, fromMs);
  for (let half = 1; half <= 2 * seconds; half++) {
    const atMs = fromMs + half * 500;
    series.add(atMs - 500, atMs, { copied: bytesPerSecond / 2, sent: bytesPerSecond / 4 });
    pace = pacer.judge(disk(fromBytes + (half * bytesPerSecond) / 2), series, atMs);
  }
  return pace;
}

describe('the time that is left', () => {
  test('is not guessed at before there is a minute to judge by', () => {
    expect(copied(59, 0.1 * GB).left).toBeNull();
    expect(copied(61, 0.1 * GB).left).not.toBeNull();
  });

  test('is a range that holds what it takes', () => {
    const { left } = copied(120, 0.1 * GB); // 48 GB are missing: 480 s

    expect(left).toEqual({ fromSeconds: 420, toSeconds: 540 });
  });

  test('is wide where it goes faster and slower by turns', () => {
    const pacer = new Pacer();
    copied(120, 0.1 * GB, pacer);

    const { left } = copied(60, 0.02 * GB, pacer, 12 * GB, START_MS + 120_000);

    // By the last half minute 2,340 s, by all of it 639 s.
    expect(left).toEqual({ fromSeconds: 5 * 60, toSeconds: 45 * 60 });
  });

  test('is not told any more while nothing comes, but for how long nothing has', () => {
    const pacer = new Pacer();
    copied(90, 0.1 * GB, pacer);

    const pace = copied(40, 0, pacer, 9 * GB, START_MS + 90_000);

    expect(pace).toMatchObject({ left: null, stillSeconds: 40, bytesPerSecond: 0 });
  });

  test('is judged anew where a disk begins again', () => {
    const pacer = new Pacer();
    copied(90, 0.1 * GB, pacer);

    expect(copied(30, 0.1 * GB, pacer, 0, START_MS + 90_000).left).toBeNull();
  });

  test.each([
    [12, 48, { fromSeconds: 0, toSeconds: 60 }],
    [130, 170, { fromSeconds: 120, toSeconds: 180 }],
    [1200, 1900, { fromSeconds: 1200, toSeconds: 2100 }],
    [8000, 9800, { fromSeconds: 7200, toSeconds: 9900 }],
    [40_000, 50_000, { fromSeconds: 39_600, toSeconds: 50_400 }],
  ])('from %d to %d seconds is as coarse as it is far', (from, to, range) => {
    expect(rounded(from, to)).toEqual(range);
  });
});

describe('a rate', () => {
  test('is of the last half minute', () => {
    const series = new RateSeries();
    series.add(START_MS, START_MS + 60_000, { copied: 6 * GB, sent: 3 * GB });
    series.add(START_MS + 60_000, START_MS + 90_000, { copied: 0.3 * GB, sent: 0 });

    expect(series.rate(START_MS + 90_000, 30)).toEqual({ copied: expect.closeTo(0.01 * GB), sent: 0 });
  });

  test('is kept for a quarter of an hour by the second, and for days in coarser steps', () => {
    const series = new RateSeries();
    const days = 3;
    const seconds = days * 24 * 3600;
    for (let at = 0; at < seconds; at += 10)
      series.add(START_MS + at * 1000, START_MS + (at + 10) * 1000, { copied: 1000, sent: 500 });

    const endMs = START_MS + seconds * 1000;
    const recent = series.recent(endMs);
    const whole = series.whole(endMs);
    expect(recent.copied).toHaveLength(900);
    expect(new Set(recent.copied.map(Math.round))).toEqual(new Set([100]));
    expect(whole.copied.length).toBeLessThanOrEqual(720);
    expect(whole.startMs + whole.copied.length * whole.stepMs).toBeGreaterThan(endMs - whole.stepMs);
    for (const rate of whole.copied) expect(rate).toBeCloseTo(100, 0);
  });
});

test('a disk counts by its size, as far as its data has arrived; one that is there counts whole', () => {
  const sizes = [
    { sizeBytes: 100 * GB, isCopied: false },
    { sizeBytes: 20 * GB, isCopied: true },
    { sizeBytes: 30 * GB, isCopied: false },
  ];
  const { progress } = disk(2 * GB, 10 * GB); // of the first disk only 10 GB are data

  expect(arrivedBytes({ eachDisk: sizes, progress })).toBe(20 * GB + 20 * GB);
});
