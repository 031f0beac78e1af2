/**
 * `npm run bench:schedule`: queues of simulated migrations, worked off by the real scheduler over its real file: how long it takes to
 * decide who starts and what the others wait for, and what that costs as the queue grows. Exits 1 when a goal is missed.
 *
 *   npm run bench:schedule -- [--moves 10000] [--workers 100] [--at-once N] [--slots-each N] [--node PATH] [--write]
 *
 * A tenth of the migrations run at once, where that is not said. The same with a quarter of them is what the growth is measured against, in the same run.
 * `--node` is another Node than the system's: from 24 on decisions are told in the thread's processor time, before that by the clock.
 * `--write` puts the table into docs/performance.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';
import type { ScheduleCosts } from './schedule-client.ts';

const GOALS = {
  decisionP99Ms: 20,
  /** Of processor time for each migration, with four times as many; two runs of the same differ by a tenth. */
  growth: 1.1,
};

const { values: flags } = parseArgs({
  options: {
    moves: { type: 'string', default: '10000' },
    workers: { type: 'string', default: '100' },
    'at-once': { type: 'string' },
    'slots-each': { type: 'string', default: '0' },
    node: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const root = path.resolve(import.meta.dirname, '../..');
/** The product runs on the system's Node, not on the one that npm scripts get. */
const node = flags.node ?? (existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath);
const dir = mkdtempSync(path.join(tmpdir(), 'guts-bench-'));
try {
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const client = await bundle('schedule-client', 'test/bench/schedule-client.ts', dir);
  const most = Number(flags.moves);
  const few = costsOf(client, Math.ceil(most / 4));
  const many = costsOf(client, most);
  const growth = each(many) / each(few);
  const decisions = execFileSync(node, [await bundle('decide-client', 'test/bench/decide-client.ts', dir)], {
    encoding: 'utf8',
  });
  const isMet = many.decided.p99 < GOALS.decisionP99Ms && growth <= GOALS.growth;
  const text = [
    `Guts on Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load ${load} before; ${flags.workers} nodes.`,
    '',
    '| migrations | at once | queued in s | done after s | processor s | ms each | decisions | p50 ms | p99 ms | most ms |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    rowOf(few),
    rowOf(many),
    '',
    `Decisions in less than ${GOALS.decisionP99Ms} ms (p99) and no more processor time for each migration with four times as many: ${isMet ? 'met' : '**missed**'} (${growth.toFixed(2)} times).`,
    '',
    'One decision by itself, in processor time, nine times each:',
    '',
    '| nodes, of four slots | wait | run | start | p50 ms | most ms |',
    '| --- | --- | --- | --- | --- | --- |',
    decisions.trimEnd(),
  ].join('\n');
  process.stdout.write(`${text}\n`);
  if (flags.write) {
    const file = path.join(root, 'docs/performance.md');
    const before = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      before.replace(/(<!-- bench:schedule -->\n)[^]*(<!-- \/bench:schedule -->)/, `$1\n${text}\n\n$2`),
    );
  }
  if (!isMet) process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function costsOf(client: string, migrations: number): ScheduleCosts {
  const atOnce = flags['at-once'] ?? Math.ceil(migrations / 10);
  const words = [client, migrations, flags.workers, atOnce, flags['slots-each']].map(String);
  const costs = JSON.parse(execFileSync(node, words, { encoding: 'utf8' })) as ScheduleCosts; // the client is ours
  if (costs.notDone > 0) throw new Error(`${costs.notDone} migrations were not done`);
  return costs;
}

function each({ cpuSeconds, migrations }: ScheduleCosts): number {
  return (1000 * cpuSeconds) / migrations;
}

function rowOf(costs: ScheduleCosts): string {
  const { migrations, slots, queuedSeconds, doneSeconds, cpuSeconds, decided } = costs;
  const figures = [queuedSeconds, doneSeconds, cpuSeconds, each(costs)].map((value) => value.toFixed(1));
  const decisions = [decided.p50, decided.p99, decided.max].map((value) => value.toFixed(1));
  return `| ${[migrations, slots, ...figures, decided.count, ...decisions].join(' | ')} |`;
}
