/** What becomes of the jobs of a worker that another server removes from the fleet. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EnginePool } from '../../main/engine-pool.ts';
import { Fleet } from '../../main/fleet/daemon/fleet.ts';
import { KnownNodes } from '../../main/fleet/daemon/known-nodes.ts';
import { partsOf } from '../../main/host.ts';
import { toErrorInfo } from '../../main/shared/errors.ts';
import { NodeId } from '../../main/shared/schedule.ts';
import { MigrationIndex } from '../../main/store/migrations.ts';
import { sharedPlace } from '../store/shared-place.ts';
import { lead, requestOf } from '../store/state-stories.ts';
import { scratch } from '../support/disks.ts';

const never = new AbortController().signal;
const w1 = NodeId.parse('w1');

test('what a worker had that another server has removed is lost with it, and goes on elsewhere', async () => {
  using folder = scratch();
  writeFileSync(folder.file('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
  const address = { kind: 'sqlite', file: folder.file('state.db') } as const;
  await using place = sharedPlace({ address, trust: null, password: async () => await Promise.resolve('') });
  await using other = await place.open('b');
  const others = await KnownNodes.open(other.documents);
  await others.put({ id: w1, isDraining: false, joinedAt: new Date().toISOString() });
  await using state = await place.open('a');
  await lead(state);
  await using engines = new EnginePool(1);
  const env = { GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: folder.file('passphrase') };
  const { dataDir } = state;
  const parts = partsOf({ dataDir, state, env, askPassphrase: async () => await Promise.resolve(null) }, engines);
  await using index = await MigrationIndex.open(engines, dataDir, never);
  await using fleet = await Fleet.open(
    {
      url: 'amqp://guts@127.0.0.1:1/', // a broker that is away
      trust: { kind: 'system' },
      password: async () => await Promise.resolve(''),
      onState: () => {},
    },
    { ...parts, ownNode: NodeId.parse('desk') },
  );
  await fleet.begin({ holdOf: () => null, look: () => {}, tellOf: () => {} }, index);
  const [node] = fleet.nodes;
  const listener = { onStage: () => {}, onProgress: () => {} };
  let why: string | undefined;
  node
    ?.run(requestOf(1), { token: 1, buckets: [], datastores: [], isLimited: false }, listener)
    .catch((error: unknown) => (why = toErrorInfo(error).code));

  await others.remove(w1);
  await expect.poll(() => fleet.nodes, { timeout: 10_000 }).toEqual([]);
  await expect.poll(() => why, { timeout: 2000 }).toBe('node.lost');
});
