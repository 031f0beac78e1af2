/** Keeps a face of the window in both themes, and has each looked at for what keeps people from using it. */
import type { Page } from 'playwright-core';
import { keepPicture } from './app.ts';
import { proveAccessible } from './axe.ts';
import { settled } from './look.ts';

export async function proveFace(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    await settled(page); // colours fade over
    await keepPicture(page, `${name}-${colorScheme}`);
    await proveAccessible(page);
  }
  await page.emulateMedia({ colorScheme: null });
}
