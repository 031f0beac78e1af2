/** Settings on the disk: what an older Guts has kept is taken as it was, with the defaults of what it did not know. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SettingsFile } from '../../main/scheduler/settings-file.ts';
import { defaultSettings } from '../../main/shared/schedule.ts';
import { scratch } from '../support/disks.ts';

test('settings from before there was a back-off have its default, and keep the rest', async () => {
  using folder = scratch();
  const dataDir = folder.file('data');
  const before = await SettingsFile.open(dataDir);
  await before.change({ preflights: 7, latency: { mostMilliseconds: null } });
  const kept = JSON.parse(readFileSync(`${dataDir}/settings.json`, 'utf8')) as { settings: Record<string, unknown> };
  delete kept.settings['latency'];
  writeFileSync(`${dataDir}/settings.json`, JSON.stringify(kept));

  const { settings } = await SettingsFile.open(dataDir);

  expect(settings).toEqual({ ...defaultSettings, preflights: 7, latency: { mostMilliseconds: 30 } });
});

test('a change of something else leaves the back-off as it was set', async () => {
  using folder = scratch();
  const file = await SettingsFile.open(folder.file('data'));
  await file.change({ latency: { mostMilliseconds: null } });
  await file.change({ preflights: 3 });

  expect((await SettingsFile.open(folder.file('data'))).settings.latency).toEqual({ mostMilliseconds: null });
});
