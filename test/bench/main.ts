/**
 * `npm run bench`: Guts against qemu-img on the same files in one run, as ratios of medians; exits 1 when a goal is missed.
 *
 *   npm run bench -- [--runs N] [--only WORD] [--dir DIR] [--write]
 *
 * `--write` puts the tables into docs/performance.md. Sources and outputs are in memory (/dev/shm) where it has room, so
 * that the programs are measured and not a disk.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { fullDisk, made, removeAndWarm, run, spreadDisk } from './disks.ts';
import { measure, median, type Cost } from './measure.ts';

const root = path.resolve(import.meta.dirname, '../..');
const GiB = 2 ** 30;
const ROOM_BYTES = 16 * GiB;
const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    dir: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const dir = flags.dir ?? path.join(roomy('/dev/shm') ? '/dev/shm' : tmpdir(), 'guts-bench');
mkdirSync(dir, { recursive: true });
const at = (name: string): string => path.join(dir, name);
const env = { GUTS_DATA_DIR: at('state') };
/** The product runs on the system's Node, not on the one that npm scripts get. */
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
const guts = (...args: string[]): string[] => [node, path.join(root, 'out/cli.cjs'), 'convert', ...args];

/** A disk in one format: made when it is needed, removed when it is not, for all of them would not fit in memory. */
interface Source {
  /** What it was made of: the same disk as a raw file. */
  readonly raw: string;
  readonly format: string;
  readonly make: (to: string) => void;
}

interface Pair {
  readonly name: string;
  readonly source: Source;
  readonly ending: string;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  readonly runs?: number;
  readonly goals: { readonly wall?: number; readonly cpu?: number; readonly peakMiB: number };
}

function roomy(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ROOM_BYTES;
}

const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
say(`making disks in ${dir}`);
/** For what takes long: 1.7 GiB of data. */
const disk = fullDisk(dir, 4);
/** For plain copies, which take a second for every two GiB: 3.5 GiB of data. */
const largeDisk = fullDisk(dir, 8);
const stream: Source = { raw: disk, format: 'vmdk', make: (to) => run(...spread(guts(disk, to, '--to', 'vmdk'))) };
const byQemu = (format: string, ...options: string[]): Source => ({
  raw: largeDisk,
  format,
  make: (to) => run('qemu-img', 'convert', '-O', format, ...options, largeDisk, to),
});
const vhdx = byQemu('vhdx', '-o', 'subformat=dynamic');
const vhd = byQemu('vpc', '-o', 'subformat=dynamic,force_size=on');
const sparse = byQemu('vmdk');
const plain: Source = { raw: largeDisk, format: 'raw', make: (to) => run('ln', largeDisk, to) };

function spread([command = '', ...args]: readonly string[]): [string, ...string[]] {
  return [command, ...args];
}

const pairs: Pair[] = [
  {
    name: 'streamOptimized → compressed qcow2 (carried over, SHA-512) : qemu-img -c -m 8 -W',
    source: stream,
    ending: 'qcow2',
    ours: ['--compress', '--verify', 'written'],
    theirs: ['-c', '-m', '8', '-W', '-O', 'qcow2'],
    runs: 1,
    goals: { wall: 1 / 25, peakMiB: 120 },
  },
  {
    name: 'streamOptimized → compressed qcow2 (carried over, SHA-512) : qemu-img plain qcow2',
    source: stream,
    ending: 'qcow2',
    ours: ['--compress', '--verify', 'written'],
    theirs: ['-O', 'qcow2'],
    goals: { wall: 0.2, peakMiB: 120 },
  },
  {
    name: 'the same, every Adler-32 checked as well (the default)',
    source: stream,
    ending: 'qcow2',
    ours: ['--compress'],
    theirs: ['-O', 'qcow2'],
    goals: { peakMiB: 120 },
  },
  {
    name: 'streamOptimized → raw',
    source: stream,
    ending: 'raw',
    ours: [],
    theirs: ['-O', 'raw'],
    goals: { wall: 0.65, cpu: 0.7, peakMiB: 200 },
  },
  {
    name: 'streamOptimized → qcow2',
    source: stream,
    ending: 'qcow2',
    ours: [],
    theirs: ['-O', 'qcow2'],
    goals: { wall: 0.65, cpu: 0.7, peakMiB: 200 },
  },
  ...Object.entries({ VHDX: vhdx, VHD: vhd, 'sparse VMDK': sparse, raw: plain }).flatMap(([name, source]): Pair[] => [
    { name: `${name} → raw`, source, ending: 'raw', ours: [], theirs: ['-O', 'raw'], goals: { wall: 1, peakMiB: 200 } },
    {
      name: `${name} → qcow2`,
      source,
      ending: 'qcow2',
      ours: [],
      theirs: ['-O', 'qcow2'],
      goals: { wall: 1.1, peakMiB: 200 },
    },
  ]),
];

let missed = 0;
const verdict = (value: number, goal: number | undefined): string => {
  if (goal === undefined) return '–';
  if (value > goal) missed++;
  return `${value <= goal ? 'met' : '**missed**'} (≤ ${goal.toPrecision(2)})`;
};
const ratio = (value: number): string => value.toFixed(3);
const range = (values: readonly number[]): string =>
  `[${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)}]`;
const dataBytes = (file: string): number => statSync(file).blocks * 512;
const dataGiB = (file: string): string => (dataBytes(file) / GiB).toFixed(2);

function comparePairs(): string[] {
  const rows = [
    '| conversion | data, GiB | wall | goal | CPU | goal | peak MiB | CPU s/GiB, Guts : qemu-img |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const chosen = pairs.filter(({ name }) => flags.only === undefined || name.includes(flags.only));
  chosen.forEach((pair, i) => {
    say(pair.name);
    const { source } = pair;
    const input = made(`${source.raw}.${source.format}`, source.make);
    const row = comparePair(pair, input);
    say(row);
    rows.push(row);
    if (chosen[i + 1]?.source !== source) rmSync(input);
  });
  return rows;
}

function comparePair(pair: Pair, input: string): string {
  const { source, ending, goals } = pair;
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  const output = at(`output.${ending}`);
  const bytes = dataBytes(source.raw);
  const measured = (command: readonly string[], own: Readonly<Record<string, string>>): Cost => {
    removeAndWarm(output, 1.1 * bytes);
    return measure(command, own);
  };
  for (let i = 0; i < (pair.runs ?? Number(flags.runs)); i++) {
    ours.push(measured(guts(input, output, ...pair.ours), env));
    execFileSync('qemu-img', ['compare', source.raw, output], { stdio: ['ignore', 'ignore', 'inherit'] });
    theirs.push(measured(['qemu-img', 'convert', ...pair.theirs, input, output], {}));
  }
  rmSync(output);
  const walls = ours.map((cost, i) => cost.wallSeconds / (theirs[i]?.wallSeconds ?? Number.NaN));
  const cpu = ours.map((cost, i) => cost.cpuSeconds / (theirs[i]?.cpuSeconds ?? Number.NaN));
  const peak = Math.max(...ours.map((cost) => cost.peakMiB));
  const perGiB = (costs: readonly Cost[]): string =>
    ((median(costs.map((cost) => cost.cpuSeconds)) * GiB) / bytes).toFixed(2);
  return `| ${pair.name} | ${dataGiB(source.raw)} | ${ratio(median(walls))} ${range(walls)} | ${verdict(median(walls), goals.wall)} | ${ratio(median(cpu))} ${range(cpu)} | ${verdict(median(cpu), goals.cpu)} | ${peak.toFixed(0)}, ${verdict(peak, goals.peakMiB)} | ${perGiB(ours)} : ${perGiB(theirs)} |`;
}

/** The same 1 GiB of data on disks of 2 GiB, 64 GiB and 1 TiB: neither time nor memory may follow the disk's size. */
function compareSizes(): string[] {
  const sizes = [2 * GiB, 64 * GiB, 1024 * GiB];
  const asVmdk = (raw: string, to: string): void => run(...spread(guts(raw, to, '--to', 'vmdk')));
  const asVhdx = (raw: string, to: string): void => run('qemu-img', 'convert', '-O', 'vhdx', raw, to);
  const cases: {
    name: string;
    make?: (raw: string, to: string) => void;
    ending: string;
    options: string[];
    rows: string[];
    base?: { wall: number; peak: number };
  }[] = [
    { name: 'sparse raw → qcow2', ending: 'qcow2', options: [], rows: [] },
    { name: 'VHDX → qcow2', make: asVhdx, ending: 'qcow2', options: [], rows: [] },
    { name: 'streamOptimized → compressed qcow2', make: asVmdk, ending: 'qcow2', options: ['--compress'], rows: [] },
    { name: 'streamOptimized → raw', make: asVmdk, ending: 'raw', options: [], rows: [] },
  ];
  const chosen = cases.filter(({ name }) => flags.only === undefined || name.includes(flags.only));
  for (const size of sizes) {
    if (chosen.length === 0) break;
    const raw = spreadDisk(disk, at(`spread-${size}.raw`), size, GiB);
    for (const one of chosen) {
      say(`${one.name}, ${size / GiB} GiB`);
      const input = one.make === undefined ? raw : at('spread.in');
      one.make?.(raw, input);
      const output = at(`ours.${one.ending}`);
      const costs = Array.from({ length: Number(flags.runs) }, () => {
        rmSync(output, { force: true });
        return measure(guts(input, output, ...one.options), env);
      });
      for (const file of input === raw ? [output] : [output, input]) rmSync(file, { force: true });
      const wall = median(costs.map((cost) => cost.wallSeconds));
      const peak = median(costs.map((cost) => cost.peakMiB));
      const isBase = one.base === undefined;
      one.base ??= { wall, peak };
      const row = `| ${one.name} | ${size / GiB} GiB | ${ratio(wall / one.base.wall)} | ${verdict(wall / one.base.wall, isBase ? undefined : 2)} | ${peak.toFixed(0)} | ${(100 * (peak / one.base.peak - 1)).toFixed(1)} % | ${verdict(peak / one.base.peak, isBase ? undefined : 1.1)} |`;
      say(row);
      one.rows.push(row);
    }
    rmSync(raw, { force: true });
  }
  return [
    '| conversion | disk | time against 2 GiB | goal | peak MiB | growth | goal |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...chosen.flatMap(({ rows }) => rows),
  ];
}

const pairRows = comparePairs();
rmSync(largeDisk); // it would crowd the memory that the next part is measured in
const tables = [
  `Guts on Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}, ${execFileSync('qemu-img', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? ''}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, medians of ${flags.runs} paired runs with their spread.`,
  '',
  ...pairRows,
  '',
  'One GiB of data on disks of three sizes (medians; time and memory against the 2 GiB disk):',
  '',
  ...compareSizes(),
].join('\n');
process.stdout.write(`${tables}\n`);
if (flags.write) {
  const file = path.join(root, 'docs/performance.md');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/(<!-- bench -->\n)[^]*(<!-- \/bench -->)/, `$1\n${tables}\n\n$2`));
  say(`wrote ${path.relative(root, file)}`);
}
process.exitCode = missed === 0 ? 0 : 1;
if (missed > 0) say(`${missed} goals were missed`);
