/**
 * Many simulated workers in one process, over the product's own classes and a connection each:
 * `workers BROKER PASSWORD_FILE JOIN_KEY_FILE MODE FIRST COUNT SECONDS`. Prints what they did as JSON.
 *
 * - `idle`: heartbeats, a queue of jobs and of wishes.
 * - `busy`: as `idle`, and the progress of so many disks a second and the leases of so many migrations as four slots make.
 * - `entries`, `leases`: one migration each, which asks the truth one question after the other.
 */
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Asker } from '../../../main/fleet/broker/asker.ts';
import { Broker } from '../../../main/fleet/broker/broker.ts';
import { passwordIn } from '../../../main/fleet/broker/password.ts';
import { takeJobs } from '../../../main/fleet/jobs.ts';
import { ASK_EVERY_MS, HEARTBEAT_MS } from '../../../main/fleet/lease.ts';
import { newWorkerKeys, vouch } from '../../../main/fleet/sealing.ts';
import { Teller } from '../../../main/fleet/told.ts';
import { Truth } from '../../../main/fleet/truth.ts';
import { grantWishes } from '../../../main/fleet/wishes.ts';
import type { Heartbeat } from '../../../main/shared/fleet.ts';
import { NodeId } from '../../../main/shared/schedule.ts';
import { spreadOf, type Spread } from '../spread.ts';
import { ENTRIES, entryOf, idOf } from './entries.ts';

export interface Done {
  readonly told: number;
  readonly answered: number;
  /** Of each answer. */
  readonly milliseconds: Spread;
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  /** Of one message of each kind. */
  readonly bytes: Readonly<Record<string, number>>;
}

const SLOTS = 4;
const TELL_EVERY_MS = 1000;
const GIB = 1024 ** 3;

const [url = '', passwordFile = '', joinKeyFile = '', mode = '', ...numbers] = process.argv.slice(2);
const [first = 0, count = 0, seconds = 0] = numbers.map(Number);
const joinKey = joinKeyFile === '-' ? null : readFileSync(joinKeyFile, 'utf8').trim();
const taken: number[] = [];
const bytes: Record<string, number> = {};
let told = 0;

void main();

async function main(): Promise<void> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const opened = await Promise.all(Array.from({ length: count }, async (_, i) => await open(first + i)));
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const cpu = process.cpuUsage();
  const work = opened.map(async (worker, i) => await worker(stop.signal, i));
  await pause(1000 * seconds);
  stop.abort();
  await Promise.allSettled(work);
  const { user, system } = process.cpuUsage(cpu);
  const done: Done = {
    told,
    answered: taken.length,
    milliseconds: spreadOf(taken),
    cpuSeconds: (user + system) / 1e6,
    rssMiB: process.memoryUsage.rss() / 1024 ** 2,
    bytes,
  };
  process.stdout.write(`${JSON.stringify(done)}\n`); // and stays connected until it is ended
}

type Running = (stop: AbortSignal, place: number) => Promise<void>;

async function open(number: number): Promise<Running> {
  const node = NodeId.parse(`sim-${number}`);
  const broker = new Broker({
    url,
    trust: { kind: 'system' },
    password: async () => await passwordIn(passwordFile),
    name: `guts worker ${node}`,
  });
  await broker.ready();
  const asker = await Asker.on(broker);
  const truth = await Truth.on(broker, asker);
  if (mode === 'entries' || mode === 'leases') return async (stop) => await asking(truth, node, number, stop);
  const teller = await Teller.on(broker);
  await grantWishes(broker, node, async () => await Promise.resolve({ kind: 'done' }));
  await takeJobs(broker, { node, slots: SLOTS, take: async () => await Promise.resolve() });
  const keys = newWorkerKeys();
  const beat = async (): Promise<void> => {
    const message = heartbeat(node, number, keys.publicKey);
    bytes['heartbeat'] = JSON.stringify(message).length;
    if (await teller.tell(message)) told += 1;
  };
  const progress = async (): Promise<void> => {
    for (let i = 0; i < SLOTS; i++) {
      const message = progressOf(node, number, i);
      bytes['progress'] = JSON.stringify(message).length;
      if (await teller.tell(message)) told += 1;
    }
  };
  await beat();
  return async (stop, place) => {
    const every = [again(HEARTBEAT_MS, beat, place, stop)];
    if (mode === 'busy')
      every.push(again(TELL_EVERY_MS, progress, place, stop), ...leases(truth, node, number, place, stop));
    await Promise.all(every);
  };
}

/** As a worker does, not all at the same moment. */
async function again(everyMs: number, call: () => Promise<unknown>, place: number, stop: AbortSignal): Promise<void> {
  await pause((everyMs * place) / count, undefined, { signal: stop }).catch(() => {});
  while (!stop.aborted) {
    const began = performance.now();
    await call();
    await pause(Math.max(0, everyMs - (performance.now() - began)), undefined, { signal: stop }).catch(() => {});
  }
}

const leases = (truth: Truth, node: NodeId, number: number, place: number, stop: AbortSignal): Promise<void>[] =>
  Array.from({ length: SLOTS }, async (_, i) => {
    const question = { kind: 'lease', migration: idOf(number, i), token: 1, node } as const;
    await again(ASK_EVERY_MS, async () => await timed(truth.ask(question, stop)), place, stop);
  });

async function asking(truth: Truth, node: NodeId, number: number, stop: AbortSignal): Promise<void> {
  for (let i = 0; !stop.aborted; i++) {
    const admission = { migration: idOf(number, Math.floor(i / ENTRIES)), token: 1, node };
    const at = i % ENTRIES;
    const question =
      mode === 'leases'
        ? ({ kind: 'lease', ...admission } as const)
        : ({ kind: 'entry', ...admission, number: at + 1, entry: entryOf(admission.migration, at) } as const);
    bytes[question.kind] = JSON.stringify(question).length;
    await timed(truth.ask(question, stop));
  }
}

async function timed(answer: Promise<unknown>): Promise<void> {
  const began = performance.now();
  try {
    await answer;
    taken.push(performance.now() - began);
  } catch {
    // it was stopped
  }
}

function heartbeat(node: NodeId, number: number, publicKey: string): Heartbeat {
  const at = new Date().toISOString();
  const space = { folder: '/var/cache/guts-worker', totalBytes: 900 * GIB, freeBytes: 700 * GIB, reservedBytes: 0 };
  const ids = mode === 'busy' ? Array.from({ length: SLOTS }, (_, i) => idOf(number, i)) : [];
  return {
    kind: 'heartbeat',
    node,
    incarnation: 'simulated',
    at,
    version: '0.1.0',
    tags: ['rack1'],
    reach: [],
    slots: SLOTS,
    isDraining: false,
    facts: { id: node, host: node, isAlive: true, space, processors: 4, memoryBytes: 8 * GIB, seenAt: at },
    running: ids.map((migration) => ({ migration, token: 1, bytesPerSecond: 60e6 })),
    publicKey,
    vouched: joinKey === null ? '' : vouch(joinKey, node, publicKey, at),
  };
}

const progressOf = (node: NodeId, number: number, place: number) =>
  ({
    kind: 'progress',
    migration: idOf(number, place),
    token: 1,
    node,
    progress: {
      disk: 'Hard disk 1',
      diskIndex: 0,
      disks: 2,
      doneBytes: 123_456_789_012,
      totalBytes: 214_748_364_800,
      writtenBytes: 98_765_432_109,
      bytesPerSecond: 61_234_567,
      secondsLeft: 1234,
    },
  }) as const;
