/** Looks at a page with the eyes of axe: what keeps people from using it fails the story. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { settled } from './look.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Looker {
  run(options: object): Promise<AxeResults>;
}

/**
 * Expects that nothing serious or critical is found, as the page is now: theme, zoom and open dialogs included.
 * @param without rules that say nothing here
 */
export async function proveAccessible(page: Page, without: readonly string[] = []): Promise<void> {
  // The page's policy lets no script in; what the debugger evaluates is no script of the page.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  await page.emulateMedia({ reducedMotion: 'reduce' }); // what is half faded in has no colour of its own to judge
  await settled(page);
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { readonly axe: Looker }; // put there above
    return await axe.run({
      preload: false, // it would fetch style sheets
      resultTypes: ['violations'],
      rules: { 'target-size': { enabled: true } }, // 24 pixels; off by default
    });
  });
  await page.emulateMedia({ reducedMotion: null });
  const found = violations
    .filter(({ id, impact }) => (impact === 'serious' || impact === 'critical') && !without.includes(id))
    .map(({ id, help, nodes }) => ({ id, help, at: nodes.slice(0, 5).map(({ html }) => html.slice(0, 200)) }));

  expect(found).toEqual([]);
}
