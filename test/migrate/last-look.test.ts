/** The last look at a machine, when all of its disks are read: only what it has shown to be whole counts, however often it is interrupted. */
import { describe, expect, test } from 'vitest';
import type { MigrationOptions, MigrationRecord, MigrationRequest } from '../../main/shared/migration.ts';
import { openSource } from '../../worker/move/sides.ts';
import { until } from '../support/until.ts';
import { EngineWorld, sizes } from './engine-world.ts';

const VM = 'vm-0';
const wait = { onTrouble: 'wait' } as const;
const never = new AbortController().signal;
const open = async (): Promise<EngineWorld> => await EngineWorld.open([sizes.small, sizes.small]);

/** With both disks copied, in the middle of the last look; how often the first disk was asked for is in the first rule. */
async function pausedInLastLook(
  world: EngineWorld,
  options: Partial<MigrationOptions> = {},
): Promise<{ readonly request: MigrationRequest; readonly paused: MigrationRecord }> {
  const request = world.request(VM, { reading: 'lease', ...options });
  const { faults } = world.vcenter;
  faults.add({ where: 'nfc', match: 'disk-0', kind: 'delay', count: -1 });
  faults.add({ where: 'soap', match: '^HttpNfcLeaseComplete$', kind: 'delay', delayMs: 60_000 });
  const running = world.migrate(request);
  await until(
    async () => await Promise.resolve(faults.rules.at(-1)?.met),
    (met) => met === 1,
  );
  const paused = await world.pause(request);
  await running;
  return { request, paused };
}
const timesCopied = (world: EngineWorld): number | undefined => world.vcenter.faults.rules[0]?.met;

describe.concurrent('a migration that is paused during its last look', { timeout: 180_000 }, () => {
  // The snapshot went, and what was copied counted as whole from then on: nobody looked again.
  test('of a machine that runs keeps the snapshot, looks again, and copies nothing twice', async () => {
    await using world = await open();
    const { request, paused } = await pausedInLastLook(world, { whileRunning: 'snapshot' });

    expect(paused.disks).toHaveLength(2);
    expect(world.heldAtHome()).toEqual([`a snapshot of ${VM}`]);
    const looksBefore = world.vcenter.state().requests['HttpNfcLeaseComplete'] ?? 0;
    const done = await world.migrate(request);

    expect(done.stage).toBe('done');
    expect(world.vcenter.state().requests['HttpNfcLeaseComplete']).toBe(looksBefore + 1);
    expect(timesCopied(world)).toBe(1);
    expect(world.heldAtHome()).toEqual([]);
    expect(await world.hasArrived(VM, 2)).toBe(true);
  });

  test('copies all again where somebody removed the snapshot meanwhile', async () => {
    await using world = await open();
    const { request, paused } = await pausedInLastLook(world, { whileRunning: 'snapshot' });
    const snapshot = paused.ledger.find(({ kind }) => kind === 'snapshot');
    await using source = await openSource(world.signIns().source, never);
    if (snapshot !== undefined) await source.undo(snapshot, never);
    for (const disk of [0, 1]) await world.vcenter.write(VM, disk, 0, Buffer.from('written since'));

    const done = await world.migrate(request);

    expect(done.stage).toBe('done');
    expect(timesCopied(world)).toBe(2);
    expect(await world.hasArrived(VM, 2)).toBe(true);
  });

  test('copies all again where the machine was off, and somebody used it meanwhile', async () => {
    await using world = await open();
    const { request } = await pausedInLastLook(world);
    await world.vcenter.write(VM, 1, 0, Buffer.from('started, used and shut down'));

    const done = await world.migrate(request);

    expect(done.stage).toBe('done');
    expect(timesCopied(world)).toBe(2);
    expect(await world.hasArrived(VM, 2)).toBe(true);
  });
});

describe.concurrent('a migration whose server was being made', { timeout: 180_000 }, () => {
  const waitsForServer = async (world: EngineWorld): Promise<MigrationRequest> => {
    const request = world.request(VM, { reading: 'lease' });
    world.vcenter.faults.add({ where: 'nfc', match: 'disk-0', kind: 'delay', count: -1 });
    world.cloud.faults.add({ where: 'compute', kind: 'drop', match: '^POST /v2.1/servers$', count: -1 });
    await world.migrate(request, wait);
    world.cloud.faults.clear();
    return request;
  };

  test('has written down that its copy is whole, and goes on from there', async () => {
    await using world = await open();
    const request = await waitsForServer(world);

    expect((await world.journal(request)).filter(({ what }) => what === 'whole')).toHaveLength(1);
    expect((await world.migrate(request)).stage).toBe('done');
    expect(timesCopied(world)).toBe(1);
  });

  test('by a Guts that did not write that down yet goes on as well', async () => {
    await using world = await open();
    const request = await waitsForServer(world);
    await world.rewrite(request, (entry) => {
      if (entry.what === 'copied') return { ...entry, snapshot: null };
      return entry.what === 'whole' ? null : entry;
    });

    expect((await world.migrate(request)).stage).toBe('done');
    expect(timesCopied(world)).toBe(1);
  });
});
