/** Faults of a Hyper-V host in the middle of a migration: it recovers, or ends in a named error with everything as it was found. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { TidyResult } from '../../main/shared/move-jobs.ts';
import type { Hyperv } from '../lab/hyperv/hyperv.ts';
import { hypervFaultStories } from '../support/hyperv-fault-stories.ts';
import { until } from '../support/until.ts';
import { FaultWorld, moved, putBack, rule, WorldPool, type Moved } from './fault-worlds.ts';
import { hypervHome, type HypervHome } from './homes.ts';

/** Stories side by side, each in a world of its own; those that wait for one are not slow. */
const WORLDS = 3;
vi.setConfig({ testTimeout: 900_000 });
let pool: WorldPool<HypervHome>;

beforeAll(async () => void (pool = await WorldPool.make(hypervHome(), WORLDS, 40)));
afterAll(async () => await pool[Symbol.asyncDispose]());

/** Nothing of Guts is there any more, besides what the machines themselves show. */
async function isLeftAlone(lab: Hyperv): Promise<void> {
  expect(lab.state().shells).toBe(0);
  await until(
    async () => lab.state().smb,
    ({ sessions, openFiles }) => sessions === 0 && openFiles.length === 0, // they end with their process, which has ended
  );
}

async function endsAs(world: FaultWorld<HypervHome>, move: Moved, ends: string, home: string): Promise<void> {
  expect(world.endOf(move), move.said.err).toEqual(ends === 'done' ? moved(home) : putBack(ends, home));
  await isLeftAlone(world.home.lab);
}

describe.concurrent('a Hyper-V host', () => {
  test.each(hypervFaultStories)('$name ($options): $ends', async ({ faults, options, ends, says }) => {
    await pool.lend(async (world) => {
      for (const fault of faults) world.home.faults.add(rule(fault));

      const move = await world.move(options);

      await endsAs(world, move, ends, ends !== 'done' || options.includes('snapshot') ? 'on' : 'off');
      expect(move.said.err).toMatch(says ?? /./);
    });
  });
});

interface Happening {
  readonly name: string;
  readonly options?: readonly string[];
  readonly first?: (lab: Hyperv, vm: string) => void;
  /** While the cloud takes the bytes of a disk. */
  readonly meanwhile?: (lab: Hyperv, vm: string) => void;
  readonly ends: string;
  readonly home: 'on' | 'off' | 'gone';
  readonly says?: RegExp;
}

const machineOf = ({ host }: Hyperv, vm: string) => host.machineNamed(vm);
/** Somebody has written to the file on which a checkpoint's lies. */
function spoilParent(lab: Hyperv, vm: string): void {
  const machine = machineOf(lab, vm);
  machine.makeCheckpoint('before the upgrade');
  for (const file of machine.disks[0]?.chain?.files.slice(0, 1) ?? []) file.toldChild = randomUUID();
}

const happenings: readonly Happening[] = [
  {
    name: 'whose service is started anew while a disk is copied',
    meanwhile: (lab) => lab.restart(),
    ends: 'done',
    home: 'off',
  },
  {
    name: 'out of service while a disk is copied',
    meanwhile: (lab) => lab.outage(3),
    ends: 'done',
    home: 'off',
  },
  {
    name: 'with a guest that does not shut down',
    options: ['--shut-down-timeout', '3'],
    first: (lab, vm) => void (machineOf(lab, vm).ignoresShutdown = true),
    ends: 'source.will-not-shut-down',
    home: 'on',
    says: /--may-pull-plug/,
  },
  {
    name: 'with a guest that does not shut down, and whose plug may be pulled',
    options: ['--shut-down-timeout', '3', '--may-pull-plug'],
    first: (lab, vm) => void (machineOf(lab, vm).ignoresShutdown = true),
    ends: 'done',
    home: 'off',
  },
  {
    name: 'on which somebody starts the machine while it is copied',
    meanwhile: (lab, vm) => lab.host.start(machineOf(lab, vm)),
    ends: 'hyperv.wrong-state',
    home: 'on',
    says: /off when its copy began/,
  },
  {
    name: 'on which somebody deletes the machine while it is copied',
    meanwhile: (lab, vm) => lab.host.delete(machineOf(lab, vm)),
    ends: 'source.vm-missing',
    home: 'gone',
  },
  {
    name: 'on which somebody deletes the machine while it is copied as it runs',
    options: ['--while-running', 'snapshot'],
    meanwhile: (lab, vm) => lab.host.delete(machineOf(lab, vm)), // which merges what was frozen
    ends: 'source.vm-missing',
    home: 'gone',
  },
];

describe.concurrent('a Hyper-V host', () => {
  test.each(happenings)('$name: $ends', async ({ options = [], first, meanwhile, ends, home, says }) => {
    await pool.lend(async (world) => {
      const { lab } = world.home;

      const move = await world.move(
        options,
        async (_, vm) => {
          if (meanwhile === undefined) return;
          await world.midUpload();
          meanwhile(lab, vm);
        },
        (vm) => first?.(lab, vm),
      );

      await endsAs(world, move, ends, home);
      expect(move.said.err).toMatch(says ?? /./);
    });
  });

  test('that takes its time to merge a checkpoint: done, when it is merged', async () => {
    await pool.lend(async (world) => {
      const { lab } = world.home;
      const { pace } = lab.host;
      pace.mergeMs = 5000;

      const move = await world.move(['--while-running', 'snapshot']);
      pace.mergeMs = 0;

      await endsAs(world, move, 'done', 'on');
      expect(lab.state().requests['script checkpoint']).toBeGreaterThan(3);
    });
  });

  test('with a disk on whose parent somebody has written: disk.parent-mismatch, and its checkpoint stays', async () => {
    await pool.lend(async (world) => {
      const move = await world.move([], undefined, (vm) => spoilParent(world.home.lab, vm));

      const end = putBack('disk.parent-mismatch');
      const atHome = { ...end.atHome, snapshots: ['before the upgrade'] };
      expect(world.endOf(move), move.said.err).toEqual({ ...end, atHome });
      await isLeftAlone(world.home.lab);
    });
  });

  test('with such a disk of a machine that is off: nothing is begun', async () => {
    await pool.lend(async (world) => {
      const move = await world.move([], undefined, (vm) => {
        machineOf(world.home.lab, vm).state = 'Off';
        spoilParent(world.home.lab, vm);
      });

      const end = putBack('preflight.blocked', 'off');
      const atHome = { ...end.atHome, snapshots: ['before the upgrade'] };
      expect(world.endOf(move), move.said.err).toEqual({ ...end, atHome });
      expect(move.said.err).toMatch(/parent/i);
    });
  });
});

test.concurrent('a Hyper-V host whose password is changed in the middle: what could not be put back is named, and is once it can', async () => {
  await using world = await FaultWorld.make(hypervHome(), 1);
  const { lab } = world.home;
  const before = lab.password;

  const { vm, record, said } = await world.move([], async () => {
    await world.midUpload();
    lab.setPassword('another one');
    lab.restart();
    lab.outage(0);
  });

  expect(record, said.err).toMatchObject({ stage: 'failed', error: { code: 'hyperv.login-refused' } });
  expect(record.error?.remedy).toMatch(/^Check the user’s .* Still there until it is cancelled .*power vm-0/);
  expect(said.err).toContain(record.error?.remedy);
  expect(said.code).toBe(1);
  expect(`${said.err}${said.out}`).not.toContain(before);
  expect(record.ledger).toMatchObject([{ kind: 'power' }]);
  expect(world.cloud.state()).toMatchObject({ images: [], ports: [], servers: [] });

  lab.setPassword(before);
  const cancelled = await world.mover.say(['cancel', record.request.id, '--json']);

  expect(cancelled, cancelled.err).toMatchObject({ code: 0 });
  expect(await world.mover.record(record.request.id)).toMatchObject({ stage: 'cancelled', ledger: [] });
  expect(world.home.atHome(vm)).toEqual({ power: 'on', snapshots: [], holds: [] });
  await isLeftAlone(lab);
});

test('in the end “guts tidy” finds nothing on either side', async () => {
  for (const { mover } of pool.all) {
    const { out } = await mover.say(['tidy', '--json']);
    expect(TidyResult.parse(JSON.parse(out))).toEqual({ leftovers: [] });
  }
});
