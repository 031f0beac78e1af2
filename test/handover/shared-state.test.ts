/** Plans that change hands with servers that share a state: by the one that leads, and on by the next one where that dies. */
import { describe, expect, test } from 'vitest';
import type { HandoverId } from '../../main/shared/handover.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { limit } from '../e2e/two-sides.ts';
import { FaultWay } from '../support/fault-way.ts';
import { until } from '../support/until.ts';
import {
  doneAt,
  killedAt,
  leftovers,
  openWorld,
  over,
  ownerOf,
  peerBy,
  serverOf,
  startedPlan,
  type Side,
  type World,
} from './world.ts';

const MiB = 2 ** 20;
/** Behind the one at which a migration is received. */
const STEP = { path: /\/receive$/, body: /"plan":null/, when: 'after' } as const;

/** The second server of the rack: it has the passwords as well, and a token that is good at both. */
async function withSecond(world: World): Promise<AsyncDisposable & { readonly second: Side; readonly token: string }> {
  const { rack, vc, cloud, file } = world;
  const second = await serverOf('rack-2', file);
  await second.client.call('sources.secret', { source: 'vc1', secret: vc.password, keep: true });
  const { secret } = cloud.applicationCredential;
  await second.client.call('destinations.secret', { destination: 'os1', secret, keep: true });
  const { token } = await rack.client.call('tokens.create', { name: 'desk', role: 'admin' });
  return { second, token, [Symbol.asyncDispose]: async () => await second[Symbol.asyncDispose]() };
}

/** Waits until another one says that it leads: the nodes that it tells are those of that one. */
const leads = async ({ name }: Side, { client }: Side): Promise<void> =>
  void (await until(
    async () => (await client.call('nodes.list', {})).nodes.map(({ id }) => id).join(),
    (told) => told === name,
  ));

/** Waits until it can be seen there that it has changed hands. */
const isDone = async (side: Side, handover: HandoverId): Promise<void> =>
  void (await until(
    async () => await side.client.call('handovers.show', { handover }).catch(() => null),
    (one) => one?.state === 'done',
  ));

test('what runs is given to them and taken back in its middle, and copies nothing twice that was copied whole', async () => {
  await using world = await openWorld({ isShared: true });
  const { desk, rack } = world;
  await limit(desk.client, MiB);
  await limit(rack.client, MiB / 8); // there it takes minutes, if it is not taken back
  const ids = await startedPlan(desk, ['large', 'one']);
  const [large = '' as never, one = '' as never] = [...ids.values()];
  const first = await until(
    async () => await desk.client.call('migrations.show', { id: large }),
    ({ disks, stage }) => disks.length === 1 && stage === 'copying',
  );
  await limit(desk.client, MiB / 8);

  await over(world, (await desk.client.call('handovers.give', { plan: 'spring', peer: peerBy(world) })).id);
  expect(await ownerOf(world, large)).toEqual(['rack']);
  await until(
    async () => await rack.client.call('migrations.show', { id: large }),
    ({ stage, isRunning }) => stage === 'copying' && isRunning,
  );
  await over(world, (await desk.client.call('handovers.take', { plan: 'spring', peer: peerBy(world) })).id);
  expect(await ownerOf(world, large)).toEqual(['desk']);
  for (const side of [desk, rack]) await limit(side.client, null);

  const done = await doneAt(desk, large);
  expect([done.error, done.disks[0]]).toEqual([null, first.disks[0]]);
  const [at] = await ownerOf(world, one);
  expect((await doneAt(at === 'rack' ? rack : desk, one)).error).toBeNull();
  expect(await leftovers(world)).toEqual({ found: [], servers: ['large', 'one'] });
});

describe('the server is killed and comes back, and each migration is one side’s alone, and runs once', () => {
  const ofMigration = { give: /"plan":null/, take: /"migration":"mig_/ };
  const cases = (['give', 'take'] as const).flatMap((direction) =>
    (['before', 'after'] as const).map((when) => [direction, when] as const),
  );

  test.each(cases)('%s, %s a migration changes hands', async (direction, when) => {
    await using world = await openWorld({ isShared: true });
    const { desk, rack, way } = world;
    const [giver, taker] = direction === 'give' ? [desk, rack] : [rack, desk];
    for (const side of [desk, rack]) await side.client.call('settings.change', { isPaused: true });
    const ids = [...(await startedPlan(giver, ['one', 'two'])).values()];
    const path = direction === 'give' ? /\/receive$/ : /\/release$/;
    const step = { path, body: ofMigration[direction], when };
    const wish = { plan: 'spring', peer: peerBy(world) };
    const name = direction === 'give' ? 'handovers.give' : 'handovers.take';

    const { id } = await killedAt(way, rack, step, async () => await desk.client.call(name, wish));
    await rack.again();
    await over(world, id);

    for (const one of ids) expect(await ownerOf(world, one)).toEqual([taker.name]);
    for (const side of [desk, rack]) await side.client.call('settings.change', { isPaused: false });
    for (const one of ids) expect((await doneAt(taker, one)).error).toBeNull();
    expect(await leftovers(world)).toEqual({ found: [], servers: ['one', 'two'] });
  });
});

test('one that does not lead says which one does; when that dies in the middle, the next one goes on', async () => {
  await using world = await openWorld({ isShared: true });
  const { desk, rack } = world;
  await using servers = await withSecond(world);
  const { second, token } = servers;
  await desk.client.call('settings.change', { isPaused: true });
  await rack.client.call('settings.change', { isPaused: true });
  const ids = [...(await startedPlan(desk, ['one', 'two'])).values()];

  await leads(rack, second);
  const astray = { plan: 'spring', peer: { name: 'rack', url: second.url, token }, direction: 'give' } as const;
  const look = await desk.client.call('handovers.look', astray);
  expect(look.obstacles).toMatchObject([
    { code: 'handover.not-leading', message: expect.stringMatching(/“rack” at the moment/) },
  ]);

  let at = rack;
  await using way = await FaultWay.open(() => at.url);
  const wish = { plan: 'spring', peer: { name: 'rack', url: way.url, token } };
  const { id } = await killedAt(way, rack, STEP, async () => await desk.client.call('handovers.give', wish));
  at = second;
  await isDone(second, id);
  await isDone(desk, id);

  expect(await madeBy(world, ids, desk, second)).toEqual(['one', 'two']);
});

test('where the one dies that has begun it, its way to the other side is given to the next one, which goes on', async () => {
  await using world = await openWorld({ isShared: true });
  const { desk, rack } = world;
  await using servers = await withSecond(world);
  const { second } = servers;
  await desk.client.call('settings.change', { isPaused: true });
  await rack.client.call('settings.change', { isPaused: true });
  const ids = [...(await startedPlan(rack, ['one', 'two'])).values()];
  await using way = await FaultWay.open(() => desk.url);
  const peer = { name: 'desk', url: way.url, token: desk.token };

  const wish = { plan: 'spring', peer };
  const { id } = await killedAt(way, rack, STEP, async () => await rack.client.call('handovers.give', wish));
  const lost = await until(
    async () => await second.client.call('handovers.show', { handover: id }).catch(() => null), // it hears of it soon
    (one) => one?.error?.code === 'handover.lost-way',
  );
  expect(lost).toMatchObject({ state: 'open', error: { remedy: expect.stringMatching(/Give the plan once more/) } });
  const wrong = { ...peer, url: desk.url, token: 'guts_of-nobody-at-all-000000000000000000000' };
  await expect(second.client.call('handovers.give', { plan: 'spring', peer: wrong })).rejects.toMatchObject({
    code: 'access.token-refused',
  });
  const other = { plan: 'spring', waves: [7], peer: { ...peer, url: desk.url } };
  await expect(second.client.call('handovers.give', other)).rejects.toMatchObject({ code: 'plan.given' });
  // By another address, at which the other side knows of it.
  const again = await second.client.call('handovers.give', { plan: 'spring', peer: { ...peer, url: desk.url } });
  expect(again.id).toBe(id);
  await isDone(second, id);

  expect(await madeBy(world, ids, second, desk)).toEqual(['one', 'two']);
});

/** They were given, run where they went, and nowhere else. @returns the servers in the cloud */
async function madeBy({ cloud }: World, ids: readonly MigrationId[], giver: Side, taker: Side): Promise<string[]> {
  for (const one of ids) {
    expect((await giver.find(one))?.stage).toBe('given');
    expect((await taker.find(one))?.stage).not.toBe('given');
  }
  await taker.client.call('settings.change', { isPaused: false });
  for (const one of ids) expect((await doneAt(taker, one)).error).toBeNull();
  const servers = cloud.state().servers.map(({ name }) => name);
  return servers.toSorted();
}
