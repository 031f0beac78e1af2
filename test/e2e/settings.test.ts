/** Settings and the log in the window: found by their words, saved so that they hold, taken from a file; what is said, live. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../../main/shared/client/client.ts';
import { defaultSettings } from '../../main/shared/schedule.ts';
import { run } from '../support/disks.ts';
import { newHome, openApp, keepPicture, type OpenApp } from './app.ts';
import { openBrowser } from './browser.ts';
import { downloaded, type Download } from './downloads.ts';
import { proveFace } from './pictures.ts';
import { clientOf } from './two-sides.ts';

const home = newHome();
let open: OpenApp;
let client: ApiClient;

beforeAll(async () => {
  open = await openApp({ home });
  await open.page.locator('[data-engine]').waitFor();
  client = clientOf(home);
  await client.call('sources.create', {
    name: 'vc1',
    url: 'https://127.0.0.1:9',
    userName: 'mover',
    secret: 'Tr0ub4dor & 3',
    test: false,
  });
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

const section = (name: string) => open.page.getByRole('region', { name, exact: true });

const savedBy = async (press: () => Promise<void>): Promise<Download> =>
  await downloaded(open.app, path.join(home.profile, 'saved'), press);

describe('the settings', () => {
  test('are all there, each in its section', async () => {
    const { page } = open;
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText(home.dataDir, { exact: true }).waitFor();

    const titles = await page.getByRole('heading', { level: 2 }).allTextContents();
    expect(titles).toEqual(
      expect.arrayContaining([
        'General',
        'Appearance',
        'Engine and API',
        'Access tokens',
        'Performance',
        'Bandwidth',
        'Vault',
        'Privacy',
        'Settings as a file',
        'Advanced',
      ]),
    );
    await proveFace(page, 'settings');
    for (const name of ['Notifications', 'Vault', 'Advanced']) {
      await section(name).scrollIntoViewIfNeeded();
      await keepPicture(page, `settings-${name.toLowerCase()}`);
    }
  });

  test('are found by their words', async () => {
    const { page } = open;
    const search = page.getByRole('searchbox', { name: 'Search the settings' });

    await search.fill('telemetry');
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['Privacy']);
    await search.fill('nobody ever set this');
    await page.getByRole('heading', { name: 'No setting fits these words' }).waitFor();
    await keepPicture(page, 'settings-none');
    await page.getByRole('button', { name: 'Show all settings' }).click();
    await section('Performance').waitFor();
  });

  test('of the scheduler hold when they are saved, and come back to the defaults', async () => {
    const { page } = open;
    const performance = section('Performance');

    await performance.getByLabel('Migrations at once').fill('6');
    await performance.getByRole('switch', { name: 'Start nothing' }).click();
    await keepPicture(page, 'settings-performance');
    await performance.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved').first().waitFor();
    expect(await client.call('settings.show', {})).toMatchObject({ slots: { global: 6 }, isPaused: true });

    await performance.getByRole('button', { name: 'Take the defaults' }).click();
    await performance.getByRole('button', { name: 'Save' }).click();
    await expect.poll(async () => (await client.call('settings.show', {})).slots).toEqual(defaultSettings.slots);
  });

  test('that are typed while others are saved are not lost', async () => {
    const { page } = open;
    const performance = section('Performance');
    await page.evaluate(() => {
      const ask = globalThis.fetch;
      globalThis.fetch = async (request) => {
        if (request instanceof Request && request.method !== 'GET') {
          globalThis.fetch = ask; // this one change alone takes long
          await new Promise((resolve) => addEventListener('go-on', resolve, { once: true }));
        }
        return await ask(request);
      };
    });

    await performance.getByLabel('Migrations at once').fill('6');
    await performance.getByRole('button', { name: 'Save' }).click();
    await performance.getByLabel('Checks at once').fill('5');
    await page.evaluate(() => dispatchEvent(new Event('go-on')));
    await expect.poll(async () => (await client.call('settings.show', {})).slots.global).toBe(6);
    await performance.getByText('Not saved yet.').waitFor();
    await performance.getByText('Somebody else has changed these settings').waitFor({ state: 'hidden' });
    await performance.getByRole('button', { name: 'Save' }).click();
    await expect
      .poll(async () => await client.call('settings.show', {}))
      .toMatchObject({ preflights: 5, slots: { global: 6 } });
  });

  test('that somebody else changes are shown as they are', async () => {
    await client.call('settings.change', { preflights: 9 });

    await expect.poll(async () => await section('Performance').getByLabel('Checks at once').inputValue()).toBe('9');
  });

  test('that are begun wait for whoever looks elsewhere, and are not lost when somebody else changes them', async () => {
    const { page } = open;
    const performance = section('Performance');
    const hosts = performance.getByLabel('For each host');

    await hosts.press('End');
    for (const key of ['Backspace', '3']) await hosts.press(key);
    await page.getByRole('searchbox', { name: 'Search the settings' }).fill('telemetry');
    await performance.waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Settings' }).click();
    await performance.getByText('Not saved yet.').waitFor();
    await client.call('settings.change', { preflights: 7 });
    await performance.getByText('Somebody else has changed these settings').waitFor();
    expect([await hosts.inputValue(), await performance.getByLabel('Checks at once').inputValue()]).toEqual(['3', '9']);
    await performance.scrollIntoViewIfNeeded();
    await proveFace(page, 'settings-draft');

    await performance.getByRole('button', { name: 'Discard changes' }).click();
    expect([await hosts.inputValue(), await performance.getByLabel('Checks at once').inputValue()]).toEqual(['2', '7']);
    await client.call('settings.change', { preflights: 9 });
  });

  test('limit bandwidth by the time of the day, and for a source', async () => {
    const { page } = open;
    const bandwidth = section('Bandwidth');
    const all = bandwidth.getByRole('group', { name: 'All migrations together' });

    await all.getByLabel('At most (MB/s)', { exact: true }).pressSequentially('0,5'); // “0,” is no end of it
    await expect.poll(async () => await all.getByLabel('At most (MB/s)', { exact: true }).inputValue()).toBe('0,5');
    await all.getByLabel('At most (MB/s)', { exact: true }).fill('50');
    await all.getByRole('button', { name: 'Add a time of the day' }).click();
    await all.getByLabel('From').fill('22:00');
    await all.getByLabel('To', { exact: true }).fill('04:00');
    await bandwidth.getByRole('combobox', { name: 'Limit a source as well' }).selectOption('vc1');
    const ofSource = bandwidth
      .getByRole('group', { name: 'All of “vc1” together' })
      .getByLabel('At most (MB/s)', { exact: true });
    await ofSource.fill('8');
    await expect.poll(async () => await ofSource.inputValue()).toBe('8');
    await bandwidth.scrollIntoViewIfNeeded();
    await proveFace(page, 'settings-bandwidth');
    await bandwidth.getByRole('button', { name: 'Save' }).click();

    await expect
      .poll(async () => (await client.call('settings.show', {})).bandwidth.global)
      .toMatchObject({
        otherwise: 50_000_000,
        table: [{ when: { opens: '0 22 * * 1-5', minutes: 360 }, bytesPerSecond: 10_000_000 }],
      });
    const { bandwidth: kept } = await client.call('settings.show', {});
    expect(Object.values(kept.perSource)).toEqual([{ otherwise: 8_000_000, table: [] }]);
  });

  test('go into a file without secrets and ids, and come back from it', async () => {
    const { page } = open;
    const { name, bytes } = await savedBy(
      async () => await page.getByRole('button', { name: 'Save the settings' }).click(),
    );
    const text = bytes.toString('utf8');
    expect(name).toBe('guts-settings.json');
    for (const hidden of ['Tr0ub4dor', 'src_', 'mover']) expect(text).not.toContain(hidden);
    expect(JSON.parse(text)).toMatchObject({ scheduler: { preflights: 9, bandwidth: { perSource: { vc1: {} } } } });

    const file = path.join(home.profile, 'other.json');
    writeFileSync(file, text.replace('"preflights": 9', '"preflights": 5').replaceAll('"vc1"', '"vc7"'));
    await section('Settings as a file').locator('input[type=file]').setInputFiles(file);
    const dialog = page.getByRole('dialog', { name: 'Take the settings of “other.json”' });
    await dialog.waitFor();
    expect(await dialog.textContent()).toContain('not known here are left out: vc7');
    await keepPicture(page, 'settings-file');
    await dialog.getByRole('button', { name: 'Replace the settings' }).click();
    await expect.poll(async () => (await client.call('settings.show', {})).preflights).toBe(5);
    await dialog.waitFor({ state: 'detached' });

    const refused = section('Settings as a file').getByRole('alert');
    writeFileSync(file, 'nothing of this kind');
    await section('Settings as a file').locator('input[type=file]').setInputFiles(file);
    expect(await refused.textContent()).toContain('The file is not JSON.');
    writeFileSync(file, text.replace('"preflights": 9', '"preflights": 0'));
    await section('Settings as a file').locator('input[type=file]').setInputFiles(file);
    await refused.getByText('scheduler.preflights').first().waitFor();
    await refused.scrollIntoViewIfNeeded();
    await keepPicture(page, 'settings-file-bad');
    expect((await client.call('settings.show', {})).preflights).toBe(5);
  });

  test('make a token, which is told this once, works, is written down nowhere, and is revoked', async () => {
    const { page } = open;
    const tokens = section('Access tokens');
    await tokens.getByRole('button', { name: 'Make a token' }).click();
    const form = page.getByRole('dialog', { name: 'Make a token' });
    await form.getByRole('button', { name: 'Make the token' }).click();
    await form.getByText('Give a name.').waitFor();
    await proveFace(page, 'settings-new-token');
    await form.getByLabel('Name').fill('dashboard');
    await form.getByRole('button', { name: 'Make the token' }).click();
    const told = page.getByRole('dialog', { name: 'The token “dashboard”' });
    const token = (await told.locator('code').textContent()) ?? '';
    await proveFace(page, 'settings-token');
    await page.keyboard.press('Escape'); // which is too easily pressed for what is gone then

    const { url } = JSON.parse(readFileSync(path.join(home.dataDir, 'daemon.json'), 'utf8')) as { url: string };
    const other = new ApiClient(async (request) => await fetch(request), { baseUrl: url, token });
    expect((await other.call('session.show', {})).caller).toMatchObject({ name: 'token dashboard', role: 'viewer' });
    await told.getByRole('button', { name: 'I have it' }).click();
    await told.waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(token);
    const within = (): (string | boolean)[] => {
      const all = readdirSync(home.dataDir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
      const own = all.filter((one) => readFileSync(path.join(one.parentPath, one.name)).includes(token));
      return [all.length > 0, ...own.map(({ name }) => name)];
    };
    await expect.poll(within).toEqual([true]); // what is just being written anew is not there for a moment
    expect(open.said.join('\n')).not.toContain(token);

    await seenByViewer(url, token);
    await tokens.getByRole('button', { name: 'Revoke the token “dashboard”' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke the token' }).click();
    await tokens.getByText('There is no token besides').waitFor();
    await expect(other.call('session.show', {})).rejects.toMatchObject({ code: 'access.token-refused' });
  });

  /** In a browser, who may only look. */
  async function seenByViewer(url: string, token: string): Promise<void> {
    await using browser = await openBrowser(`${url}/#/settings`);
    const { page } = browser;
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const performance = page.getByRole('region', { name: 'Performance', exact: true });
    await performance.waitFor();

    expect(await performance.getByLabel('Migrations at once').isDisabled()).toBe(true);
    const save = performance.getByRole('button', { name: 'Save' });
    expect([await save.getAttribute('aria-disabled'), await save.textContent()]).toEqual([
      'true',
      expect.stringContaining('role “admin”'),
    ]);
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).not.toContain('Updates');
    await keepPicture(page, 'settings-viewer');
    await page.evaluate(() => (location.hash = '#/settings/log'));
    await page.getByRole('heading', { name: 'The log is for administrators' }).waitFor();
  }

  test('of the window hold at once: theme, density, language', async () => {
    const { page } = open;
    const scheme = async (): Promise<string | null> =>
      await page.evaluate(() => document.documentElement.getAttribute('data-mantine-color-scheme'));

    await section('Appearance').getByRole('radio', { name: 'Dark' }).click();
    expect(await scheme()).toBe('dark');
    await section('Appearance').getByRole('button', { name: 'Take the defaults' }).click();
    await section('General').getByRole('combobox', { name: 'Language' }).selectOption('Deutsch');
    await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
    await keepPicture(page, 'settings-german');
    await page
      .getByRole('region', { name: 'Allgemein' })
      .getByRole('combobox', { name: 'Sprache' })
      .selectOption('English');
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  });
});

describe('the log', () => {
  const say = (level: string, what: string, fields: object): void => {
    mkdirSync(path.join(home.dataDir, 'logs'), { recursive: true });
    appendFileSync(
      path.join(home.dataDir, 'logs/guts.log'),
      `${JSON.stringify({ time: new Date().toISOString(), level, what, ...fields })}\n`,
    );
  };

  test('is shown live, and follows', async () => {
    const { page } = open;
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Open the log' }).click();
    const log = page.getByRole('log');
    await page.getByRole('heading', { name: 'The log is empty' }).waitFor();
    await keepPicture(page, 'log-empty');

    for (const url of ['https://vc1', 'https://vc2']) say('info', 'listening', { url, pid: 4711 });
    say('warn', 'source', { source: 'vc1', says: 'It is slow today.' });
    say('error', 'failure', { detail: 'Error: the disk went away\n    at somewhere', id: 'mig_00000000000a' });
    await log.getByText('It is slow today.').waitFor();
    await log.getByText('Error: the disk went away').first().waitFor();
    await proveFace(page, 'log');
  });

  test('is narrowed by level, by text and to a migration', async () => {
    const { page } = open;
    const log = page.getByRole('log');

    await page.getByRole('combobox', { name: 'Show' }).selectOption('Errors only');
    await expect.poll(async () => await log.getByText('It is slow today.').count()).toBe(0);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('Everything');
    await page.getByLabel('About the migration').fill('mig_00000000000a');
    await expect.poll(async () => await log.locator('time').count()).toBe(1);
    await page.getByLabel('About the migration').fill('mig');
    await page.getByText('Give an id such as').waitFor();
    await page.getByLabel('About the migration').fill('');
    await page.getByLabel('With the text').fill('nobody says this');
    await page.getByRole('heading', { name: 'No line fits' }).waitFor();
    await keepPicture(page, 'log-none');
    await page.getByRole('button', { name: 'Show all lines' }).click();
    await log.getByText('It is slow today.').waitFor();

    await page.evaluate(() => (location.hash = '#/settings/log/mig_00000000000a'));
    await expect.poll(async () => await log.locator('time').count()).toBe(1);
    expect(await page.getByLabel('About the migration').inputValue()).toBe('mig_00000000000a');
    await keepPicture(page, 'log-migration');
  });

  test('shows what a bundle would have in it, and saves it without secrets', async () => {
    const { page } = open;
    say('warn', 'odd', { said: 'Tr0ub4dor & 3' });
    await page.getByRole('button', { name: 'Save log bundle' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save log bundle' });
    await dialog.getByText('doctor.json').click();
    await dialog.getByText('"versions"').waitFor();
    await proveFace(page, 'log-bundle');

    const { name, bytes } = await savedBy(
      async () => await dialog.getByRole('button', { name: 'Save it to this computer' }).click(),
    );
    const to = path.join(home.profile, 'unpacked');
    mkdirSync(to);
    writeFileSync(path.join(to, name), bytes);
    run('tar', '-xzf', path.join(to, name), '--strip-components=1', '-C', to);
    const log = readFileSync(path.join(to, 'logs/guts.log'), 'utf8');
    expect(name).toMatch(/^guts-logs-.*\.tar\.gz$/);
    expect(log).toContain('"said":"[secret]"');
    expect(log).not.toContain('Tr0ub4dor');
    await page.getByText('Look into it before').waitFor();
  });
});
