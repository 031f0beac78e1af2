/**
 * `npm run bench:fleet`: what a fleet costs its broker and its daemon, with the real RabbitMQ and simulated workers that speak by the
 * product's own classes, each over a connection of its own.
 *
 *   npm run bench:fleet -- [--workers 10,100,300] [--askers 1,10,50] [--seconds 20] [--known 2000,8000] [--write]
 *
 * `--write` puts the tables into docs/fleet-at-scale.md. Needs root where RabbitMQ has to be installed.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { rabbitmqPeer, type RabbitmqPeer } from '../interop/rabbitmq-peer.ts';
import { Daemon } from '../support/daemon.ts';
import { guts } from '../support/guts.ts';
import { bundle } from './bundle.ts';
import { Child } from './fleet/child.ts';
import { loaded, type Loaded } from './fleet/loaded.ts';
import { migrated } from './fleet/migration.ts';
import { usageOf, type Usage } from './fleet/processes.ts';
import type { Done } from './fleet/workers.ts';

const { values: flags } = parseArgs({
  options: {
    workers: { type: 'string', default: '10,100,300' },
    askers: { type: 'string', default: '1,10,50' },
    known: { type: 'string', default: '2000,8000' },
    seconds: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
  },
});
const root = path.resolve(import.meta.dirname, '../..');
/** The product runs on the system's Node, not on the one that npm scripts get. */
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
const MOST_IN_PROCESS = 100;
/** Of connections, queues and garbage. */
const SETTLE_MS = 3000;
const seconds = Number(flags.seconds);
const numbers = (text: string): number[] => text.split(',').map(Number);
const load = (): string => loadavg()[0]?.toFixed(1) ?? '?';

const dir = mkdtempSync(path.join(tmpdir(), 'guts-bench-'));
try {
  const began = load();
  const passphraseFile = path.join(dir, 'passphrase');
  writeFileSync(passphraseFile, 'a passphrase for a benchmark\n', { mode: 0o600 });
  Object.assign(process.env, { GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: passphraseFile });
  // The engine is looked for beside whoever starts it.
  cpSync(path.join(root, 'out'), dir, { recursive: true, filter: (file) => !file.includes('renderer') });
  for (const entry of ['workers', 'keeper']) await bundle(entry, `test/bench/fleet/${entry}.ts`, dir);
  const texts: string[] = [];
  const tell = (text: string): void => {
    texts.push(text);
    process.stdout.write(`${text}\n\n`);
  };
  tell(
    `Guts on Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}, RabbitMQ of Debian with two schedulers, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, all on one machine; load ${began} before.`,
  );
  // It takes minutes: what is known is told.
  tell(await truthTable());
  tell(await workersTable());
  tell(await migrationTables());
  const text = texts.join('\n\n');
  if (flags.write) {
    const file = path.join(root, 'docs/fleet-at-scale.md');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace(/(<!-- bench:fleet -->\n)[^]*(<!-- \/bench:fleet -->)/, `$1\n${text}\n\n$2`));
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function truthTable(): Promise<string> {
  await using rabbit = await rabbitmqPeer();
  const rows: string[] = [];
  let first = 1;
  for (const mode of ['leases', 'entries'])
    for (const count of numbers(flags.askers)) {
      const dataDir = path.join(dir, `keeper-${mode}-${count}`);
      mkdirSync(dataDir, { mode: 0o700 });
      const where = [rabbit.amqp, rabbit.passwordFile];
      await using keeper = await Child.start(node, [path.join(dir, 'keeper.cjs'), ...where, dataDir]);
      const before = await keeper.ask<Usage>();
      const broker = await brokerPid(rabbit);
      const brokerBefore = usageOf(broker);
      const done = await simulated(rabbit, '-', mode, first, count);
      first += count;
      const answered = done.reduce((sum, one) => sum + one.answered, 0);
      const each = (after: Usage, earlier: Usage): string =>
        ((1000 * (after.cpuSeconds - earlier.cpuSeconds)) / answered).toFixed(2);
      const slowest = done.reduce((worst, one) => (one.milliseconds.p99 > worst.milliseconds.p99 ? one : worst));
      rows.push(
        row(
          mode === 'leases' ? 'is it still mine?' : 'an entry, on the disk',
          count,
          Math.round(answered / seconds),
          slowest.milliseconds.p50.toFixed(1),
          slowest.milliseconds.p99.toFixed(1),
          each(await keeper.ask<Usage>(), before),
          each(usageOf(broker), brokerBefore),
          load(),
        ),
      );
    }
  return [
    '| question | workers that ask one after the other | answers a second | p50 ms | p99 ms | daemon, processor ms each | broker, processor ms each | load |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

async function workersTable(): Promise<string> {
  const rows: string[] = [];
  for (const mode of ['idle', 'busy'])
    for (const count of [0, ...numbers(flags.workers)].slice(mode === 'idle' ? 0 : 1)) {
      // Each time a fresh broker and a fresh daemon: what they took before says nothing.
      await using rabbit = await rabbitmqPeer();
      const dataDir = path.join(dir, `daemon-${mode}-${count}`);
      const passphraseFile = path.join(dir, 'passphrase');
      await using daemon = await Daemon.start({
        dataDir,
        passphraseFile,
        flags: [
          '--node',
          'desk',
          '--only-workers',
          '--broker',
          rabbit.amqp,
          '--broker-password-file',
          rabbit.passwordFile,
        ],
      });
      const joinKeyFile = path.join(dir, `join-${mode}-${count}.key`);
      const key = await guts(dataDir, 'node', 'key', '-o', joinKeyFile);
      if (key.code !== 0) throw new Error(key.stderr);
      const broker = await brokerPid(rabbit);
      const seen: (readonly [Usage, Usage, Figures])[] = [];
      let up = 0;
      const look = async (): Promise<void> => {
        const used = [usageOf(broker), usageOf(daemon.pid)] as const;
        const { nodes } = await daemon.client.call('nodes.list', {});
        up = nodes.filter(({ id, isAlive }) => id !== 'desk' && isAlive).length;
        seen.push([...used, await figuresOf(rabbit)]);
      };
      const done = await simulated(rabbit, joinKeyFile, mode, 1, count, look);
      const [before, after] = [seen[0], seen[1]];
      if (before === undefined || after === undefined) throw new Error('nobody has looked');
      const percent = (which: 0 | 1): string =>
        ((100 * (after[which].cpuSeconds - before[which].cpuSeconds)) / seconds).toFixed(1);
      if (up !== count) throw new Error(`${up} of ${count} workers are up`);
      const sum = (value: (one: Done) => number): number => done.reduce((all, one) => all + value(one), 0);
      const { connections, channels, queues, memoryMiB } = after[2];
      rows.push(
        row(
          `${count} ${count === 0 ? '' : mode}`.trim(),
          [connections, channels, queues].join(' / '),
          Math.round((sum((one) => one.told) + 2 * sum((one) => one.answered)) / seconds),
          Math.round(memoryMiB),
          Math.round(after[0].rssMiB),
          percent(0),
          Math.round(after[1].rssMiB),
          percent(1),
          load(),
        ),
      );
      const sizes = Object.entries(Object.assign({}, ...done.map(({ bytes }) => bytes)) as Done['bytes']);
      if (sizes.length > 0)
        process.stderr.write(`bytes: ${sizes.map(([kind, size]) => `${kind} ${size}`).join(', ')}\n`);
    }
  return [
    '| workers | connections / channels / queues | messages a second | broker: its own count of memory, MiB | resident, MiB | processor, % of one | daemon: resident, MiB | processor, % of one | load |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

async function migrationTables(): Promise<string> {
  const rows = await migrated(dir, [1, 2, 4]);
  const like = rows[1]?.journal;
  const many = numbers(flags.known);
  const known: Loaded[] = [];
  if (like !== undefined) for (const count of [0, ...many]) known.push(await loaded(dir, like, count));
  return [
    '| a migration with | entries of its journal | bytes | the longest | lines of the queue | bytes |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(({ disks, entries, journalBytes, longestEntry, lines, lineBytes }) =>
      row(`${disks} ${disks === 1 ? 'disk' : 'disks'}`, entries, journalBytes, longestEntry, lines, lineBytes),
    ),
    '',
    '| migrations that a daemon knows | resident, MiB | starts in s | load |',
    '| --- | --- | --- | --- |',
    ...known.map(({ migrations, rssMiB, startSeconds }) =>
      row(migrations, Math.round(rssMiB), startSeconds.toFixed(1), load()),
    ),
  ].join('\n');
}

/** Starts so many, lets them work for a while, and looks before and after where that is wanted. */
async function simulated(
  rabbit: RabbitmqPeer,
  joinKeyFile: string,
  mode: string,
  first: number,
  count: number,
  look: () => Promise<void> = async () => {},
): Promise<Done[]> {
  const children: Child[] = [];
  try {
    for (let from = 0; from < count; from += MOST_IN_PROCESS) {
      const those = Math.min(MOST_IN_PROCESS, count - from);
      const words = [rabbit.amqp, rabbit.passwordFile, joinKeyFile, mode, first + from, those, seconds].map(String);
      children.push(await Child.start(node, [path.join(dir, 'workers.cjs'), ...words]));
    }
    await pause(SETTLE_MS);
    await look();
    const working = children.map(async (child) => await child.ask<Done>());
    await pause(1000 * seconds);
    await look(); // they stay connected
    return await Promise.all(working);
  } finally {
    for (const child of children) await child[Symbol.asyncDispose]();
  }
}

interface Figures {
  readonly connections: number;
  readonly channels: number;
  readonly queues: number;
  readonly memoryMiB: number;
}

async function figuresOf(rabbit: RabbitmqPeer): Promise<Figures> {
  const count = async (what: string, ...more: string[]): Promise<number> =>
    (await rabbit.ctl(what, ...more, 'name')).split('\n').filter((line) => line !== '' && line !== 'name').length;
  const [connections, channels, queues] = [
    await count('list_connections'),
    await count('list_channels'),
    await count('list_queues', '-p', 'guts'),
  ];
  const memoryMiB = Number(await rabbit.ctl('eval', 'erlang:memory(total).')) / 1024 ** 2;
  return { connections, channels, queues, memoryMiB };
}

async function brokerPid(rabbit: RabbitmqPeer): Promise<number> {
  return Number((await rabbit.ctl('eval', 'os:getpid().')).replaceAll(/\D/g, ''));
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
