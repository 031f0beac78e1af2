/** Several migrations in one engine thread: each arrives whole, is told of by itself, and ends without the others. */
import { describe, expect, test } from 'vitest';
import type { Progress } from '../../main/shared/jobs.ts';
import type { MigrationRequest } from '../../main/shared/migration.ts';
import type { Stage } from '../../main/shared/stages.ts';
import { MiB } from '../support/disks.ts';
import { EngineWorld, sizes } from './engine-world.ts';

/** What is told of one job, in order. */
class Told {
  readonly stages: Stage[] = [];
  readonly progress: Progress[] = [];
  readonly onStage = (stage: Stage): void => void this.stages.push(stage);
  readonly onProgress = (progress: Progress): void => void this.progress.push(progress);

  /** The disks that it tells of, each as its place among how many. */
  get disks(): string[] {
    return [...new Set(this.progress.map(({ diskIndex, disks }) => `${diskIndex + 1} of ${disks}`))].toSorted();
  }

  /** Whether nothing that is told of a disk runs backwards, or beyond its end. */
  get isSteady(): boolean {
    const last = new Map<number, Progress>();
    return this.progress.every((now) => {
      const before = last.get(now.diskIndex);
      last.set(now.diskIndex, now);
      return (
        now.doneBytes <= now.totalBytes &&
        (before === undefined || (now.doneBytes >= before.doneBytes && now.totalBytes === before.totalBytes))
      );
    });
  }
}

const journey = [
  'planned',
  'preflight',
  'queued',
  'preparing',
  'copying',
  'provisioning',
  'booting',
  'verifying',
  'done',
];

describe('migrations side by side in one engine', { timeout: 300_000 }, () => {
  test('arrive, each with its own disks, stages and progress', async () => {
    const machines = [[sizes.large, sizes.small], [3 * MiB], [sizes.small, sizes.small, 5 * MiB]];
    await using world = await EngineWorld.open(...machines);
    const readings = ['lease', 'ranges', 'areas'] as const;
    const told = machines.map(() => new Told());

    const done = await Promise.all(
      told.map(async (listener, i) => {
        const request = world.request(`vm-${i}`, { reading: readings[i] ?? 'auto', boot: 'volume' });
        return await world.migrate(request, {}, listener);
      }),
    );

    for (const [i, { stages, disks, isSteady }] of told.entries()) {
      expect(done[i]).toMatchObject({ stage: 'done', request: { vm: { name: `vm-${i}` } } });
      expect(await world.hasArrived(`vm-${i}`, machines[i]?.length ?? 0)).toBe(true);
      expect(stages).toEqual(journey);
      expect(disks).toEqual(machines[i]?.map((_, disk, { length }) => `${disk + 1} of ${length}`));
      expect(isSteady).toBe(true);
    }
    expect(world.heldAtHome()).toEqual([]);
  });

  test('do not end with one that is cancelled, paused, or fails', async () => {
    await using world = await EngineWorld.open([sizes.small], [sizes.small], [sizes.small], [sizes.large]);
    const requestOf = (machine: number, reading: 'lease' | 'ranges'): MigrationRequest =>
      world.request(`vm-${machine}`, { reading });
    const [cancelled, paused] = [requestOf(0, 'ranges'), requestOf(1, 'ranges')];
    const [fails, arrives] = [requestOf(2, 'lease'), requestOf(3, 'lease')];
    const cancel = new AbortController();
    const stall = { kind: 'stall', afterBytes: 50_000 } as const;
    world.vcenter.faults.add({ where: 'nfc', ...stall, delayMs: 2500, count: 2 });
    // These are still at work when they are told to stop, however long the others take to begin.
    world.vcenter.faults.add({ where: 'folder', match: 'vm-[01]-flat', ...stall, delayMs: 120_000, count: -1 });
    const message = 'No valid host was found.';
    world.cloud.faults.add({ where: 'compute', kind: 'error', match: '^POST /v2.1/servers', message });
    const failing = world.migrate(fails);
    const atWork = [
      world.migrate(cancelled, {}, { signal: cancel.signal }),
      world.migrate(paused),
      world.migrate(arrives),
    ] as const;
    for (const request of [cancelled, paused, fails, arrives])
      await world.reaches(request, (entry) => entry.what === 'making' && entry.item.kind === 'image');

    cancel.abort();
    const pausing = world.pause(paused);

    await expect(atWork[0]).rejects.toMatchObject({ code: 'job.cancelled' });
    expect(await pausing).toMatchObject({ stage: 'paused' });
    expect(await atWork[1]).toMatchObject({ stage: 'paused' });
    await Promise.allSettled([failing, atWork[2]]);
    const ends = await Promise.all([fails, arrives].map(async (request) => (await world.record(request)).stage));
    expect(ends.toSorted()).toEqual(['done', 'failed']);
    expect(world.machine('vm-0').power).toBe('poweredOn');
    expect(world.machine('vm-1').power).toBe('poweredOff');
    expect(world.heldAtHome()).toEqual([]);
  });
});
