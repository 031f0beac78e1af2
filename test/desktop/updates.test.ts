/** Looking for new versions: never unless it was chosen, never while something runs, and what is found is only told. */
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ChoicesFile } from '../../main/electron/choices.ts';
import { feedIn, Updates, type Looked, type UpdatesParts } from '../../main/electron/updates.ts';
import { UpdateFeed, type NewVersion } from '../../main/shared/desktop.ts';
import { scratch } from '../support/disks.ts';
import { SimClock } from '../scheduler/sim-clock.ts';

const HOUR_MS = 3600_000;
const feed = 'https://updates.example.net/guts/';
const newer: NewVersion = { version: '2.0.0', releasedAt: null, notes: 'Faster.', files: [] };

/** The clock goes on for days: what is asked meanwhile is in `asked`. */
function looking(change: Partial<UpdatesParts> = {}, look: Looked = async () => await Promise.resolve(null)) {
  const folder = scratch();
  const clock = new SimClock(0);
  const choices = new ChoicesFile(folder.file('desktop.json'));
  const asked: string[] = [];
  const updates = new Updates({
    choices,
    version: '1.0.0',
    ownFeed: null,
    isManaged: false,
    look: async (where, channel) => {
      asked.push(`${clock.now() / HOUR_MS} ${channel} ${where}`);
      return await look(where, channel);
    },
    isIdle: () => true,
    clock,
    onChange: () => {},
    ...change,
  });
  const days = (count: number): void => {
    for (const until = clock.now() + count * 24 * HOUR_MS; clock.toNext(until););
  };
  return { folder, choices, updates, asked, days };
}

describe('looking for updates', () => {
  test('is off until somebody chooses a channel: days pass, and nobody is asked', async () => {
    const { folder, updates, asked, days } = looking({ ownFeed: feed });
    using _folder = folder;

    days(30);

    await expect(updates.check()).rejects.toMatchObject({ code: 'updates.off' });
    expect(asked).toEqual([]);
    expect(updates.state).toEqual({
      channel: 'off',
      feed,
      isManaged: false,
      version: '1.0.0',
      last: { kind: 'never' },
    });
  });

  test('happens a minute after it was chosen and once a day from then on, until it is turned off', async () => {
    const { folder, updates, asked, days } = looking();
    using _folder = folder;

    await updates.set('beta', feed);
    days(2);
    await updates.set('off', feed);
    days(10);

    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatch(/^0\.01\d* beta https:\/\/updates\.example\.net\/guts\/$/);
  });

  test('never happens while something runs, and does when that is over', async () => {
    let isIdle = false;
    const { folder, updates, asked, days } = looking({ isIdle: () => isIdle });
    using _folder = folder;

    await updates.set('stable', feed);
    days(3);
    const busy = updates.check();

    await expect(busy).rejects.toMatchObject({ code: 'updates.busy' });
    expect(asked).toEqual([]);
    isIdle = true;
    days(0.01);
    expect(asked).toHaveLength(1);
  });

  test('needs an address', async () => {
    const { folder, updates, asked, days } = looking();
    using _folder = folder;

    await updates.set('stable', null);
    days(3);

    await expect(updates.check()).rejects.toMatchObject({ code: 'updates.no-feed' });
    expect(asked).toEqual([]);
  });

  test('tells what there is, and why there is no answer', async () => {
    let answer: () => Promise<NewVersion | null> = async () => newer;
    const { folder, updates } = looking({}, async () => await answer());
    using _folder = folder;
    await updates.set('stable', feed);

    expect((await updates.check()).last).toMatchObject({ kind: 'newer', newer });
    answer = async () => null;
    expect((await updates.check()).last).toMatchObject({ kind: 'current' });
    answer = async () => await Promise.reject(new Error('net::ERR_NAME_NOT_RESOLVED\n    at somewhere'));
    expect((await updates.check()).last).toMatchObject({
      kind: 'failed',
      error: {
        code: 'updates.unreachable',
        message: `${feed} does not tell of new versions: net::ERR_NAME_NOT_RESOLVED`,
      },
    });
  });

  test('that whoever manages the computer has turned off can be chosen by nobody', async () => {
    const { folder, choices, updates, asked, days } = looking({ isManaged: true });
    using _folder = folder;
    await choices.change({ channel: 'stable', feed });

    days(3);

    await expect(updates.set('stable', feed)).rejects.toMatchObject({ code: 'updates.managed' });
    await expect(updates.check()).rejects.toMatchObject({ code: 'updates.off' });
    expect(updates.state).toMatchObject({ channel: 'off', isManaged: true });
    expect(asked).toEqual([]);
  });

  test('goes on as it was chosen after a new start', async () => {
    const { folder, updates } = looking();
    using _folder = folder;
    await updates.set('beta', feed);

    const { choices } = new ChoicesFile(folder.file('desktop.json'));

    expect(choices).toMatchObject({ channel: 'beta', feed });
  });
});

describe('an address for updates', () => {
  test.each([feed, 'https://10.0.0.1:8443/x', 'http://127.0.0.1:9000/'])('may be %s', (url) => {
    expect(UpdateFeed.safeParse(url).success).toBe(true);
  });

  test.each([
    'http://updates.example.net/',
    'ftp://updates.example.net/',
    'https://me:secret@updates.example.net/',
    'x',
  ])('may not be %s', (url) => {
    expect(UpdateFeed.safeParse(url).success).toBe(false);
  });

  test('is what the package was given, where it was given one', () => {
    using folder = scratch();
    const file = folder.file('app-update.yml');

    expect(feedIn(file)).toBeNull();
    writeFileSync(file, `provider: generic\nurl: ${feed}\nupdaterCacheDirName: guts-updater\n`);
    expect(feedIn(file)).toBe(feed);
    writeFileSync(file, 'provider: generic\nurl: http://updates.example.net/\n');
    expect(feedIn(file)).toBeNull();
  });
});

describe('what was chosen', () => {
  test('is as at the first start where the file is damaged, field by field', () => {
    using folder = scratch();
    const file = folder.file('desktop.json');
    writeFileSync(file, JSON.stringify({ closing: 'tray', channel: 'nightly', notices: { finished: 1 }, feed: 7 }));

    expect(new ChoicesFile(file).choices).toEqual({
      language: null,
      closing: 'tray',
      notices: { finished: true, failed: true, needsYou: true, window: true },
      channel: 'off',
      feed: null,
      engines: [],
      shown: null,
    });
    writeFileSync(file, '{');
    expect(new ChoicesFile(file).choices).toMatchObject({ closing: 'ask', channel: 'off' });
  });
});
