/** Notices of the system: what they are about, how they are gathered, and what they say. */
import { describe, expect, test } from 'vitest';
import { ClosingWindows } from '../../main/electron/closing-windows.ts';
import { NoticeBoard } from '../../main/electron/notice-board.ts';
import { noticeTextOf } from '../../main/electron/notice-text.ts';
import { newsOf, summaryOf, trayStateOf } from '../../main/electron/standing.ts';
import { summaryText } from '../../main/electron/summary-text.ts';
import type { Notice } from '../../main/electron/watch.ts';
import { de } from '../../main/electron/words/de.ts';
import { en } from '../../main/electron/words/en.ts';
import type { NoticeKind } from '../../main/shared/desktop.ts';
import type { Standing } from '../../main/shared/needs-you.ts';
import { defaultSchedule, type WaitsFor } from '../../main/shared/schedule.ts';
import type { Stage } from '../../main/shared/stages.ts';
import { madeMigration } from '../api/made.ts';
import { smallHost } from '../api/small-host.ts';
import { dst, mig, MONDAY_NOON, src } from '../scheduler/samples.ts';
import { SimClock } from '../scheduler/sim-clock.ts';

const at = (stage: Stage, reason: WaitsFor['reason'] | null = null, isRunning = false): Standing => ({
  stage,
  isRunning,
  waitsFor: reason === null ? null : { reason, says: '', until: null },
});
const notice = (name: string, kind: NoticeKind = 'finished', closesAtMs: number | null = null): Notice => ({
  kind,
  id: mig(name),
  vm: name,
  closesAtMs,
});

describe('what is worth a notice', () => {
  test.each([
    [at('verifying'), at('done'), 'finished'],
    [at('copying'), at('failed'), 'failed'],
    [at('syncing'), at('readyForCutover'), 'needsYou'],
    [at('copying'), at('waiting', 'space'), 'needsYou'],
    [at('queued'), at('queued', 'after'), 'needsYou'],
    [at('copying'), at('provisioning'), null],
    [at('done'), at('done'), null],
    [at('failed'), at('failed', null, true), null],
    [at('waiting', 'space'), at('waiting', 'after'), null],
    [at('copying'), at('waiting', 'trouble'), null],
    [at('queued'), at('queued', 'turn'), null],
  ])('%j, then %j: %s', (before, after, kind) => {
    expect(newsOf(before, after)).toBe(kind);
  });

  test('the tray shows what is most urgent', () => {
    const all = [at('copying', null, true), at('readyForCutover'), at('failed'), at('done')];

    expect(trayStateOf(summaryOf(all, 1, false))).toBe('failed');
    expect(trayStateOf(summaryOf(all, 0, false))).toBe('needsYou');
    expect(trayStateOf(summaryOf([at('copying', null, true)], 0, false))).toBe('working');
    expect(trayStateOf(summaryOf([at('done')], 0, false))).toBe('idle');
    expect(summaryText(en, summaryOf(all, 1, true))).toBe('1 running · 1 needs you · 1 failed · paused');
    expect(summaryText(de, summaryOf([], 0, false))).toBe('Nichts läuft');
  });
});

/** A board on a clock of its own. */
function board(isWished: (kind: NoticeKind) => boolean = () => true) {
  const clock = new SimClock(0);
  const shown: { readonly at: number; readonly kind: NoticeKind; readonly vms: readonly string[] }[] = [];
  const one = new NoticeBoard({
    clock,
    isWished,
    show: (kind, notices) => void shown.push({ at: clock.now(), kind, vms: notices.map(({ vm }) => vm) }),
  });
  return { clock, board: one, shown };
}

describe('the board', () => {
  test('tells what happens together as one', () => {
    const { clock, board: one, shown } = board();

    for (const name of ['a', 'b', 'a', 'c']) one.add(notice(name));
    while (clock.toNext());

    expect(shown).toEqual([{ at: 1500, kind: 'finished', vms: ['a', 'b', 'c'] }]);
  });

  test('tells no kind more than twice a minute, and no kind waits for another', () => {
    const { clock, board: one, shown } = board();

    one.add(notice('a'));
    clock.toNext();
    one.add(notice('b'));
    one.add(notice('c'));
    one.add(notice('x', 'failed'));
    while (clock.toNext());

    expect(shown).toEqual([
      { at: 1500, kind: 'finished', vms: ['a'] },
      { at: 3000, kind: 'failed', vms: ['x'] },
      { at: 31_500, kind: 'finished', vms: ['b', 'c'] },
    ]);
  });

  test('tells nothing of what nobody wants to hear, also when that was said only now', () => {
    let wished = true;
    const { clock, board: one, shown } = board((kind) => kind !== 'failed' && wished);

    one.add(notice('x', 'failed'));
    one.add(notice('a'));
    wished = false;
    while (clock.toNext());

    expect(shown).toEqual([]);
  });
});

describe('the words', () => {
  test('of one lead to it, of several to the list', () => {
    expect(noticeTextOf(en, 'en', 'failed', [notice('billing', 'failed')])).toEqual({
      title: 'billing failed',
      body: 'Open it to see why, and what to do.',
      path: `/migrations/${mig('billing')}`,
    });
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => notice(name));
    expect(noticeTextOf(de, 'de', 'finished', six)).toEqual({
      title: '6 Migrationen sind fertig',
      body: 'a, b, c, d und 2 weitere',
      path: '/migrations',
    });
  });

  test('of a window name the time at which the first one closes', () => {
    const closing = [notice('a', 'window', MONDAY_NOON + 60_000), notice('b', 'window', MONDAY_NOON)];
    const time = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hour12: false }).format(
      MONDAY_NOON,
    );

    const { title, body } = noticeTextOf(en, 'en', 'window', closing);

    expect(title).toBe(`The window closes at ${time}`);
    expect(body).toBe('2 migrations still run and go on. What has not begun waits for the next window.');
  });
});

describe('a window of time', () => {
  test('that closes with work still running is told ten minutes before', async () => {
    const id = mig('a');
    const made = madeMigration({ source: src('vc'), destination: dst('os'), vm: 'a', options: {} });
    const window = { opens: '0 8 * * 1', minutes: 300, timeZone: 'Europe/Berlin' }; // to 13:00, and it is noon
    using host = smallHost({
      'migrations.show': async () => ({ ...made, schedule: { ...defaultSchedule, window } }),
    });
    const clock = new SimClock(MONDAY_NOON);
    const told: Notice[] = [];
    const windows = new ClosingWindows({ client: host.client(), clock, onNotice: (one) => void told.push(one) });

    windows.hear(id, 'a', true);
    windows.hear(mig('b'), 'b', true);
    await expect.poll(() => host.calls.get('migrations.show')).toBe(2);
    windows.hear(mig('b'), 'b', false);
    await expect.poll(() => clock.toNext()).toBe(true);

    const closesAtMs = MONDAY_NOON + 3600_000;
    expect(told).toEqual([{ kind: 'window', id, vm: 'a', closesAtMs }]);
    expect(clock.now()).toBe(closesAtMs - 600_000);
  });
});
