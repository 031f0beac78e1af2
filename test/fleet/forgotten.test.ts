/** What becomes of the jobs of a worker that is removed from the fleet, here or by another server. */
import { afterAll, expect, test } from 'vitest';
import { EventHub } from '../../main/events.ts';
import { Fleet } from '../../main/fleet/daemon/fleet.ts';
import { newJoinKey } from '../../main/fleet/sealing.ts';
import type { Hold } from '../../main/scheduler/entries.ts';
import type { RecordIndex } from '../../main/scheduler/node.ts';
import { toErrorInfo } from '../../main/shared/errors.ts';
import { NodeId } from '../../main/shared/schedule.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import type { Documents } from '../../main/store/documents.ts';
import { scratch } from '../support/disks.ts';
import { requestOf } from '../store/state-stories.ts';

const folder = scratch();
afterAll(() => folder[Symbol.dispose]());

const w1 = { id: NodeId.parse('w1'), isDraining: false, joinedAt: new Date().toISOString() };

/** The list of workers, which another server changes by `hear`. */
function shared(): { readonly documents: Documents; hear: (nodes: readonly unknown[]) => void } {
  const own = {
    hear: (_nodes: readonly unknown[]): void => {},
    documents: {
      document: () => ({
        read: async () => await Promise.resolve({ schemaVersion: 1, nodes: [w1] }),
        follow: (hear: (now: unknown) => void) => {
          own.hear = (nodes) => hear({ schemaVersion: 1, nodes });
          return { [Symbol.dispose]: () => {} };
        },
      }),
      text: () => ({ read: async () => await Promise.resolve(null) }),
    } as unknown as Documents, // nothing else of it is asked
  };
  return own;
}

test('what a worker had that another server has removed is lost with it, and goes on elsewhere', async () => {
  const list = shared();
  const parts = {
    dataDir: folder.file('data'),
    state: { documents: list.documents },
    connections: new ConnectionStore(folder.file('data')),
    vault: { get: async () => await Promise.resolve(newJoinKey()) },
    events: new EventHub(),
    ownNode: NodeId.parse('desk'),
  } as unknown as Parameters<typeof Fleet.open>[1]; // of a fleet whose broker is away
  await using fleet = await Fleet.open(
    {
      url: 'amqp://guts@127.0.0.1:1/',
      trust: { kind: 'system' },
      password: async () => await Promise.resolve(''),
      onState: () => {},
    },
    parts,
  );
  await fleet.begin({ holdOf: (): Hold | null => null, look: () => {}, tellOf: () => {} }, {} as RecordIndex);
  const [node] = fleet.nodes;
  const listener = { onStage: () => {}, onProgress: () => {} };
  let why: string | undefined;
  node
    ?.run(requestOf(1), { token: 1, buckets: [], datastores: [], isLimited: false }, listener)
    .catch((error: unknown) => (why = toErrorInfo(error).code));
  await new Promise((resolve) => setTimeout(resolve, 100));

  list.hear([]);
  expect(fleet.nodes).toEqual([]);
  await expect.poll(() => why, { timeout: 2000 }).toBe('node.lost');
});
