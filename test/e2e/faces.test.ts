/** Every place of the window with other eyes: both themes, forced colours, twice as large, another language, the keyboard alone. */
import { rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matched } from '../../renderer/router.ts';
import { routes } from '../../renderer/routes.tsx';
import { keepPicture, newHome, openApp, type OpenApp } from './app.ts';
import { proveAccessible } from './axe.ts';
import { keepLargePicture, outOfSight, prefer, rawTexts, sideways, unseenFocus, visit, zoom } from './look.ts';
import { proveFace } from './pictures.ts';
import { places, placesOfDemo, type Place } from './places.ts';
import { clientOf } from './two-sides.ts';

const themes = ['light', 'dark'] as const;
const wish = { theme: 'auto', language: 'en' } as const;

let open: OpenApp;
let full: readonly Place[] = [];
beforeAll(async () => {
  open = await openApp();
  await open.page.locator('[data-engine]').waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
});

async function demo(): Promise<readonly Place[]> {
  const { page, home } = open;
  await visit(page, { path: '/' });
  await page.evaluate(async () => await guts.ask('demo.start', {}));
  await page.getByRole('button', { name: 'End the demo' }).waitFor();
  await visit(page, { path: '/migrations' }); // who looks at them is not told in passing that one is done
  full = await placesOfDemo(clientOf({ dataDir: path.join(home.dataDir, 'demo', 'data') }));
  await page.getByText('1 needs you').first().waitFor();
  await page.getByRole('contentinfo').getByText('Nothing is running').waitFor();
  return full;
}

/** First with nothing in it, as it is after an installation; then with a demo's machines. */
describe.each([
  ['empty', async () => places],
  ['full', demo],
] as const)('a window that is %s', { timeout: 600_000 }, (fill, prepare) => {
  let all: readonly Place[];
  beforeAll(async () => {
    await prefer(open.page, wish);
    all = await prepare();
  });

  test('keeps nobody out, at any place, in both themes, and shows the focus where the system forces its own colours', async () => {
    const { page } = open;

    for (const place of all) {
      await visit(page, place);
      await proveFace(page, `faces-${fill}-${place.name}`);
      await page.emulateMedia({ forcedColors: 'active' });
      await keepPicture(page, `faces-${fill}-${place.name}-forced`);
      expect.soft([place.name, await unseenFocus(page)]).toEqual([place.name, []]);
      await page.emulateMedia({ forcedColors: null });
    }
  });

  test('does not scroll sideways at twice its size, and has everything in sight', async () => {
    const { app, page } = open;
    await zoom(app, page, 2);

    for (const place of all) {
      await visit(page, place);
      const width = await sideways(page);
      await keepLargePicture(app, `faces-${fill}-${place.name}-200`);
      expect
        .soft([place.name, width, await outOfSight(page), await unseenFocus(page)])
        .toEqual([place.name, 0, [], []]);
    }
    await zoom(app, page, 1);
  });

  test('says everything by its dictionary', async () => {
    const { page } = open;
    await prefer(page, { theme: 'light', language: 'en-XA' });

    for (const { path: to } of places) {
      await visit(page, { path: to });
      expect([to, await rawTexts(page)]).toEqual([to, []]);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    expect(await rawTexts(page)).toEqual([]);
    await keepPicture(page, `faces-${fill}-pseudo`);
    await page.keyboard.press('Escape');
    await prefer(page, wish);
  });
});

test('all this was seen of every place that there is', () => {
  const isVisited = (pattern: string): boolean => full.some((place) => matched(pattern, place.path) !== null);
  expect(routes.filter((route) => !isVisited(route.path)).map((route) => route.path)).toEqual([]);
});

test('what is chosen, or on, is told from what is not where the system forces its own colours', async () => {
  const { page } = open;
  const main = page.getByRole('main');
  const goTo = async (name: string): Promise<void> =>
    await visit(page, full.find((place) => place.name === name) ?? { path: '/' });
  /** Before and after the key, which leaves the focus and all else where they are. */
  const proveChange = async (what: Locator, key: string): Promise<void> => {
    const look = async (): Promise<string> =>
      (await what.screenshot({ caret: 'initial', animations: 'allow' })).toString('base64');
    const before = await look();
    await page.keyboard.press(key);
    await expect.poll(look).not.toBe(before);
  };
  await page.emulateMedia({ forcedColors: 'active' });

  await goTo('migrations');
  const chip = main.getByRole('button', { name: 'Failed 1' });
  await chip.focus();
  await proveChange(chip, 'Space');
  await page.keyboard.press('Space');

  await goTo('overview');
  await main.getByRole('radio', { name: 'Last 15 min' }).focus();
  await proveChange(main.getByText('Last 15 min'), 'ArrowRight');

  await goTo('plan-edit-options');
  const box = main.getByRole('checkbox', { name: 'Keep MAC addresses' });
  await box.focus();
  await proveChange(box, 'Space');
  await page.keyboard.press('Space');
  await page.emulateMedia({ forcedColors: null });
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
    expect(reached.some((text) => text.startsWith('Go to, or do'))).toBe(true);
    const rail = ['Overview', 'Inventory', 'Plans', 'Migrations', 'Connections', 'Reports', 'Health', 'Settings'];
    expect(reached).toEqual(expect.arrayContaining(rail));
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
      await expect.poll(async () => await button.evaluate((one) => one === document.activeElement)).toBe(true);
    },
  );
});

describe('before there is a Guts to work with', () => {
  async function proveGate({ app, page }: OpenApp, name: string): Promise<void> {
    await proveFace(page, name);
    await page.emulateMedia({ forcedColors: 'active' });
    await keepPicture(page, `${name}-forced`);
    expect(await unseenFocus(page)).toEqual([]);
    await page.emulateMedia({ forcedColors: null });
    await zoom(app, page, 2);
    await keepLargePicture(app, `${name}-200`);
    expect([await outOfSight(page), await unseenFocus(page)]).toEqual([[], []]);
  }

  test('the vault’s passphrase is asked for without keeping anybody out', async () => {
    await using locked = await openApp({ vault: 'ask' });
    const { page } = locked;
    await page.getByLabel('Passphrase', { exact: true }).fill('short');
    await page.getByRole('button', { name: 'Make the vault' }).click();
    await page.getByText('Take at least 8 characters.').waitFor();

    await proveGate(locked, 'faces-vault');
  });

  test('so is said why it did not start', async () => {
    using home = newHome();
    writeFileSync(home.dataDir, 'a file where the data folder should be');
    await using failed = await openApp({ home });
    const { page } = failed;
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Details', exact: true }).click();
    await page.getByRole('button', { name: 'Copy details' }).waitFor();

    await proveGate(failed, 'faces-failed');
    rmSync(home.dataDir);
  });
});
