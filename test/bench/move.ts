/**
 * `npm run bench:move`: what moving costs, over TLS on both sides: Guts against curl and qemu-img in one run, several disks
 * and machines at once, and the inventory of 10,000 machines. Exits 1 when a goal is missed.
 *
 *   npm run bench:move -- [--runs N] [--only WORD] [--dir DIR] [--no-inventory] [--write]
 *
 * The servers are processes of their own; only what the clients take is counted. `--write` puts the tables into
 * docs/performance.md.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { bundle } from './bundle.ts';
import { fullDisk, made, removeAndWarm, run } from './disks.ts';
import { measure, median, type Cost } from './measure.ts';

/** Of /proc. */
const TICKS_PER_SECOND = 100;
const root = path.resolve(import.meta.dirname, '../..');
const GiB = 2 ** 30;
const GOALS = { cpuOfRelay: 2.6, wallOfSteps: 0.4, peakMiBOfStream: 120, busyShare: 0.85 };
const { values: flags } = parseArgs({
  allowNegative: true,
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    dir: { type: 'string' },
    inventory: { type: 'boolean', default: true },
    write: { type: 'boolean', default: false },
  },
});
const dir = flags.dir ?? path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'guts-bench-move');
mkdirSync(dir, { recursive: true });
const at = (name: string): string => path.join(dir, name);
/** The product runs on the system's Node, not on the one that npm scripts get. */
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);

const Server = z.object({ port: z.number(), sha256: z.string() });
type Server = z.infer<typeof Server>;
const Moved = z.array(z.object({ sentBytes: z.number(), readBytes: z.number(), seconds: z.number() }));
const Areas = z.array(z.object({ start: z.number(), length: z.number(), data: z.boolean() }));

const children: ChildProcess[] = [];
async function serve(): Promise<Server> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'move-server.ts'), dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) return Server.parse(JSON.parse(line));
  throw new Error('the server ended');
}

/** What the client is told of one disk. */
interface Told {
  readonly likelyDataBytes: number | null;
  readonly reading: 'lease' | 'areas' | 'ranges';
}

say(`making a disk in ${dir}`);
const raw = fullDisk(dir, 4);
const vmdk = made(at('disk.vmdk'), (to) =>
  run(node, path.join(root, 'out/cli.cjs'), 'convert', raw, to, '--to', 'vmdk'),
);
const sizeBytes = statSync(raw).size;
const dataBytes = statSync(raw).blocks * 512;
const streamBytes = statSync(vmdk).size;
const areas = Areas.parse(
  JSON.parse(execFileSync('qemu-img', ['map', '--output=json', '-f', 'raw', raw], { encoding: 'utf8' })),
)
  .filter(({ data }) => data)
  .map(({ start, length }) => ({ offset: start, length }));
const hash = createHash('sha1');
await pipeline(createReadStream(vmdk), hash);
const sha1 = hash.digest('hex');

const thin: Told = { likelyDataBytes: dataBytes, reading: 'lease' };
const thick: Told = { likelyDataBytes: null, reading: 'lease' };
const byAreas: Told = { likelyDataBytes: dataBytes, reading: 'areas' };
const byRanges: Told = { likelyDataBytes: null, reading: 'ranges' };

const client = await bundle('client', 'test/bench/move-client.ts', dir);
copyFileSync(path.join(root, 'out/lane.cjs'), at('lane.cjs'));
const [source, sink] = [await serve(), await serve()];
const from = `https://127.0.0.1:${source.port}/disk.vmdk`;
const to = `https://127.0.0.1:${sink.port}/sink`;
/** As the product starts its engine's thread. */
const startThread =
  'const [file, move] = process.argv.slice(1); new (require("node:worker_threads").Worker)(file, { workerData: JSON.parse(move), resourceLimits: { maxYoungGenerationSizeMb: 3 } })';

function guts(told: Told, disks = 1, sinkPath = '/sink'): string[] {
  const lanes = Math.min(4, cpus().length);
  const isStream = told.reading === 'lease';
  const disk = {
    from: isStream ? '/disk.vmdk' : `/${path.basename(raw)}`,
    to: sinkPath,
    sizeBytes,
    likelyDataBytes: told.likelyDataBytes,
    sha1: isStream ? sha1 : null,
    streamBytes,
    areas: told.reading === 'areas' ? areas : null,
  };
  const move = { lanes, source, sink, disks: Array.from({ length: disks }, () => disk) };
  return [node, '-e', startThread, client, JSON.stringify({ lanes, move })];
}

/** Both ends of a relay verify nothing, which costs them less than it costs Guts. */
const relay = ['sh', '-c', `curl -sSfk '${from}' | curl -sSfk -T - '${to}'`];
const steps = (download: string, image: string): string[] => [
  'sh',
  '-ec',
  `curl -sSfk -o '${download}' '${from}'; qemu-img convert -O qcow2 '${download}' '${image}'; curl -sSfk -T '${image}' '${to}'`,
];

let missed = 0;
const verdict = (value: number, goal: number | undefined, most = true): string => {
  if (goal === undefined) return '–';
  const isMet = most ? value <= goal : value >= goal;
  if (!isMet) missed++;
  return `${isMet ? 'met' : '**missed**'} (${most ? '≤' : '≥'} ${goal})`;
};
const spreadOf = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} [${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}]`;

interface Pair {
  readonly name: string;
  readonly told: Told;
  readonly against: 'relay' | 'steps';
  readonly runs?: number;
  readonly goals: { readonly wall?: number; readonly cpu?: number };
}
/** Of what is not judged, and of what is run together, fewer runs do. */
const fewerRuns = Math.ceil(Number(flags.runs) / 3);
const pairs: Pair[] = [
  { name: 'lease, thin disk : `curl \\| curl`', told: thin, against: 'relay', goals: { cpu: GOALS.cpuOfRelay } },
  { name: 'lease, thin disk : three steps', told: thin, against: 'steps', goals: { wall: GOALS.wallOfSteps } },
  { name: 'lease, nothing known : `curl \\| curl`', told: thick, against: 'relay', goals: { cpu: GOALS.cpuOfRelay } },
  { name: 'allocated areas : `curl \\| curl`', told: byAreas, against: 'relay', runs: fewerRuns, goals: {} },
  { name: 'ranges, nothing known : `curl \\| curl`', told: byRanges, against: 'relay', runs: fewerRuns, goals: {} },
];

/** What the sink kept holds the same disk as the source. */
function mustBeWhole(told: Told): void {
  const kept = at('kept');
  measure(guts(told, 1, '/keep/kept'), {});
  run('qemu-img', 'check', '-q', '-f', 'qcow2', kept);
  run('qemu-img', 'compare', '-q', '-F', 'qcow2', '-f', 'raw', raw, kept);
  rmSync(kept);
}

function comparePair({ name, told, against, runs = Number(flags.runs), goals }: Pair): string {
  mustBeWhole(told);
  const [ours, theirs]: [Cost[], Cost[]] = [[], []];
  let sentBytes = 0;
  const [download, image] = [at('downloaded.vmdk'), at('converted.qcow2')];
  for (let i = 0; i < runs; i++) {
    const cost = measure(guts(told), {});
    ours.push(cost);
    sentBytes = Moved.parse(JSON.parse(cost.stdout))[0]?.sentBytes ?? 0;
    if (against === 'relay') theirs.push(measure(relay, {}));
    else {
      rmSync(image, { force: true });
      removeAndWarm(download, dataBytes + streamBytes);
      theirs.push(measure(steps(download, image), {}));
    }
  }
  for (const file of [download, image]) rmSync(file, { force: true });
  const ratios = (of: (cost: Cost) => number): number[] => ours.map((cost, i) => of(cost) / of(theirs[i] as Cost)); // pairs
  const wall = ratios(({ wallSeconds }) => wallSeconds);
  const cpu = ratios(({ cpuSeconds }) => cpuSeconds);
  const perGiB = (costs: readonly Cost[]): string =>
    ((median(costs.map(({ cpuSeconds }) => cpuSeconds)) * GiB) / dataBytes).toFixed(2);
  const peak = Math.max(...ours.map(({ peakMiB }) => peakMiB));
  const seconds = (costs: readonly Cost[]): string => median(costs.map(({ wallSeconds }) => wallSeconds)).toFixed(1);
  return `| ${name} | ${(sentBytes / 1e6).toFixed(0)} | ${spreadOf(wall)} | ${verdict(median(wall), goals.wall)} | ${spreadOf(cpu)} | ${verdict(median(cpu), goals.cpu)} | ${seconds(ours)} : ${seconds(theirs)} | ${perGiB(ours)} : ${perGiB(theirs)} | ${peak.toFixed(0)} |`;
}

/** Seconds of all processors together in which they had nothing to do, and those that the servers worked. */
function spent(): { readonly idle: number; readonly servers: number } {
  const idle = cpus().reduce((sum, { times }) => sum + times.idle / 1000, 0);
  const ticks = children.map(({ pid }) => {
    const words = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(words[11]) + Number(words[12]); // utime and stime, counted from the state on
  });
  return { idle, servers: ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND };
}

/**
 * Several disks in one engine, and several engines: time for each disk against one alone, how much of the processor time
 * that other programs left was used by clients and servers, and memory.
 */
function compareAtOnce(): string[] {
  const quoted = (command: readonly string[]): string =>
    command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const cases = [
    { name: '1 disk', disks: 1, command: guts(thin), isGoal: false },
    { name: '2 disks of a machine', disks: 2, command: guts(thin, 2), isGoal: true },
    { name: '4 disks at once', disks: 4, command: guts(thin, 4), isGoal: true },
    {
      name: '2 machines, each its own engine',
      disks: 2,
      command: ['sh', '-c', `${quoted(guts(thin))} & first=$!; ${quoted(guts(thin))} && wait $first`],
      isGoal: true,
    },
  ].map((one) => ({ ...one, walls: [] as number[], cpu: [] as number[], busy: [] as number[], peaks: [] as number[] }));
  for (let i = 0; i < fewerRuns; i++) {
    for (const one of cases) {
      const before = spent();
      const { wallSeconds, cpuSeconds, peakMiB } = measure(one.command, {});
      const after = spent();
      const worked = cpuSeconds + after.servers - before.servers;
      one.busy.push(worked / (worked + after.idle - before.idle));
      one.walls.push(wallSeconds / one.disks / (cases[0]?.walls[i] ?? wallSeconds));
      one.cpu.push(cpuSeconds / wallSeconds);
      one.peaks.push(peakMiB);
      if (one === cases[0]) one.walls[i] = wallSeconds;
    }
  }
  return [
    '| at once | time for each disk, of one alone | processors that the client uses | of the processor time that others left, used | goal | peak MiB | goal |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...cases.map(({ name, disks, walls, cpu, busy, peaks, isGoal }, i) => {
      const processes = name.startsWith('2 machines') ? 2 : 1;
      const peak = processes * Math.max(...peaks);
      const time = i === 0 ? `1 (${median(walls).toFixed(1)} s)` : spreadOf(walls);
      const share = `${(100 * median(busy)).toFixed(0)} %`;
      const goal = verdict(median(busy), isGoal ? GOALS.busyShare : undefined, false);
      return `| ${name} | ${time} | ${spreadOf(cpu)} | ${share} | ${goal} | ${peak.toFixed(0)} | ${verdict(peak, GOALS.peakMiBOfStream * disks)} |`;
    }),
  ];
}

function inventory(): string[] {
  const done = spawnSync(process.execPath, [path.join(import.meta.dirname, 'inventory.ts')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (done.status !== 0) missed++;
  return ['', `Inventory (\`node test/bench/inventory.ts\`): ${done.stdout.trim()}`];
}

const load = loadavg()[0]?.toFixed(1);
try {
  const rows = pairs
    .filter(({ name }) => name.includes(flags.only))
    .map((pair) => {
      say(pair.name);
      const row = comparePair(pair);
      say(row);
      return row;
    });
  const atOnce = 'at once'.includes(flags.only) ? compareAtOnce() : [];
  const tables = [
    `Guts on Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load ${load} before, medians of ${flags.runs} paired runs with their spread (${fewerRuns} where no goal is set, and at once). The disk: ${(sizeBytes / GiB).toFixed(0)} GiB with ${(dataBytes / GiB).toFixed(2)} GiB of data, which a lease gives as ${(streamBytes / 1e6).toFixed(0)} MB.`,
    '',
    '| way : against | MB sent | wall | goal | CPU | goal | seconds | CPU s/GiB | peak MiB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...atOnce,
    ...(flags.inventory ? inventory() : []),
  ].join('\n');
  process.stdout.write(`${tables}\n`);
  if (flags.write) {
    const file = path.join(root, 'docs/performance.md');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/(<!-- bench:move -->\n)[^]*(<!-- \/bench:move -->)/, `$1\n${tables}\n\n$2`));
    say(`wrote ${path.relative(root, file)}`);
  }
} finally {
  for (const child of children) child.stdin?.end();
}
process.exitCode = missed === 0 ? 0 : 1;
if (missed > 0) say(`${missed} goals were missed`);
