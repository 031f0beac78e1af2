/**
 * What the store costs the daemon: how long a transition takes until it would survive a power cut, and how long the thread
 * is held at a time with 10,000 machines and 1,000 migrations. Exits 1 when a goal is missed.
 *
 *   npm run bench:store -- [--runs N] [--write]
 *
 * On an ext4 of its own, in a file, where root may mount one; else on the disk of the temporary folder. `--write` puts the
 * tables into docs/performance.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import { median } from './measure.ts';
import type { StoreCosts } from './store-client.ts';

const GOALS = { transitionP99Ms: 100, blockMs: 5, listP99Ms: 100 };
const DISK_BYTES = 1024 ** 3;

const { values: flags } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, write: { type: 'boolean', default: false } },
});
const root = path.resolve(import.meta.dirname, '../..');
/** The product runs on the system's Node, not on the one that npm scripts get. */
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);
let missed = 0;

function verdict(value: number, goal: number | null): string {
  if (goal === null) return '–';
  if (value <= goal) return `met (≤ ${goal})`;
  missed += 1;
  return `**missed** (≤ ${goal})`;
}

/** An ext4 in a file, mounted; null where that may not be. */
function ownDisk(dir: string): string | null {
  const image = path.join(dir, 'disk.img');
  const mounted = path.join(dir, 'disk');
  writeFileSync(image, '');
  truncateSync(image, DISK_BYTES);
  mkdirSync(mounted);
  const made = spawnSync('mkfs.ext4', ['-q', '-F', image]).status === 0;
  return made && spawnSync('mount', ['-o', 'loop', image, mounted]).status === 0 ? mounted : null;
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

function tablesOf(runs: readonly StoreCosts[], where: string, load: string): string {
  const [first] = runs;
  if (first === undefined) throw new Error('nothing was measured');
  const system = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const takes = Object.keys(first.takes).map((name) => {
    const all = runs.map((run) => run.takes[name] ?? []);
    const p99 = median(all.map((one) => at(one, 0.99)));
    const goal = name.startsWith('a list') ? GOALS.listP99Ms : GOALS.transitionP99Ms;
    const most = Math.max(...all.map((one) => one.at(-1) ?? 0));
    return `| ${name} | ${median(all.map((one) => at(one, 0.5))).toFixed(1)} | ${p99.toFixed(1)} | ${verdict(p99, goal)} | ${most.toFixed(0)} |`;
  });
  const blocks = Object.keys(first.blocks).map((name) => {
    const all = runs.flatMap((run) => run.blocks[name] ?? []);
    const most = median(all.map(({ mostMs }) => mostMs));
    const goal = name === 'nothing is done' ? null : GOALS.blockMs;
    const figures = [
      most,
      median(all.map(({ mostClockMs }) => mostClockMs)),
      median(all.map(({ mostGcMs }) => mostGcMs)),
    ].map((ms) => ms.toFixed(1));
    return `| ${name} | ${figures[0]} | ${verdict(most, goal)} | ${figures[1]} | ${figures[2]} | ${median(all.map(({ seconds }) => seconds)).toFixed(2)} |`;
  });
  return [
    `Guts on Node ${system}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load ${load} before; ${where}; medians of ${runs.length} runs.`,
    '',
    '| until it would survive a power cut | p50 ms | p99 ms | goal | most ms |',
    '| --- | --- | --- | --- | --- |',
    ...takes,
    '',
    '| while | thread held, most ms | goal | by the clock | garbage collector | seconds |',
    '| --- | --- | --- | --- | --- | --- |',
    ...blocks,
  ].join('\n');
}

const dir = mkdtempSync(path.join(tmpdir(), 'guts-bench-'));
const disk = ownDisk(dir);
const load = loadavg()[0]?.toFixed(1) ?? '?';
try {
  const client = await bundle('client', 'test/bench/store-client.ts', path.join(dir, 'client'));
  symlinkSync(path.join(root, 'out'), path.join(dir, 'out')); // where it looks for the engine
  const runs: StoreCosts[] = [];
  for (let i = 0; i < Number(flags.runs); i++) {
    const data = path.join(disk ?? dir, 'data');
    const text = execFileSync(node, [client, data], {
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    runs.push(JSON.parse(text) as StoreCosts); // the client is ours
    rmSync(data, { recursive: true });
    say(`run ${i + 1} of ${flags.runs}`);
  }
  const where = disk === null ? 'the disk of the temporary folder' : 'an ext4 of its own in a file';
  const tables = tablesOf(runs, where, load);
  process.stdout.write(`${tables}\n`);
  if (flags.write) {
    const file = path.join(root, 'docs/performance.md');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/(<!-- bench:store -->\n)[^]*(<!-- \/bench:store -->)/, `$1\n${tables}\n\n$2`));
    say(`wrote ${path.relative(root, file)}`);
  }
} finally {
  if (disk !== null) spawnSync('umount', [disk]);
  rmSync(dir, { recursive: true, force: true });
}
process.exitCode = missed === 0 ? 0 : 1;
if (missed > 0) say(`${missed} goals were missed`);
