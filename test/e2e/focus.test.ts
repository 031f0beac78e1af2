/** Where the keyboard is can be seen: by a ring around every field and button, native lists included. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, keepPicture, type OpenApp } from './app.ts';
import { visit } from './look.ts';

let open: OpenApp;
beforeAll(async () => {
  open = await openApp({ vault: 'memory' });
  await open.page.locator('[data-engine]').waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
});

test.each([
  ['/settings', 'input'],
  ['/settings/log', 'input'],
  ['/connections/new/cloud', 'select'],
  ['/connections/new/source', 'input[type=password]'],
  ['/plans/new', 'button'],
])('at %s', async (path, least) => {
  const { page } = open;
  await visit(page, { path });
  await page.keyboard.press('Tab'); // from now on the focus is the keyboard's

  const fields = page.getByRole('main').locator('input:visible, select:visible, textarea:visible, button:visible');
  const seen = await fields.evaluateAll(
    (all, wanted) =>
      all.map((one) => {
        if (one instanceof HTMLElement) one.focus();
        // A switch and a choice of several draw the ring beside the field itself, which is as large as nothing.
        const ring = [one, one.nextElementSibling].some(
          (part) => part !== null && getComputedStyle(part).outlineStyle === 'solid',
        );
        return { isWanted: one.matches(wanted), isOff: one.matches(':disabled'), ring, html: one.outerHTML };
      }),
    least,
  );

  const without = seen.filter(({ isOff, ring }) => !isOff && !ring).map(({ html }) => html);
  expect([without, seen.some(({ isWanted }) => isWanted)]).toEqual([[], true]);
  await page.getByRole('main').locator(`${least}:visible:enabled`).first().focus();
  await keepPicture(page, `focus${path.replaceAll('/', '-')}`);
});
