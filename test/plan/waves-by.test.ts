/** Waves by what somebody chose to go by, and without a word of what nobody looked at. */
import { expect, test } from 'vitest';
import { proposeWaves, type WaveMachine } from '../../main/shared/proposals/waves.ts';

const machine = (name: string, change: Partial<WaveMachine> = {}): WaveMachine => ({
  ref: name,
  name,
  folder: 'DC0/vm',
  tags: [],
  annotation: '',
  bytes: 1e9,
  isReady: true,
  ...change,
});
const limits = { mostMachines: 2, windowSeconds: null, pilotMachines: 0, bytesPerSecond: 1e6, atOnce: 1 };
const machines = [
  machine('shop-01', { folder: 'DC0/vm/North', tags: ['App:Till'], bytes: 1e9 }),
  machine('shop-02', { folder: 'DC0/vm/South', bytes: 2e9 }),
  machine('crm-01', { folder: 'DC0/vm/South', tags: ['App:Till'], bytes: 3e9 }),
  machine('crm-02', { folder: 'DC0/vm/North', bytes: 4e9 }),
];
const wavesBy = (by: Parameters<typeof proposeWaves>[1]['by']): string[][] =>
  proposeWaves(machines, { ...limits, ...(by === undefined ? {} : { by }) }).map(({ refs }) => [...refs].sort());

test('machines are kept together by a tag, a folder, how names begin, or by size alone', () => {
  expect(wavesBy(['folder'])).toEqual(
    expect.arrayContaining([
      ['crm-02', 'shop-01'],
      ['crm-01', 'shop-02'],
    ]),
  );
  expect(wavesBy(['prefix'])).toEqual([
    ['shop-01', 'shop-02'],
    ['crm-01', 'crm-02'],
  ]);
  expect(wavesBy(['tag'])).toContainEqual(['crm-01', 'shop-01']);
  expect(wavesBy([])).toEqual([
    ['shop-01', 'shop-02'],
    ['crm-01', 'crm-02'],
  ]);
});

test('nothing is said of what rules find where nobody has looked', () => {
  const told = (knowsReadiness: boolean): string =>
    proposeWaves(machines, { ...limits, pilotMachines: 1, knowsReadiness })
      .map(({ why }) => why)
      .join(' ');

  expect(told(true)).toContain('of which no rule warns');
  expect(told(false)).not.toMatch(/ready|rule/);
});
