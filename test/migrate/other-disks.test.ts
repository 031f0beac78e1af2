/** A machine whose disks are others than those that were planned: all of its disks move, or none. */
import { describe, expect, test } from 'vitest';
import type { MigrationOptions, MigrationRequest } from '../../main/shared/migration.ts';
import { seededContent } from '../lab/content.ts';
import { EngineWorld, sizes } from './engine-world.ts';

const VM = 'vm-0';
const open = async (): Promise<EngineWorld> => await EngineWorld.open([sizes.small, sizes.small]);
const another = (sizeBytes: number) => ({ sizeBytes, content: seededContent('another disk', sizeBytes, 77) });
const differs = { code: 'migration.disks-changed', retryable: false, remedy: expect.stringContaining('guts retry') };

/** In the queue, planned with the two disks that it has. */
const queued = async (world: EngineWorld, options: Partial<MigrationOptions> = {}): Promise<MigrationRequest> => {
  const request = world.request(VM, options);
  await world.migrate(request, { until: 'queued' });
  return request;
};

describe.concurrent('a machine', { timeout: 180_000 }, () => {
  // The server came without it, and the migration said that it was done.
  test.each(['shutDown', 'snapshot'] as const)(
    'that got a disk after it was planned (%s) is not moved without it, and with it once it is planned anew',
    async (whileRunning) => {
      await using world = await open();
      const request = await queued(world, { whileRunning });
      await world.vcenter.plug(VM, another(sizes.small));

      await expect(world.migrate(request)).rejects.toMatchObject({
        ...differs,
        message: expect.stringMatching(/“vm-0”.*Hard disk 3 was added/),
      });

      expect(await world.record(request)).toMatchObject({ stage: 'failed', ledger: [], stops: [] });
      expect(world.vcenter.state().requests).not.toHaveProperty('ShutdownGuest');
      expect(world.held()).toEqual([]);
      expect((await world.migrate(request)).stage).toBe('done');
      expect(await world.hasArrived(VM, 3)).toBe(true);
    },
  );

  test('that lost one, or has another in its place, is not moved either', async () => {
    await using world = await open();
    const request = await queued(world);
    await world.vcenter.unplug(VM);
    await expect(world.migrate(request)).rejects.toMatchObject({
      ...differs,
      message: expect.stringContaining('Hard disk 2 is gone'),
    });
    await world.migrate(request, { until: 'queued' });

    await world.vcenter.unplug(VM);
    await world.vcenter.plug(VM, another(sizes.large));

    await expect(world.migrate(request)).rejects.toMatchObject({
      ...differs,
      message: expect.stringContaining(`Hard disk 1 has ${sizes.large} bytes instead of ${sizes.small}`),
    });
  });

  test('that got one while its migration was paused is started again, and nothing of its copy stays', async () => {
    await using world = await open();
    const request = await queued(world, { reading: 'lease' });
    const { faults } = world.vcenter;
    faults.add({ where: 'nfc', match: 'disk-1', kind: 'delay', count: -1 });
    faults.add({ where: 'nfc', match: 'disk-0', kind: 'stall', afterBytes: 100_000, delayMs: 120_000 });
    const running = world.migrate(request);
    await world.reaches(request, ({ what }) => what === 'copied');
    await world.pause(request);
    await running;
    await world.vcenter.plug(VM, another(sizes.small));

    await expect(world.migrate(request)).rejects.toMatchObject(differs);

    expect(await world.record(request)).toMatchObject({ stage: 'failed', ledger: [], stoppedAt: null });
    expect(world.held()).toEqual([]);
    expect(world.machine(VM).power).toBe('poweredOn');
  });

  // The moment of the copy that went was held against the machine for ever: no retry came to its end.
  test('that lost one of which there was a copy is moved without it once it is planned anew', async () => {
    await using world = await open();
    const request = await queued(world, { reading: 'lease' });
    const { faults } = world.vcenter;
    faults.add({ where: 'nfc', match: 'disk-0', kind: 'stall', afterBytes: 100_000, delayMs: 120_000 });
    const running = world.migrate(request);
    await world.reaches(request, ({ what }) => what === 'copied');
    await world.pause(request);
    await running;
    await world.vcenter.unplug(VM);
    await expect(world.migrate(request)).rejects.toMatchObject(differs);
    faults.clear();

    expect((await world.migrate(request)).stage).toBe('done');

    expect(await world.hasArrived(VM, 1)).toBe(true);
  });

  test('that gets one while it shuts down is not moved without it', async () => {
    await using world = await open();
    const request = await queued(world);
    const running = world.migrate(request).catch((error: unknown) => error);
    await world.reaches(request, (entry) => entry.what === 'making' && entry.item.kind === 'power');
    await world.vcenter.plug(VM, another(sizes.small));

    expect(await running).toMatchObject(differs);
    expect(world.held()).toEqual([]);
    expect(world.machine(VM).power).toBe('poweredOn');
  });
});
