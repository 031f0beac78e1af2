/** A source that is started although its machine is on its way: no server is ordered beside it, and a retry copies it anew. */
import { describe, expect, test } from 'vitest';
import { defaultOptions } from '../../main/shared/migration.ts';
import { openSource } from '../../worker/move/sides.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { EngineWorld, sizes } from './engine-world.ts';

const VM = 'vm-0';
const never = new AbortController().signal;
const written = Buffer.from('written since it was copied');

async function shutDownByHand(world: EngineWorld): Promise<void> {
  await using source = await openSource(world.signIns().source, never);
  const vm = await source.describe(world.machine(VM).ref, never);
  await source.shutDown(vm, defaultOptions, new MemoryLedger('by-hand'), never);
}

async function startedAgain(world: EngineWorld): Promise<void> {
  world.vcenter.start(VM);
  await world.vcenter.write(VM, 0, 0, written);
}

describe.concurrent('a machine that is started at the source', { timeout: 180_000 }, () => {
  // Nobody looked: the new server booted beside it, with the same addresses, and lacked what it had written since.
  test.each([
    ['that was shut down for it', false],
    ['that was off', true],
  ])('while the cloud makes volumes of the copy, and %s, gets no server; a retry copies it anew', async (_, wasOff) => {
    await using world = await EngineWorld.open([sizes.small]);
    if (wasOff) await shutDownByHand(world);
    const request = world.request(VM, { boot: 'volume' });
    world.cloud.faults.add({ where: 'volume', kind: 'delay', match: '^POST /v3/.*volumes', delayMs: 1500 });
    world.cloud.faults.add({ where: 'compute', kind: 'delay', match: '^POST /v2.1/servers$', count: -1 });
    let starting: Promise<void> | undefined;
    const onStage = (stage: string): void => {
      if (stage === 'provisioning') starting ??= startedAgain(world);
    };

    await expect(world.migrate(request, { onTrouble: 'wait' }, { onStage })).rejects.toMatchObject({
      code: 'migration.source-runs-again',
      remedy: expect.stringContaining('retry the migration'),
    });

    await starting;
    expect(world.cloud.faults.rules.map(({ met }) => met)).toEqual([1, 0]);
    expect(world.held()).toEqual([]);
    expect(world.machine(VM).power).toBe('poweredOn');
    expect(await world.record(request)).toMatchObject({ stage: 'failed', ledger: [], stoppedAt: null });
    expect((await world.migrate(request)).stage).toBe('done');
    expect(await world.hasArrived(VM, 1)).toBe(true);
    expect(world.machine(VM).power).toBe('poweredOff');
  });

  // A machine that was off again by the time somebody looked counted as one that had stayed off.
  test.each([false, true])('and off again while the cloud is out, is copied anew (off before: %s)', async (wasOff) => {
    await using world = await EngineWorld.open([sizes.small]);
    if (wasOff) await shutDownByHand(world);
    const request = world.request(VM, { boot: 'volume' });
    world.cloud.faults.add({ where: 'volume', kind: 'http', match: '^POST /v3/.*volumes', status: 503, count: -1 });
    expect((await world.migrate(request, { onTrouble: 'wait' })).stage).toBe('waiting');
    await startedAgain(world);
    await shutDownByHand(world);
    world.cloud.faults.clear();

    expect((await world.migrate(request)).stage).toBe('done');

    expect(await world.hasArrived(VM, 1)).toBe(true);
    expect(world.machine(VM).power).toBe('poweredOff');
  });

  test('right before the copy begins is not copied as it runs', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = world.request(VM);
    const onStage = (stage: string): void => {
      if (stage === 'preparing') world.vcenter.faults.add(slowReads);
      if (stage === 'copying') world.vcenter.start(VM);
    };

    await expect(world.migrate(request, {}, { onStage })).rejects.toMatchObject({
      code: 'migration.source-runs-again',
    });

    expect(world.vcenter.state().requests['CreateSnapshot_Task'] ?? 0).toBe(0);
    expect(world.held()).toEqual([]);
  });

  test('while it is copied as it runs may be: it runs on beside its server', async () => {
    await using world = await EngineWorld.open([sizes.small]);

    expect((await world.migrate(world.request(VM, { whileRunning: 'snapshot' }))).stage).toBe('done');

    expect(world.machine(VM).power).toBe('poweredOn');
  });
});

/** So that what happens at a stage has happened before the source says how it stands. */
const slowReads = { where: 'soap', kind: 'delay', match: 'RetrievePropertiesEx', delayMs: 300, count: -1 } as const;
