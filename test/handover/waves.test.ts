/** Waves of a plan are given to another daemon and taken back: none begins before those before it are over, on whichever side. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { Plan } from '../../main/shared/plans.ts';
import type { Step } from '../support/fault-way.ts';
import { until } from '../support/until.ts';
import { setUpSides } from '../e2e/two-sides.ts';
import {
  doneAt,
  killedAt,
  leftovers,
  openWorld,
  over,
  ownerOf,
  peerBy,
  plannedOf,
  Side,
  startedPlan,
} from './world.ts';
import type { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ crowd: 24 });
});
afterAll(async () => await world[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const side of [world.desk, world.rack]) await hold(side, true);
});

const hold = async (side: Side, isPaused: boolean): Promise<void> =>
  void (await side.client.call('settings.change', { isPaused }));

const waitsForWave = async (side: Side, id: MigrationId): Promise<string> => {
  const { waitsFor } = await until(
    async () => await side.client.call('migrations.show', { id }),
    (one) => one.waitsFor?.reason === 'wave',
  );
  return waitsFor?.says ?? '';
};

const idsOf = ({ machines }: Plan): ReadonlyMap<string, MigrationId> =>
  new Map(machines.flatMap(({ vm, migration }) => (migration === null ? [] : [[vm.name, migration]])));
const idOf = (ids: ReadonlyMap<string, MigrationId>, vm: string): MigrationId => ids.get(vm) ?? ('' as never);

const give = async (plan: string, waves: number[]): Promise<void> => {
  const { id } = await world.desk.client.call('handovers.give', { plan, waves, peer: peerBy(world) });
  await over(world, id);
};

test('a wave that stays waits for the one that was given, and goes on once that is over there', async () => {
  const { desk, rack } = world;
  const plan = 'given first';
  const ids = await startedPlan(desk, { 'm-0': 1, 'm-1': 2 }, plan);
  const [one, two] = [idOf(ids, 'm-0'), idOf(ids, 'm-1')];
  await give(plan, [1]);
  expect([await ownerOf(world, one), await ownerOf(world, two)]).toEqual([['rack'], ['desk']]);
  const here = await desk.client.call('plans.show', { plan });
  expect(here).toMatchObject({ elsewhere: [{ wave: 1, isOpen: true, to: { name: 'rack' } }] });
  expect(here.given).toBeUndefined();
  const there = await rack.client.call('plans.show', { plan: here.id });
  expect(there.machines.map(({ vm, wave }) => [vm.name, wave])).toEqual([['m-0', 1]]);
  const wish = { plan, peer: peerBy(world) };
  await expect(desk.client.call('handovers.give', { ...wish, waves: [1] })).rejects.toMatchObject({
    code: 'plan.wave-given',
  });
  await expect(desk.client.call('handovers.give', { ...wish, waves: [7] })).rejects.toMatchObject({
    code: 'plan.wave-unknown',
  });

  await hold(desk, false);
  expect(await waitsForWave(desk, two)).toBe(
    'Wave 1 of its plan is at “rack”, where it is not over as far as is known here, and this is wave 2.',
  );
  await hold(rack, false);
  expect((await doneAt(rack, one)).error).toBeNull();
  expect((await doneAt(desk, two)).error).toBeNull();
  expect(await desk.client.call('plans.show', { plan })).toMatchObject({ elsewhere: [{ wave: 1, isOpen: false }] });
});

test('a rehearsal counts what was given once: as not known here until it is over there, then as what is used', async () => {
  const { desk, rack } = world;
  const plan = 'rehearsed';
  await plannedOf(desk, { 'm-22': 1, 'm-23': 2 }, plan);
  await give(plan, [1]);
  const used = async () => (await desk.client.call('plans.rehearse', { plan })).quota[0]?.used ?? 0;
  const before = await used();
  const rehearsed = async (wave?: number) => {
    const { quota, machines, verdict, findings } = await desk.client.call('plans.rehearse', { plan, wave });
    const { used: inUse, needs, earlier } = quota.find(({ of }) => of === 'instances') ?? {};
    const told = findings.flatMap(({ id, about }) => (id === 'PLN-10' ? about : []));
    return { states: machines.map(({ state }) => state), verdict, used: inUse, needs, earlier, told };
  };

  const open = { verdict: 'goWithCare', used: before, needs: 1, earlier: 0, told: ['wave 1: 1 machine'] };
  expect(await rehearsed(2)).toEqual({ ...open, states: ['toDo'] });
  expect(await rehearsed()).toEqual({ ...open, states: ['elsewhere', 'toDo'] });

  const one = idOf(idsOf((await rack.client.call('plans.start', { plan })).plan), 'm-22');
  await hold(rack, false);
  expect((await doneAt(rack, one)).error).toBeNull();
  await until(
    async () => await desk.client.call('plans.show', { plan }),
    ({ elsewhere = [] }) => elsewhere.every(({ isOpen }) => !isOpen),
  );
  const over = { verdict: 'go', used: before + 1, needs: 1, earlier: 0, told: [] };
  expect(await rehearsed(2)).toEqual({ ...over, states: ['toDo'] });
  expect(await rehearsed()).toEqual({ ...over, states: ['moved', 'toDo'] });
});

test('a later one that was given waits there for those that stay; another joins it, and both come back', async () => {
  const { desk, rack } = world;
  const plan = 'given last';
  await plannedOf(desk, { 'm-2': 1, 'm-3': 2, 'm-4': 3 }, plan);
  await give(plan, [2]);
  const two = idOf(idsOf((await rack.client.call('plans.start', { plan })).plan), 'm-3');
  await hold(rack, false);
  expect(await waitsForWave(rack, two)).toContain('Wave 1 of its plan is at');
  const { options } = await desk.client.call('plans.show', { plan });
  await desk.client.call('plans.change', { plan, options: { ...options, mayPullPlug: false } });
  await give(plan, [3]);
  const both = await rack.client.call('plans.show', { plan });
  expect(both.machines.map(({ vm }) => vm.name)).toEqual(['m-3', 'm-4']);
  expect(both.machines.map((one) => one.options.mayPullPlug)).toEqual([undefined, false]); // as planned where it comes from
  expect(both.elsewhere).toMatchObject([{ wave: 1, isOpen: true }]);
  const intruder = { plan, machines: [{ vm: 'large', wave: 1 }] };
  await expect(rack.client.call('plans.add', intruder)).rejects.toMatchObject({ code: 'plan.wave-given' });

  const wish = { plan, peer: peerBy(world) };
  await over(world, (await desk.client.call('handovers.take', { ...wish, waves: [3] })).id);
  expect((await desk.client.call('plans.show', { plan })).elsewhere?.map(({ wave }) => wave)).toEqual([2]);
  const ids = idsOf((await desk.client.call('plans.start', { plan })).plan);
  expect([...ids.keys()]).toEqual(['m-2', 'm-4']); // the second wave is started where it is
  await hold(desk, false);
  expect((await doneAt(desk, idOf(ids, 'm-2'))).error).toBeNull();
  expect((await doneAt(rack, two)).error).toBeNull();
  expect((await doneAt(desk, idOf(ids, 'm-4'))).error).toBeNull();

  await over(world, (await desk.client.call('handovers.take', wish)).id);
  const whole = await desk.client.call('plans.show', { plan });
  expect(whole.elsewhere).toBeUndefined();
  expect(idOf(idsOf(whole), 'm-3')).toBe(two); // told of there, and not begun again here
  expect((await desk.client.call('plans.start', { plan })).results).toEqual([]);
});

test('of a plan that was given as a whole, one wave comes back and waits for the others', async () => {
  const { desk, rack } = world;
  const plan = 'whole';
  const ids = await startedPlan(desk, { 'm-5': 1, 'm-6': 2 }, plan);
  const wish = { plan, peer: peerBy(world) };
  await over(world, (await desk.client.call('handovers.give', wish)).id);
  await over(world, (await desk.client.call('handovers.take', { ...wish, waves: [2] })).id);
  const here = await desk.client.call('plans.show', { plan });
  expect(here).toMatchObject({ elsewhere: [{ wave: 1, isOpen: true }] });
  expect(here.given).toBeUndefined();
  await hold(desk, false);
  expect(await waitsForWave(desk, idOf(ids, 'm-6'))).toContain('Wave 1 of its plan is at “rack”');
  await hold(rack, false);
  expect((await doneAt(desk, idOf(ids, 'm-6'))).error).toBeNull();
  expect((await rack.find(idOf(ids, 'm-5')))?.stage).toBe('done');
});

test('a third one waits for the second through the first', async () => {
  const { desk, rack, vc, cloud, file } = world;
  await using third = await Side.start('third', { ...desk.files, dataDir: file('third') });
  await setUpSides(third.client, { vc, cloud } as never); // it takes no more of them
  const plan = 'between three';
  const ids = await startedPlan(desk, { 'm-20': 1, 'm-21': 2 }, plan);
  await give(plan, [1]);
  const peer = { name: 'third', url: third.url, token: third.token };
  const { id } = await desk.client.call('handovers.give', { plan, peer });
  await until(
    async () => await desk.client.call('handovers.show', { handover: id }),
    ({ state }) => state === 'done',
  );
  expect(await waitsForWave(third, idOf(ids, 'm-21'))).toContain('Wave 1 of its plan is at');
  await hold(rack, false);
  expect((await doneAt(third, idOf(ids, 'm-21'))).error).toBeNull();
  expect((await rack.find(idOf(ids, 'm-20')))?.stage).toBe('done');
});

test('where the plan is deleted on the side that waits, its migrations wait for the other side no more', async () => {
  const { desk, rack } = world;
  const plan = 'deleted';
  const ids = await startedPlan(desk, { one: 1, two: 2 }, plan);
  await give(plan, [1]);
  await hold(desk, false);
  await waitsForWave(desk, idOf(ids, 'two'));
  await desk.client.call('plans.delete', { plan });
  expect((await doneAt(desk, idOf(ids, 'two'))).error).toBeNull();
  expect((await rack.find(idOf(ids, 'one')))?.stage).not.toBe('done');
});

test('what has come too far to go keeps the later waves here, until it has ended', async () => {
  const { desk, cloud } = world;
  const plan = 'too far';
  const late = { consoleMarker: 'READY', bootTimeoutSeconds: 300 };
  await plannedOf(desk, { 'm-7': 1, 'm-8': 2, 'm-9': 2 }, plan);
  await desk.client.call('plans.change', {
    plan,
    machines: [
      { vm: 'm-7', options: late },
      { vm: 'm-8', wave: 2 },
      { vm: 'm-9', wave: 2, options: { flavor: 'no-such-flavor' } },
    ],
  });
  const ids = idsOf((await desk.client.call('plans.start', { plan })).plan);
  const [one, two, bad] = [idOf(ids, 'm-7'), idOf(ids, 'm-8'), idOf(ids, 'm-9')];
  await hold(desk, false);
  expect(await doneAt(desk, bad)).toMatchObject({ stage: 'failed' }); // before anything of it is begun
  await until(
    async () => await desk.client.call('migrations.show', { id: one }),
    ({ stage }) => stage === 'booting',
  );
  await hold(desk, true);
  await desk.client.call('migrations.action', { id: bad, action: 'retry' });

  const { id } = await desk.client.call('handovers.give', { plan, peer: peerBy(world) });
  const { parts } = await until(
    async () => await desk.client.call('handovers.show', { handover: id }),
    ({ isPlanOver, parts: all }) => isPlanOver && all.every(({ says }) => says !== null),
  );
  expect(parts).toMatchObject([
    { id: one, state: 'waits', says: expect.stringMatching(/too far to be paused/) },
    { id: two, state: 'waits', says: 'It goes once wave 1 has gone, or is over here.' },
    { id: bad, state: 'stays', says: expect.stringMatching(/its retry is here/) },
  ]);
  expect(await ownerOf(world, two)).toEqual(['desk']);
  const server = cloud.state().servers.find(({ name }) => name === 'm-7');
  cloud.sayOnConsole(server?.id ?? '', 'READY');
  expect((await over(world, id)).parts.map(({ state }) => state)).toEqual(['stays', 'taken', 'stays']);
  expect(await ownerOf(world, two)).toEqual(['rack']);
});

describe('either side is killed, and each wave is one side’s alone, and waits for those before it', () => {
  /** What differs from whole plans: the plan stays, and both tell each other of their waves then. */
  const cases = [
    ['give', 'after', 'the plan is received', 'desk', /\/receive$/, /"carried":null/],
    ['give', 'before', 'the plan is received', 'rack', /\/receive$/, /"carried":null/],
    ['take', 'after', 'the plan is released', 'rack', /\/release$/, /"migration":null/],
    ['give', 'before', 'waves are told', 'rack', /\/waves$/, /"open"/],
    ['take', 'after', 'waves are told', 'desk', /\/waves$/, /"open"/],
  ] as const satisfies readonly (readonly ['give' | 'take', Step['when'], string, 'desk' | 'rack', RegExp, RegExp])[];
  const moved: { readonly one: MigrationId; readonly two: MigrationId; readonly giver: Side; readonly taker: Side }[] =
    [];

  test.each(cases)('%s: %s %s, the %s', async (direction, when, step, victim, path, body) => {
    const { desk, rack, way } = world;
    const [giver, taker] = direction === 'give' ? [desk, rack] : [rack, desk];
    const number = cases.findIndex((one) => one[0] === direction && one[1] === when && one[2] === step);
    const plan = `killed ${number}`;
    const ids = await startedPlan(giver, { [`m-${10 + 2 * number}`]: 1, [`m-${11 + 2 * number}`]: 2 }, plan);
    const [one = '' as never, two = '' as never] = [...ids.values()];
    const wish = { plan, waves: [1], peer: peerBy(world) };
    const name = direction === 'give' ? 'handovers.give' : 'handovers.take';
    const at = { path, body, when };
    const { id } = await killedAt(way, world[victim], at, async () => await desk.client.call(name, wish));
    await world[victim].again();
    expect((await ownerOf(world, one)).length).toBeLessThanOrEqual(1);
    await over(world, id);
    expect([await ownerOf(world, one), await ownerOf(world, two)]).toEqual([[taker.name], [giver.name]]);
    expect(await giver.client.call('plans.show', { plan })).toMatchObject({ elsewhere: [{ wave: 1, handover: id }] });
    moved.push({ one, two, giver, taker });
  });

  test('and each has run once, in its turn, and has left nothing', async () => {
    const { desk, rack } = world;
    await hold(desk, false); // of those that were taken, the first wave runs here, and the second waits there until it is told
    const byDesk = moved.filter(({ taker }) => taker === desk);
    for (const { one } of byDesk) expect((await doneAt(desk, one)).error).toBeNull();
    for (const { two, giver } of moved) if (giver === desk) await waitsForWave(desk, two);
    await hold(rack, false);
    for (const { one, two, giver, taker } of moved) {
      expect((await doneAt(taker, one)).error).toBeNull();
      expect((await doneAt(giver, two)).error).toBeNull();
    }
    const { found, servers } = await leftovers(world);
    expect(found).toEqual([]);
    expect(new Set(servers).size).toBe(servers.length);
    expect(moved).toHaveLength(cases.length);
  });
});
