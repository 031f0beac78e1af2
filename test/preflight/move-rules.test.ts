/** The rules of a move into a cloud: each finds its one fact, and keeps quiet when all is well. */
import { describe, expect, test } from 'vitest';
import { moveFactsOf } from '../../worker/plan/plan.ts';
import { check } from '../../worker/preflight/check.ts';
import { moveRules } from '../../worker/preflight/move-rules.ts';
import { hyperv, input, machine } from '../plan/sample.ts';
import { casesIn, proveRules } from './cases/prove.ts';
import type { MoveChange } from './cases/move-change.ts';

const cases = await casesIn<MoveChange>('move');

describe('the rules of a move', () => {
  proveRules(moveRules, cases, (change) => moveFactsOf(input(change)));

  test.each([
    ['of vSphere', input()],
    ['of Hyper-V', input({ vm: machine({ hyperv: hyperv() }) })],
  ])('find nothing in a sound machine %s and a roomy cloud', (_, given) => {
    expect(check(moveRules, moveFactsOf(given)).findings).toEqual([]);
  });
});
