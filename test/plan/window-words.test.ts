/** Windows of time in words and in cron. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { weekDays, windowOf, wordsOf } from '../../main/shared/window-words.ts';
import { isOpen } from '../../main/shared/windows.ts';

const workdays = { days: [1, 2, 3, 4, 5], from: '22:00', minutes: 360, timeZone: 'Europe/Berlin' } as const;

test('workdays at night are what the scheduler takes for them', () => {
  const window = windowOf(workdays);

  expect(window).toEqual({ opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' });
  expect(isOpen(window, Date.parse('2026-11-20T23:30:00+01:00'))).toBe(true); // a Friday
  expect(isOpen(window, Date.parse('2026-11-21T23:30:00+01:00'))).toBe(false);
});

test('whatever the words say comes back', () => {
  const words = fc.record({
    days: fc.subarray([...weekDays], { minLength: 1 }),
    from: fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':')),
    minutes: fc.integer({ min: 1, max: 10_080 }),
    timeZone: fc.constant('UTC'),
  });

  fc.assert(
    fc.property(words, (said) => {
      expect(wordsOf(windowOf(said))).toEqual(said);
    }),
  );
});

test.each([
  ['30 6 * * 0,6', [6, 0]],
  ['0 0 * * *', [...weekDays]],
  ['0 0 * * 5-7', [5, 6, 0]],
])('“%s” can be said in words', (opens, days) => {
  expect(wordsOf({ opens, minutes: 60, timeZone: 'UTC' })?.days).toEqual(days);
});

test.each([['*/5 * * * *'], ['0 22 1 * *'], ['0 22 * 1 *'], ['0 22 * * 5-2'], ['0 24 * * 1'], ['nonsense']])(
  '“%s” cannot',
  (opens) => {
    expect(wordsOf({ opens, minutes: 60, timeZone: 'UTC' })).toBeNull();
  },
);
