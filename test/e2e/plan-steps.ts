/** How stories about plans get to a page of theirs, and to a step of the wizard. */
import type { Locator, Page } from 'playwright-core';

/** Goes to a place of the window, and waits for its heading. */
export async function visit(page: Page, to: string, heading: string): Promise<void> {
  await page.evaluate((there) => {
    location.hash = there;
  }, to);
  await page.getByRole('heading', { name: heading }).first().waitFor();
}

export const stepButton = (page: Page, name: string): Locator =>
  page.getByRole('navigation', { name: 'Steps of the plan' }).getByRole('button', { name: new RegExp(`^${name}`) });
