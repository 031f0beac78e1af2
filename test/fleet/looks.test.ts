/** What workers are told when they join: where to look, and how often to say how far they are; the more there are, the more rarely. */
import { afterAll, expect, test } from 'vitest';
import { Looks } from '../../main/fleet/daemon/looks.ts';
import { RemoteNode } from '../../main/fleet/daemon/remote-node.ts';
import type { Wish } from '../../main/shared/fleet.ts';
import { NodeId } from '../../main/shared/schedule.ts';
import { ConnectionStore } from '../../main/store/connections.ts';
import { scratch } from '../support/disks.ts';
import { heartbeatOf } from './heartbeat.ts';

const folder = scratch();
afterAll(() => folder[Symbol.dispose]());

function worker(number: number): RemoteNode {
  const id = NodeId.parse(`w${number}`);
  const never = async (): Promise<never> => await Promise.reject(new Error('nobody asks that'));
  const parts = {
    say: () => {},
    send: never,
    wish: never,
    measure: never,
    site: never,
    nowMs: () => 0,
    lostAfterMs: 45_000,
  };
  const node = new RemoteNode(id, parts);
  node.hear(heartbeatOf(id));
  return node;
}

test('ten workers tell each second, a thousand every ten; who knows it already is not told again', async () => {
  const told: (readonly [NodeId, Wish])[] = [];
  const looks = new Looks(new ConnectionStore(folder.file('data')), async (node, wish) => {
    told.push([node, wish]);
    return await Promise.resolve({ kind: 'done' });
  });
  const many = Array.from({ length: 1000 }, (_, i) => worker(i));
  const rates = (): unknown[] => [
    ...new Set(told.splice(0, Infinity).map(([, wish]) => (wish.kind === 'look' ? wish.progressEveryMs : null))),
  ];

  await looks.tell(many.slice(0, 10));
  expect(rates()).toEqual([1000]);
  await looks.tell(many.slice(0, 100));
  expect(rates()).toEqual([1000]);
  await looks.tell(many);
  expect(told).toHaveLength(1000);
  expect(rates()).toEqual([10_000]);
  await looks.tell(many);
  expect(told).toEqual([]);
});
