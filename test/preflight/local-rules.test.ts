/** The rules of the local route: each finds its one fact, says what to do, and keeps quiet when all is well. */
import { describe, expect, test } from 'vitest';
import { mayStart } from '../../main/shared/preflight.ts';
import { check } from '../../worker/preflight/check.ts';
import type { LocalRouteFacts } from '../../worker/preflight/facts.ts';
import { localRules } from '../../worker/preflight/local-rules.ts';
import { casesIn, proveRules } from './cases/prove.ts';
import { allWell, withVm } from './local-sample.ts';

const cases = await casesIn<LocalRouteFacts>('local');

describe('the rules of the local route', () => {
  proveRules(localRules, cases, (facts) => facts);

  test('find nothing when all is well', () => {
    expect(check(localRules, allWell).findings).toEqual([]);
  });

  test('put what blocks first', () => {
    const findings = check(localRules, {
      ...withVm({ firmware: 'uefi', guestOsId: null }),
      disks: [],
      manifest: { state: 'missing' },
    }).findings;

    expect(findings.map(({ id }) => id)).toEqual(['DSK-20', 'SRC-23a', 'NEW-18', 'OS-02']);
    expect(mayStart(findings)).toBe(false);
    expect(mayStart(findings.slice(1))).toBe(true);
  });

  test('do not ask of a bare disk what only a machine has', () => {
    const { findings, notHeld } = check(localRules, { ...allWell, vm: null, manifest: { state: 'none-expected' } });

    expect(findings).toEqual([]);
    expect(notHeld.map(({ id }) => id)).toEqual(['SRC-23', 'SRC-23a', 'NET-12', 'NEW-18', 'DEV-01', 'OS-02']);
  });
});
