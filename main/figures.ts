/** What a daemon is at work on, in figures for whoever watches it. */
import type { Metric } from './api/metrics.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import { Stage } from './shared/stages.ts';
import type { MigrationIndex } from './store/migrations.ts';

export async function figuresOf(index: MigrationIndex, scheduler: Scheduler): Promise<Metric[]> {
  const byStage = new Map<string, number>(Stage.options.map((stage) => [stage, 0]));
  let sentBytes = 0;
  for (const { stage, disks } of index.all()) {
    byStage.set(stage, (byStage.get(stage) ?? 0) + 1);
    for (const disk of disks) sentBytes += disk.sentBytes;
  }
  const nodes = await scheduler.nodes();
  const { slots, isPaused } = scheduler.settings;
  const gauge = (name: string, help: string, samples: Metric['samples']): Metric => ({
    name,
    help,
    type: 'gauge',
    samples,
  });
  const ofNodes = (value: (node: (typeof nodes)[number]) => number): Metric['samples'] =>
    nodes.map((node) => ({ labels: { node: node.id }, value: value(node) }));
  return [
    gauge(
      'guts_migrations',
      'Migrations by stage.',
      [...byStage].map(([stage, value]) => ({ labels: { stage }, value })),
    ),
    gauge('guts_migrations_sent_bytes', 'Bytes at destinations, of disks that the known migrations have whole.', [
      { value: sentBytes },
    ]),
    gauge('guts_slots', 'Migrations that may run at once.', [{ value: isPaused ? 0 : slots.global }]),
    gauge(
      'guts_node_up',
      'Whether the node was heard lately: 1, or 0. What is told of a node that is down is what it said last.',
      ofNodes(({ isAlive }) => Number(isAlive)),
    ),
    gauge(
      'guts_node_draining',
      'Whether the node is given nothing new: 1, or 0.',
      ofNodes(({ isDraining = false }) => Number(isDraining)),
    ),
    gauge(
      'guts_node_slots',
      'Migrations that a worker runs at once, at most.',
      nodes.flatMap(({ id, slots: own }) => (own === undefined ? [] : [{ labels: { node: id }, value: own }])),
    ),
    gauge(
      'guts_node_running',
      'Migrations that hold slots.',
      ofNodes(({ running }) => running.length),
    ),
    gauge(
      'guts_node_free_bytes',
      'Conversion space that is free.',
      ofNodes(({ space }) => space.freeBytes),
    ),
    gauge(
      'guts_node_reserved_bytes',
      'Conversion space that is promised to migrations that run.',
      ofNodes(({ space }) => space.reservedBytes),
    ),
    gauge(
      'guts_node_bytes_per_second',
      'What the copies on the node send to destinations.',
      ofNodes(({ bytesPerSecond = 0 }) => Math.round(bytesPerSecond)),
    ),
    gauge(
      'guts_node_limit_bytes_per_second',
      'What the node may send of the limit for all together, where there is one and it runs something.',
      nodes.flatMap(({ id, limitBytesPerSecond: value = null }) =>
        value === null ? [] : [{ labels: { node: id }, value }],
      ),
    ),
  ];
}
