/** How the window is looked at by a story: in which language and theme, how large, and at which of its places. */
import { writeFileSync } from 'node:fs';
import type { ElectronApplication, Page } from 'playwright-core';
import type { Theme } from '../../main/shared/contract.ts';
import type { Language } from '../../renderer/state/preferences.ts';
import { pictureFile } from './app.ts';

/** Loads the page anew with these preferences, as after another start. */
export async function prefer(page: Page, wish: { readonly theme: Theme; readonly language: Language }): Promise<void> {
  await page.evaluate((state) => {
    localStorage.setItem('guts.preferences', JSON.stringify({ state: { isCompact: true, ...state }, version: 1 }));
  }, wish);
  await page.reload();
  await page.locator('[data-engine]').waitFor();
}

/** Returns when the screen there has loaded what it shows. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, path);
  const main = page.getByRole('main');
  await main.getByRole('heading').first().waitFor();
  await main.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  // What is said in passing lies over the page for some seconds, and passes.
  await page.mouse.move(1, 1);
  await page.waitForFunction(() => document.querySelector('.mantine-Notification-root') === null);
}

/** 2 is what browsers call 200 %. */
export async function zoom(app: ElectronApplication, page: Page, factor: number): Promise<void> {
  const before = await page.evaluate(() => devicePixelRatio);
  const wanted = await app.evaluate(({ BrowserWindow }, to) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const now = contents?.getZoomFactor() ?? 1;
    contents?.setZoomFactor(to);
    return to / now;
  }, factor);
  await page.waitForFunction((ratio) => Math.abs(devicePixelRatio - ratio) < 0.01, before * wanted);
}

/** As `keepPicture`, of an enlarged window: Playwright would cut out a part of it. */
export async function keepLargePicture(app: ElectronApplication, name: string): Promise<void> {
  const png = await app.evaluate(async ({ BrowserWindow }) => {
    const picture = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage();
    return picture?.toPNG().toString('base64') ?? '';
  });
  writeFileSync(pictureFile(name), Buffer.from(png, 'base64'));
}

/** What of the frame lies outside of the window, and headings that something lies in front of. */
export async function outOfSight(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const lost: string[] = [];
    const nameOf = (one: Element): string =>
      `${one.tagName} ${one.getAttribute('aria-label') ?? one.textContent ?? ''}`;
    for (const one of document.querySelectorAll('header button, header a, nav a, footer span, section button')) {
      const { left, right, width } = one.getBoundingClientRect();
      if (width > 1 && (left < 0 || right > innerWidth)) lost.push(nameOf(one));
    }
    for (const heading of document.querySelectorAll('main h1, main h2')) {
      if (!heading.checkVisibility()) continue; // of something that is folded
      heading.scrollIntoView({ block: 'nearest' }); // the keyboard brings it no nearer
      const { left, top, width, height } = heading.getBoundingClientRect();
      const front = document.elementFromPoint(left + width / 2, top + height / 2);
      if (front?.closest('main') === null) lost.push(nameOf(heading));
    }
    scrollTo(0, 0);
    return lost;
  });
}

/** Lines of the console that say that the page went against its own policy. */
export const violationsIn = (said: readonly string[]): string[] =>
  said.filter((line) => /Content Security Policy|Trusted ?Type|Refused to/i.test(line));

/**
 * Texts of the frame and of heads that came from no dictionary: with the language en-XA everything else stands in ⟦brackets⟧.
 * What is typed on keys is not translated.
 */
export async function rawTexts(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const raw: string[] = [];
    const unquoted = (text: string): string => text.replaceAll(/⟦[^⟧]*⟧/g, '');
    const hasWord = (text: string): boolean => /\p{L}{3,}/u.test(text);
    const places = document.querySelectorAll('header, nav, footer, main h1, main h2, [role="dialog"], [role="banner"]');
    for (const place of places) {
      const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const parent = texts.currentNode.parentElement;
        if (parent === null || parent.closest('kbd, code, style, script, [hidden]') !== null) continue;
        const own = unquoted(texts.currentNode.textContent ?? '');
        // A sentence may go on in another element: “⟦as of 14:02⟧”, with the time in its own.
        const around = unquoted(parent.closest('a, button, p, h1, h2, span, div')?.textContent ?? '');
        if (hasWord(own) && hasWord(around)) raw.push(own.trim());
      }
    }
    return [...new Set(raw)];
  });
}
