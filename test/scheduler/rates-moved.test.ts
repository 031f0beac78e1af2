/** What nodes sent from a source of late: measured by the disks that migrations copied there, and known again after a restart. */
import { expect, test } from 'vitest';
import type { MovedDisk } from '../../main/shared/migration.ts';
import { GIB, src } from './samples.ts';
import { SimWorld } from './sim-world.ts';

const MIB = 1024 ** 2;
const disk = (key: string, mib: number, seconds: number): MovedDisk => ({
  key,
  label: key,
  sizeBytes: GIB,
  reading: 'lease',
  route: 'stream',
  imageFormat: 'qcow2',
  readBytes: mib * MIB,
  sentBytes: mib * MIB,
  skippedBytes: 0,
  seconds,
  sha512: '',
  imageId: key,
  volumeId: null,
  proofs: [],
});
const movedOf = async (world: SimWorld) =>
  Object.fromEntries((await world.scheduler.nodes()).map(({ id, moved }) => [id, moved]));

test('a node is known by what it sent, not by what another one had copied before', async () => {
  await using world = await SimWorld.make({ nodes: { desk: 50 * GIB, other: 40 * GIB } });
  const lost = { code: 'net.unreachable', message: 'Nobody answers.', remedy: 'Look.', retryable: true };
  const id = await world.add('a', { trouble: (run) => (run === 1 ? lost : null) });
  await world.until(() => world.record(id).stage === 'copying');
  expect(world.show(id).placement?.node).toBe('desk');
  world.change(id, { disks: [disk('2000', 600, 10)] });
  await world.until(() => world.record(id).stage === 'waiting');
  await world.settle();

  expect(await movedOf(world)).toEqual({ desk: [{ source: src('vc'), bytesPerSecond: 60 * MIB }], other: [] });

  for (const node of world.nodes) node.isAlive = node.id === 'other';
  await world.until(() => world.record(id).stage === 'copying');
  expect(world.show(id).placement?.node).toBe('other');
  world.change(id, { disks: [disk('2000', 600, 10), disk('2001', 900, 10)] });
  await world.untilAllOver();
  await world.settle();

  expect(await movedOf(world)).toMatchObject({
    desk: [{ bytesPerSecond: 60 * MIB }],
    other: [{ source: src('vc'), bytesPerSecond: 90 * MIB }],
  });
});

test('what was done is known again when the scheduler has started anew', async () => {
  await using world = await SimWorld.make();
  const id = await world.add('a');
  await world.until(() => world.record(id).stage === 'copying');
  world.change(id, { disks: [disk('2000', 600, 10)] });
  await world.untilAllOver();
  await world.restart();

  expect(await movedOf(world)).toEqual({ desk: [{ source: src('vc'), bytesPerSecond: 60 * MIB }] });
});
