/** Where the marks of a chart stand, and which moment is pointed at. */
import { describe, expect, test } from 'vitest';
import { PlotScale } from '../../renderer/parts/plot-scale.ts';

const BEGIN = Date.parse('2026-03-01T10:00:07Z');
const every = (seconds: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => BEGIN + at * seconds * 1000);

describe('the marks of a chart', () => {
  test('are whole steps of the clock, with room for their words', () => {
    const { at, stepSeconds } = new PlotScale(600, every(1, 61), [[0]]).moments();

    expect(stepSeconds).toBe(10);
    expect(at.map((ms) => new Date(ms).toISOString().slice(17, 19))).toEqual(['10', '20', '30', '40', '50', '00']);
  });

  test('are round values that reach to the most', () => {
    const scale = new PlotScale(600, every(1, 3), [[0, 87e6, 12e6]]);

    expect(scale.values()).toEqual([0, 25e6, 50e6, 75e6]);
    expect(scale.y(87e6)).toBeGreaterThan(scale.top);
  });

  test('do not make much of next to nothing, or of nothing at all', () => {
    expect(new PlotScale(600, every(1, 2), [[3, 4]]).values().at(-1)).toBe(1e6);
    expect(new PlotScale(0, [], []).values()[0]).toBe(0);
  });
});

test('what is pointed at is the nearest moment', () => {
  const times = every(10, 4);
  const scale = new PlotScale(600, times, [[1, 2, 3, 4]]);

  expect(scale.nearest(scale.x(times[2] ?? 0) + 5, times)).toBe(2);
  expect(scale.nearest(0, times)).toBe(0);
  expect(scale.nearest(5000, times)).toBe(3);
  expect(scale.nearest(300, [])).toBeNull();
});
