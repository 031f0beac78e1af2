/** `guts serve --state sqlite:FILE`: servers of one machine share a file, by the driver that newer Nodes bring. */
import { expect, test } from 'vitest';
import { systemNode } from '../support/guts.ts';
import { SharedWorld } from '../support/shared-world.ts';

const newerNode = process.execPath;

test('a daemon with its state in SQLite moves a machine, and another one has it all afterwards', async () => {
  await using world = await SharedWorld.make(2);
  const flags = ['--state', `sqlite:${world.file('guts.db')}`];
  const first = await world.serve('one', flags, newerNode);
  await world.setUp(first);
  const id = await world.create(first, 'vm-0');
  await world.whenOver(first);
  expect(await world.complaints(first, [id])).toEqual([]);
  const told = await world.all(first);
  const second = await world.serve('two', flags, newerNode);
  await world.giveSecrets(second);

  // Killed, so that the other one has to notice by itself that nobody decides.
  await first.kill();
  const next = await world.create(second, 'vm-1');
  await world.whenOver(second);

  expect(await world.complaints(second, [id, next])).toEqual([]);
  expect((await world.all(second)).filter(({ request }) => request.id === id)).toEqual(told);
  expect(await second.stop()).toBe(0);
});

test('a Node without that driver is told so before anything begins', async () => {
  await using world = await SharedWorld.make(1);

  await expect(world.serve('old', ['--state', `sqlite:${world.file('guts.db')}`], systemNode)).rejects.toThrow(
    /state\.no-sqlite[^]*Node 22/,
  );
});
