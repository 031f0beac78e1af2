/** The rules of a whole wave: each finds its one fact, and keeps quiet when all is well. */
import { describe, expect, test } from 'vitest';
import { check } from '../../worker/preflight/check.ts';
import { moveRules } from '../../worker/preflight/move-rules.ts';
import type { WaveFacts } from '../../worker/preflight/wave-facts.ts';
import { waveRules } from '../../worker/preflight/wave-rules.ts';
import { casesIn, proveRules } from './cases/prove.ts';
import { wave } from './wave-sample.ts';

const cases = await casesIn<WaveFacts>('wave');

describe('the rules of a wave', () => {
  proveRules(waveRules, cases, (facts) => facts);

  test('find nothing in a wave of which all is well', () => {
    expect(check(waveRules, wave()).findings).toEqual([]);
  });

  test('have ids of their own, which no rule of a machine has', () => {
    const ids = new Set(moveRules.map(({ id }) => id));
    expect(waveRules.filter(({ id }) => ids.has(id))).toEqual([]);
  });
});
