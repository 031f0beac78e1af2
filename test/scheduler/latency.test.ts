/** The back-off at work: who is slowed by slow reads, who is not, what is told of it, and whom it asks. */
import { expect, test } from 'vitest';
import type { GutsEvent } from '../../main/shared/events.ts';
import { defaultSettings } from '../../main/shared/schedule.ts';
import { src, use } from './samples.ts';
import { SimWorld } from './sim-world.ts';

const MIB = 1024 ** 2;
const SAMPLE = 20_000;
const LONG = 60 * 60_000;
const slots = { ...defaultSettings.slots, global: 8, perSource: 8, perHost: 8, perDatastore: 8, perDestination: 8 };
const reads = (datastore: string, host = 'host-1', source = 'vc') => ({
  use: use({ source: src(source), host, datastores: [datastore] }),
  copyMs: LONG,
  bytesPerSecond: 40 * MIB,
});
/** Those of all buckets that have a limit, in MiB/s. */
const limits = (world: SimWorld): number[] =>
  [...world.rates.values()].flatMap((rate) => (rate === null ? [] : rate / MIB));

test('all that read from a datastore whose reads take too long are slowed together, and raised again', async () => {
  await using world = await SimWorld.make({ settings: { slots } });
  const told: GutsEvent[] = [];
  using _listening = world.events.listen(({ event }) => told.push(event));
  const [a, b, c] = [
    await world.add('a', reads('slow')),
    await world.add('b', reads('slow', 'host-2')),
    await world.add('c', reads('quick')),
  ];
  await world.until(() => [a, b, c].every((id) => world.record(id).stage === 'copying'));
  await world.settle();
  expect(limits(world)).toEqual([]);

  world.latencies.milliseconds.set('slow', 47);
  await world.pass(SAMPLE);
  const slowed = {
    says: 'Reads from “slow” of “vc” took 47 ms: no more than 40.0 MiB/s is sent of it until they are quick again.',
    datastore: 'slow',
    milliseconds: 47,
    bytesPerSecond: 40 * MIB,
  };
  expect([a, b, c].map((id) => world.show(id).slowedBy)).toEqual([slowed, slowed, null]);
  expect(limits(world)).toEqual([40]);
  expect(told.findLast((event) => event.kind === 'migration' && event.id === b)).toMatchObject({ slowedBy: slowed });

  await world.pass(SAMPLE);
  expect(limits(world)).toEqual([20]);

  world.latencies.milliseconds.set('slow', 3);
  await world.pass(3 * SAMPLE);
  expect(limits(world)).toEqual([20]);
  await world.pass(SAMPLE);
  expect(limits(world)).toEqual([40]);
  await world.pass(3 * SAMPLE);
  expect(limits(world)).toEqual([]);
  expect(world.show(a).slowedBy).toBe(null);
  expect(told.findLast((event) => event.kind === 'migration' && event.id === b)).toMatchObject({ slowedBy: null });
});

test('one that begins to read from a datastore that is slowed is slowed as well', async () => {
  await using world = await SimWorld.make({ settings: { slots } });
  world.latencies.milliseconds.set('slow', 47);
  const first = await world.add('first', reads('slow'));
  await world.until(() => world.show(first).slowedBy !== null);
  const second = await world.add('second', reads('slow'));
  await world.until(() => world.record(second).stage === 'copying');
  await world.settle();

  expect(world.show(second).slowedBy).toEqual(world.show(first).slowedBy);
  expect(limits(world)).toEqual([20]);
});

test('a source is asked in one session for as long as something is copied from it, and no longer', async () => {
  await using world = await SimWorld.make({ settings: { slots } });
  const copyMs = 10 * SAMPLE;
  const first = await world.add('first', { ...reads('one'), copyMs });
  await world.until(() => world.record(first).stage === 'copying');
  await world.settle();
  await world.add('same', { ...reads('one'), copyMs });
  const other = await world.add('other', { ...reads('two'), copyMs });
  await world.until(() => world.record(other).stage === 'copying');
  await world.add('elsewhere', { ...reads('one', 'host-9', 'vc2'), copyMs });
  await world.pass(2 * SAMPLE);

  expect(world.latencies.watching).toBe(2);
  const places = world.latencies.wishes.map((wish) => [
    wish.source,
    wish.places.map(({ host, datastore }) => `${host} ${datastore}`).join(),
  ]);
  expect(places).toEqual([
    [src('vc'), 'host-1 one'],
    [src('vc'), 'host-1 one,host-1 two'],
    [src('vc2'), 'host-9 one'],
  ]);

  await world.untilAllOver();
  await world.pass(SAMPLE);
  expect(world.latencies.watching).toBe(0);
  expect(world.latencies.wishes).toHaveLength(3);
});

test('what is slowed goes on as fast as it can when the setting says so, and at the next source nobody asks', async () => {
  await using world = await SimWorld.make({ settings: { slots } });
  world.latencies.milliseconds.set('slow', 47);
  const id = await world.add('a', reads('slow'));
  await world.until(() => world.show(id).slowedBy !== null);

  await world.scheduler.changeSettings({ latency: { mostMilliseconds: null } });
  await world.settle();
  expect([world.show(id).slowedBy, limits(world), world.latencies.watching]).toEqual([null, [], 0]);
  await world.add('b', reads('slow', 'host-2', 'vc2'));
  await world.pass(10 * SAMPLE);
  expect(world.latencies.wishes).toHaveLength(1);

  await world.scheduler.changeSettings({ latency: { mostMilliseconds: 50 } });
  await world.pass(10 * SAMPLE);
  expect([limits(world), world.latencies.watching]).toEqual([[], 2]);
  await world.scheduler.changeSettings({ latency: { mostMilliseconds: 40 } });
  await world.pass(SAMPLE);
  expect(limits(world)).toHaveLength(2);
});

const warnings = (world: SimWorld): { readonly said: string[] } & Disposable => {
  const said: string[] = [];
  const listening = world.events.listen(({ event }) => {
    if (event.kind === 'warning') said.push(`${event.source}: ${event.says}`);
  });
  return { said, [Symbol.dispose]: () => listening[Symbol.dispose]() };
};

test('a source that does not tell is not asked again, and that is said once', async () => {
  await using world = await SimWorld.make({ settings: { slots } });
  using heard = warnings(world);
  world.latencies.obstacle = 'it has no such counter';

  await world.add('a', { ...reads('one'), copyMs: SAMPLE });
  await world.untilAllOver();
  await world.pass(SAMPLE);
  const id = await world.add('b', reads('one'));
  await world.until(() => world.record(id).stage === 'copying');
  await world.add('c', reads('two'));
  await world.pass(10 * SAMPLE);

  expect(heard.said).toEqual([
    `${src('vc')}: It is not told how long reads from its datastores take: it has no such counter. Its migrations are not slowed by that.`,
  ]);
  expect(world.latencies.wishes).toHaveLength(2);
  expect([limits(world), world.details]).toEqual([[], []]);
});

test('a datastore of which nothing is known slows nobody, and that is said once', async () => {
  await using world = await SimWorld.make({ settings: { slots } });
  using heard = warnings(world);
  world.latencies.milliseconds.set('one', null);

  const id = await world.add('a', reads('one'));
  await world.until(() => world.record(id).stage === 'copying');
  await world.pass(10 * SAMPLE);

  expect(heard.said).toEqual([
    `${src('vc')}: It does not tell how long reads from “one” take. Its migrations are not slowed by that.`,
  ]);
  expect(world.show(id)).toMatchObject({ slowedBy: null, error: null, stage: 'copying' });
});

test('a source that cannot be asked for a while is asked again, and nothing stays slow meanwhile', async () => {
  await using world = await SimWorld.make({ settings: { slots } });
  using heard = warnings(world);
  world.latencies.milliseconds.set('slow', 47);
  const id = await world.add('a', reads('slow'));
  await world.until(() => world.show(id).slowedBy !== null);
  world.latencies.error = new Error('the network is out');

  await world.pass(5 * SAMPLE);
  expect([limits(world), world.latencies.watching, heard.said.length]).toEqual([[], 0, 1]);
  expect(world.show(id)).toMatchObject({ slowedBy: null, error: null, stage: 'copying' });

  world.latencies.error = null;
  await world.pass(2 * SAMPLE);
  expect([limits(world).length, world.latencies.watching]).toEqual([1, 1]);
});

test('a source that could not be asked is asked again when something is copied from it anew', async () => {
  await using world = await SimWorld.make({ settings: { slots } });
  world.latencies.error = new Error('the network is out');
  const id = await world.add('a', reads('slow'));
  await world.until(() => world.latencies.wishes.length === 1);
  await world.settle();
  await world.pass(SAMPLE - 1000);
  await world.act(id, 'pause');
  await world.pass(2000);
  await world.act(id, 'resume');
  world.latencies.error = null;
  world.latencies.milliseconds.set('slow', 47);

  await world.until(() => world.show(id).slowedBy !== null);

  expect(world.latencies.watching).toBe(1);
});

test('a scheduler that stops asks nobody any more', async () => {
  await using world = await SimWorld.make({ settings: { slots } });
  world.latencies.milliseconds.set('slow', 47);
  const id = await world.add('a', reads('slow'));
  await world.until(() => world.show(id).slowedBy !== null);

  await world.restart();
  await world.settle();

  expect(world.latencies.watching).toBe(0);
});
