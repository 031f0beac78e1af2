/** Windows of time: open from when cron says in their time zone, for minutes that really pass. */
import { describe, expect, test } from 'vitest';
import { demandWindow, isOpen, nextEdge, nextOpening } from '../../main/shared/windows.ts';
import type { TimeWindow } from '../../main/shared/schedule.ts';

const nights: TimeWindow = { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' };
const at = (text: string): number => Date.parse(text);
const told = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

describe('a window of workday nights', () => {
  test.each([
    ['2026-06-01T19:59:59.999Z', false],
    ['2026-06-01T20:00:00Z', true], // Monday, 22:00 in Berlin
    ['2026-06-02T01:59:59.999Z', true],
    ['2026-06-02T02:00:00Z', false],
    ['2026-06-05T23:00:00Z', true], // Friday night
    ['2026-06-06T21:00:00Z', false], // Saturday night
  ])('at %s: open is %s', (time, open) => {
    expect(isOpen(nights, at(time))).toBe(open);
  });

  test('says when it opens next, on Monday after a Friday', () => {
    expect(told(nextOpening(nights, at('2026-06-06T12:00:00Z')))).toBe('2026-06-08T20:00:00.000Z');
  });

  test('follows the clocks: in winter it opens an hour later by the sun', () => {
    expect(told(nextOpening(nights, at('2026-12-01T12:00:00Z')))).toBe('2026-12-01T21:00:00.000Z');
  });

  test('says when it may close or open next', () => {
    expect(told(nextEdge(nights, at('2026-06-01T21:00:00Z')))).toBe('2026-06-02T02:00:00.000Z');
    expect(told(nextEdge(nights, at('2026-06-02T03:00:00Z')))).toBe('2026-06-02T20:00:00.000Z');
  });
});

describe('when the clocks change', () => {
  const daily: TimeWindow = { opens: '30 2 * * *', minutes: 60, timeZone: 'Europe/Berlin' };

  test('a time that is left out opens as soon as they have changed, for its whole length', () => {
    expect(isOpen(daily, at('2026-03-29T00:59:59Z'))).toBe(false);
    expect(isOpen(daily, at('2026-03-29T01:00:00Z'))).toBe(true);
    expect(isOpen(daily, at('2026-03-29T01:59:59Z'))).toBe(true);
    expect(isOpen(daily, at('2026-03-29T02:00:00Z'))).toBe(false);
  });

  test('a time that comes twice opens once', () => {
    expect(isOpen(daily, at('2026-10-25T00:30:00Z'))).toBe(true);
    expect(isOpen(daily, at('2026-10-25T01:35:00Z'))).toBe(false);
  });
});

test('openings that overlap are one long one', () => {
  const always: TimeWindow = { opens: '0 * * * *', minutes: 90, timeZone: 'UTC' };

  for (let minute = 0; minute < 180; minute++)
    expect(isOpen(always, at('2026-06-01T00:00:00Z') + minute * 60_000)).toBe(true);
});

test.each([
  ['0 22 * *', 'UTC'],
  ['0 0 0 * * *', 'UTC'],
  ['0 0 31 2 *', 'UTC'],
  ['at night', 'UTC'],
  ['0 22 * * *', 'Europe/Atlantis'],
])('“%s” in %s is refused in words', (opens, timeZone) => {
  expect(() => demandWindow({ opens, minutes: 60, timeZone })).toThrow(
    expect.objectContaining({ code: 'schedule.bad-window', remedy: expect.stringContaining('five fields') }),
  );
});
