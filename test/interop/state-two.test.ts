/** Two servers on one PostgreSQL or MariaDB: both answer, one leads; when that one dies the other goes on with what it was at. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import type { Daemon } from '../support/daemon.ts';
import { gutsWith } from '../support/guts.ts';
import { SharedWorld } from '../support/shared-world.ts';
import { until } from '../support/until.ts';
import { PASSWORD, statePeers, type StatePeer } from './state-peers.ts';

describe.each(Object.entries(statePeers))('two servers with their state in %s', (_name, start) => {
  let peer: StatePeer;
  let count = 0;
  beforeAll(async () => {
    peer = await start();
  });
  afterAll(async () => await peer[Symbol.asyncDispose]());

  async function flagsFor(world: SharedWorld): Promise<string[]> {
    const { url } = await peer.database(`two${++count}`);
    writeFileSync(world.file('password'), `${PASSWORD}\n`, { mode: 0o600 });
    return ['--state', url, '--state-password-file', world.file('password')];
  }

  /** The second has its secrets by the commands for that. */
  async function giveSecrets(world: SharedWorld, name: string): Promise<void> {
    const env = {
      GUTS_DATA_DIR: world.file(name),
      GUTS_VAULT: 'file',
      GUTS_VAULT_PASSPHRASE_FILE: world.passphraseFile,
    };
    const { secret } = world.cloud.applicationCredential;
    for (const [words, typed] of [
      [['source', 'secret', 'from', '--password-stdin'], world.vcenter.password],
      [['destination', 'secret', 'to', '--password-stdin'], secret],
    ] as const) {
      const { code, stderr } = await gutsWith(env, `${typed}\n`, ...words);
      expect([code, stderr]).toEqual([0, '']);
    }
  }

  const one = async ({ client }: Daemon, id: MigrationId): Promise<ScheduledMigration> =>
    await client.call('migrations.show', { id });
  const whenIt = async (
    daemon: Daemon,
    id: MigrationId,
    isSo: (now: ScheduledMigration) => boolean,
  ): Promise<ScheduledMigration> => await until(async () => await one(daemon, id), isSo);

  test('both answer the same; what is asked of either is done', async () => {
    await using world = await SharedWorld.make(4, 4);
    const flags = await flagsFor(world);
    const first = await world.serve('one', flags);
    await world.setUp(first);
    const second = await world.serve('two', flags);
    await giveSecrets(world, 'two');
    await first.client.call('settings.change', { isPaused: true });
    await until(
      async () => (await second.client.call('settings.show', {})).isPaused,
      (isPaused) => isPaused,
    );

    // Asked of the one that does not lead, turn by turn with the other: each has its own place.
    const kept = [await world.create(first, 'vm-0'), await world.create(second, 'vm-1')];
    const paused = await world.create(first, 'vm-2');
    const cancelled = await world.create(second, 'vm-3');
    const ids = [...kept, paused, cancelled];
    const orderOf = async ({ client }: Daemon): Promise<string[]> =>
      (await client.call('migrations.list', { sort: 'queue', isQueued: true })).migrations.map(
        ({ request }) => request.id,
      );
    for (const daemon of [first, second])
      await until(
        async () => await orderOf(daemon),
        (order) => order.join(' ') === ids.join(' '),
      );
    await second.client.call('migrations.action', { id: cancelled, action: 'cancel' });
    await second.client.call('migrations.action', { id: paused, action: 'pause' });
    await second.client.call('settings.change', { isPaused: false });
    await whenIt(first, cancelled, ({ stage }) => stage === 'cancelled');
    await whenIt(second, paused, ({ isQueued }) => !isQueued);
    await second.client.call('migrations.action', { id: paused, action: 'start' });

    await world.whenOver(second);
    expect(await world.complaints(second, [...kept, paused])).toEqual([]);
    const a = await until(
      async () => await world.all(first),
      (all) => all.every(({ isRunning, isQueued }) => !isRunning && !isQueued),
    );
    await expect.poll(async () => await world.all(second)).toEqual(a); // it is told within seconds
    const nodes = async ({ client }: Daemon) => (await client.call('nodes.list', {})).nodes.map(({ id }) => id);
    await until(
      async () => await nodes(second),
      (told) => told.join() === 'one',
    );
    expect(await nodes(first)).toEqual(['one']);
  });

  test('when the one that leads is killed the other goes on, with nothing lost and nothing done twice', async () => {
    await using world = await SharedWorld.make(6, 8);
    const flags = await flagsFor(world);
    let leading = await world.serve('one', flags);
    await world.setUp(leading);
    let other = await world.serve('two', flags);
    await giveSecrets(world, 'two');
    await leading.client.call('settings.change', { slots: { ...(await leading.client.call('settings.show', {})).slots, global: 2 } }); // prettier-ignore
    const ids: MigrationId[] = [];
    for (let i = 0; i < 6; i++) ids.push(await world.create(i % 2 === 0 ? leading : other, `vm-${i}`));

    let names = ['one', 'two'];
    for (let kills = 0; kills < 2; kills++) {
      await until(
        async () => await world.all(other),
        (all) => all.some(({ isRunning, stage }) => isRunning && stage === 'copying') || all.every(({ stage }) => stage === 'done'), // prettier-ignore
      );
      await leading.kill();
      // It says so of itself: the nodes that are told are its own.
      await until(
        async () => (await other.client.call('nodes.list', {})).nodes.map(({ id }) => id).join(),
        (told) => told === names[1],
      );
      const back = await world.serve(names[0] ?? '', flags);
      [leading, other] = [other, back];
      names = names.toReversed();
    }

    for (const daemon of [other, leading]) await world.whenOver(daemon); // the one that does not lead hears it within seconds
    expect(await world.complaints(other, ids)).toEqual([]);
    expect(await world.complaints(leading, ids)).toEqual([]);
  });
});
