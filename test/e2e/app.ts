/** The program as an operator starts it, driven from a test: a profile of its own, thrown away afterwards. */
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

export const checkout = path.resolve(import.meta.dirname, '../..');

export interface OpenApp extends AsyncDisposable {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** What the page's console said, one line each: a blocked script shows there. */
  readonly said: readonly string[];
}

/** Starts Guts from `folder`, whose out/ is what runs. */
export async function openApp(folder: string = checkout): Promise<OpenApp> {
  const profile = mkdtempSync(path.join(tmpdir(), 'guts-e2e-'));
  const app = await _electron.launch({ args: [folder, `--user-data-dir=${profile}`], cwd: folder });
  const said: string[] = [];
  const page = await app.firstWindow();
  page.on('console', (message) => said.push(message.text()));
  return {
    app,
    page,
    said,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** Keeps what the window looks like under test-results/. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = path.join(checkout, 'test-results');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
