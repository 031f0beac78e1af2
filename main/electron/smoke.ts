/** `npm start -- --smoke`: proves that the window opens and that its live number moves, then quits. */
import type { WebContents } from 'electron';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/**
 * What the page shows as its live number, after it has been seen to change.
 * @throws Error when it does not change within `limitMs`.
 */
export async function seeLiveNumberMove(page: WebContents, limitMs: number): Promise<string> {
  const seen = new Set<string>();
  for (const until = performance.now() + limitMs; performance.now() < until; await pause(LOOK_EVERY_MS)) {
    const shown: unknown = await page.executeJavaScript("document.querySelector('[data-live]')?.textContent ?? ''");
    if (typeof shown === 'string' && shown !== '') seen.add(shown);
    if (seen.size > 1) return String(shown);
  }
  throw new Error(
    seen.size === 0 ? 'the window showed no live number' : `the live number stood at ${[...seen].join()}`,
  );
}
