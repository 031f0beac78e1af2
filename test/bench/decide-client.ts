/** What one decision costs by itself, as the queue and the fleet grow: prints rows of a table. Nothing runs; nodes and queue are made up. */
import { decide } from '../../main/scheduler/decide.ts';
import type { Situation } from '../../main/scheduler/decide.ts';
import { dst, GIB, node, running, situation, src, use, waiting } from '../scheduler/samples.ts';
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
