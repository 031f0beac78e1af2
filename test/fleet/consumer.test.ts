/** A reader of a queue that is given up: while the connection to the broker comes back, and with something in hand. */
import type { Channel, ConsumeMessage } from 'amqplib';
import { expect, test } from 'vitest';
import type { Carrier } from '../../main/fleet/broker/attachment.ts';
import { Consumer, type ConsumeWish } from '../../main/fleet/broker/consumer.ts';
import type { Session } from '../../main/fleet/broker/session.ts';
import { NotLeaderError } from '../../main/store/sql/errors.ts';

const wishOf = (handle: () => Promise<void>): ConsumeWish => {
  return { declare: async () => await Promise.resolve('truth'), prefetch: 1, handle };
};
const carrier: Carrier = { publish: async () => {}, detach: () => {} };

const sessionOf = (channel: Promise<Channel>): Session =>
  ({
    channel: async () => await channel,
    ask: async (call: () => Promise<unknown>) => await call(),
    over: new Promise(() => {}),
  }) as unknown as Session; // a class that only connects for real; a consumer asks no more of it

/**
 * A channel of amqplib has some fifty members, and a consumer calls these.
 *
 * @param done what it was asked for, `onMessage` gets whoever takes what comes
 */
const channelOf = (done: string[], onMessage: (take: (message: ConsumeMessage) => void) => void = () => {}): Channel =>
  ({
    prefetch: async () => await Promise.resolve(),
    consume: async (_queue: string, take: (message: ConsumeMessage) => void) => {
      done.push('reads');
      onMessage(take);
      return await Promise.resolve({ consumerTag: 'tag' });
    },
    ack: () => done.push('has dealt with it'),
    cancel: async () => await Promise.resolve(),
    once: () => {},
    close: async () => {
      done.push('is closed');
      await Promise.resolve();
    },
  }) as unknown as Channel;

test('a reader that is given up while it is put on a new connection does not read there', async () => {
  const done: string[] = [];
  let open = (_channel: Channel): void => {};
  const opening = new Promise<Channel>((resolve) => (open = resolve));
  const consumer = new Consumer(
    wishOf(async () => {}),
    carrier,
  );

  const attached = consumer.attach(sessionOf(opening));
  const disposed = consumer[Symbol.asyncDispose]();
  open(channelOf(done));
  await Promise.all([attached, disposed]);

  await expect.poll(() => done.at(-1)).toBe('is closed');
});

test('a reader that is given up gives back what it has in hand and could not deal with', async () => {
  const done: string[] = [];
  let tries = 0;
  const consumer = new Consumer(
    wishOf(async () => {
      tries += 1;
      await Promise.reject(new NotLeaderError());
    }),
    carrier,
  );
  // Of amqplib’s many properties of a message none is told here.
  const message = { content: Buffer.from('{}'), fields: {}, properties: {} } as unknown as ConsumeMessage;
  await consumer.attach(sessionOf(Promise.resolve(channelOf(done, (take) => take(message)))));
  await expect.poll(() => tries).toBe(1);

  let isGone = false;
  void consumer[Symbol.asyncDispose]().then(() => (isGone = true));
  await expect.poll(() => isGone, { timeout: 3000 }).toBe(true);
  expect(done).toEqual(['reads', 'is closed']);
});
