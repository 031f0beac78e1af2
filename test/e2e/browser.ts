/** A browser as people have one, driven from a test: a profile of its own, and nothing of Guts in it. */
import { _electron, type Page } from 'playwright-core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { downloaded, type Download } from './downloads.ts';
import { definedOf, hear, PATIENCE_MS, proveWithinPolicy } from './app.ts';

export interface OpenBrowser extends AsyncDisposable {
  readonly page: Page;
  /** What the page's console said, one line each. */
  readonly said: readonly string[];
  /** What is downloaded while `act` is done: under which name, and its bytes. */
  downloaded(act: () => Promise<void>): Promise<Download>;
}

/** @param mayViolate as of `AppOptions` */
export async function openBrowser(url: string, { mayViolate = false } = {}): Promise<OpenBrowser> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guts-browser-'));
  const { ELECTRON_RUN_AS_NODE: _none, ...env } = process.env;
  const app = await _electron.launch({
    args: [path.join(import.meta.dirname, 'browser-app'), `--user-data-dir=${folder}`, url],
    timeout: PATIENCE_MS,
    env: { ...definedOf(env), LANG: 'en_US.UTF-8', XDG_CONFIG_HOME: folder },
  });
  const said = hear(app);
  const page = await app.firstWindow({ timeout: PATIENCE_MS });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.waitForURL((at) => at.href !== 'about:blank');
  return {
    page,
    said,
    downloaded: async (act) => await downloaded(app, path.join(folder, 'downloaded'), act),
    [Symbol.asyncDispose]: async () => {
      await app.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
      if (!mayViolate) proveWithinPolicy(said);
    },
  };
}
