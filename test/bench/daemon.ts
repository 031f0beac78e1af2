/**
 * `npm run bench:daemon`: a daemon that works off a queue of a thousand migrations while a dashboard and an operator ask it
 * and 200 clients listen to its events. Exits 1 when a goal is missed.
 *
 *   npm run bench:daemon -- [--moves N] [--listeners N] [--machines N] [--slots N] [--copy-ms N] [--dir DIR] [--write]
 *     [--profile DIR]
 *
 * The daemon is the real one, on a real port and a real disk; only its node is not: what runs there takes its time, tells how
 * far it is, and writes the journals that real migrations write. Clients are processes of their own. `--write` puts the
 * table into docs/performance.md.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ApiClient } from '../../main/shared/client/client.ts';
import { networkFetch } from '../../main/api/network-fetch.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';
import { defaultSettings } from '../../main/shared/schedule.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { destination, source } from '../store/samples.ts';
import { bundle } from './bundle.ts';
import { crowd } from './crowd.ts';
import type { Spread } from './spread.ts';

const GOALS = { requestMs: 100, wishMs: 100, lineMs: 100 };
const root = path.resolve(import.meta.dirname, '../..');
const { values: flags } = parseArgs({
  options: {
    moves: { type: 'string', default: '1000' },
    listeners: { type: 'string', default: '200' },
    machines: { type: 'string', default: '10000' },
    slots: { type: 'string', default: '24' },
    'copy-ms': { type: 'string', default: '2000' },
    dir: { type: 'string', default: tmpdir() },
    profile: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
/** The product runs on the system's Node, not on the one that npm scripts get. */
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);

const SpreadShape: z.ZodType<Spread> = z.object({
  count: z.number(),
  p50: z.number(),
  p99: z.number(),
  max: z.number(),
});
const Started = z.object({ url: z.string(), token: z.string() });
const Served = z.object({
  held: SpreadShape,
  lines: SpreadShape,
  details: z.number(),
  cpuSeconds: z.number(),
  peakMiB: z.number(),
});
const Heard = z.object({
  behind: SpreadShape,
  bytes: z.number(),
  ended: z.number(),
  missed: z.number(),
  events: z.number(),
  stands: z.number(),
});
const Asked = z.object({
  took: z.record(z.string(), SpreadShape),
  refused: z.number(),
  failures: z.array(z.string()),
});

/** A process that answers in lines. */
class Helper {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(...command: readonly string[]) {
    const env = { ...process.env, GUTS_VAULT: 'memory' };
    this.#child = spawn(node, command, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    if (this.#child.stdout === null) throw new Error('it has no output');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async hear<T>(schema: z.ZodType<T>): Promise<T> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`a process of the bench ended: ${this.#child.spawnargs.join(' ')}`);
    return schema.parse(JSON.parse(line.value));
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  end(): void {
    this.#child.stdin?.end();
  }

  async ended(): Promise<void> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }

  kill(): void {
    this.#child.kill();
  }
}

let missed = 0;
function verdict(value: number, goal: number | undefined): string {
  if (goal === undefined) return '–';
  const isMet = value <= goal;
  if (!isMet) missed++;
  return `${isMet ? 'met' : '**missed**'} (p99 ≤ ${goal})`;
}
const row = (name: string, { count, p50, p99, max }: Spread, goal?: number): string =>
  `| ${name} | ${count} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${max.toFixed(1)} | ${verdict(p99, goal)} |`;

const load = loadavg()[0]?.toFixed(1);
const nodeVersion = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
const dir = mkdtempSync(path.join(flags.dir, 'guts-bench-daemon-'));
const dataDir = path.join(dir, 'data');
const helpers: Helper[] = [];
const started = (...command: readonly string[]): Helper => {
  const helper = new Helper(...command);
  helpers.push(helper);
  return helper;
};

async function bundled(): Promise<(name: string) => string> {
  for (const name of ['server', 'moves', 'listeners', 'dashboard'])
    await bundle(name, `test/bench/daemon/${name}.ts`, dir);
  for (const name of readdirSync(path.join(root, 'out')))
    if (/^(engine|lane).*\.cjs$/.test(name)) copyFileSync(path.join(root, 'out', name), path.join(dir, name));
  return (name) => path.join(dir, `${name}.cjs`);
}

async function filled(): Promise<readonly string[]> {
  const connections = new ConnectionStore(dataDir);
  const [from, to] = [source('vc1'), destination('os1')];
  await connections.put('source', from);
  await connections.put('destination', to);
  await using writer = await new InventoryStore(dataDir).writer(from.id);
  const machines = crowd(Number(flags.machines));
  for (let at = 0; at < machines.vms.length; at += 250)
    writer.addLines(
      inventoryLines({
        ...machines,
        ...(at > 0 ? { networks: [], datastores: [], hosts: [] } : {}),
        vms: machines.vms.slice(at, at + 250),
      }).text,
    );
  await writer.finish();
  return machines.vms.slice(0, Number(flags.moves)).map(({ ref }) => ref);
}

async function measured(): Promise<string[]> {
  say(`making a data folder with ${flags.machines} machines in ${dir}`);
  const at = await bundled();
  const refs = await filled();
  const profiled = flags.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${flags.profile}`];
  const server = started(...profiled, at('server'), dataDir, flags['copy-ms']);
  const { url, token } = await server.hear(Started);
  const client = new ApiClient(networkFetch(), { baseUrl: url, token });
  server.tell('start');
  const atStart = await server.hear(Served);

  const listeners = started(at('listeners'), url, flags.listeners);
  listeners.tell(token);
  await listeners.hear(z.object({ listening: z.number() }));
  const dashboard = started(at('dashboard'), url);
  dashboard.tell(token);
  await dashboard.hear(z.object({ looking: z.boolean() }));

  say(`${flags.listeners} listen; starting a plan of ${refs.length} machines`);
  const slot = Number(flags.slots);
  const slots = { global: slot, perSource: slot, perHost: slot, perDatastore: slot, perDestination: slot };
  await client.call('settings.change', { ...defaultSettings, slots, preflights: 8 });
  const beganMs = performance.now();
  const machines = refs.map((vm, i) => ({ vm, wave: i < refs.length / 2 ? 1 : 2 }));
  await client.call('plans.create', { name: 'all', source: 'vc1', destination: 'os1', machines });
  const { results } = await client.call('plans.start', { plan: 'all' });
  const startedMs = performance.now();
  if (results.some(({ error }) => error !== null)) throw new Error('not all of the plan was started');
  server.tell('plan');
  const atPlan = await server.hear(Served);
  dashboard.tell('wish');

  for (let done = 0; done < refs.length; await pause(1000)) {
    const metrics = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
    const now = Number(/^guts_migrations\{stage="done"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
    if (Math.floor(now / 100) > Math.floor(done / 100)) say(`${now} are done`);
    done = now;
  }
  const workedSeconds = (performance.now() - startedMs) / 1000;
  const allSeconds = (performance.now() - beganMs) / 1000;
  server.tell('work');
  const atWork = await server.hear(Served);
  dashboard.end();
  const asked = await dashboard.hear(Asked);
  await pause(500); // what was told last is on its way
  listeners.end();
  const heard = await listeners.hear(Heard);
  server.end();
  await server.ended();
  if (asked.failures.length > 0) throw new Error(`requests failed: ${asked.failures.slice(0, 5).join('; ')}`);
  if (heard.ended + heard.missed > 0 || heard.stands !== 1)
    throw new Error(`listeners missed something: ${JSON.stringify(heard)}`);

  const cpuSeconds = atPlan.cpuSeconds + atWork.cpuSeconds;
  const { took } = asked;
  const { 'a wish, until it is acknowledged': wish, ...looks } = took;
  if (wish === undefined) throw new Error('nothing was wished for');
  return [
    [
      `Guts on Node ${nodeVersion}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load ${load} before.`,
      `A plan of ${refs.length} machines was written down and put into the queue in ${((startedMs - beganMs) / 1000).toFixed(1)} s,`,
      `and worked off in ${workedSeconds.toFixed(0)} s, ${slot} at once.`,
      `There were ${(heard.events / allSeconds).toFixed(0)} events in a second, which are ${(heard.bytes / 1e6 / allSeconds).toFixed(1)} MB`,
      `to ${flags.listeners} listeners, none of whom missed one. The daemon took ${((100 * cpuSeconds) / allSeconds).toFixed(0)} % of a processor`,
      `with all its threads, and ${atWork.peakMiB.toFixed(0)} MiB at most.`,
    ].join(' '),
    '',
    '| milliseconds | count | p50 | p99 | most | goal |',
    '| --- | --- | --- | --- | --- | --- |',
    ...Object.entries(looks).map(([name, spread]) => row(name, spread, GOALS.requestMs)),
    row('a wish, until it is acknowledged', wish, GOALS.wishMs),
    row('a line of a journal, until it is on the disk', atWork.lines, GOALS.lineMs),
    row('events, behind', heard.behind),
    row('event loop held: start', atStart.held),
    row('event loop held: a plan is started', atPlan.held),
    row('event loop held: at work', atWork.held),
  ];
}

try {
  const table = (await measured()).join('\n');
  process.stdout.write(`${table}\n`);
  if (flags.write) {
    const file = path.join(root, 'docs/performance.md');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/(<!-- bench:daemon -->\n)[^]*(<!-- \/bench:daemon -->)/, `$1\n${table}\n\n$2`));
    say(`wrote ${path.relative(root, file)}`);
  }
} finally {
  for (const helper of helpers) helper.kill();
  rmSync(dir, { recursive: true, force: true });
}
process.exitCode = missed === 0 ? 0 : 1;
if (missed > 0) say(`${missed} goals were missed`);
