/** The window in the real Electron: what it shows, and that nothing leads out of it. */
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bridge } from '../../main/shared/contract.ts';
import { checkout, keepPicture, openApp, type OpenApp } from './app.ts';

declare global {
  // What the page has; Playwright runs the tests' functions there.
  var guts: Bridge;
}

describe('the window', () => {
  let open: OpenApp;
  beforeAll(async () => {
    open = await openApp();
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
  });

  test('shows a running engine whose number moves', async () => {
    const { page } = open;
    const live = page.locator('[data-live]');
    await live.waitFor();

    const first = await live.textContent();
    await page.waitForFunction((was) => document.querySelector('[data-live]')?.textContent !== was, first);

    expect(await page.getByRole('region', { name: 'Engine' }).textContent()).toContain('Running');
    expect(await live.textContent()).toMatch(/^(\d+ min )?\d+ s$/);
    await keepPicture(page, 'window');
    await page.emulateMedia({ colorScheme: 'dark' });
    await keepPicture(page, 'window-dark');
    await page.emulateMedia({ colorScheme: null });
  });

  test('offers commands that can be copied', async () => {
    const { app, page } = open;

    await page.getByRole('button', { name: 'Copy the command for: Convert a disk or an OVA' }).click();

    await page.getByRole('button', { name: 'Copy the command for: Convert' }).getByText('Copied').waitFor();
    const copied = await app.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toMatch(/^npm run -s guts -- convert /);
    expect(await page.getByRole('listitem').first().textContent()).toContain('npm run -s guts -- demo');
  });

  test('is one screen with a heading, a main part and no sideways scrolling, also when it is small', async () => {
    const { app, page } = open;

    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(480, 420));
    await page.waitForFunction(() => innerWidth <= 480);

    expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['Guts']);
    expect(await page.getByRole('main').count()).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await keepPicture(page, 'window-small');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1180, 780));
  });

  test('runs its page in a sandbox, without Node, on its own origin', async () => {
    const { app, page } = open;

    const inPage = await page.evaluate(() => ({
      globals: ['require', 'process', 'Buffer', 'module', 'global'].filter((name) => name in globalThis),
      bridge: Object.keys(guts).sort(),
      origin: location.origin,
      isSecure: isSecureContext,
    }));
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      // What Electron made of them; not in its types.
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration, webSecurity } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webSecurity };
    });

    expect(inPage).toEqual({ globals: [], bridge: ['ask', 'listen'], origin: 'guts://app', isSecure: true });
    expect(preferences).toEqual({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true });
  });

  test('blocks scripts, styles and HTML that are not its own', async () => {
    const { page, said } = open;

    const outcome = await page.evaluate(async () => {
      const inline = document.createElement('script');
      let refusedText = false;
      try {
        inline.textContent = 'globalThis.inlineRan = true';
      } catch {
        refusedText = true; // trusted types
      }
      document.body.append(inline);
      const style = document.createElement('style');
      style.textContent = 'body { outline: 7px solid red }';
      document.body.append(style);
      const html = await new Promise((done) => {
        // Playwright's own evaluate may do what the page may not; a timer is the page's.
        setTimeout(() => {
          try {
            document.createElement('div').innerHTML = '<b>x</b>';
            done('allowed');
          } catch {
            done('refused');
          }
        });
      });
      const evaluated = await new Promise((done) => {
        setTimeout(() => {
          try {
            Reflect.construct(Function, ['return 1']); // what eval does
            done('allowed');
          } catch {
            done('refused');
          }
        });
      });
      const fetched = await fetch('guts://app/index.html').then(
        () => 'allowed',
        () => 'refused',
      );
      const outline = getComputedStyle(document.body).outlineWidth;
      inline.remove();
      style.remove();
      return { refusedText, inlineRan: 'inlineRan' in globalThis, html, evaluated, fetched, outline };
    });

    expect(outcome).toMatchObject({ inlineRan: false, html: 'refused', evaluated: 'refused', fetched: 'refused' });
    expect(outcome.outline).not.toBe('7px');
    expect(said.join('\n')).toContain('Content Security Policy');
  });

  test('gives each load a nonce of its own', async () => {
    const { page } = open;
    const nonce = async () => await page.evaluate(() => document.querySelector('script')?.nonce);

    const first = await nonce();
    await page.reload();
    await page.locator('[data-live]').waitFor();

    expect(first).toMatch(/^[\w+/]{24}$/);
    expect(await nonce()).not.toBe(first);
  });

  test('stays where it is: no other address, no new window, no permission, no download', async () => {
    const { app, page } = open;

    const outcome = await page.evaluate(async () => {
      const opened = globalThis.open('https://example.org/') === null ? 'refused' : 'opened';
      location.href = 'https://example.org/';
      location.assign('file:///etc/passwd');
      const link = document.createElement('a');
      link.href = 'data:text/plain,x';
      link.download = 'x.txt';
      link.click();
      const permission = await Notification.requestPermission();
      const frame = document.createElement('iframe');
      frame.src = 'https://example.org/';
      document.body.append(frame);
      await new Promise((done) => setTimeout(done, 300));
      frame.remove();
      return { opened, permission };
    });

    expect(outcome).toEqual({ opened: 'refused', permission: 'denied' });
    expect(page.url()).toBe('guts://app/');
    expect(app.windows()).toHaveLength(1);
    expect(await page.locator('[data-live]').count()).toBe(1);
  });

  test('serves nothing but the page’s own files', async () => {
    const { app } = open;

    const statuses = await app.evaluate(async ({ session }) => {
      const paths = [
        '',
        'index.html',
        '..%2fmain.cjs',
        '%2e%2e/main.cjs',
        'assets/..%2f..%2fmain.cjs',
        '../package.json',
      ];
      const answers = await Promise.all(
        ['guts://app/', 'guts://other/'].flatMap((base) =>
          paths.map(async (path) => (await session.defaultSession.fetch(base + path)).status),
        ),
      );
      return answers;
    });

    expect(statuses).toEqual([200, 200, 404, 404, 404, 404, 404, 404, 404, 404, 404, 404]);
  });

  test('refuses messages that are not in the contract', async () => {
    const { page } = open;

    const replies = await page.evaluate(async () => ({
      extra: await guts.ask('engine.status', { sneaky: true }),
      wrong: await guts.ask('clipboard.write', { text: 7 }),
      long: await guts.ask('clipboard.write', { text: 'x'.repeat(5000) }),
      unknown: await guts.ask('shell.run', {}).then(
        () => 'answered',
        (error: unknown) => String(error),
      ),
    }));

    expect(replies.extra).toMatchObject({ ok: false, error: { code: 'window.refused' } });
    expect(replies.wrong).toMatchObject({ ok: false, error: { code: 'window.refused' } });
    expect(replies.long).toMatchObject({ ok: false, error: { code: 'window.refused' } });
    expect(replies.unknown).toContain('No handler registered');
  });
});

describe('an engine that does not start', () => {
  test('is shown with what to do, and starts again from the window when it can', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'guts-e2e-broken-'));
    try {
      cpSync(path.join(checkout, 'out'), path.join(folder, 'out'), { recursive: true });
      cpSync(path.join(checkout, 'package.json'), path.join(folder, 'package.json'));
      const engine = path.join(folder, 'out/engine.cjs');
      renameSync(engine, `${engine}.away`);
      await using open = await openApp(folder);
      const { page } = open;

      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').textContent()).toContain('engine.ended');
      await keepPicture(page, 'window-failed');
      renameSync(`${engine}.away`, engine);
      await page.getByRole('button', { name: 'Start the engine again' }).click();

      await page.locator('[data-live]').waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
