/** The program as an operator starts it, driven from a test: a profile and a data folder of its own, thrown away afterwards. */
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

export const checkout = path.resolve(import.meta.dirname, '../..');

/** A computer that does something else as well is slow, and no failure. */
export const PATIENCE_MS = 60_000;

export interface OpenApp extends AsyncDisposable {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** What the page's console said, one line each: a blocked script shows there. */
  readonly said: readonly string[];
  readonly home: AppHome;
}

export interface AppOptions {
  /** Whose out/ is what runs. */
  readonly folder?: string;
  /** Of an earlier start, to go on there; its owner removes it. */
  readonly home?: AppHome;
  /** `keyStore` is the system's; `memory` asks for nothing; `ask` has no key store and no passphrase, so that the window asks. */
  readonly vault?: 'file' | 'keyStore' | 'memory' | 'ask';
  /** Words of the start besides, such as a link. */
  readonly words?: readonly string[];
  /** Whether the desktop has a place for tray icons; by default none, whatever it has. */
  readonly hasTray?: boolean;
  /** The story goes against the page's policy on purpose. Any other fails when it ends. */
  readonly mayViolate?: boolean;
}

/** Where a Guts of a test keeps everything. */
export interface AppHome extends Disposable {
  readonly profile: string;
  readonly dataDir: string;
  readonly passphraseFile: string;
}

export function newHome(): AppHome {
  const folder = mkdtempSync(path.join(tmpdir(), 'guts-e2e-'));
  const passphraseFile = path.join(folder, 'passphrase');
  writeFileSync(passphraseFile, 'a passphrase for tests\n', { mode: 0o600 });
  return {
    profile: path.join(folder, 'profile'),
    dataDir: path.join(folder, 'data'),
    passphraseFile,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }),
  };
}

/** Starts Guts. */
export async function openApp({
  folder = checkout,
  home,
  vault = 'file',
  words = [],
  hasTray = false,
  mayViolate = false,
}: AppOptions = {}): Promise<OpenApp> {
  const own = home ?? newHome();
  const { GUTS_VAULT_PASSPHRASE_FILE: _none, ...env } = process.env;
  const app = await _electron.launch({
    args: [folder, `--user-data-dir=${own.profile}`, ...words],
    cwd: folder,
    timeout: PATIENCE_MS,
    env: {
      ...definedOf(env),
      XDG_CONFIG_HOME: own.profile, // the oldest Electron asks this for the profile, and not the flag
      GUTS_DATA_DIR: own.dataDir,
      GUTS_VAULT: { keyStore: 'keystore', memory: 'memory', file: 'file', ask: 'file' }[vault],
      ...(vault === 'file' ? { GUTS_VAULT_PASSPHRASE_FILE: own.passphraseFile } : {}),
      GUTS_TRAY: hasTray ? 'on' : 'off',
      LANG: 'en_US.UTF-8',
    },
  });
  const child = app.process(); // Playwright forgets it when it ends
  const said = hear(app);
  const page = await app.firstWindow({ timeout: PATIENCE_MS });
  page.setDefaultTimeout(PATIENCE_MS);
  return {
    app,
    page,
    said,
    home: own,
    [Symbol.asyncDispose]: async () => {
      await end(child);
      if (home === undefined) own[Symbol.dispose]();
      if (!mayViolate) proveWithinPolicy(said);
    },
  };
}

/** Whatever the consoles of its pages say from now on, one line each. */
export function hear(app: ElectronApplication): readonly string[] {
  const said: string[] = [];
  app.context().on('console', (message) => said.push(message.text()));
  return said;
}

/** The browser says so on the page's console when something is against the page's Content Security Policy. */
export function proveWithinPolicy(said: readonly string[]): void {
  const against = said.filter((line) => /Content Security Policy|Trusted ?(Type|HTML|Script)|Refused to/i.test(line));
  if (against.length > 0) throw new Error(`The page went against its own policy:\n${against.join('\n')}`);
}

/** As the system ends it: nobody is asked, and what runs is paused. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Keeps what the window looks like under test-results/. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  // With “initial” Playwright puts no style of its own into the page, which its policy would refuse.
  await page.screenshot({ path: pictureFile(name), caret: 'initial' });
}

export function pictureFile(name: string): string {
  const folder = path.join(checkout, 'test-results');
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `${name}.png`);
}

export const definedOf = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
