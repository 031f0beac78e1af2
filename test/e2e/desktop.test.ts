/** The desktop program around the window: links, menu, tray, notices, its end, and what happens when something breaks. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import type { Worker as WorkerThread } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ElectronApplication, Page } from 'playwright-core';
import type { ApiClient } from '../../main/shared/client/client.ts';
import type { Reply } from '../../main/shared/contract.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { checkout, keepPicture, newHome, openApp, type AppHome, type OpenApp } from './app.ts';
import { proveAccessible } from './axe.ts';
import { proveFace } from './pictures.ts';
import { clientOf, copySlowly, setUpSides, startMove, startTwoSides, type TwoSides } from './two-sides.ts';

/** What the system was asked to do, kept in the main process instead of being done. */
interface Asked {
  notices: { title: string; body: string; click: () => void }[];
  opened: string[];
  dialogs: string[];
  /** Of the tray. */
  tip: string;
  menu: Electron.Menu | null;
}
declare global {
  // In the main process; Playwright runs the tests' functions there.
  var asked: Asked;
}

/** Where Electron's program is: what its package says to Node. */
const electron = createRequire(import.meta.url)('electron') as unknown as string;

/** Starts the program once more, as a click on a link does. @returns its exit code */
async function startAgain({ profile, dataDir }: AppHome, ...words: string[]): Promise<number | null> {
  const child = spawn(electron, [checkout, `--user-data-dir=${profile}`, ...words], {
    env: { ...process.env, GUTS_DATA_DIR: dataDir, GUTS_VAULT: 'memory' },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

/** The system keeps what it is asked instead of doing it. */
async function keepAsked(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ Notification, shell, dialog, Tray }) => {
    globalThis.asked = { notices: [], opened: [], dialogs: [], tip: '', menu: null };
    const { asked } = globalThis;
    Notification.isSupported = () => true;
    Notification.prototype.show = function (this: Electron.Notification) {
      asked.notices.push({ title: this.title, body: this.body, click: () => void this.emit('click') });
    };
    const { setToolTip, setContextMenu } = Tray.prototype;
    Tray.prototype.setToolTip = function (this: Electron.Tray, tip) {
      asked.tip = tip;
      setToolTip.call(this, tip);
    };
    Tray.prototype.setContextMenu = function (this: Electron.Tray, menu) {
      asked.menu = menu;
      setContextMenu.call(this, menu);
    };
    shell.openExternal = async (url) => void asked.opened.push(url);
    shell.openPath = async (place) => {
      asked.opened.push(place);
      return '';
    };
    dialog.showMessageBox = async (...words: unknown[]) => {
      const options = words.at(-1) as Electron.MessageBoxOptions;
      asked.dialogs.push(options.message);
      return { response: 0, checkboxChecked: false };
    };
  });
}

const hashOf = async (page: Page): Promise<string> => await page.evaluate(() => location.hash);
const isShown = async (app: ElectronApplication): Promise<boolean> =>
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === true);
const closeWindow = async (app: ElectronApplication): Promise<void> =>
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
const quit = async (app: ElectronApplication): Promise<void> => await app.evaluate((modules) => modules.app.quit());
const isAwake = async (app: ElectronApplication): Promise<boolean> =>
  await app.evaluate(({ powerSaveBlocker }) => [0, 1, 2, 3].some((id) => powerSaveBlocker.isStarted(id)));

/** What the page has told the program before, such as an answer, has arrived: it is all told in order. */
const heard = async (page: Page): Promise<void> =>
  void (await page.evaluate(async () => await guts.ask('closing.get', {})));

async function stageOf(client: ApiClient, id: MigrationId): Promise<string> {
  const { stage } = await client.call('migrations.show', { id });
  return stage;
}

describe('the desktop program', () => {
  let home: AppHome;
  let sides: TwoSides;
  let open: OpenApp;
  beforeAll(async () => {
    home = newHome();
    [sides, open] = await Promise.all([startTwoSides(), openApp({ home, hasTray: true })]);
    await open.page.locator('[data-engine]').waitFor();
    await keepAsked(open.app);
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    await sides[Symbol.asyncDispose]();
    home[Symbol.dispose]();
  });

  test('is there once: a second start shows the first, at what its link names', async () => {
    const { app, page } = open;
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());

    const code = await startAgain(home, 'guts://migration/mig_0123456789ab');
    await expect.poll(async () => await hashOf(page)).toBe('#/migrations/mig_0123456789ab');
    expect(await isShown(app)).toBe(true);
    await startAgain(home, 'guts://app/settings');
    await expect.poll(async () => await hashOf(page)).toBe('#/');

    expect(code).toBe(0);
    expect(await page.evaluate(() => location.href)).toBe('guts://app/#/');
  });

  test('has a menu with the places of the window, in its language, and help without a network', async () => {
    const { app, page } = open;
    const labels = async (): Promise<string[]> =>
      await app.evaluate(({ Menu }) =>
        (Menu.getApplicationMenu()?.items ?? []).flatMap(({ label, submenu }) => [
          label,
          ...(submenu?.items ?? []).map((item) => `  ${item.label}`),
        ]),
      );
    const choose = async (label: string): Promise<void> =>
      await app.evaluate(({ Menu }, wanted) => {
        const all = (Menu.getApplicationMenu()?.items ?? []).flatMap(({ submenu }) => submenu?.items ?? []);
        all.find((item) => item.label === wanted)?.click();
      }, label);

    expect(await labels()).toEqual(
      expect.arrayContaining(['&File', '  Quit Guts', '&Go', '  Overview', '&Help', '  Open the log folder']),
    );
    await page.evaluate(() => (location.hash = '#/elsewhere'));
    await choose('Overview');
    await expect.poll(async () => await hashOf(page)).toBe('#/');
    await choose('Open the log folder');
    await choose('Licences of what Guts is made of');
    await expect
      .poll(async () => (await app.evaluate(() => globalThis.asked.opened)).toSorted())
      .toEqual([path.join(home.dataDir, 'logs'), path.join(checkout, 'out/THIRD-PARTY-NOTICES.txt')].toSorted());

    await choose('Keys');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await keepPicture(page, 'desktop-keys-light');
    await page.keyboard.press('Escape');
    await choose('About Guts');
    const about = page.getByRole('dialog', { name: 'About Guts' });
    await about.getByRole('row', { name: /Electron \d/ }).waitFor();
    await keepPicture(page, 'desktop-about-light');
    await proveAccessible(page);
    await about.getByRole('button', { name: 'Copy the versions' }).click();
    await about.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toMatch(/^Guts \d[^]*Chromium \d[^]*Node \d/);
    await page.keyboard.press('Escape');

    await page.evaluate(async () => await guts.ask('language.set', { language: 'de' }));
    expect(await labels()).toEqual(expect.arrayContaining(['&Datei', '  Guts beenden', '&Hilfe', '  Tasten']));
    await page.evaluate(async () => await guts.ask('language.set', { language: 'en' }));
  });

  test('opens pages of servers that are set up in the browser, and nothing else', async () => {
    const { app, page } = open;
    const client = clientOf(home);
    await setUpSides(client, sides);
    const ask = async (url: string): Promise<unknown> =>
      await page.evaluate(async (wanted) => await guts.ask('link.open', { url: wanted }), url);

    const vcenter = `${sides.vc.url}/ui/app/vm`;
    expect(await ask(vcenter)).toEqual({ ok: true, value: null });
    for (const url of ['https://example.org/', 'http://127.0.0.1/', 'file:///etc/passwd', 'javascript:alert(1)'])
      expect(await ask(url)).toMatchObject({ ok: false, error: { code: 'window.foreign-link' } });

    expect((await app.evaluate(() => globalThis.asked.opened)).filter((one) => one.includes(':/'))).toEqual([vcenter]);
  });

  test('asks once what closing the window shall do, and stays in the tray', async () => {
    const { app, page } = open;

    await closeWindow(app);
    const dialog = page.getByRole('dialog', { name: 'Keep Guts in the tray?' });
    await dialog.waitFor();
    await keepPicture(page, 'desktop-close-light');
    await proveAccessible(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await heard(page);
    expect(await isShown(app)).toBe(true);
    await closeWindow(app);
    await dialog.getByRole('button', { name: 'Keep in the tray' }).click();
    await expect.poll(async () => await isShown(app)).toBe(false);

    await startAgain(home);
    await expect.poll(async () => await isShown(app)).toBe(true);
    await closeWindow(app);
    await expect.poll(async () => await isShown(app)).toBe(false);
    await startAgain(home);
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.evaluate(async () => await guts.ask('closing.get', {}))).toEqual({ ok: true, value: 'tray' });
  });

  test('asks nobody for updates until that is chosen, and tells what it finds then', async () => {
    const { page } = open;
    const asked: { readonly url: string; readonly headers: string }[] = [];
    const feed = createServer(({ url = '', headers }, response) => {
      asked.push({ url, headers: JSON.stringify(headers) });
      const [sha512, size, released] = ['c2hhNTEy', 123_456, '2026-11-01T10:00:00.000Z'];
      response.end(
        `version: 9.0.0\nfiles:\n  - url: Guts-9.0.0.AppImage\n    sha512: ${sha512}\n    size: ${size}\npath: Guts-9.0.0.AppImage\nsha512: ${sha512}\nreleaseDate: '${released}'\nreleaseNotes: '<p>Faster <b>copies</b></p>'\n`,
      );
    });
    await once(feed.listen(0, '127.0.0.1'), 'listening');
    const address = `http://127.0.0.1:${(feed.address() as AddressInfo).port}/guts`;
    const ask = async (name: string, input: object = {}): Promise<Reply> =>
      await page.evaluate(async ([what, given]) => await guts.ask(what, given), [name, input] as const);
    try {
      expect(await ask('updates.get')).toMatchObject({
        value: { channel: 'off', feed: null, last: { kind: 'never' } },
      });
      await ask('updates.set', { channel: 'off', feed: address });
      expect(await ask('updates.check')).toMatchObject({ ok: false, error: { code: 'updates.off' } });
      expect(asked).toEqual([]);
      expect(await ask('updates.set', { channel: 'stable', feed: 'http://example.org/' })).toMatchObject({ ok: false });

      await ask('updates.set', { channel: 'beta', feed: address });
      const found = await ask('updates.check');

      expect(found).toMatchObject({
        ok: true,
        value: {
          last: {
            kind: 'newer',
            newer: {
              version: '9.0.0',
              releasedAt: '2026-11-01T10:00:00.000Z',
              notes: 'Faster copies',
              files: [{ url: `${address}/Guts-9.0.0.AppImage`, sha512: 'c2hhNTEy', sizeBytes: 123_456 }],
            },
          },
        },
      });
      expect(asked).toHaveLength(1);
      expect(asked[0]?.url).toMatch(/^\/guts\/beta-linux\.yml(\?noCache=\w+)?$/);
      expect(asked[0]?.headers).not.toMatch(/guts-desktop|"0\.1\.0"|[0-9a-f]{8}-[0-9a-f]{4}-/);
      expect(existsSync(path.join(home.profile, '.updaterId'))).toBe(false);
    } finally {
      await ask('updates.set', { channel: 'off', feed: null });
      feed.close();
    }
  });

  test('keeps the computer awake and asks before it quits while something is copied', async () => {
    const { app, page } = open;
    const client = clientOf(home);
    expect(await isAwake(app)).toBe(false);
    await copySlowly(client, true);
    const id = await startMove(client, 'files-01', 'slow');
    await expect.poll(async () => await stageOf(client, id), { timeout: 30_000 }).toBe('copying');
    await expect.poll(async () => await isAwake(app)).toBe(true);

    await quit(app);
    const dialog = page.getByRole('dialog', { name: '1 migration is copying' });
    await dialog.waitFor();
    await proveFace(page, 'desktop-quit');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await heard(page);
    await quit(app);
    await dialog.getByRole('button', { name: 'Keep running in the background' }).click();

    await expect.poll(async () => await isShown(app)).toBe(false);
    expect(await stageOf(client, id)).toBe('copying');
    await startAgain(home, `guts://migration/${id}`);
    await expect.poll(async () => await isShown(app)).toBe(true);
    await expect.poll(async () => await hashOf(page)).toBe(`#/migrations/${id}`);
  });

  test('shows in the tray how things are, and pauses and resumes everything from there', async () => {
    const { app } = open;
    const client = clientOf(home);
    const tip = async (): Promise<string> => await app.evaluate(() => globalThis.asked.tip);
    const choose = async (label: string): Promise<void> =>
      await app.evaluate(
        (_modules, wanted) => globalThis.asked.menu?.items.find((item) => item.label === wanted)?.click(),
        label,
      );
    const stages = async (): Promise<string[]> => {
      const { rows } = await client.call('migrations.rows', {});
      return rows.map(({ stage, isRunning }) => `${stage}${isRunning ? ', running' : ''}`);
    };
    await expect.poll(tip).toBe('Guts: 1 running');

    await choose('Pause all migrations');
    await expect.poll(tip, { timeout: 30_000 }).toBe('Guts: Nothing is running · paused');
    expect(await stages()).toEqual(['paused']);
    expect(await isAwake(app)).toBe(false);
    await choose('Resume all migrations');

    await expect.poll(tip, { timeout: 30_000 }).toBe('Guts: 1 running');
    await expect.poll(stages, { timeout: 30_000 }).toEqual(['copying, running']);
  });

  test('sleeps and wakes with the computer: what it knows is asked anew', async () => {
    const { app } = open;

    await app.evaluate(({ powerMonitor }) => {
      powerMonitor.emit('suspend');
      powerMonitor.emit('resume');
    });

    await expect
      .poll(() => readFileSync(path.join(home.dataDir, 'logs/guts.log'), 'utf8'))
      .toMatch(/computer\.sleeps.*"running":1[^]*computer\.wakes/);
    expect(await isAwake(app)).toBe(true);
  });

  test('pauses what runs when it quits, opens where it was, and goes on and tells when it is done', async () => {
    const { app, page } = open;
    const place = { x: 40, y: 30, width: 1000, height: 650 };
    await app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), place);
    const ended = once(app.process(), 'exit');
    await quit(app);
    await page.getByRole('button', { name: 'Pause and quit' }).click();
    await ended; // “Guts is ending” may be gone before anybody could see it

    open = await openApp({ home, hasTray: true });
    await open.page.locator('[data-engine]').waitFor();
    await keepAsked(open.app);
    expect(await open.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds())).toEqual(
      place,
    );
    const client = clientOf(home);
    await copySlowly(client, false);

    const notices = async () =>
      await open.app.evaluate(() => globalThis.asked.notices.map(({ title, body }) => ({ title, body })));
    await expect
      .poll(notices, { timeout: 60_000 })
      .toEqual([{ title: 'files-01 has been moved', body: 'The migration is done. Open it for what was proved.' }]);
    await expect.poll(async () => await isAwake(open.app)).toBe(false);
    await open.app.evaluate(() => globalThis.asked.notices[0]?.click());
    await expect.poll(async () => await hashOf(open.page)).toMatch(/^#\/migrations\/mig_/);
  });

  test('says so when the engine’s thread dies, and goes on with another', async () => {
    const { app, page } = open;
    const client = clientOf(home);
    await app.evaluate(() => {
      const { Worker } = (process.mainModule as NodeModule).require('node:worker_threads') as {
        Worker: typeof WorkerThread;
      };
      const post = Worker.prototype.postMessage;
      const threads = new Set<WorkerThread>();
      Worker.prototype.postMessage = function (this: WorkerThread, ...words: [unknown]) {
        threads.add(this);
        post.apply(this, words);
      };
      Object.assign(globalThis, { killEngines: () => threads.forEach((thread) => void thread.terminate()) });
    });
    await copySlowly(client, true);
    const id = await startMove(client, 'files-01', 'interrupted');
    await expect.poll(async () => await stageOf(client, id), { timeout: 30_000 }).toBe('copying');

    await app.evaluate(() => (globalThis as unknown as { killEngines(): void }).killEngines()); // made above

    const told = async (): Promise<unknown> =>
      await page.evaluate(async (which) => {
        const { waitsFor } = (await (await fetch(`/v1/migrations/${which}`)).json()) as { waitsFor: unknown };
        return waitsFor;
      }, id);
    await expect.poll(told).toMatchObject({ reason: 'trouble', says: expect.stringMatching(/engine ended/) });
    expect(await page.locator('[data-engine]').textContent()).toBe('Engine of this window');
    await copySlowly(client, false);
    const other = await startMove(client, 'shop-01', 'uninterrupted');
    await expect.poll(async () => await stageOf(client, other), { timeout: 60_000 }).toBe('done');
  });

  test('loads a page that broke once more, and asks what to do when it breaks again', async () => {
    const { app } = open;
    const crash = async (): Promise<void> =>
      await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
      );
    const text = async (): Promise<string> =>
      await app.evaluate(
        async ({ BrowserWindow }) =>
          await Promise.race([
            BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
              'document.body.innerText',
            ) as Promise<string>,
            new Promise<string>((resolve) => setTimeout(() => resolve('no answer'), 5000)), // a page that broke gives none
          ]),
      );

    await crash();
    await expect.poll(text, { timeout: 60_000 }).toContain('The window had to be loaded again');
    await expect.poll(text).toContain('Engine of this window');
    expect(await app.evaluate(() => globalThis.asked.dialogs)).toEqual([]);
    await crash();

    await expect
      .poll(async () => await app.evaluate(() => globalThis.asked.dialogs))
      .toEqual(['The window of Guts has broken twice']);
    await expect.poll(text, { timeout: 60_000 }).toContain('Engine of this window');
  });
});

describe('a start by a link', () => {
  test('begins at what it names, and opens on a screen that is there', async () => {
    using home = newHome();
    await using first = await openApp({ home, words: ['guts://migration/mig_0123456789ab'] });
    await first.page.locator('[data-engine]').waitFor();

    await expect.poll(async () => await hashOf(first.page)).toBe('#/migrations/mig_0123456789ab');
    await first[Symbol.asyncDispose]();
    const away = { x: 9000, y: 9000, width: 700, height: 500, isMaximized: false };
    writeFileSync(path.join(home.profile, 'window.json'), JSON.stringify(away));
    await using second = await openApp({ home });
    const bounds = await second.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());

    expect(bounds).toMatchObject({ width: 700, height: 500 });
    expect(bounds?.x).toBeLessThan(1280);
  });
});
