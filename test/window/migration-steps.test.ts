/** A migration's stages as people see them: five steps, lines of the activity, figures of the week, what comes next. */
import { afterEach, describe, expect, test } from 'vitest';
import { MigrationId } from '../../main/shared/migration.ts';
import { rowOf, type MigrationRow } from '../../main/shared/migration-row.ts';
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import { PlanId } from '../../main/shared/schedule.ts';
import type { Stage } from '../../main/shared/stages.ts';
import { stageBeforeFailure, stepsOf } from '../../renderer/screens/migration/steps.ts';
import { lastDaysOf, median } from '../../renderer/screens/overview/last-days.ts';
import { nextWindowsOf } from '../../renderer/screens/overview/next-windows.ts';
import { forgetActivity, hearActivity, seedActivity, useActivity } from '../../renderer/state/activity.ts';
import { inStandingOrder } from '../../renderer/state/standing.ts';
import { madeMigration, madePlan } from '../api/made.ts';

const START_MS = Date.parse('2026-11-26T22:00:00Z');
const at = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();
const journey = (...stages: readonly (readonly [Stage, number])[]) =>
  stages.map(([stage, seconds]) => ({ stage, at: at(seconds) }));
const sides = { source: SourceId.parse('src_aaaaaaaaaaaa'), destination: DestinationId.parse('dst_aaaaaaaaaaaa') };
const row = (changes: Partial<MigrationRow> = {}): MigrationRow => ({
  ...rowOf(madeMigration({ ...sides, vm: 'web-01', options: {} })),
  ...changes,
});

test('what needs you stands first, then what runs, what waits, and what is over', () => {
  const rows = [
    row({ stage: 'done' }),
    row({ stage: 'queued' }),
    row({ stage: 'copying', isRunning: true }),
    row({ stage: 'paused' }),
    row({ stage: 'failed' }),
    row({ stage: 'cancelled' }),
    row({ stage: 'readyForCutover' }),
  ];

  expect(inStandingOrder(rows).map(({ stage }) => stage)).toEqual([
    'failed',
    'readyForCutover',
    'copying',
    'queued',
    'paused',
    'done',
    'cancelled',
  ]);
});

describe('the five steps', () => {
  const begun = [
    ['planned', 0],
    ['preflight', 100],
    ['queued', 104],
    ['preparing', 500],
    ['copying', 506],
  ] as const;
  const said = (stages: ReturnType<typeof journey>, isRunning: boolean, seconds: number) =>
    stepsOf(stages, isRunning, START_MS + seconds * 1000).map(
      (one) => `${one.step} ${one.state} ${one.seconds ?? '-'}`,
    );

  test('count the time in which somebody worked, not that in the queue', () => {
    expect(said(journey(...begun), true, 536)).toEqual([
      'prepare done 10',
      'copy now 30',
      'start ahead -',
      'verify ahead -',
      'done ahead -',
    ]);
  });

  test('stand still where it is paused, and go on with what they had', () => {
    const paused = journey(...begun, ['paused', 516]);
    const goesOn = journey(...begun, ['paused', 516], ['preparing', 900], ['copying', 902]);

    expect(said(paused, false, 800)[1]).toBe('copy halted 10');
    expect(said(goesOn, true, 912)).toContain('copy now 20');
  });

  test('say at which of them it failed', () => {
    const failed = journey(...begun, ['provisioning', 600], ['failed', 604]);

    expect(said(failed, false, 900)).toEqual([
      'prepare done 10',
      'copy done 94',
      'start failed 4',
      'verify ahead -',
      'done ahead -',
    ]);
    expect(stageBeforeFailure(failed)).toBe('provisioning');
    expect(stageBeforeFailure(journey(...begun))).toBeNull();
  });

  test('say where it was cancelled', () => {
    const cancelled = journey(...begun, ['cleaning', 516], ['cancelled', 520]);

    expect(said(cancelled, false, 900)[1]).toBe('copy cancelled 10');
  });

  test('are all done in the end', () => {
    const done = journey(...begun, ['provisioning', 600], ['booting', 604], ['verifying', 610], ['done', 612]);

    expect(said(done, false, 900).every((one) => one.includes(' done'))).toBe(true);
  });
});

describe('the activity', () => {
  afterEach(() => forgetActivity());
  const id = MigrationId.parse('mig_aaaaaaaaaaaa');
  const tell = (stage: Stage, waits: string | null = null): void =>
    hearActivity(
      {
        kind: 'migration',
        id,
        vm: 'web-01',
        stage,
        isRunning: true,
        isQueued: true,
        waitsFor: waits === null ? null : { reason: 'trouble', says: waits, until: null },
        placement: null,
        slowedBy: null,
      },
      START_MS,
    );
  const lines = (): string[] =>
    useActivity
      .getState()
      .entries.map((one) => (one.kind === 'migration' ? `${one.vm} ${one.stage} ${one.says ?? ''}`.trim() : one.kind));

  test('has a line for where a migration is, and keeps those at which it came to rest', () => {
    for (const stage of ['preparing', 'copying', 'provisioning', 'failed', 'preflight', 'preparing'] as const)
      tell(stage);

    expect(lines()).toEqual(['web-01 preparing', 'web-01 failed']);
  });

  test('says what is waited for, and not the same thing twice', () => {
    tell('copying');
    tell('waiting', 'The vCenter does not answer.');
    tell('waiting', 'The vCenter does not answer.');

    expect(lines()).toEqual(['web-01 waiting The vCenter does not answer.']);
  });

  test('begins with what had happened before, which is no news', () => {
    const done = row({ stage: 'done', endedAt: at(-3600) });
    const old = row({ stage: 'done', endedAt: at(-3 * 24 * 3600) });

    seedActivity([old, done], START_MS);
    hearActivity({ kind: 'settings' }, START_MS);
    hearActivity({ kind: 'settings' }, START_MS);

    expect(useActivity.getState().entries.map(({ kind, isNews }) => [kind, isNews])).toEqual([
      ['settings', true],
      ['migration', false],
    ]);
  });
});

test('the last seven days count what ended in them', () => {
  const done = (days: number, downtimeSeconds: number | null): MigrationRow =>
    row({ stage: 'done', endedAt: at(-days * 24 * 3600), copiedBytes: 1000, downtimeSeconds });

  const days = lastDaysOf(
    [done(1, 90), done(2, 30), done(6, null), done(8, 9), row({ stage: 'failed', endedAt: at(-60) }), row()],
    START_MS,
  );

  expect(days).toEqual({ done: 3, failed: 1, bytes: 3000, downtimes: [30, 90] });
  expect(median([10, 20, 500])).toBe(20);
  expect(median([])).toBeNull();
});

test('next windows are those that somebody waits for, and plans that may not begin yet', () => {
  const plan = PlanId.parse('pln_aaaaaaaaaaaa');
  const waiting = (seconds: number): MigrationRow =>
    row({ plan, waitsFor: { reason: 'window', says: 'The window opens at 22:00.', until: at(seconds) } });
  const fields = { name: 'spring', options: {}, window: null, priority: 0, waves: [], machines: [] };
  const later = madePlan({ ...sides, ...fields, notBefore: at(100) });
  const past = madePlan({ ...sides, ...fields, notBefore: at(-100) });

  const windows = nextWindowsOf([waiting(3600), waiting(3600), waiting(7200), row()], [later, past], START_MS);

  expect(windows.map(({ vms, isUnstarted, atMs }) => [vms, isUnstarted, (atMs - START_MS) / 1000])).toEqual([
    [0, true, 100],
    [2, false, 3600],
    [1, false, 7200],
  ]);
});
