/** Workers whose clocks are far from the daemon’s are told of once, and when that is over. */
import { describe, expect, test } from 'vitest';
import { Clocks } from '../../main/fleet/daemon/clocks.ts';
import { NodeId } from '../../main/shared/schedule.ts';

const w1 = NodeId.parse('w1');
const HOUR_MS = 3_600_000;

/** What is said of heartbeats that come every five seconds from a clock that is so far ahead. */
function heard(clocks: Clocks, aheadMs: readonly number[]): (string | null)[] {
  return aheadMs.map((ahead, i) => clocks.hear(w1, 5000 * i + ahead, 5000 * i));
}

describe('the clock of a worker', () => {
  test('that is an hour ahead is told of once, and again when it is right', () => {
    const said = heard(new Clocks(), [0, 0, HOUR_MS, HOUR_MS, HOUR_MS + 50, 20, 20, 20]);

    expect(said).toEqual([
      null,
      null,
      null,
      'The clock of node “w1” is 1 h 0 min ahead of this machine’s: nothing it does depends on that, but times in journals and logs do not fit together.',
      null,
      null,
      'The clock of node “w1” agrees with this machine’s again.',
      null,
    ]);
  });

  test('that is behind from the start is told of as such', () => {
    expect(heard(new Clocks(), [-2 * HOUR_MS, -2 * HOUR_MS])[1]).toContain('2 h 0 min behind');
  });

  test('is not blamed for messages that are late, nor for some seconds', () => {
    const said = heard(new Clocks(), [0, -90_000, -60_000, -30_000, 0, 40_000, 40_000]);

    expect(said).toEqual(said.map(() => null));
  });
});
