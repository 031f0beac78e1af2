/** Waves of a plan are given to another daemon and taken back: none begins before those before it are over, on whichever side. */
import { expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import { until } from '../support/until.ts';
import { doneAt, leftovers, openWorld, over, ownerOf, peerBy, plannedOf, startedPlan, type Side } from './world.ts';

const hold = async (side: Side, isPaused: boolean): Promise<void> =>
  void (await side.client.call('settings.change', { isPaused }));

const waitsForWave = async (side: Side, id: MigrationId): Promise<string> => {
  const { waitsFor } = await until(
    async () => await side.client.call('migrations.show', { id }),
    (one) => one.waitsFor?.reason === 'wave',
  );
  return waitsFor?.says ?? '';
};

const idOf = (ids: ReadonlyMap<string, MigrationId>, vm: string): MigrationId => ids.get(vm) ?? ('' as never);

test('a wave that stays waits for the one that was given, and goes on once that is over there', async () => {
  await using world = await openWorld();
  const { desk, rack } = world;
  for (const side of [desk, rack]) await hold(side, true);
  const ids = await startedPlan(desk, { one: 1, two: 2 });
  const [one, two] = [idOf(ids, 'one'), idOf(ids, 'two')];

  const given = await desk.client.call('handovers.give', { plan: 'spring', waves: [1], peer: peerBy(world) });
  await over(world, given.id);
  expect(await ownerOf(world, one)).toEqual(['rack']);
  expect(await ownerOf(world, two)).toEqual(['desk']);
  const there = await rack.client.call('plans.show', { plan: given.plan.id });
  expect(there.machines.map(({ vm, wave }) => [vm.name, wave])).toEqual([['one', 1]]);
  const here = await desk.client.call('plans.show', { plan: 'spring' });
  expect(here).toMatchObject({ elsewhere: [{ wave: 1, isOpen: true, to: { name: 'rack' } }] });
  expect(here.given).toBeUndefined();
  await expect(
    desk.client.call('plans.move', { plan: 'spring', machines: [{ vm: 'one', wave: 3 }] }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^plan\.(wave-given|under-way)$/) });
  await expect(
    desk.client.call('handovers.give', { plan: 'spring', waves: [1], peer: peerBy(world) }),
  ).rejects.toMatchObject({ code: 'plan.wave-given' });
  await expect(
    desk.client.call('handovers.give', { plan: 'spring', waves: [7], peer: peerBy(world) }),
  ).rejects.toMatchObject({ code: 'plan.wave-unknown' });

  await hold(desk, false);
  expect(await waitsForWave(desk, two)).toContain('Wave 1 of its plan is at “rack”');
  await desk.kill();
  await desk.again();
  expect(await waitsForWave(desk, two)).toContain('Wave 1 of its plan is at “rack”');
  await hold(rack, false);
  expect((await doneAt(rack, one)).error).toBeNull();
  expect((await doneAt(desk, two)).error).toBeNull();
  expect(await leftovers(world)).toEqual({ found: [], servers: ['one', 'two'] });
  expect(await desk.client.call('plans.show', { plan: 'spring' })).toMatchObject({
    elsewhere: [{ wave: 1, isOpen: false }],
  });
});

test('a later wave that was given waits there for those that stay; another one joins it, and both come back', async () => {
  await using world = await openWorld({ crowd: 1 });
  const { desk, rack } = world;
  for (const side of [desk, rack]) await hold(side, true);
  await plannedOf(desk, { one: 1, two: 2, 'm-0': 3 });
  const giveWave = async (wave: number): Promise<void> => {
    const { id } = await desk.client.call('handovers.give', { plan: 'spring', waves: [wave], peer: peerBy(world) });
    await over(world, id);
  };
  await giveWave(2);
  const { plan } = await rack.client.call('plans.start', { plan: 'spring' });
  const two = plan.machines[0]?.migration ?? ('' as never);
  await hold(rack, false);
  expect(await waitsForWave(rack, two)).toContain('Wave 1 of its plan is at');
  await giveWave(3);
  const both = await rack.client.call('plans.show', { plan: 'spring' });
  expect(both.machines.map(({ vm }) => vm.name)).toEqual(['two', 'm-0']);
  expect(both.elsewhere).toMatchObject([{ wave: 1, isOpen: true }]);

  const back = await desk.client.call('handovers.take', { plan: 'spring', waves: [3], peer: peerBy(world) });
  await over(world, back.id);
  const here = await desk.client.call('plans.show', { plan: 'spring' });
  expect(here.elsewhere?.map(({ wave }) => wave)).toEqual([2]);
  const started = await desk.client.call('plans.start', { plan: 'spring' });
  const ids = new Map(
    started.plan.machines.flatMap(({ vm, migration }) => (migration === null ? [] : [[vm.name, migration]])),
  );
  expect([...ids.keys()]).toEqual(['one', 'm-0']); // the second wave is started where it is
  await expect(
    rack.client.call('plans.add', { plan: 'spring', machines: [{ vm: 'large', wave: 1 }] }),
  ).rejects.toMatchObject({ code: 'plan.wave-given' });

  await hold(desk, false);
  expect((await doneAt(desk, idOf(ids, 'one'))).error).toBeNull();
  expect((await doneAt(rack, two)).error).toBeNull();
  expect((await doneAt(desk, idOf(ids, 'm-0'))).error).toBeNull();
  // What has ended there is told of there, and not begun again here.
  const all = await desk.client.call('handovers.take', { plan: 'spring', peer: peerBy(world) });
  await over(world, all.id);
  const whole = await desk.client.call('plans.show', { plan: 'spring' });
  expect(whole.elsewhere).toBeUndefined();
  expect(whole.machines.find(({ vm }) => vm.name === 'two')?.migration).toBe(two);
  expect((await desk.client.call('plans.start', { plan: 'spring' })).results).toEqual([]);
  expect(await leftovers(world)).toEqual({ found: [], servers: ['m-0', 'one', 'two'] });
});

test('what is tried again here keeps the later waves here, until it has ended', async () => {
  await using world = await openWorld();
  const { desk, rack } = world;
  await desk.client.call('plans.create', {
    name: 'spring',
    source: 'vc1',
    destination: 'os1',
    options: { networks: [{ from: null, to: 'lan', ip: 'auto' }], keepMac: false, bootTimeoutSeconds: 0 },
    machines: [
      { vm: 'one', options: { flavor: 'no-such-flavor' } },
      { vm: 'two', wave: 2 },
    ],
  });
  await hold(desk, true);
  const { plan } = await desk.client.call('plans.start', { plan: 'spring' });
  const ids = new Map(plan.machines.flatMap(({ vm, migration }) => (migration === null ? [] : [[vm.name, migration]])));
  const [one, two] = [idOf(ids, 'one'), idOf(ids, 'two')];
  await desk.client.call('migrations.action', { id: two, action: 'hold' });
  await hold(desk, false);
  expect(await doneAt(desk, one)).toMatchObject({ stage: 'failed' });
  await hold(desk, true);
  await desk.client.call('migrations.action', { id: one, action: 'retry' });

  const { id } = await desk.client.call('handovers.give', { plan: 'spring', peer: peerBy(world) });
  const { parts } = await until(
    async () => await desk.client.call('handovers.show', { handover: id }),
    ({ isPlanOver, parts: all }) => isPlanOver && all.every(({ says }) => says !== null),
  );
  expect(parts).toMatchObject([
    { id: one, state: 'waits', says: 'It is tried again here.' },
    { id: two, state: 'waits', says: 'It goes once wave 1 has gone, or is over here.' },
  ]);
  expect(await ownerOf(world, two)).toEqual(['desk']);
  await hold(desk, false);
  const ended = await over(world, id);
  expect(ended.parts.map(({ state }) => state)).toEqual(['stays', 'taken']);
  expect(await ownerOf(world, two)).toEqual(['rack']);
});
