/** The window by its keys alone: where they are, and how they get somewhere. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

type Role = Parameters<Page['getByRole']>[0];

const NOWHERE = 'nothing';

/** There may be several of that name. */
const hasFocus = async (some: Locator): Promise<boolean> =>
  await some.evaluateAll((elements) => elements.some((one) => one === document.activeElement));

/** Presses Tab until that has the focus; what was done before must not have lost it. */
export async function tabTo(page: Page, role: Role, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  const passed: string[] = [];
  await wanted.first().waitFor(); // sixty presses are over sooner than a slow computer has loaded it
  await proveKept(page);
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if (await hasFocus(wanted)) return;
    passed.push(await focused(page));
  }
  throw new Error(`Tab does not come to the ${role} “${name}”, only to ${passed.join(', ')}.`);
}

/** Expects that this comes to have the focus by itself. */
export async function proveFocus(page: Page, role: Role, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: true });
  await expect.poll(async () => [await hasFocus(wanted), await focused(page)]).toEqual([true, expect.anything()]);
}

/** Presses a key, and expects that the focus is not lost of it. */
export async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  await proveKept(page);
}

const proveKept = async (page: Page): Promise<void> =>
  await expect.poll(async () => await focused(page)).not.toBe(NOWHERE);

/** What has the focus, for people who read why a story failed. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate((nowhere) => {
    const one = document.activeElement;
    return one === null || one === document.body
      ? nowhere
      : `${one.tagName} ${one.id} ${(one.getAttribute('aria-label') ?? one.textContent ?? '').slice(0, 40)}`;
  }, NOWHERE);
}
