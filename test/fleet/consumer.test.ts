/** A reader of a queue that is given up while the connection to the broker comes back. */
import type { Channel } from 'amqplib';
import { expect, test } from 'vitest';
import type { Carrier } from '../../main/fleet/broker/attachment.ts';
import { Consumer } from '../../main/fleet/broker/consumer.ts';
import type { Session } from '../../main/fleet/broker/session.ts';

test('a reader that is given up while it is put on a new connection does not read there', async () => {
  const done: string[] = [];
  let open = (_channel: Channel): void => {};
  const opening = new Promise<Channel>((resolve) => (open = resolve));
  const session = {
    channel: async () => await opening,
    ask: async (call: () => Promise<unknown>) => await call(),
    over: new Promise(() => {}),
  } as unknown as Session; // a consumer asks no more of it
  const channel = {
    prefetch: async () => await Promise.resolve(),
    consume: async () => {
      done.push('reads');
      return await Promise.resolve({ consumerTag: 'tag' });
    },
    cancel: async () => await Promise.resolve(),
    once: () => {},
    close: async () => {
      done.push('is closed');
      await Promise.resolve();
    },
  } as unknown as Channel;
  const carrier = { detach: () => {} } as unknown as Carrier;
  const wish = { declare: async () => await Promise.resolve('truth'), prefetch: 1, handle: async () => {} };
  const consumer = new Consumer(wish, carrier);

  const attached = consumer.attach(session);
  const disposed = consumer[Symbol.asyncDispose]();
  open(channel);
  await Promise.all([attached, disposed]);

  await expect.poll(() => done.at(-1)).toBe('is closed');
});
