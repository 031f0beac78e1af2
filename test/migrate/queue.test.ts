/** A migration is brought into the queue first, and goes on from there when its turn comes, as the world is by then. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationRecord } from '../../main/shared/migration.ts';
import { EngineWorld, sizes } from './engine-world.ts';

const MINUTE_MS = 60_000;
const journeyOf = ({ stages }: MigrationRecord): string[] => stages.map(({ stage }) => stage);

describe('a migration that is only to be queued', { timeout: 300_000 }, () => {
  let world: EngineWorld;
  beforeAll(async () => void (world = await EngineWorld.open(...Array.from({ length: 5 }, () => [sizes.small]))));
  afterAll(async () => await world[Symbol.asyncDispose]());

  test('is planned and looked at, and then holds nothing on either side', async () => {
    const request = world.request('vm-0');

    const queued = await world.migrate(request, { until: 'queued' });

    expect(queued).toMatchObject({ stage: 'queued', isRunning: false, ledger: [], error: null });
    expect(queued.plan?.disks).toHaveLength(1);
    expect(world.vcenter.state().sessions).toBe(0);
    expect(world.held()).toEqual([]);
    expect(world.machine('vm-0').power).toBe('poweredOn');

    const again = await world.migrate(request, { until: 'queued' });
    await world.letPass(9 * MINUTE_MS, request);
    const done = await world.migrate(request);

    expect(journeyOf(again)).toEqual(['planned', 'preflight', 'queued']);
    expect(done.stage).toBe('done');
    expect(await world.hasArrived('vm-0', 1)).toBe(true);
    expect((await world.journal(request)).filter(({ what }) => what === 'planned')).toHaveLength(1);
  });

  test('is looked at once more when it has waited for more than ten minutes', async () => {
    const request = world.request('vm-1');
    await world.migrate(request, { until: 'queued' });
    await world.letPass(11 * MINUTE_MS, request);

    const done = await world.migrate(request, { until: 'end' });

    expect(done.stage).toBe('done');
    expect((await world.journal(request)).filter(({ what }) => what === 'planned')).toHaveLength(2);
  });

  test('fails from the queue, before anything is touched, when something stops it by then; and may be queued again', async () => {
    const request = world.request('vm-2');
    await world.migrate(request, { until: 'queued' });
    await world.letPass(11 * MINUTE_MS, request);
    const before = world.held();
    const quotas = { ...world.cloud.quotas };
    world.cloud.quotas.instances = 0;

    await expect(world.migrate(request)).rejects.toMatchObject({ code: 'preflight.blocked' });

    const failed = await world.record(request);
    expect(failed).toMatchObject({ stage: 'failed', error: { code: 'preflight.blocked' }, ledger: [] });
    expect(failed.findings.map(({ id }) => id)).toContain('OST-13');
    expect(journeyOf(failed)).toEqual(['planned', 'preflight', 'queued', 'failed']);
    expect(world.held()).toEqual(before);
    expect(world.machine('vm-2').power).toBe('poweredOn');

    Object.assign(world.cloud.quotas, quotas);
    const queued = await world.migrate(request, { until: 'queued' });

    expect(queued).toMatchObject({ stage: 'queued', error: null });
  });

  test('is left as it stands when it is further on, or over', async () => {
    const request = world.request('vm-3');
    await world.migrate(request, { until: 'queued' });
    await world.isAt(request, 'preparing', 'copying');

    const copying = await world.migrate(request, { until: 'queued' });
    await world.cancel(request);
    const cancelled = await world.migrate(request, { until: 'queued' });

    expect(copying).toMatchObject({ stage: 'copying', isRunning: false });
    expect(cancelled.stage).toBe('cancelled');
    expect(world.machine('vm-3').power).toBe('poweredOn');
  });
});
