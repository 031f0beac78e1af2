/** How the window is looked at by a story: in which language and theme, how large, and at which of its places. */
import { writeFileSync } from 'node:fs';
import type { ElectronApplication, Page } from 'playwright-core';
import type { Theme } from '../../main/shared/contract.ts';
import type { Language } from '../../renderer/state/preferences.ts';
import { pictureFile } from './app.ts';
import type { Place } from './places.ts';

/** Loads the page anew with these preferences, as after another start. */
export async function prefer(page: Page, wish: { readonly theme: Theme; readonly language: Language }): Promise<void> {
  await page.evaluate((state) => {
    localStorage.setItem('guts.preferences', JSON.stringify({ state: { isCompact: true, ...state }, version: 1 }));
  }, wish);
  await page.reload();
  await page.locator('[data-engine]').waitFor();
}

/** Returns when nothing moves or fades any more; what goes on for ever does not count. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = async (): Promise<unknown> => await new Promise((resolve) => requestAnimationFrame(resolve));
    for (let frames = 0; frames < 3; frames++) await frame(); // what has come up begins to fade in only now
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
}

/** Returns when the screen there has loaded what it shows. */
export async function visit(page: Page, { path, after }: Pick<Place, 'path' | 'after'>): Promise<void> {
  await page.evaluate(async (to) => {
    if (location.hash === `#${to}`) return;
    const heard = new Promise((resolve) => globalThis.addEventListener('hashchange', resolve, { once: true }));
    location.hash = to;
    await heard;
  }, path);
  await page.waitForFunction(
    () =>
      document.querySelector('main :is(h1, h2)') !== null && document.querySelector('main [aria-busy="true"]') === null,
  );
  await after?.(page);
  // What is said in passing lies over the page for some seconds, and passes.
  await page.mouse.move(1, 1);
  await page.waitForFunction(() => document.querySelector('.mantine-Notification-root') === null);
  await settled(page);
}

/** Makes the window as small as that, in CSS pixels, frame included. */
export async function shrink(app: ElectronApplication, page: Page, width: number, height: number): Promise<void> {
  await app.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setSize(...size), [
    width,
    height,
  ] as const);
  await page.waitForFunction((most) => innerWidth <= most, width);
  await settled(page);
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
  await settled(page);
}

/** As `keepPicture`, of an enlarged window: Playwright would cut out a part of it. */
export async function keepLargePicture(app: ElectronApplication, name: string): Promise<void> {
  const png = await app.evaluate(async ({ BrowserWindow }) => {
    const picture = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage();
    return picture?.toPNG().toString('base64') ?? '';
  });
  writeFileSync(pictureFile(name), Buffer.from(png, 'base64'));
}

/** By how many CSS pixels the page can be scrolled sideways; 0 is none. */
export async function sideways(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** Texts that lie outside of the window, or of what cuts them off, and headings that something lies in front of. */
export async function outOfSight(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const lost: string[] = [];
    const isScrolled = (overflow: string): boolean => overflow === 'auto' || overflow === 'scroll';
    /** Whether all of it can be brought into sight; what the table shortens says it whole in its title. */
    const isWhole = (text: DOMRect, inside: Element): boolean => {
      let isBound = true;
      for (let around: Element | null = inside; around !== null && around !== document.body;) {
        const { overflowX, overflowY } = getComputedStyle(around);
        if (isScrolled(overflowX)) isBound = false;
        const box = around.getBoundingClientRect();
        if (overflowX !== 'visible' && box.width <= 1) return true; // for ears
        if (isBound && overflowX !== 'visible' && (text.right > box.right + 1 || text.left < box.left - 1))
          return false;
        if (overflowY === 'hidden' && isBound && (text.bottom > box.bottom + 2 || text.top < box.top - 2)) return false;
        if (isScrolled(overflowY)) isBound = false;
        around = around.parentElement;
      }
      return !isBound || (text.left >= -1 && text.right <= document.documentElement.clientWidth + 1);
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const inside = texts.currentNode.parentElement;
      if (inside === null || texts.currentNode.textContent?.trim() === '' || !inside.checkVisibility()) continue;
      if (inside.closest('.guts-skip, [role="grid"], script, style') !== null) continue;
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      const box = range.getBoundingClientRect();
      if (box.width > 1 && !isWhole(box, inside)) lost.push(`${inside.tagName} ${texts.currentNode.textContent}`);
    }
    for (const heading of document.querySelectorAll('main h1, main h2')) {
      if (!heading.checkVisibility()) continue; // of something that is folded
      heading.scrollIntoView({ block: 'nearest' }); // the keyboard brings it no nearer
      const { left, top, width, height } = heading.getBoundingClientRect();
      const front = document.elementFromPoint(left + width / 2, top + height / 2);
      if (front?.closest('main') === null) lost.push(`${heading.tagName} ${heading.textContent}`);
    }
    scrollTo(0, 0);
    return lost;
  });
}

/** What shows nothing of it when it has the focus, or has it behind something else. */
export async function unseenFocus(page: Page): Promise<string[]> {
  await page.keyboard.press('Tab'); // from now on the focus is a keyboard's
  return await page.evaluate(() => {
    const unseen: string[] = [];
    const isOutlined = (one: Element | null): boolean => {
      if (one === null) return false;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
    };
    const isInFront = (one: Element): boolean => {
      const labels = one instanceof HTMLInputElement ? [...(one.labels ?? [])] : [];
      const { left, right, top, bottom } = one.getBoundingClientRect();
      const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
      const [from, to] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
      return [0.5, 0.1, 0.9].some((at) => {
        const front = document.elementFromPoint(x, from + (to - from) * at);
        return front !== null && [one, ...labels].some((part) => part.contains(front) || front.contains(part));
      });
    };
    const all = document.querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, summary, [tabindex="0"]',
    );
    for (const one of all) {
      if (one.tabIndex < 0 || !one.checkVisibility()) continue;
      one.focus();
      if (document.activeElement !== one) continue;
      // What is drawn instead stands beside or around the real one.
      const around = [one.parentElement, one.closest('.mantine-Input-input')];
      const isSeen = [one, one.nextElementSibling, ...around].some(isOutlined);
      const name = `${one.tagName} ${one.getAttribute('aria-label') ?? one.textContent}`;
      if (!isSeen) unseen.push(`${name}: nothing shows the focus`);
      if (!isInFront(one)) unseen.push(`${name}: behind something`);
    }
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    scrollTo(0, 0);
    return unseen;
  });
}

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
