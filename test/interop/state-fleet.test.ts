/** Two servers on one PostgreSQL, two workers behind a real RabbitMQ: who leads may die, and so may the database and a worker. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { MigrationId } from '../../main/shared/migration.ts';
import type { ScheduledMigration } from '../../main/shared/schedule.ts';
import type { Daemon } from '../support/daemon.ts';
import { gutsWith } from '../support/guts.ts';
import { SharedWorld } from '../support/shared-world.ts';
import { until } from '../support/until.ts';
import { WorkerProcess } from '../support/worker.ts';
import { rabbitmqPeer } from './rabbitmq-peer.ts';
import { PASSWORD, statePeers } from './state-peers.ts';

const MACHINES = 8;
/** A worker that a busy computer holds up for a second or two keeps its lease; a worker that died counts as lost long after that. */
const LEASE_TIMEOUT_MS = 10_000;

test('workers go on under the next server, and nothing is lost or done twice', async () => {
  await using peer = await statePeers.PostgreSQL();
  await using rabbit = await rabbitmqPeer();
  await using world = await SharedWorld.make(MACHINES, 8, LEASE_TIMEOUT_MS);
  const { url } = await peer.database('fleet');
  writeFileSync(world.file('password'), `${PASSWORD}\n`, { mode: 0o600 });
  const flags = [
    '--state',
    url,
    '--state-password-file',
    world.file('password'),
    '--only-workers',
    '--broker',
    rabbit.amqp,
    '--broker-password-file',
    rabbit.passwordFile,
  ];
  const key = async (server: string, ...words: string[]): Promise<void> => {
    const env = {
      GUTS_DATA_DIR: world.file(server),
      GUTS_VAULT: 'file',
      GUTS_VAULT_PASSPHRASE_FILE: world.passphraseFile,
    };
    const { code, stderr } = await gutsWith(env, '', 'node', 'key', ...words);
    expect([code, stderr]).toEqual([0, '']);
  };
  const worker = async (name: string): Promise<WorkerProcess> =>
    await WorkerProcess.start({
      name,
      dataDir: world.file(name),
      passphraseFile: world.passphraseFile,
      broker: rabbit.amqp,
      brokerPasswordFile: rabbit.passwordFile,
      joinKeyFile: world.file('join.key'),
      flags: ['--slots', '2'],
    });
  const stages = async (daemon: Daemon): Promise<string[]> => (await world.all(daemon)).map(({ stage }) => stage);
  const workedAt = (all: readonly ScheduledMigration[]): Set<string | undefined> =>
    new Set(all.flatMap((one) => one.stages.map(({ node }) => node)));

  const first = await world.serve('one', flags);
  await world.setUp(first);
  await key('one', '-o', world.file('join.key'));
  await key('two', '--take', world.file('join.key'));
  const second = await world.serve('two', flags);
  await world.giveSecrets(second);
  await using _w1 = await worker('w1');
  await using w2 = await worker('w2');
  for (const daemon of [first, second])
    await until(
      async () =>
        (await daemon.client.call('nodes.list', {})).nodes.filter(({ isAlive }) => isAlive).map(({ id }) => id),
      (nodes) => nodes.includes('w1') && nodes.includes('w2'),
    );
  const ids: MigrationId[] = [];
  for (let i = 0; i < MACHINES; i++) ids.push(await world.create(i % 2 === 0 ? first : second, `vm-${i}`));
  await until(
    async () => await stages(second),
    (now) => now.some((stage) => stage === 'copying' || stage === 'done'),
  );

  await first.kill();
  await peer.kill();
  await peer.up();
  await until(
    async () => await world.all(second).catch(() => []), // the database is away for a moment
    (all) => all.filter(({ stage }) => stage === 'done').length >= 2 && workedAt(all).has('w2'),
  );
  await w2.kill();

  const all = await world.whenOver(second);
  expect(await world.complaints(second, ids)).toEqual([]);
  expect(workedAt(all)).toEqual(new Set([undefined, 'w1', 'w2'])); // no node has planned them
});
