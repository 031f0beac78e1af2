/** The times that a machine is off for its migration: when it was stopped, when it ran again, and how long that counts as downtime. */
import { describe, expect, test } from 'vitest';
import { EngineWorld, sizes } from './engine-world.ts';

const VM = 'vm-0';
const WATCHED_SECONDS = 3;

describe.concurrent('a machine that runs', { timeout: 180_000 }, () => {
  // The watching of the console counted as well.
  test('is down until its server is active, however long its console is watched in vain', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = world.request(VM, { consoleMarker: 'never said', bootTimeoutSeconds: WATCHED_SECONDS });

    const { outcome, stages, stops } = await world.migrate(request);

    const msAt = (wanted: string): number => Date.parse(stages.find(({ stage }) => stage === wanted)?.at ?? '');
    expect(outcome?.boot.verdict).toBe('unknown');
    expect(stops).toEqual([{ at: expect.any(String), againAt: null }]);
    expect(outcome?.downtimeSeconds).toBe((msAt('booting') - Date.parse(stops[0]?.at ?? '')) / 1000);
    expect((msAt('verifying') - msAt('booting')) / 1000).toBeGreaterThan(WATCHED_SECONDS - 0.5);
  });

  test('and is undone twice has both stops, and why it failed, also once it is cancelled', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = world.request(VM);
    const message = 'No valid host was found.';
    world.cloud.faults.add({ where: 'compute', kind: 'error', match: '^POST /v2.1/servers', message, count: -1 });
    await expect(world.migrate(request)).rejects.toMatchObject({ code: 'openstack.server-failed' });
    await expect(world.migrate(request)).rejects.toMatchObject({ code: 'openstack.server-failed' });

    const { error, stoppedAt, stops, stages } = await world.cancel(request);

    expect([error, stoppedAt]).toEqual([null, null]);
    expect(stops).toHaveLength(2);
    for (const { at, againAt } of stops) expect(Date.parse(againAt ?? '')).toBeGreaterThanOrEqual(Date.parse(at));
    expect(stages.filter(({ error: why }) => why !== undefined)).toMatchObject([
      { stage: 'failed', error: { code: 'openstack.server-failed', message: expect.stringContaining(message) } },
      { stage: 'failed', error: { code: 'openstack.server-failed' } },
    ]);
  });

  test('has stops of which nobody noted when they were over, in a journal of before that was written', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = world.request(VM);
    await world.migrate(request, { until: 'queued' });
    const at = new Date().toISOString();
    const item = { key: 'power', side: 'source', kind: 'power', name: VM, id: 'vm-1', facts: {} } as const;
    await world.wrote(request, { what: 'making', item }, { what: 'stopped', at }, { what: 'settled', key: 'power' });

    expect(await world.record(request)).toMatchObject({ stoppedAt: null, stops: [{ at, againAt: null }] });
  });
});
