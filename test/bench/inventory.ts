/**
 * `node test/bench/inventory.ts`: Guts against pyVmomi at reading the whole inventory of the vSphere peer, in one run.
 * Exits 1 when a goal is missed. Starts the peer where it does not run (with LAB_STATE, VSPHERE_PORT and VSPHERE_CONTROL_PORT
 * as test/peers/vsphere/lab.sh has them), and takes it down again then.
 *
 *   node test/bench/inventory.ts [--vms 10000] [--runs 3]
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { bundle } from './bundle.ts';
import { median } from './measure.ts';

const GOALS = { cpuSeconds: 10, wallRatio: 0.5, peakMiB: 150 };
/** The page size at which pyVmomi is at its best; see what bench.py says of others. */
const PYVMOMI_PAGE = '1000';

const Ours = z.object({
  vms: z.number(),
  disks: z.number(),
  wallSeconds: z.number(),
  cpuSeconds: z.number(),
  peakMiB: z.number(),
});

const { values: flags } = parseArgs({
  options: { vms: { type: 'string', default: '10000' }, runs: { type: 'string', default: '3' } },
});
const here = import.meta.dirname;
const lab = path.join(here, '../peers/vsphere/lab.sh');
/** The product runs on the system's Node, not on the one that npm scripts get. */
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
/** As the product starts its engine's thread. */
const startThread =
  "new (require('node:worker_threads').Worker)(process.argv[1], { resourceLimits: { maxYoungGenerationSizeMb: 3 } })";
const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);

/**
 * Runs a command in a process that a small one has made: a process counts as its own peak what the one took that it was
 * made from, and this one is large.
 */
function run(command: readonly string[], env: Readonly<Record<string, string>>): string {
  return execFileSync('sh', ['-c', '"$@"; exit $?', 'sh', ...command], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

/** What the peer says of itself: `NAME=value` a line, quoted for a shell. */
function labEnvironment(text: string): Record<string, string> {
  const lines = text.matchAll(/^(VSPHERE_\w+)=(.*)$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value.replaceAll('\\', '')]));
}

const dir = mkdtempSync(path.join(tmpdir(), 'guts-bench-'));
const wasUp = spawnSync(lab, ['status']).status === 0;
try {
  const client = await bundle('client', 'test/bench/inventory-client.ts', dir);
  say(`starting the peer with ${flags.vms} machines${wasUp ? ', unless it runs with them already' : ''}`);
  const labEnv = labEnvironment(execFileSync(lab, ['up', '-vm', flags.vms], { encoding: 'utf8' }));
  const ours = (): z.infer<typeof Ours> => Ours.parse(JSON.parse(run([node, '-e', startThread, client], labEnv)));

  const results = [ours()];
  say('pyVmomi, a minute or more');
  const control = labEnv['VSPHERE_CONTROL'] ?? '';
  const table = run(['/usr/bin/python3', path.join(here, '../peers/vsphere/bench.py'), control, PYVMOMI_PAGE], labEnv);
  // page, bare best and median, server CPU, MB, answers, KB a machine, pyVmomi best and median, CPU, peak, load
  const row = table.trim().split('\n').at(-1)?.trim().split(/\s+/).map(Number) ?? [];
  const [, bareWall = 0, , , megabytes = 0, , , theirWall = 0, , theirCpu = 0, theirPeak = 0] = row;
  while (results.length < Number(flags.runs)) results.push(ours());

  const vms = results[0]?.vms ?? 0;
  if (vms !== Number(labEnv['VSPHERE_VMS']) || results.some((result) => result.vms !== vms))
    throw new Error(`read ${results.map((result) => result.vms).join(', ')} machines of ${labEnv['VSPHERE_VMS']}`);
  const wall = median(results.map(({ wallSeconds }) => wallSeconds));
  const cpu = median(results.map(({ cpuSeconds }) => cpuSeconds));
  const peak = Math.max(...results.map(({ peakMiB }) => peakMiB));
  const judged = [
    {
      name: 'wall s',
      ours: wall,
      theirs: theirWall,
      goal: `${GOALS.wallRatio} of theirs`,
      isMet: wall <= GOALS.wallRatio * theirWall,
    },
    { name: 'client CPU s', ours: cpu, theirs: theirCpu, goal: `${GOALS.cpuSeconds}`, isMet: cpu < GOALS.cpuSeconds },
    { name: 'peak MiB', ours: peak, theirs: theirPeak, goal: `${GOALS.peakMiB}`, isMet: peak < GOALS.peakMiB },
  ];
  process.stdout.write(
    [
      `${vms} machines; pyVmomi reads ${megabytes} MB, which takes ${bareWall} s without looking at them; load ${loadavg()[0]?.toFixed(1)}`,
      '',
      '| | Guts | pyVmomi | ratio | goal | |',
      '| --- | --- | --- | --- | --- | --- |',
      ...judged.map(({ name, ours, theirs, goal, isMet }) => {
        const figures = [ours.toFixed(1), theirs.toFixed(1), (ours / theirs).toFixed(2)].join(' | ');
        return `| ${name} | ${figures} | ${goal} | ${isMet ? 'met' : 'missed'} |`;
      }),
      '',
    ].join('\n'),
  );
  if (judged.some(({ isMet }) => !isMet)) process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
  if (!wasUp) spawnSync(lab, ['down']);
}
