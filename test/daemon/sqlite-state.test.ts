/** `guts serve --state sqlite:FILE`: servers of one machine share a file, by the driver that newer Nodes bring. */
import { expect, test } from 'vitest';
import { limit } from '../e2e/two-sides.ts';
import { systemNode } from '../support/guts.ts';
import type { Daemon } from '../support/daemon.ts';
import { SharedWorld } from '../support/shared-world.ts';
import { MiB } from '../support/disks.ts';
import { until } from '../support/until.ts';

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

test('a plan that is started at two servers at the same moment makes one migration of each machine', async () => {
  await using world = await SharedWorld.make(3);
  const flags = ['--state', `sqlite:${world.file('guts.db')}`];
  const first = await world.serve('one', flags, newerNode);
  await world.setUp(first);
  const second = await world.serve('two', flags, newerNode);
  await world.giveSecrets(second);
  const options = { networks: [{ from: null, to: 'lan', ip: 'auto' as const }], keepMac: false, mayPullPlug: true, bootTimeoutSeconds: 0 }; // prettier-ignore
  const machines = ['vm-0', 'vm-1', 'vm-2'].map((vm) => ({ vm }));
  await first.client.call('plans.create', { name: 'spring', source: 'from', destination: 'to', options, machines });
  const startAt = async ({ client }: Daemon): Promise<string> =>
    await client.call('plans.start', { plan: 'spring' }).then(
      () => 'started',
      ({ code }: { code?: string }) => code ?? '',
    );
  await until(
    async () => (await second.client.call('plans.list', {})).plans.length,
    (known) => known === 1,
  );

  const told = await Promise.all([startAt(first), startAt(second)]);

  expect(told).toContain('started');
  for (const one of told) expect(['started', 'plan.changed-meanwhile']).toContain(one);
  for (const one of [second, first]) expect(await startAt(one)).toBe('started'); // whoever looks again finds nothing to start
  const all = await world.whenOver(first);
  expect(all.map(({ request }) => request.vm.name).toSorted()).toEqual(['vm-0', 'vm-1', 'vm-2']);
  const ids = all.map(({ request }) => request.id);
  expect(await world.complaints(first, ids)).toEqual([]);
});

test('a pause counts also where it is asked at a server that has not heard yet that the migration runs', async () => {
  await using world = await SharedWorld.make(1, 24);
  const flags = ['--state', `sqlite:${world.file('guts.db')}`];
  const leader = await world.serve('one', flags, newerNode);
  await world.setUp(leader);
  const other = await world.serve('two', flags, newerNode);
  await world.giveSecrets(other);
  await limit(leader.client, MiB / 8); // minutes, if it is not paused
  const id = await world.create(other, 'vm-0');
  await until(
    async () => await leader.client.call('migrations.show', { id }).catch(() => null), // the other one made it
    (one) => one?.stage === 'preparing' || one?.stage === 'copying',
  );

  // As long as the last that it has heard is the preflight, it says that it does not fit.
  const told = await until(
    async () =>
      await other.client.call('migrations.action', { id, action: 'pause' }).then(
        () => 'asked',
        ({ code }: { code?: string }) => code ?? '',
      ),
    (one) => one !== 'migration.no-such-step',
  );
  expect(told).toBe('asked');

  const { stage } = await until(
    async () => await leader.client.call('migrations.show', { id }),
    ({ isRunning }) => !isRunning,
  );
  expect(stage).toBe('paused');
});

test('what one server has changed counts at once for what is asked of another', async () => {
  await using world = await SharedWorld.make(1);
  const flags = ['--state', `sqlite:${world.file('guts.db')}`];
  const first = await world.serve('one', flags, newerNode);
  const { client: one } = first;
  await world.setUp(first);
  const { client: two } = await world.serve('two', flags, newerNode);
  await one.call('settings.change', { isPaused: true });
  const id = await world.create(first, 'vm-0', false);
  await until(
    async () => (await two.call('migrations.list', {})).migrations.length,
    (known) => known === 1,
  );

  await one.call('migrations.schedule', { id, schedule: { priority: 40 } });
  const held = await two.call('migrations.action', { id, action: 'hold' });
  expect(held.schedule).toMatchObject({ priority: 40, isHeld: true });
  await one.call('migrations.action', { id, action: 'start' });
  await expect(two.call('migrations.delete', { id })).rejects.toMatchObject({ code: 'migration.in-hand' });
});

test('a Node without that driver is told so before anything begins', async () => {
  await using world = await SharedWorld.make(1);

  await expect(world.serve('old', ['--state', `sqlite:${world.file('guts.db')}`], systemNode)).rejects.toThrow(
    /state\.no-sqlite[^]*Node 22/,
  );
});
