/** `npm start -- --smoke`: proves that the window opens and that its Guts answers it, then quits. */
import type { WebContents } from 'electron';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/**
 * What the page says of the Guts behind it, once it has heard from it.
 * @throws Error when that does not happen within `limitMs`.
 */
export async function seeItWork(page: WebContents, limitMs: number): Promise<string> {
  for (const until = performance.now() + limitMs; performance.now() < until; await pause(LOOK_EVERY_MS)) {
    const shown: unknown = await page.executeJavaScript("document.querySelector('[data-engine]')?.textContent ?? ''");
    if (typeof shown === 'string' && shown !== '') return shown;
  }
  throw new Error('the window did not hear from its Guts');
}
