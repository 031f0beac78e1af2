/** The window in the real Electron: what it shows, and that nothing leads out of it. */
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bridge } from '../../main/shared/contract.ts';
import { keepPicture, newHome, openApp, type OpenApp } from './app.ts';
import { outOfSight, shrink, sideways } from './look.ts';

declare global {
  // What the page has; Playwright runs the tests' functions there.
  var guts: Bridge;
}

describe('the window', () => {
  let open: OpenApp;
  beforeAll(async () => {
    open = await openApp({ mayViolate: true });
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
  });

  test('shows that its Guts answers, in both themes', async () => {
    const { page } = open;

    await page.locator('[data-engine]').waitFor();

    expect(await page.locator('[data-engine]').textContent()).toBe('Engine of this window');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await keepPicture(page, `window-${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: null });
  });

  test('has a heading, a main part and no sideways scrolling, also when it is small', async () => {
    const { app, page } = open;

    await shrink(app, page, 480, 420);

    await page.getByRole('heading').first().waitFor();
    expect(await page.getByRole('main').count()).toBe(1);
    expect([await sideways(page), await outOfSight(page)]).toEqual([0, []]);
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
      const fetched = await fetch('https://example.org/').then(
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
    await page.locator('[data-engine]').waitFor();

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
    expect(await page.locator('[data-engine]').count()).toBe(1);
  });

  test('lets no page have a web view, also where one is asked for', async () => {
    const { app } = open;

    const outcome = await app.evaluate(async ({ BrowserWindow, webContents }) => {
      const window = new BrowserWindow({ show: false, webPreferences: { webviewTag: true } });
      await window.loadURL('about:blank');
      await window.webContents.executeJavaScript(`
        const view = document.createElement('webview');
        view.src = 'about:blank';
        document.body.append(view);
        new Promise((done) => setTimeout(done, 300));
      `);
      const kinds = webContents.getAllWebContents().map((contents) => contents.getType());
      window.destroy();
      return kinds;
    });

    expect(outcome).not.toContain('webview');
  });

  test('answers nobody but its own page, whoever has its preload', async () => {
    const { app } = open;

    const replies = await app.evaluate(async ({ app: program, BrowserWindow }) => {
      const preload = `${program.getAppPath()}/out/preload.cjs`;
      const ask = async (url: string): Promise<unknown> => {
        const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
        try {
          await window.loadURL(url);
          return (await window.webContents.executeJavaScript(`guts.ask('app.facts', {})`)) as unknown;
        } finally {
          window.destroy();
        }
      };
      return [await ask('about:blank'), await ask('guts://app/index.html')];
    });

    expect(replies[0]).toMatchObject({ ok: false, error: { code: 'window.refused' } });
    expect(replies[1]).toMatchObject({ ok: true });
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
      long: await guts.ask('clipboard.write', { text: 'x'.repeat(1024 * 1024 + 1) }),
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

describe('a Guts that does not start', () => {
  test('is shown with what to do, and starts again from the window when it can', async () => {
    using home = newHome();
    writeFileSync(home.dataDir, 'a file where the data folder should be');
    await using open = await openApp({ home });
    const { page } = open;

    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/What to do.*store\./);
    await keepPicture(page, 'window-failed');
    rmSync(home.dataDir);
    await page.getByRole('button', { name: 'Try again' }).click();

    await page.locator('[data-engine]').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('asks for the passphrase of a vault that it cannot open by itself', async () => {
    using home = newHome();
    {
      await using open = await openApp({ home, vault: 'ask' });
      const { page } = open;
      await page.getByLabel('Passphrase', { exact: true }).fill('short');
      await page.getByRole('button', { name: 'Make the vault' }).click();
      await page.getByText('Take at least 8 characters.').waitFor();
      await keepPicture(page, 'window-vault');
      await page.getByLabel('Passphrase', { exact: true }).fill('long enough for a vault');
      await page.getByLabel('Passphrase once more').fill('long enough for a vault');
      await page.locator('[aria-invalid=true]').waitFor({ state: 'detached' }); // the button moves up then
      await page.getByRole('button', { name: 'Make the vault' }).click();
      await page.locator('[data-engine]').waitFor();
    }
    await using again = await openApp({ home, vault: 'ask' });
    const { page } = again;
    const passphrase = page.getByLabel('Passphrase', { exact: true });
    await passphrase.fill('another one');
    await page.getByRole('button', { name: 'Open the vault' }).click();
    expect(await page.getByRole('alert').textContent()).toContain('vault.wrong-passphrase');
    await page.getByRole('button', { name: 'Try again' }).click();
    await passphrase.fill('long enough for a vault');
    await page.getByRole('button', { name: 'Open the vault' }).click();
    await page.locator('[data-engine]').waitFor();
  });
});
