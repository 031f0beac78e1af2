/**
 * `npm run bench:ui`: what a person notices of the window: how soon it is there, how much of it is loaded, how quickly a
 * table of 10,000 machines filters, sorts, selects and scrolls, and how live it stays while 100 migrations tell how far they are.
 * Exits 1 when a goal is missed.
 *
 *   npm run bench:ui -- [--machines N] [--starts N] [--write]
 *
 * The window is the real one, in the real Electron, over a data folder of its own. `--write` puts the table into
 * docs/performance.md.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { newHome, openApp } from '../e2e/app.ts';
import { source } from '../store/samples.ts';
import { crowd } from './crowd.ts';
import { spreadOf, type Spread } from './spread.ts';
import { measureLive } from './ui-live.ts';
import { filterFor, scrollBy, selectAll, sortBy } from './ui-page.ts';

const GOALS = { usableMs: 2000, scriptsKB: 450, filterMs: 100, sortMs: 300, selectMs: 150, frameMs: 33, liveMs: 16 };
const WORDS = ['web', 'web-1', 'web-12', 'db-99 debian', 'team-7', 'os:debian disk>30', 'memory>=4 power:on', 'C11'];
const COLUMNS = ['Power', 'Disk size', 'OS', 'Memory', 'Name', 'Disk size'];
const root = path.resolve(import.meta.dirname, '../..');
const { values: flags } = parseArgs({
  options: {
    machines: { type: 'string', default: '10000' },
    starts: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);

let missed = 0;
function verdict(value: number, words: string, goal: number, unit: string): string {
  const isMet = value < goal;
  if (!isMet) missed++;
  return `${isMet ? 'met' : '**missed**'} (${words} < ${goal} ${unit})`;
}
const line = (name: string, { count, p50, p99, max }: Spread, is: string): string =>
  `| ${name} | ${count} | ${p50.toFixed(0)} | ${p99.toFixed(0)} | ${max.toFixed(0)} | ${is} |`;
const row = (name: string, spread: Spread, goal?: number, unit = 'ms'): string =>
  line(name, spread, goal === undefined ? '–' : verdict(spread.p50, 'p50', goal, unit));
const nearlyAll = (name: string, spread: Spread, goal: number): string =>
  line(name, spread, verdict(spread.p99, 'p99', goal, 'ms'));

/** A data folder with one source and its machines. */
async function filled(dataDir: string): Promise<void> {
  const from = source('vc1');
  await new ConnectionStore(dataDir).put('source', from);
  await using writer = await new InventoryStore(dataDir).writer(from.id);
  writer.addLines(inventoryLines(crowd(Number(flags.machines))).text);
  await writer.finish();
}

/** Kilobytes of all that the page may load, as it is sent. */
function scriptsKB(): number {
  const folder = path.join(root, 'out/renderer/assets');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return scripts.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(folder, name))).length, 0) / 1000;
}

/**
 * Measures in the page. What its thread was ready and got no processor is taken off, so that what else runs on the machine
 * is not laid to the window.
 */
class Watch {
  readonly #page: Page;
  readonly #pid: number;

  constructor(page: Page, pid: number) {
    this.#page = page;
    this.#pid = pid;
  }

  async each<T>(inputs: readonly T[], measure: (input: T) => Promise<number>): Promise<number[]> {
    const tookMs: number[] = [];
    for (const input of inputs) {
      const before = this.#waited();
      // The declared type of what is measured is lost on its way to the page.
      const took = await this.#page.evaluate(measure as (input: unknown) => Promise<number>, input);
      tookMs.push(Math.max(0, took - (this.#waited() - before)));
    }
    return tookMs;
  }

  /** Milliseconds since its process began; none where the system does not tell. */
  #waited(): number {
    if (process.platform !== 'linux') return 0;
    const [, nanoseconds = '0'] = readFileSync(`/proc/${this.#pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  }
}

async function measured(): Promise<string[]> {
  const load = loadavg()[0]?.toFixed(1);
  using home = newHome();
  say(`making a data folder with ${flags.machines} machines`);
  await filled(home.dataDir);
  const usableMs: number[] = [];
  const shownMs: number[] = [];
  const firstMs: number[] = [];
  const tables: { filter: number[]; sort: number[]; select: number[]; frames: number[] }[] = [];
  for (let start = 0; start < Number(flags.starts); start++) {
    const beganMs = performance.now();
    await using open = await openApp({ home, vault: 'memory' });
    const { page } = open;
    await page.locator('[data-engine]').waitFor();
    usableMs.push(performance.now() - beganMs);
    const goneMs = performance.now();
    await page.getByRole('link', { name: 'Inventory' }).click();
    await page.locator('[aria-rowindex="2"]').waitFor();
    await page.getByText(`${Number(flags.machines).toLocaleString('en')} rows`).waitFor();
    shownMs.push(performance.now() - goneMs);
    say('the table is there');
    const pid = await open.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
    );
    if (pid === undefined) throw new Error('there is no window');
    const watch = new Watch(page, pid);
    firstMs.push(...(await watch.each(['mail-4'], filterFor)));
    const filter = await watch.each([...WORDS, ''], filterFor);
    const sort = await watch.each(COLUMNS, sortBy);
    const select = await watch.each([1, 2, 3], selectAll);
    const frames = await page.evaluate(scrollBy, { pixels: 240, frames: 150 });
    tables.push({ filter, sort, select, frames });
  }
  const all = (part: 'filter' | 'sort' | 'select' | 'frames'): Spread => spreadOf(tables.flatMap((one) => one[part]));
  const size = scriptsKB();
  say('a hundred migrations tell how far they are');
  const live = await measureLive({ migrations: 100, place: '/migrations' });
  return [
    `Electron’s window on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'} without a graphics card, load ${load} before; ${flags.machines} machines.`,
    '',
    '| milliseconds | count | p50 | p99 | most | goal |',
    '| --- | --- | --- | --- | --- | --- |',
    row('from the start of the program until the window is usable', spreadOf(usableMs), GOALS.usableMs),
    row('from the click until all machines are listed', spreadOf(shownMs)),
    row('filter, the first word after that', spreadOf(firstMs), GOALS.filterMs),
    row('filter', all('filter'), GOALS.filterMs),
    row('sort', all('sort'), GOALS.sortMs),
    row('select all', all('select'), GOALS.selectMs),
    row('a frame while scrolling', all('frames'), GOALS.frameMs),
    nearlyAll(`${live.migrations} migrations report: the program’s thread is held`, live.mainHeld, GOALS.liveMs),
    nearlyAll(`${live.migrations} migrations report: a frame is late by`, live.framesLate, GOALS.liveMs),
    row('scripts of the page, kB compressed', spreadOf([size]), GOALS.scriptsKB, 'kB'),
  ];
}

const table = (await measured()).join('\n');
process.stdout.write(`${table}\n`);
if (flags.write) {
  const file = path.join(root, 'docs/performance.md');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/(<!-- bench:ui -->\n)[^]*(<!-- \/bench:ui -->)/, `$1\n${table}\n\n$2`));
  say(`wrote ${path.relative(root, file)}`);
}
process.exitCode = missed === 0 ? 0 : 1;
if (missed > 0) say(`${missed} goals were missed`);
