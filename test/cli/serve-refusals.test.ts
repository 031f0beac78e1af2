/** `guts serve` and `guts worker` that cannot start: they say why, and end with the code for it, whatever they had opened. */
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import type * as net from 'node:net';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificate, type Certificate } from '../lab/certificate.ts';
import { openDoor, type Door } from '../support/database-door.ts';
import { scratch } from '../support/disks.ts';
import { gutsWith, type Outcome } from '../support/guts.ts';

const tmp = scratch();
let folders = 0;
let plain: Door;
let sealed: Door;
let broker: tls.Server;
let certificate: Certificate;

beforeAll(async () => {
  certificate = await makeCertificate();
  plain = await openDoor({ kind: 'postgresql' });
  sealed = await openDoor({ kind: 'postgresql', certificate });
  broker = tls.createServer({ key: certificate.key, cert: certificate.pem }).on('tlsClientError', () => {});
  broker.listen(0, '127.0.0.1');
  await once(broker, 'listening');
  writeFileSync(tmp.file('password'), 'a password of a story\n', { mode: 0o600 });
  writeFileSync(tmp.file('empty'), '', { mode: 0o600 });
  writeFileSync(tmp.file('other.pem'), (await makeCertificate()).pem);
  writeFileSync(tmp.file('join-key'), Buffer.alloc(32, 1).toString('base64'), { mode: 0o600 });
});
afterAll(async () => {
  await plain[Symbol.asyncDispose]();
  await sealed[Symbol.asyncDispose]();
  broker.close();
  tmp[Symbol.dispose]();
});

const portOf = (server: net.Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};
const start = async (...words: string[]): Promise<Outcome> =>
  await gutsWith({ GUTS_DATA_DIR: tmp.file(`data-${++folders}`), GUTS_VAULT: 'memory' }, '', ...words);

describe('serve', () => {
  const serve = async (...flags: string[]): Promise<Outcome> => await start('serve', '--port', '0', ...flags);
  const state = (door: Door): string[] => ['--state', `postgresql://guts@localhost:${door.port}/guts`];

  test.each([
    ['is not there', 'gone', /state\.password-file.*ENOENT/],
    ['is empty', 'empty', /state\.password-file.*empty/],
    ['has another one', 'password', /state\.login/],
  ])('ends where the file with the database’s password %s', async (_what, file, says) => {
    const ended = await serve(...state(plain), '--state-password-file', tmp.file(file));

    expect(ended).toMatchObject({ code: 1, signal: null, stderr: expect.stringMatching(says) });
  });

  test('ends where another authority vouches for the database', async () => {
    const trust = ['--state-password-file', tmp.file('password'), '--state-ca-file', tmp.file('other.pem')];

    expect(await serve(...state(sealed), ...trust)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('state.untrusted'),
    });
  });

  test('ends where its port is taken', async () => {
    const ended = await start('serve', '--port', `${plain.port}`);

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('api.port-taken') });
  });
});

describe('worker', () => {
  const words = (password: string, joinKey: string): string[] =>
    ['worker', '--broker', `amqps://guts@localhost:${portOf(broker)}/guts`, '--broker-password-file', tmp.file(password), '--ca-file', tmp.file('other.pem'), '--join-key-file', tmp.file(joinKey)]; // prettier-ignore
  const work = async (password: string, joinKey: string): Promise<Outcome> => await start(...words(password, joinKey));

  test.each(['queue.jsonl', 'shared-state.json'])('keeps out of a daemon’s data folder (%s)', async (name) => {
    const env = { GUTS_DATA_DIR: tmp.file(`of-a-daemon-${name}`), GUTS_VAULT: 'memory' };
    mkdirSync(env.GUTS_DATA_DIR);
    writeFileSync(path.join(env.GUTS_DATA_DIR, name), '');

    const ended = await gutsWith(env, '', ...words('password', 'join-key'));

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/store\.other-role.*of a daemon/) });
    expect(readdirSync(env.GUTS_DATA_DIR)).not.toContain('daemon.lock');
  });

  test('and a daemon out of a worker’s, which is its own from its first start on', async () => {
    const env = { GUTS_DATA_DIR: tmp.file('of-a-worker'), GUTS_VAULT: 'memory' };
    await gutsWith(env, '', ...words('password', 'join-key')); // refused by the broker, and still a worker

    const ended = await gutsWith(env, '', 'serve', '--port', '0');

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/store\.other-role.*of a worker/) });
  });

  test.each([
    ['the file with the broker’s password is not there', 'gone', 'join-key', /broker\.password-file.*ENOENT/],
    ['the join key is not there', 'password', 'gone', /worker\.join-key.*ENOENT/],
    ['another authority vouches for the broker', 'password', 'join-key', /broker\.untrusted/],
  ])('ends where %s', async (_what, password, joinKey, says) => {
    expect(await work(password, joinKey)).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
  });
});
