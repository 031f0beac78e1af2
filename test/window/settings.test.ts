/** Settings as a file, and windows of time as people say them. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceId } from '../../main/shared/connections.ts';
import { defaultSettings, noLimit, type SchedulerSettings } from '../../main/shared/schedule.ts';
import { changeOf, documentOf, readSettings } from '../../renderer/screens/settings/settings-file.ts';
import { dailyOf, dayChoices, windowOf } from '../../renderer/screens/settings/time-windows.ts';
import { isOpen } from '../../main/shared/windows.ts';

const vc1 = { id: SourceId.parse('src_000000000001'), name: 'vc1' };
const vc2 = { id: SourceId.parse('src_000000000002'), name: 'VC2' };
const window = { theme: 'dark', language: 'de', isCompact: false } as const;
const limit = { otherwise: 5_000_000, table: [] };
const settings: SchedulerSettings = {
  ...defaultSettings,
  preflights: 7,
  bandwidth: { global: limit, perMigration: noLimit, perSource: { [vc1.id]: limit, [vc2.id]: noLimit } },
  nodesOfSource: { [vc1.id]: [] },
};

describe('settings as a file', () => {
  const text = JSON.stringify(documentOf(window, settings, [vc1, vc2]));

  test('name sources as people do, and hold nothing that only this Guts knows', () => {
    expect(Object.keys(readSettings(text).scheduler?.bandwidth.perSource ?? {})).toEqual(['vc1', 'VC2']);
    expect(text).not.toContain('src_');
    expect(text).not.toContain('nodesOfSource');
  });

  test('mean the same in another Guts, by its own sources; those that it does not have are told', () => {
    const other = { id: SourceId.parse('src_00000000000a'), name: 'VC1' };
    const document = readSettings(text);

    expect(document.window).toEqual(window);
    expect(changeOf(document, [other])).toEqual({
      settings: expect.objectContaining({
        preflights: 7,
        bandwidth: { global: limit, perMigration: noLimit, perSource: { [other.id]: limit } },
      }),
      unknown: ['VC2'],
    });
    expect(changeOf(document, [vc1, vc2])?.settings.bandwidth).toEqual(settings.bandwidth);
  });

  test.each(['', 'no JSON', '[]', '{"settingsVersion":2}', text.replace('"preflights":7', '"preflights":0')])(
    'that are none are refused with what is wrong (%#)',
    (bad) => {
      expect(() => readSettings(bad)).toThrow(expect.objectContaining({ code: 'settings.unreadable' }));
    },
  );

  test('of somebody who may not look at the scheduler are the window’s alone', () => {
    const document = readSettings(JSON.stringify(documentOf(window, null, [])));

    expect(document.scheduler).toBeNull();
    expect(changeOf(document, [])).toBeNull();
  });
});

describe('a time of the day', () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hours, minutes]) => `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`);

  test('is the same after it was written as a window of cron', () => {
    fc.assert(
      fc.property(fc.constantFrom(...dayChoices), time, time, (days, from, to) => {
        const daily = { days, from, to, timeZone: 'UTC' };
        const written = windowOf(daily);
        expect(written === null ? null : dailyOf(written)).toEqual(daily);
      }),
    );
  });

  test.each([
    ['08:00', '18:00', '2026-03-02T08:00:00Z', true],
    ['08:00', '18:00', '2026-03-02T18:00:00Z', false],
    ['22:00', '04:00', '2026-03-03T03:59:00Z', true],
    ['22:00', '04:00', '2026-03-02T21:59:00Z', false],
    ['00:00', '00:00', '2026-03-02T12:00:00Z', true],
    ['08:00', '18:00', '2026-03-01T12:00:00Z', false],
  ])('from %s to %s on workdays: at %s that holds: %s', (from, to, at, holds) => {
    const written = windowOf({ days: '1-5', from, to, timeZone: 'UTC' });
    expect(written !== null && isOpen(written, Date.parse(at))).toBe(holds);
  });

  test.each(['0 22 1 * *', '*/5 * * * *', '0 8 * * 2,4', 'nonsense'])('“%s” stays as it was written', (opens) => {
    expect(dailyOf({ opens, minutes: 60, timeZone: 'UTC' })).toBeNull();
  });

  test('that lasts longer than a day stays, too, and one without an end is none yet', () => {
    expect(dailyOf({ opens: '0 8 * * *', minutes: 2000, timeZone: 'UTC' })).toBeNull();
    expect(windowOf({ days: '*', from: '08:00', to: '', timeZone: 'UTC' })).toBeNull();
  });
});
