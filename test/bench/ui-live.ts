/**
 * How live the window stays while many migrations tell how far they are: what the desktop program's own thread lets wait, and
 * how long the page's frames are. `npm run bench:ui` takes it; by itself it prints its figures:
 *
 *   node scripts/display.mjs node test/bench/ui-live.ts
 */
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { networkFetch } from '../../main/api/network-fetch.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';
import { defaultSettings } from '../../main/shared/schedule.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { destination, source } from '../store/samples.ts';
import { bundle } from './bundle.ts';
import { crowd } from './crowd.ts';
import { spreadOf, type Spread } from './spread.ts';

export interface LiveOptions {
  /** How many report progress at the same time, twice a second each of its disks. */
  readonly migrations?: number;
  /** How long is looked. */
  readonly seconds?: number;
  /** The place of the window that is shown meanwhile. */
  readonly place?: string;
}

export interface LiveFigures {
  readonly migrations: number;
  /** Milliseconds in a row in which the program's thread could do nothing else: menus, dialogs and the page's requests wait. */
  readonly mainHeld: Spread;
  /** Milliseconds by which a frame of the page came later than the screen's next, 60 times a second. */
  readonly framesLate: Spread;
  /** Milliseconds of what kept the page from answering for 50 or more; none is best. */
  readonly longTasks: Spread;
}

const root = path.resolve(import.meta.dirname, '../..');
const SETTLE_MS = 2000;
const FRAME_MS = 1000 / 60;

/** Needs a built out/ and a display. */
export async function measureLive({
  migrations = 100,
  seconds = 15,
  place = '/',
}: LiveOptions = {}): Promise<LiveFigures> {
  const dir = mkdtempSync(path.join(tmpdir(), 'guts-bench-ui-'));
  const dataDir = path.join(dir, 'data');
  let app: ElectronApplication | undefined;
  try {
    await makeProgram(dir);
    const refs = await makeInventory(dataDir, migrations);
    app = await launch(dir, dataDir);
    const page = await app.firstWindow();
    await page.locator('[data-engine]').waitFor({ timeout: 60_000 });
    await startAll(dataDir, refs);
    await page.evaluate((to) => {
      location.hash = to;
    }, place);
    await pause(SETTLE_MS);
    return { migrations, ...(await looked(app, page, seconds)) };
  } finally {
    await app?.evaluate(({ app: program }) => program.exit(0)).catch(() => {}); // it goes before it can answer
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Its own main file and thread of migrations; engine, preload and page as they were built. */
async function makeProgram(dir: string): Promise<void> {
  writeFileSync(
    path.join(dir, 'package.json'),
    JSON.stringify({ name: 'guts-bench', version: '0.0.0', main: 'main.cjs' }),
  );
  await bundle('main', 'test/bench/ui-live/main.ts', dir);
  await bundle('moves', 'test/bench/daemon/moves.ts', dir);
  const out = path.join(root, 'out');
  for (const name of readdirSync(out))
    if (/^(engine|lane|preload).*\.cjs$/.test(name)) copyFileSync(path.join(out, name), path.join(dir, name));
  cpSync(path.join(out, 'renderer'), path.join(dir, 'renderer'), { recursive: true });
}

async function makeInventory(dataDir: string, machines: number): Promise<readonly string[]> {
  const connections = new ConnectionStore(dataDir);
  const from = source('vc1');
  await connections.put('source', from);
  await connections.put('destination', destination('os1'));
  await using writer = await new InventoryStore(dataDir).writer(from.id);
  const page = crowd(machines);
  writer.addLines(inventoryLines(page).text);
  await writer.finish();
  return page.vms.map(({ ref }) => ref);
}

async function launch(dir: string, dataDir: string): Promise<ElectronApplication> {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return await _electron.launch({
    args: [dir, `--user-data-dir=${path.join(dir, 'profile')}`],
    cwd: dir,
    env: { ...env, GUTS_DATA_DIR: dataDir, GUTS_VAULT: 'memory', XDG_CONFIG_HOME: path.join(dir, 'profile') },
  });
}

/** Returns when all of them copy. */
async function startAll(dataDir: string, refs: readonly string[]): Promise<void> {
  for (const name of ['daemon.json', 'api-token']) while (!existsSync(path.join(dataDir, name))) await pause(50);
  const { url } = JSON.parse(readFileSync(path.join(dataDir, 'daemon.json'), 'utf8')) as { url: string };
  const token = readFileSync(path.join(dataDir, 'api-token'), 'utf8').trim();
  const client = new ApiClient(networkFetch(), { baseUrl: url, token });
  const slot = 1000;
  const slots = { global: slot, perSource: slot, perHost: slot, perDatastore: slot, perDestination: slot };
  await client.call('settings.change', { ...defaultSettings, slots, preflights: 16 });
  const machines = refs.map((vm) => ({ vm }));
  await client.call('plans.create', { name: 'all', source: 'vc1', destination: 'os1', machines });
  await client.call('plans.start', { plan: 'all' });
  for (let copying = 0; copying < refs.length; await pause(500)) {
    const { rows } = await client.call('migrations.rows', { stage: 'copying', limit: 10_000 });
    copying = rows.length;
  }
}

interface Bench {
  heldMs(): readonly number[];
}

async function looked(app: ElectronApplication, page: Page, seconds: number): Promise<Omit<LiveFigures, 'migrations'>> {
  const held = async (): Promise<readonly number[]> =>
    await app.evaluate(() => (globalThis as unknown as { readonly bench: Bench }).bench.heldMs()); // ui-live/main.ts puts it there
  await held(); // what was before
  const { frames, longTasks } = await page.evaluate(async (lookMs) => {
    const long: number[] = [];
    const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ entryTypes: ['longtask'] });
    const drawn: number[] = [];
    await new Promise<void>((resolve) => {
      const begin = performance.now();
      let last = begin;
      const draw = (now: number): void => {
        drawn.push(now - last);
        last = now;
        if (now - begin < lookMs) requestAnimationFrame(draw);
        else resolve();
      };
      requestAnimationFrame(draw);
    });
    observer.disconnect();
    return { frames: drawn.slice(1), longTasks: long };
  }, seconds * 1000);
  const late = frames.map((ms) => Math.max(0, ms - FRAME_MS));
  return { mainHeld: spreadOf(await held()), framesLate: spreadOf(late), longTasks: spreadOf(longTasks) };
}

if (process.argv[1] === import.meta.filename) process.stdout.write(`${JSON.stringify(await measureLive(), null, 2)}\n`);
