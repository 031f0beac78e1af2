/** Orders that a cloud is so slow with that their answers are not waited for: nothing is made twice, and what came of the first is kept. */
import { describe, expect, test } from 'vitest';
import { makeOnce, type Site } from '../../worker/destinations/openstack/making.ts';
import { MacInUseError } from '../../worker/destinations/openstack/errors.ts';
import { ConnectionLostError } from '../../worker/net/errors.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';

const refusal = {
  service: 'network',
  method: 'POST',
  path: '/v2.0/ports',
  status: 409,
  kind: 'MacAddressInUse',
  text: 'The mac address is in use',
  requestId: null,
  retryAfterSeconds: null,
};

interface Port {
  readonly id: string;
}

/** It gives no answer to the first order, and shows what it makes of it only when the second one comes. */
class SlowCloud {
  readonly ports: Port[] = [];
  #orders = 0;

  async create(): Promise<Port> {
    await Promise.resolve();
    this.#orders += 1;
    if (this.#orders === 1) throw new ConnectionLostError('The cloud has not answered for 120 seconds.');
    this.ports.push({ id: 'port-1' });
    throw new MacInUseError('The MAC address is taken', refusal);
  }

  async find(): Promise<string | null> {
    return await Promise.resolve(this.ports[0]?.id ?? null);
  }
}

const site = { clock: { now: () => 0, pause: async () => {} } } as unknown as Site; // nobody asks its session
const item = { key: 'port:1', kind: 'port', name: 'guts-mig_000000000000-port-1', facts: {} } as const;

describe('an order whose answer never came', () => {
  test('and that stands in the way of the next one is taken for what it is', async () => {
    const cloud = new SlowCloud();
    const ledger = new MemoryLedger('guts-mig_000000000000');

    const made = await makeOnce<Port>(
      site,
      ledger,
      item,
      {
        adopt: async (id) => await Promise.resolve({ id }),
        find: async () => await cloud.find(),
        create: async () => await cloud.create(),
      },
      AbortSignal.timeout(60_000),
    );

    expect(made).toEqual({ id: 'port-1' });
    expect(cloud.ports).toHaveLength(1);
    expect(ledger.items).toMatchObject([{ key: 'port:1', id: 'port-1' }]);
  });

  test('and of which nothing is to be found is refused as the next one was', async () => {
    const cloud = new SlowCloud();

    const making = makeOnce<Port>(
      site,
      new MemoryLedger('guts-mig_000000000000'),
      item,
      {
        adopt: async (id) => await Promise.resolve({ id }),
        find: async () => await Promise.resolve(null),
        create: async () => await cloud.create(),
      },
      AbortSignal.timeout(60_000),
    );

    await expect(making).rejects.toMatchObject({ code: 'openstack.mac-in-use' });
  });
});
