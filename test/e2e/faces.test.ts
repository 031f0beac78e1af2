/** Every place of the window with other eyes: both themes, forced colours, twice as large, another language, the keyboard alone. */
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../renderer/routes.tsx';
import { keepPicture, newHome, openApp, type OpenApp } from './app.ts';
import { proveAccessible } from './axe.ts';
import { keepLargePicture, outOfSight, prefer, rawTexts, violationsIn, visit, zoom } from './look.ts';

/** Those that need nothing else to be known. */
const places = routes.map(({ path }) => path).filter((path) => !path.includes(':'));
const nameOf = (path: string): string => path.slice(1).replaceAll('/', '-') || 'overview';
const themes = ['light', 'dark'] as const;

let open: OpenApp;
beforeAll(async () => {
  open = await openApp();
  await open.page.locator('[data-engine]').waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
});

/** First with nothing in it, as it is after an installation; then with a demo's machines. */
describe.each([
  ['empty', async () => {}],
  [
    'full',
    async () => {
      await visit(open.page, '/');
      await open.page.evaluate(async () => await guts.ask('demo.start', {}));
      await open.page.getByRole('button', { name: 'End the demo' }).waitFor();
      // One that will be done, and one that has failed by then.
      await open.page.evaluate(async () => {
        for (const vm of ['web-portal-01', 'san-db-01'])
          await fetch('/v1/migrations', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ source: 'Frankfurt vCenter', destination: 'Company cloud', vm, start: true }),
          });
      });
      await open.page.getByText('1 needs you').first().waitFor();
    },
  ],
] as const)('a window that is %s', { timeout: 180_000 }, (fill, prepare) => {
  beforeAll(async () => {
    await prefer(open.page, { theme: 'light', language: 'en' });
    await prepare();
  });

  test.each(themes)('keeps nobody out, at any place, in the %s theme', async (theme) => {
    const { page } = open;
    await prefer(page, { theme, language: 'en' });

    for (const path of places) {
      await visit(page, path);
      await proveAccessible(page);
      await keepPicture(page, `faces-${fill}-${nameOf(path)}-${theme}`);
    }
  });

  test('can be told apart where the system forces its own colours', async () => {
    const { page } = open;
    await page.emulateMedia({ forcedColors: 'active' });

    for (const path of places) {
      await visit(page, path);
      await proveAccessible(page, ['color-contrast']); // the system's own, which axe does not see
      await keepPicture(page, `faces-${fill}-${nameOf(path)}-forced`);
    }
    await page.emulateMedia({ forcedColors: null });
  });

  test('does not scroll sideways at twice its size, and has everything in sight', async () => {
    const { app, page } = open;
    await prefer(page, { theme: 'light', language: 'en' });
    await zoom(app, page, 2);

    for (const path of places) {
      await visit(page, path);
      const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      await keepLargePicture(app, `faces-${fill}-${nameOf(path)}-200`);
      expect([path, width <= 0, await outOfSight(page)]).toEqual([path, true, []]);
    }
    await zoom(app, page, 1);
  });

  test('says everything by its dictionary', async () => {
    const { page } = open;
    await prefer(page, { theme: 'light', language: 'en-XA' });

    for (const path of places) {
      await visit(page, path);
      expect([path, await rawTexts(page)]).toEqual([path, []]);
      await keepPicture(page, `faces-${fill}-${nameOf(path)}-pseudo`);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    expect(await rawTexts(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await prefer(page, { theme: 'light', language: 'en' });
  });
});

describe('the keyboard', () => {
  /** What has the focus, and whether that can be seen. */
  const focused = async () =>
    await open.page.evaluate(() => {
      const at = document.activeElement;
      const { outlineStyle, boxShadow } = getComputedStyle(at ?? document.body);
      return {
        text: at?.textContent ?? '',
        tag: at?.tagName ?? '',
        isSeen: outlineStyle !== 'none' || boxShadow !== 'none',
      };
    });

  test('reaches the content at once, and everything of the frame, with the focus in sight', async () => {
    const { page } = open;
    await prefer(page, { theme: 'light', language: 'en' });

    await page.keyboard.press('Tab');
    expect(await focused()).toMatchObject({ text: 'Go to the content', isSeen: true });
    const reached: string[] = [];
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press('Tab');
      const { text, tag, isSeen } = await focused();
      if (tag === 'BODY' || text === 'Go to the content') break;
      expect([text, isSeen]).toEqual([text, true]);
      reached.push(text);
    }
    for (const { rail } of routes) if (rail !== undefined) expect(reached.length).toBeGreaterThan(0);
    expect(reached.some((text) => text.startsWith('Go to, or do'))).toBe(true);
    expect(reached).toContain('Overview');
  });

  test('jumps over the frame', async () => {
    const { page } = open;
    await prefer(page, { theme: 'light', language: 'en' });

    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
  });

  test.each(themes)(
    'opens the palette, which keeps nobody out in the %s theme, and gives the focus back',
    async (theme) => {
      const { page } = open;
      await prefer(page, { theme, language: 'en' });
      const button = page.getByRole('button', { name: 'Go to, or do …' });
      await button.focus();

      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await proveAccessible(page);
      await keepPicture(page, `palette-${theme}`);
      await page.keyboard.press('Escape');

      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await button.evaluate((one) => one === document.activeElement)).toBe(true);
    },
  );
});

test('nothing of all this was against the page’s own policy', () => {
  expect(violationsIn(open.said)).toEqual([]);
});

describe('before there is a Guts to work with', () => {
  test('the vault’s passphrase is asked for without keeping anybody out', async () => {
    await using locked = await openApp({ vault: 'ask' });
    const { page, said } = locked;
    await page.getByLabel('Passphrase', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Make the vault' }).click();
    await page.getByText('Take at least 8 characters.').waitFor();

    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await proveAccessible(page);
      await keepPicture(page, `faces-vault-${colorScheme}`);
    }
    expect(violationsIn(said)).toEqual([]);
  });

  test('so is said why it did not start', async () => {
    using home = newHome();
    writeFileSync(home.dataDir, 'a file where the data folder should be');
    await using failed = await openApp({ home });
    const { page, said } = failed;
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Details', exact: true }).click();
    await page.getByRole('button', { name: 'Copy details' }).waitFor();

    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await proveAccessible(page);
      await keepPicture(page, `faces-failed-${colorScheme}`);
    }
    expect(violationsIn(said)).toEqual([]);
    rmSync(home.dataDir);
  });
});
