/** When a wave may begin: now, at the next opening, after the plan's own moment, or never. */
import { describe, expect, test } from 'vitest';
import { nextWindow } from '../../main/shared/next-window.ts';

const nightly = { opens: '0 22 * * *', minutes: 120, timeZone: 'UTC' };
const at = (moment: string): number => Date.parse(moment);

describe('the window of a wave', () => {
  test('opens next, for as long as it is said', () => {
    expect(nextWindow(nightly, null, at('2026-12-01T12:00:00Z'))).toEqual({
      says: '120 min from “0 22 * * *” (UTC)',
      seconds: 7200,
      opensAt: '2026-12-01T22:00:00.000Z',
      closesAt: '2026-12-02T00:00:00.000Z',
    });
  });

  test('is open already, for what is left of it', () => {
    expect(nextWindow(nightly, null, at('2026-12-01T23:30:00Z'))).toMatchObject({
      seconds: 1800,
      opensAt: '2026-12-01T23:30:00.000Z',
    });
  });

  test('counts from the moment before which nothing may start', () => {
    expect(nextWindow(nightly, '2026-12-24T00:00:00Z', at('2026-12-01T12:00:00Z'))).toMatchObject({
      opensAt: '2026-12-24T22:00:00.000Z',
    });
  });
});
