/**
 * A queue of simulated migrations, worked off by the real scheduler over a real queue file; its nodes are simulated, and time runs
 * faster. Prints what it cost as JSON: `schedule-client MIGRATIONS WORKERS SLOTS SLOTS_OF_EACH_WORKER`.
 */
import { once } from 'node:events';
import type { Clock } from '../../main/scheduler/clock.ts';
import { defaultSettings } from '../../main/shared/schedule.ts';
import { isOver } from '../../main/shared/stages.ts';
import { dst, GIB, plan, src, use } from '../scheduler/samples.ts';
import { SimWorld } from '../scheduler/sim-world.ts';
import { LoopWatch } from './loop-watch.ts';
import { threadWait } from './thread-block.ts';
import { spreadOf, type Spread } from './spread.ts';

export interface ScheduleCosts {
  readonly migrations: number;
  /** How many may run at once. */
  readonly slots: number;
  /** Until all were written down and in the queue. */
  readonly queuedSeconds: number;
  /** From then until the last was over. */
  readonly doneSeconds: number;
  readonly cpuSeconds: number;
  readonly decided: Spread;
  readonly held: Spread;
  readonly notDone: number;
}

/** How much faster than a watch the clock of the simulation goes: a copy of minutes takes a second. */
const FASTER = 120;

const fastClock: Clock = {
  now: () => Math.round(BEGAN_AT_MS + (performance.now() - beganMs) * FASTER),
  at: (timeMs, call) => {
    const timer = setTimeout(call, Math.max(0, (timeMs - fastClock.now()) / FASTER));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
const beganMs = performance.now();
const BEGAN_AT_MS = Date.parse('2026-06-01T10:00:00Z');

const [migrations = 0, workers = 0, slots = 0, nodeSlots = 0] = process.argv.slice(2).map(Number);
void costs().then((all) => process.stdout.write(`${JSON.stringify(all)}\n`));

async function costs(): Promise<ScheduleCosts> {
  const wait = threadWait();
  const decided: number[] = [];
  const settings = {
    ...defaultSettings,
    preflights: Math.ceil(slots / 4),
    slots: { global: slots, perSource: slots, perHost: 8, perDatastore: 20, perDestination: slots },
  };
  const names = Array.from({ length: workers }, (_, number) => `worker-${number}`);
  await using world = await SimWorld.make({
    nodes: Object.fromEntries(names.map((name, number) => [name, (400 + (number % 7) * 100) * GIB])),
    settings,
    ...(nodeSlots === 0 ? {} : { nodeSlots }),
    clock: fastClock,
    snapshotAtBytes: 1024 ** 2,
    share: 0.1,
    stopwatch: typeof process.threadCpuUsage === 'function' ? processorMs : () => performance.now() - wait.ms(),
    onDecided: (milliseconds) => void decided.push(milliseconds),
  });
  const ids = Array.from({ length: migrations }, (_, i) => world.plan(i, machine(i)));
  using watch = new LoopWatch();
  const cpu = process.cpuUsage();
  const began = performance.now();
  await world.scheduler.scheduleMany(
    ids.map((id, i) => ({
      id,
      schedule: { plan: plan(`p${i % 50}`), wave: 1 + (Math.floor((4 * i) / migrations) % 4) },
    })),
  );
  const gate = new EventTarget();
  let left = migrations;
  using _over = world.onChange(({ before, after }) => {
    if (after !== null && isOver(after.stage) && before?.stage !== after.stage) left -= 1;
    if (left === 0) gate.dispatchEvent(new Event('over'));
  });
  const over = once(gate, 'over');
  await world.scheduler.actOnMany(ids, 'start');
  const queued = performance.now();
  await over;
  const done = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  await world.settle();
  if (world.details.length > 0) throw new Error(world.details.join('\n'));
  return {
    migrations,
    slots,
    queuedSeconds: (queued - began) / 1000,
    doneSeconds: (done - queued) / 1000,
    cpuSeconds: (user + system) / 1e6,
    decided: spreadOf(decided),
    held: spreadOf(watch.report().heldMs),
    notDone: world.all().filter(({ stage }) => stage !== 'done').length,
  };
}

/** Of this thread alone: Node tells since 24, and older ones let others' work on the machine in. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function machine(i: number): Parameters<SimWorld['plan']>[1] {
  return {
    use: use({
      source: src(`vc${i % 20}`),
      destination: dst(`c${i % 4}`),
      host: `h${i % 211}`,
      datastores: [`ds${i % 101}`],
      disks: 1 + (i % 3),
      spaceBytes: (1 + (i % 40)) * GIB,
    }),
    copyMs: (30 + ((i * 7919) % 300)) * 1000,
  };
}
