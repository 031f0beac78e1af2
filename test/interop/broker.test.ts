/** The way to RabbitMQ, with the real one: nothing is lost silently, whatever becomes of the broker or of whoever reads. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Broker, type BrokerOptions, type BrokerState } from '../../main/fleet/broker/broker.ts';
import type { Delivery } from '../../main/fleet/broker/consumer.ts';
import { Declaration } from '../../main/fleet/broker/declaration.ts';
import { passwordIn } from '../../main/fleet/broker/password.ts';
import { DEAD_QUEUE, declareDead, declareJobs, jobsQueue } from '../../main/fleet/broker/topology.ts';
import { GutsError } from '../../main/shared/errors.ts';
import { NodeId } from '../../main/shared/schedule.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { scratch } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { rabbitmqPeer, type RabbitmqPeer } from './rabbitmq-peer.ts';

let peer: RabbitmqPeer;
beforeAll(async () => {
  peer = await rabbitmqPeer();
});
afterAll(async () => await peer[Symbol.asyncDispose]());

const options = (more: Partial<BrokerOptions> = {}): BrokerOptions => ({
  url: peer.amqp,
  trust: { kind: 'system' },
  password: async () => await passwordIn(peer.passwordFile),
  name: 'guts story',
  ...more,
});

let nodes = 0;
const newNode = (): NodeId => NodeId.parse(`node-${++nodes}`);
const to = (node: NodeId, text: string) => ({
  exchange: '',
  key: jobsQueue(node),
  body: Buffer.from(text),
  isDurable: true,
  mustArrive: true,
});

const soon = <T>(ask: () => T, isDone: (answer: T) => boolean): Promise<T> =>
  until(async () => await Promise.resolve(ask()), isDone);

/** A reader that notes what it is given. */
async function reading(broker: Broker, node: NodeId, handle: (delivery: Delivery) => Promise<void> = async () => {}) {
  const read: string[] = [];
  const consumer = await broker.consume({
    declare: declareJobs(node),
    prefetch: 10,
    handle: async (delivery) => {
      read.push(delivery.body.toString());
      await handle(delivery);
    },
  });
  return { read, consumer };
}

async function refusal(broker: Broker): Promise<GutsError> {
  const error: unknown = await broker.ready(AbortSignal.timeout(120_000)).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(error instanceof GutsError)) throw new Error(`it should have been refused: ${String(error)}`);
  return error;
}

describe('a sign-in', () => {
  test('is made over TLS by the authority that signed, and by the fingerprint', async () => {
    await using byAuthority = new Broker(options({ url: peer.amqps, trust: { kind: 'authorities', pem: peer.ca } }));
    await using byPin = new Broker(
      options({
        url: peer.amqps.replace('localhost', '127.0.0.1'),
        trust: { kind: 'pinned', sha256: peer.fingerprint },
      }),
    );

    await byAuthority.ready();
    await byPin.ready();

    expect(byAuthority.state).toMatchObject({ kind: 'up', version: expect.stringMatching(/^\d+\.\d+/), blocked: null });
    expect(byPin.state).toMatchObject({ kind: 'up' });
  });

  test('is not made where another authority signed, and says which certificate was shown', async () => {
    await using broker = new Broker(options({ url: peer.amqps, trust: { kind: 'authorities', pem: peer.otherCa } }));

    const { code, message, remedy } = await refusal(broker);

    expect(code).toBe('broker.untrusted');
    expect(message).toContain('an authority that Guts was not told of signed it');
    expect(remedy).toContain(peer.fingerprint);
    expect(broker.state).toMatchObject({ kind: 'down', why: { code: 'broker.untrusted' } });
  });

  test('is not made where another certificate is shown than the pinned one', async () => {
    const sha256 = peer.fingerprint.replace(/^../, (byte) => (byte === '00' ? '11' : '00'));
    await using broker = new Broker(options({ url: peer.amqps, trust: { kind: 'pinned', sha256 } }));

    expect(await refusal(broker)).toMatchObject({ code: 'broker.certificate-changed' });
  });

  test('with a wrong password is refused in words, and goes well once the file has the right one', async () => {
    using tmp = scratch();
    const file = tmp.file('password');
    writeFileSync(file, 'something else\n');
    await using broker = new Broker(options({ password: async () => await passwordIn(file) }));

    const { code, message, remedy } = await refusal(broker);
    writeFileSync(file, `${peer.password}\n`);
    await soon(
      () => broker.state.kind,
      (kind) => kind === 'up',
    );

    expect(code).toBe('broker.login');
    expect(`${message} ${remedy}`).not.toContain('something else');
  });

  test('without rights on the virtual host says which command gives them', async () => {
    const { amqp, passwordFile } = peer.stranger;
    await using broker = new Broker(options({ url: amqp, password: async () => await passwordIn(passwordFile) }));
    await using nowhere = new Broker(options({ url: `${peer.amqp}-that-is-not-there` }));

    expect(await refusal(broker)).toMatchObject({
      code: 'broker.rights',
      remedy: expect.stringContaining("rabbitmqctl set_permissions -p 'guts' 'stranger'"),
    });
    expect(await refusal(nowhere)).toMatchObject({
      code: 'broker.rights',
      message: expect.stringContaining('guts-that-is-not-there'),
    });
  });

  test('where nobody listens is tried again, and says since when and why', async () => {
    const proxy = await CuttingProxy.open('127.0.0.1', peer.port);
    const { port } = proxy;
    await proxy[Symbol.asyncDispose]();
    const told: BrokerState[] = [];
    await using broker = new Broker(options({ url: `amqp://guts@127.0.0.1:${port}/guts` }));
    using _listening = broker.onState((state) => told.push(state));

    await soon(
      () => told.length,
      (length) => length >= 2,
    );

    expect(told[1]).toMatchObject({ kind: 'down', why: { code: 'broker.unreachable', retryable: true } });
    expect(told[1]?.since).toBe(told[0]?.since);
  });
});

describe('a connection', () => {
  test('that breaks off at any byte while it is made is made again', async () => {
    const upAfter = async (bytes: number): Promise<boolean> => {
      await using proxy = await CuttingProxy.open('127.0.0.1', peer.port);
      proxy.cutAfter(bytes);
      await using broker = new Broker(options({ url: `amqp://guts@127.0.0.1:${proxy.port}/guts` }));
      await broker.attach(new Declaration(declareDead));
      await broker.ready(AbortSignal.timeout(150_000));
      return proxy.connections > 1;
    };
    const everyAnswer = Array.from({ length: 100 }, (_, i) => 460 + 4 * i);

    const wasCut = await Promise.all(everyAnswer.map(async (bytes) => await upAfter(bytes)));

    expect(wasCut.slice(0, 5)).toEqual([true, true, true, true, true]);
    expect(wasCut.slice(-5)).toEqual([false, false, false, false, false]); // it was made, and more
  });
});

describe('messages', () => {
  test('arrive in order, and are told to be with the broker', async () => {
    const node = newNode();
    await using broker = new Broker(options());
    const { read } = await reading(broker, node);
    await broker.ready();

    await Promise.all(['a', 'b', 'c'].map(async (text) => await broker.publish(to(node, text))));
    await soon(
      () => read.length,
      (length) => length === 3,
    );

    expect(read).toEqual(['a', 'b', 'c']);
  });

  test('to a queue that is not there are given back', async () => {
    await using broker = new Broker(options());

    await expect(broker.publish(to(newNode(), 'a'))).rejects.toMatchObject({ code: 'broker.no-queue' });
  });

  test('that are sent while the broker is killed arrive when it is back, those that were there as well', async () => {
    const node = newNode();
    await using broker = new Broker(options());
    await using sender = new Broker(options());
    const first = await reading(broker, node);
    await broker.ready();
    await first.consumer[Symbol.asyncDispose]();
    await sender.publish(to(node, 'before'));
    const states: string[] = [];
    using _listening = sender.onState(({ kind }) => states.push(kind));

    await peer.kill();
    const meanwhile = Array.from({ length: 50 }, async (_, i) => await sender.publish(to(node, `gap ${i}`)));
    await peer.up();
    await Promise.all(meanwhile);
    const { read } = await reading(broker, node);
    await soon(
      () => new Set(read).size,
      (size) => size === 51,
    );

    expect([...new Set(read)]).toEqual(['before', ...Array.from({ length: 50 }, (_, i) => `gap ${i}`)]);
    expect(states[0]).toBe('down');
    expect(states.at(-1)).toBe('up');
  });

  test('that wait for a broker which is down fail when their sender has had enough', async () => {
    await using proxy = await CuttingProxy.open('127.0.0.1', peer.port);
    await using broker = new Broker(options({ url: `amqp://guts@127.0.0.1:${proxy.port}/guts` }));
    await broker.ready();
    const impatient = new AbortController();
    await proxy[Symbol.asyncDispose]();
    await soon(
      () => broker.state.kind,
      (kind) => kind === 'down',
    );

    const sending = broker.publish(to(newNode(), 'a'), impatient.signal);
    impatient.abort(new Error('had enough'));

    await expect(sending).rejects.toThrow('had enough');
  });

  test('are kept in memory up to a bound, and refused beyond', async () => {
    const broker = new Broker(options({ password: async () => await new Promise(() => {}) }));
    const large = { ...to(newNode(), ''), body: Buffer.alloc(1024 * 1024) };
    const waiting = Array.from(
      { length: 64 },
      async () => await broker.publish(large).catch((error: unknown) => error),
    );

    await expect(broker.publish(large)).rejects.toMatchObject({ code: 'broker.congested', retryable: true });
    await expect(broker.publish({ ...large, body: Buffer.alloc(1024 * 1024 + 1) })).rejects.toMatchObject({
      code: 'broker.message-too-large',
    });
    void broker[Symbol.asyncDispose]();

    expect(await waiting[0]).toMatchObject({ code: 'broker.closed' });
  });

  test('for a queue whose leader is gone are given back, and do not hold up others for ever', async () => {
    const [dead, silent, alive] = [newNode(), newNode(), newNode()];
    await using broker = new Broker(options());
    await reading(broker, alive);
    await broker.ready();
    await broker.attach(new Declaration(declareJobs(dead)));
    await broker.attach(new Declaration(declareJobs(silent)));
    await peer.ctl('eval', `ra:stop_server(quorum_queues, {'guts_${jobsQueue(dead)}', node()}).`);
    await peer.ctl('eval', `sys:suspend('guts_${jobsQueue(silent)}').`);

    const lost = broker.publish(to(dead, 'lost')).catch((error: unknown) => error);
    const unheard = broker.publish(to(silent, 'unheard')).catch((error: unknown) => error);
    await broker.publish(to(alive, 'goes on'));

    expect(await lost).toMatchObject({ code: 'broker.queue-full', retryable: true });
    expect(await unheard).toMatchObject({ code: 'broker.queue-full', retryable: true });
    await peer.ctl('eval', `sys:resume('guts_${jobsQueue(silent)}').`);
  });

  test('go on by themselves after a broker that was frozen for longer than heartbeats wait', async () => {
    const node = newNode();
    await using broker = new Broker(options());
    const { read } = await reading(broker, node);
    await broker.ready();

    await peer.freeze();
    const sending = broker.publish(to(node, 'patience'));
    const down = await soon(
      () => broker.state,
      ({ kind }) => kind === 'down',
    );
    await peer.thaw();
    await sending;
    await soon(
      () => read.length,
      (length) => length > 0,
    );

    expect(down).toMatchObject({ why: { code: 'broker.lost', message: expect.stringContaining('Heartbeat timeout') } });
    expect(new Set(read)).toEqual(new Set(['patience']));
  });

  test('wait while the broker is short of memory, which is told, and go on by themselves', async () => {
    const node = newNode();
    await using broker = new Broker(options());
    const { read } = await reading(broker, node);
    await broker.ready();

    await peer.alarm('on');
    const sending = broker.publish(to(node, 'patience'));
    const blocked = await soon(
      () => broker.state,
      (state) => state.kind === 'up' && state.blocked !== null,
    );
    expect(read).toEqual([]);
    await peer.alarm('off');
    await sending;
    await soon(
      () => read.length,
      (length) => length === 1,
    );

    expect(blocked).toMatchObject({ blocked: { code: 'broker.blocked', message: expect.stringContaining('memory') } });
    expect(broker.state).toMatchObject({ kind: 'up', blocked: null });
  });
});

describe('a reader', () => {
  test('that is cut off with messages in hand has them come again', async () => {
    const node = newNode();
    await using proxy = await CuttingProxy.open('127.0.0.1', peer.port);
    await using broker = new Broker(options({ url: `amqp://guts@127.0.0.1:${proxy.port}/guts` }));
    const redelivered: boolean[] = [];
    const { read } = await reading(broker, node, async ({ isRedelivered, signal }) => {
      redelivered.push(isRedelivered);
      if (!isRedelivered)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    await broker.ready();
    await broker.publish(to(node, 'in hand'));
    await soon(
      () => read.length,
      (length) => length === 1,
    );

    proxy.cut();
    await soon(
      () => read.length,
      (length) => length === 2,
    );

    expect(read).toEqual(['in hand', 'in hand']);
    expect(redelivered).toEqual([false, true]);
  });

  test('that cannot deal with a message lays it aside with the reason, and has the next', async () => {
    const node = newNode();
    await using broker = new Broker(options());
    const { read } = await reading(broker, node, async ({ body }) => {
      if (body.toString() === 'nonsense') throw new StrangeError('nobody understands this');
    });
    const dead: Delivery[] = [];
    await using _graveyard = await broker.consume({
      declare: declareDead,
      prefetch: 1,
      handle: async (delivery) => void dead.push(delivery),
    });

    await broker.publish(to(node, 'nonsense'));
    await broker.publish(to(node, 'sense'));
    const [found] = await soon(
      () => dead.filter(({ headers }) => headers['guts-queue'] === jobsQueue(node)),
      ({ length }) => length === 1,
    );
    await soon(
      () => read.length,
      (length) => length === 2,
    );

    expect(found?.body.toString()).toBe('nonsense');
    expect(found?.headers['guts-reason']).toBe('story.strange: nobody understands this');
  });

  test('for whom trouble passes is given the same message again', async () => {
    const node = newNode();
    await using broker = new Broker(options());
    let tries = 0;
    const { read } = await reading(broker, node, async () => {
      tries += 1;
      if (tries > 1) return;
      await soon(
        () => read.length,
        (length) => length === 2, // or the second message may come only after the first was given again
      );
      throw new PassingError('the database is away');
    });

    await broker.publish(to(node, 'a'));
    await broker.publish(to(node, 'b'));
    await soon(
      () => read.length,
      (length) => length === 3,
    );

    expect(read).toEqual(['a', 'b', 'a']);
  });

  test('of a queue that somebody has made otherwise is told so, with the way out', async () => {
    const node = newNode();
    await using broker = new Broker(options());
    await broker.ready();
    await broker.consume({
      declare: async (channel) => (await channel.assertQueue(jobsQueue(node), { durable: true })).queue,
      prefetch: 1,
      handle: async () => {},
    });

    await expect(reading(broker, node)).rejects.toMatchObject({
      code: 'broker.queue-differs',
      remedy: expect.stringContaining("rabbitmqctl delete_queue -p 'guts'"),
    });
  });

  test('ends with what it has in hand, and leaves the rest to others', async () => {
    const node = newNode();
    await using broker = new Broker(options());
    let finish = (): void => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = await reading(broker, node, async () => await held);
    await broker.publish(to(node, 'slow'));
    await soon(
      () => slow.read.length,
      (length) => length === 1,
    );

    const ending = slow.consumer[Symbol.asyncDispose]();
    finish();
    await ending;
    await broker.publish(to(node, 'later'));
    const next = await reading(broker, node);
    await soon(
      () => next.read.length,
      (length) => length === 1,
    );

    expect(slow.read).toEqual(['slow']);
    expect(next.read).toEqual(['later']);
    expect(await peer.ctl('list_queues', '-p', 'guts', 'name')).toContain(DEAD_QUEUE);
  });
});

class StrangeError extends GutsError {
  readonly code = 'story.strange';
  readonly remedy = 'None.';
}

class PassingError extends GutsError {
  readonly code = 'story.passing';
  readonly remedy = 'None.';
  override readonly retryable = true;
}
