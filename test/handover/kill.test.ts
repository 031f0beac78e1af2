/** Either side is killed at each step of a hand-over, in both directions: exactly one side owns each migration, and nothing runs twice. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { Step } from '../support/fault-way.ts';
import { doneAt, killedAt, leftovers, openWorld, over, ownerOf, peerBy, startedPlan, type World } from './world.ts';

type Point = readonly [name: string, path: RegExp, body?: RegExp];

const ofPlan = /"carried":null/;
const ofMigration = /"plan":null/;
const giving: readonly Point[] = [
  ['the ids are reserved', /\/reserve$/, /"isDry":false/],
  ['the plan is received', /\/receive$/, ofPlan],
  ['a migration is received', /\/receive$/, ofMigration],
  ['the other side closes', /\/close$/],
];
const taking: readonly Point[] = [
  ['it is brought to rest', /\/rest$/],
  ['the plan is released', /\/release$/, /"migration":null/],
  ['a migration is released', /\/release$/, /"migration":"mig_/],
  ['the other side closes', /\/close$/],
];

const cases = (points: readonly Point[]) =>
  points.flatMap(([name, path, body]) =>
    (['before', 'after'] as const).flatMap((when) =>
      (['desk', 'rack'] as const).map((victim) => [when, name, victim, { path, body, when }] as const),
    ),
  );

type Case = readonly [
  when: Step['when'],
  name: string,
  victim: 'desk' | 'rack',
  at: Pick<Step, 'path' | 'when'> & { body: RegExp | undefined },
];

const OF_EACH = 2;
/** All of them, on a computer that does something else as well. */
const PATIENCE_MS = 15 * 60_000;

/** A world in which nothing runs before all of its plans have changed hands. */
function worldFor(direction: 'give' | 'take', points: readonly Point[]) {
  const all = cases(points);
  const moved: MigrationId[] = [];
  let world: World;
  beforeAll(async () => {
    world = await openWorld({ crowd: all.length * OF_EACH });
    for (const side of [world.desk, world.rack]) await side.client.call('settings.change', { isPaused: true });
  });
  afterAll(async () => await world[Symbol.asyncDispose]());
  const ends = () => {
    const { desk, rack } = world;
    return direction === 'give' ? ([desk, rack] as const) : ([rack, desk] as const);
  };

  test.each(all)('%s %s, the %s is killed', async (...one: Case) => {
    const [, , victim, { body, ...at }] = one;
    const { desk, rack, way } = world;
    const [giver, taker] = ends();
    const first = all.findIndex(([, , , fault]) => fault === one[3]) * OF_EACH;
    const plan = `spring ${first}`;
    const ids = [...(await startedPlan(giver, [`m-${first}`, `m-${first + 1}`], plan)).values()];
    const step = { ...at, ...(body === undefined ? {} : { body }) };
    const wish = { plan, peer: peerBy(world) };
    const name = direction === 'give' ? 'handovers.give' : 'handovers.take';

    const { id } = await killedAt(way, world[victim], step, async () => await desk.client.call(name, wish));
    await world[victim].again();
    for (const one of ids) expect((await ownerOf(world, one)).length).toBeLessThanOrEqual(1);
    await over(world, id);

    for (const one of ids) expect(await ownerOf(world, one)).toEqual([taker.name]);
    for (const side of [desk, rack]) {
      const { parts } = await side.client.call('handovers.show', { handover: id });
      expect(parts.map(({ state }) => state)).toEqual(['taken', 'taken']);
    }
    expect((await taker.client.call('plans.show', { plan })).machines).toHaveLength(OF_EACH);
    expect((await giver.client.call('plans.show', { plan })).given?.handover).toBe(id);
    moved.push(...ids);
  });

  test(
    'and each has run once, where it went, and has left nothing',
    async () => {
      expect(moved).toHaveLength(all.length * OF_EACH);
      const [giver, taker] = ends();
      for (const side of [giver, taker]) await side.client.call('settings.change', { isPaused: false });
      for (const id of moved) expect((await doneAt(taker, id)).error).toBeNull();
      const { found, servers } = await leftovers(world);
      expect(found).toEqual([]);
      expect(servers).toHaveLength(moved.length);
      expect(new Set(servers).size).toBe(moved.length);
      for (const id of moved) expect((await giver.find(id))?.outcome).toBeNull();
    },
    PATIENCE_MS,
  );
}

describe('a plan is given, and', () => {
  worldFor('give', giving);
});
describe('a plan is taken, and', () => {
  worldFor('take', taking);
});

test('it comes back the same way: what ended there stays told there, what did not goes on here', async () => {
  await using world = await openWorld();
  const { desk, rack } = world;
  await desk.client.call('settings.change', { isPaused: true });
  const ids = await startedPlan(desk, ['one', 'two']);
  const [one, two] = [...ids.values()];
  if (one === undefined || two === undefined) throw new Error('There are two.');
  await rack.client.call('settings.change', { isPaused: true });
  const given = await desk.client.call('handovers.give', { plan: 'spring', peer: peerBy(world) });
  await over(world, given.id);
  await rack.client.call('migrations.action', { id: two, action: 'hold' });
  await rack.client.call('settings.change', { isPaused: false });
  await doneAt(rack, one);

  const taken = await desk.client.call('handovers.take', { plan: 'spring', peer: peerBy(world) });
  await over(world, taken.id);
  expect(await ownerOf(world, two)).toEqual(['desk']);
  expect(await ownerOf(world, one)).toEqual(['rack']);
  await desk.client.call('settings.change', { isPaused: false });
  await desk.client.call('migrations.action', { id: two, action: 'release' });
  expect((await doneAt(desk, two)).error).toBeNull();
  expect(await leftovers(world)).toEqual({ found: [], servers: ['one', 'two'] });
  expect((await desk.client.call('plans.show', { plan: 'spring' })).given).toBeUndefined();
  expect((await rack.client.call('plans.show', { plan: 'spring' })).given?.handover).toBe(taken.id);
});
