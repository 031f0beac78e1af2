/** Looks for what keeps people from using a page, with axe-core in the page itself. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** Nothing that is serious or worse stands in anybody's way. */
export async function proveAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const found: Finding[] = await page.evaluate('axe.run(document).then(({ violations }) => violations)');
  const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const words = serious.map(({ id, nodes }) => {
    const places = nodes.map(({ target, failureSummary = '' }) => `${String(target)} ${failureSummary}`);
    return `${id}: ${places.join(' | ')}`;
  });
  expect(words).toEqual([]);
}
