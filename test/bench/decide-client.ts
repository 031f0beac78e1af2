/**
 * What one decision costs by itself, as the queue and the fleet grow, and what dealing limits among the nodes does: prints rows of a
 * table, then a sentence. Nothing runs; nodes and queue are made up.
 */
import { decide } from '../../main/scheduler/decide.ts';
import type { Situation } from '../../main/scheduler/decide.ts';
import { ALL, sourceKey } from '../../main/scheduler/buckets.ts';
import type { Copied } from '../../main/scheduler/latency-watch.ts';
import type { MigrationNode } from '../../main/scheduler/node.ts';
import { Shares } from '../../main/scheduler/shares.ts';
import { dst, GIB, mig, node, running, situation, src, use, waiting } from '../scheduler/samples.ts';
import { SimClock } from '../scheduler/sim-clock.ts';
import { spreadOf } from './spread.ts';

interface Case {
  readonly nodes: number;
  readonly waiting: number;
  readonly running: number;
  readonly atOnce: number;
}

const TIMES = 9;
const SLOTS_EACH = 4;

const cases: readonly Case[] = [
  { nodes: 100, waiting: 10_000, running: 390, atOnce: 400 },
  { nodes: 1000, waiting: 10_000, running: 3990, atOnce: 4000 },
  { nodes: 1000, waiting: 10_000, running: 0, atOnce: 1000 },
  { nodes: 1000, waiting: 96_000, running: 3990, atOnce: 4000 },
  { nodes: 1000, waiting: 100_000, running: 0, atOnce: 4000 },
];
for (const one of cases) process.stdout.write(`${rowOf(one)}\n`);
process.stdout.write(`\n${dealing()}\n`);

function rowOf(one: Case): string {
  const told = situationOf(one);
  const milliseconds: number[] = [];
  let starts = 0;
  for (let i = 0; i < TIMES; i++) {
    const before = process.cpuUsage();
    starts = decide(told).starts.length;
    const { user, system } = process.cpuUsage(before);
    milliseconds.push((user + system) / 1000);
  }
  const { p50, max } = spreadOf(milliseconds);
  return `| ${[one.nodes, one.waiting, one.running, starts, p50.toFixed(1), max.toFixed(1)].join(' | ')} |`;
}

function situationOf(one: Case): Situation {
  const useOf = (i: number) =>
    use({
      source: src(`vc${i % 20}`),
      destination: dst(`c${i % 4}`),
      host: `h${i % 211}`,
      datastores: [`ds${i % 101}`],
      spaceBytes: (1 + (i % 40)) * GIB,
    });
  const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
  const nodes = many(one.nodes, (i) => node(`w${i}`, (400 + (i % 7) * 100) * GIB, { slots: SLOTS_EACH }));
  const entries = [
    ...many(one.running, (i) =>
      running(`r${i}`, {}, { use: useOf(i), placement: { node: `w${i % one.nodes}`, reason: '', reservedBytes: GIB } }),
    ),
    ...many(one.waiting, (i) => waiting(`q${i}`, {}, { use: useOf(i) })),
  ];
  const { atOnce } = one;
  const slots = { global: atOnce, perSource: atOnce, perHost: 8, perDatastore: 20, perDestination: atOnce };
  return situation({ entries, nodes, slots });
}

/** All nodes have begun, and have no share yet. */
function dealing(): string {
  const [nodes, runs] = [1000, 4000];
  const limits = new Map<string, number>([
    [ALL, 1e9],
    ...Array.from({ length: 20 }, (_, i) => [sourceKey(src(`vc${i}`)), 1e8] as const),
  ]);
  const copied: Copied[] = [];
  using shares = new Shares({
    rates: { size: 1, set: () => {} },
    clock: new SimClock(0),
    limitOf: (key) => limits.get(key) ?? null,
    copied: () => copied,
  });
  const all = Array.from({ length: nodes }, (_, i) => ({ id: `w${i}`, limit: async () => await Promise.resolve() }));
  for (let i = 0; i < runs; i++) {
    const source = src(`vc${i % 20}`);
    shares.forRun(mig(i), all[i % nodes] as unknown as MigrationNode, source, [`ds${i % 101}`]); // no more of it is asked
    copied.push({ id: mig(i), node: '', source, host: null, datastores: [], bytesPerSecond: 1e5 + i });
  }
  const milliseconds = Array.from({ length: TIMES }, () => {
    const before = process.cpuUsage();
    shares.deal();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  const { p50, max } = spreadOf(milliseconds);
  return `Limits of 20 sources and of all together, dealt among ${nodes} nodes with ${runs} migrations: p50 ${p50.toFixed(1)} ms, most ${max.toFixed(1)} ms.`;
}
