/** A source that was set up anew, and whose references are other machines’ by now: these are not shut down, copied, or started. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationRequest } from '../../main/shared/migration.ts';
import { openSource } from '../../worker/move/sides.ts';
import { recordIn } from '../support/mover.ts';
import { EngineWorld, sizes } from './engine-world.ts';
import { FaultWorld } from './fault-worlds.ts';
import { vcenterHome, type VcenterHome } from './homes.ts';

const VM = 'vm-0';
const never = new AbortController().signal;
const refused = { code: 'source.another-machine', remedy: expect.stringContaining('refresh the source') };

async function requestOf(world: EngineWorld): Promise<MigrationRequest> {
  const request = world.request(VM);
  await using source = await openSource(world.signIns().source, never);
  const { instanceUuid } = await source.describe(request.vm.ref, never);
  return { ...request, vm: { ...request.vm, uuid: instanceUuid ?? '' } };
}

const isUntouched = (world: EngineWorld): void => {
  expect(world.machine(VM).power).toBe('poweredOn');
  expect(world.vcenter.state().requests['ShutdownGuest'] ?? 0).toBe(0);
  expect(world.held()).toEqual([]);
};

describe.concurrent('a reference that is another machine’s by now', { timeout: 180_000 }, () => {
  // That one was planned under the other’s name, shut down, and moved.
  test('is not planned', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = await requestOf(world);
    world.vcenter.setUpAnew(VM);

    await expect(world.migrate(request)).rejects.toMatchObject(refused);

    isUntouched(world);
  });

  test('is not shut down, where it was planned before', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = await requestOf(world);
    await world.migrate(request, { until: 'queued' });
    world.vcenter.setUpAnew(VM);

    await expect(world.migrate(request)).rejects.toMatchObject(refused);

    isUntouched(world);
  });

  test('is not started when the shutdown of the one before is undone, and that one is named', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const request = await requestOf(world);
    world.cloud.faults.add({ where: 'compute', kind: 'drop', match: '^POST /v2.1/servers$', count: -1 });
    await world.migrate(request, { onTrouble: 'wait' });
    world.cloud.faults.clear();
    world.vcenter.setUpAnew(VM);

    await expect(world.cancel(request)).rejects.toMatchObject({
      code: 'migration.left-behind',
      message: expect.stringContaining('another machine'),
    });

    expect(world.machine(VM).power).toBe('poweredOff');
    expect(await world.record(request)).toMatchObject({ stage: 'failed', ledger: [{ kind: 'power', name: VM }] });
  });

  test('is the same machine’s as long as only its name is another', async () => {
    await using world = await EngineWorld.open([sizes.small]);
    const { vm, ...request } = await requestOf(world);

    const done = await world.migrate({ ...request, vm: { ...vm, name: 'as it was called' } });

    expect(done.stage).toBe('done');
  });
});

describe('on the command line', { timeout: 180_000 }, () => {
  let world: FaultWorld<VcenterHome>;
  beforeAll(async () => void (world = await FaultWorld.make(vcenterHome(), 1)));
  afterAll(async () => await world[Symbol.asyncDispose]());

  test('a migration that was written down before the source was set up anew does not start', async () => {
    const create = ['create', '--vm', 'vm-0', '--source', 'from', '--destination', 'to', '--map', 'lan:auto', '--json'];
    const { request } = recordIn(await world.mover.say(create));
    world.home.lab.setUpAnew('vm-0');

    const { code, err } = await world.mover.say(['start', request.id, '--json']);

    expect([code, err]).toEqual([1, expect.stringContaining('another machine')]);
    expect(world.home.atHome('vm-0').power).toBe('on');
  });
});
