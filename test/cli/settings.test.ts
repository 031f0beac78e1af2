/** `guts settings` against a daemon: what is set is shown, what is nonsense is refused. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SchedulerSettings } from '../../main/shared/schedule.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';

describe('guts settings', () => {
  const tmp = scratch();
  let daemon: Daemon;
  const env = { GUTS_DATA_DIR: tmp.file('data') };
  const guts = async (...args: string[]): Promise<Outcome> => await gutsWith(env, '', ...args);
  const settingsOf = ({ stdout }: Outcome): SchedulerSettings => SchedulerSettings.parse(JSON.parse(stdout));

  beforeAll(async () => {
    writeFileSync(tmp.file('passphrase'), 'a passphrase for the tests');
    daemon = await Daemon.start({ dataDir: tmp.file('data'), passphraseFile: tmp.file('passphrase') });
  });
  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
    tmp[Symbol.dispose]();
  });

  test('say from which latency on copying is slowed, and take another', async () => {
    const before = await guts('settings', 'show');
    const after = await guts('settings', 'set', '--most-latency', '45ms');
    const never = await guts('settings', 'set', '--most-latency', 'none', '--json');
    const shown = await guts('settings', 'show');
    const others = await guts('settings', 'set', '--preflights', '3', '--json');

    expect(before.stdout).toMatch(/^reads may take +30 ms, then copying is slowed$/m);
    expect(after.stdout).toMatch(/^reads may take +45 ms, then copying is slowed$/m);
    expect(settingsOf(never).latency).toEqual({ mostMilliseconds: null });
    expect(shown.stdout).toMatch(/^reads may take +any time$/m);
    expect(settingsOf(others)).toMatchObject({ preflights: 3, latency: { mostMilliseconds: null } });
  });

  test('take a limit of bandwidth, and take it back', async () => {
    const limited = await guts(
      'settings',
      'set',
      '--bandwidth',
      '400Mbit',
      '--bandwidth-per-migration',
      '1MiB',
      '--json',
    );
    const free = await guts('settings', 'set', '--bandwidth', 'none', '--bandwidth-per-migration', 'none', '--json');

    expect(settingsOf(limited).bandwidth).toMatchObject({
      global: { otherwise: 50_000_000 },
      perMigration: { otherwise: 1024 ** 2 },
    });
    expect(settingsOf(free).bandwidth).toMatchObject({
      global: { otherwise: null },
      perMigration: { otherwise: null },
    });
  });

  test.each(['0', '-1ms', '61000ms', '3s', 'never', ''])('take no latency of “%s”', async (latency) => {
    const done = await guts('settings', 'set', `--most-latency=${latency}`);

    expect([done.code, done.stdout]).toEqual([2, '']);
    expect(done.stderr).toMatch(/Give a time from 1ms to 60000ms, or none\./);
  });
});
