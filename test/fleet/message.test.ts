/** Messages between daemon and workers of neighbouring versions: what is newer is ignored or told, what is nonsense is refused. */
import { describe, expect, test } from 'vitest';
import { brokerAddress } from '../../main/fleet/broker/address.ts';
import { fromBytes, toBytes } from '../../main/fleet/message.ts';
import { journalPart } from '../../main/fleet/truth.ts';
import { FLEET_PROTOCOL, Wish } from '../../main/shared/fleet.ts';

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('a message', () => {
  test('is what was said', () => {
    const wish = { kind: 'drain', isDraining: true, pauses: false } as const;

    expect(fromBytes(Wish, toBytes(wish))).toEqual(wish);
  });

  test('of the next version is understood; what it says besides is ignored', () => {
    const newer = { protocol: FLEET_PROTOCOL + 1, kind: 'look', targets: [], colour: 'blue' };

    expect(fromBytes(Wish, bytes(newer))).toEqual({ kind: 'look', targets: [] });
  });

  test.each([
    ['of a kind that only a newer Guts knows', bytes({ protocol: 2, kind: 'sing' }), 'fleet.unknown-kind'],
    ['of a version too far away', bytes({ protocol: FLEET_PROTOCOL + 2, kind: 'look', targets: [] }), 'fleet.version'],
    ['without a version', bytes({ kind: 'look', targets: [] }), 'fleet.strange-message'],
    ['that lacks something', bytes({ protocol: 1, kind: 'drain' }), 'fleet.strange-message'],
    ['that is no JSON', Buffer.from('{'), 'fleet.strange-message'],
  ])('%s is told apart', (_, body, code) => {
    expect(() => fromBytes(Wish, body)).toThrow(expect.objectContaining({ code }));
  });
});

test('a large journal goes in parts that make it whole again', () => {
  const entries = Array.from({ length: 300 }, (_, i) => ({ what: 'planned', number: i, filler: 'x'.repeat(9_000) }));

  const parts = [];
  for (let from: number | null = 0; from !== null;) {
    const part: ReturnType<typeof journalPart> = journalPart(entries, from);
    parts.push(part);
    from = part.next;
  }

  expect(parts.length).toBeGreaterThan(3);
  expect(parts.flatMap((part) => part.entries)).toEqual(entries);
  for (const part of parts) expect(toBytes(part).length).toBeLessThan(1024 * 1024);
  expect(journalPart([], 0)).toEqual({ kind: 'journal', entries: [], next: null });
});

describe('a broker’s address', () => {
  test('names host, port, user and virtual host', () => {
    expect(brokerAddress('amqps://guts@mq.example/guts')).toEqual({
      isTls: true,
      host: 'mq.example',
      port: 5671,
      user: 'guts',
      virtualHost: 'guts',
    });
    expect(brokerAddress('amqp://a%40b@[::1]:1234/%2Fx')).toEqual({
      isTls: false,
      host: '::1',
      port: 1234,
      user: 'a@b',
      virtualHost: '/x',
    });
    expect(brokerAddress('amqp://guts@localhost').virtualHost).toBe('/');
  });

  test('with a password in it is refused without saying it again', () => {
    const say = (): unknown => brokerAddress('amqps://guts:s3cr3t@mq.example/guts');

    expect(say).toThrow(expect.objectContaining({ code: 'broker.password-in-url' }));
    expect(say).not.toThrow('s3cr3t');
  });

  test.each([
    ['amqp://guts@mq.example/guts', 'broker.needs-tls'],
    ['amqp://guts@127.0.0.1.example/guts', 'broker.needs-tls'],
    ['https://guts@mq.example/guts', 'broker.url'],
    ['amqps://mq.example/guts', 'broker.url'],
    ['amqps://guts@/guts', 'broker.url'],
    ['amqps://guts@mq.example/a/b', 'broker.url'],
    ['amqps://guts@mq.example/guts?heartbeat=0', 'broker.url'],
    ['amqps://guts@mq.example/%zz', 'broker.url'],
  ])('%s is refused: %s', (url, code) => {
    expect(() => brokerAddress(url)).toThrow(expect.objectContaining({ code }));
  });
});
