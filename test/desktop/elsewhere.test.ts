/** A daemon elsewhere in the window: everything is asked there, while this computer’s own Guts goes on. */
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { trustingFetch } from '../../main/api/network-fetch.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import type { Trust } from '../../main/shared/trust.ts';
import { makeCertificate } from '../lab/certificate.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { OtherVersion } from '../support/other-version.ts';
import { until } from '../support/until.ts';
import { isLost, isUp, openRoom, show, type Room } from './elsewhere.ts';

const system: Trust = { kind: 'system' };

let tmp: ReturnType<typeof scratch>;
let room: Room;
let daemon: Daemon;
const passphraseFile = (): string => tmp.file('passphrase');
const startDaemon = async (...flags: string[]): Promise<Daemon> =>
  await Daemon.start({ dataDir: tmp.file('far'), passphraseFile: passphraseFile(), flags });

beforeEach(async () => {
  tmp = scratch();
  writeFileSync(passphraseFile(), 'a passphrase for tests\n', { mode: 0o600 });
  [room, daemon] = await Promise.all([openRoom(tmp.dir), startDaemon()]);
});
afterEach(async () => {
  await Promise.all([room[Symbol.asyncDispose](), daemon[Symbol.asyncDispose]()]);
  tmp[Symbol.dispose]();
});

/** A template that only one of them has, to know them by. */
const mark = async (client: ApiClient, global: number): Promise<void> => {
  const { slots } = await client.call('settings.show', {});
  await client.call('settings.change', { slots: { ...slots, global } });
};
const markOf = async (client: ApiClient): Promise<number> => (await client.call('settings.show', {})).slots.global;

test('what the page asks goes to the engine that is shown, events come from there, and its own goes on', async () => {
  await mark(room.own, 3);
  await mark(daemon.client, 7);
  const engine = await room.book.add({ name: 'rack', url: daemon.url, trust: system, token: daemon.token });
  expect(await markOf(room.page)).toBe(3);

  await show(room, engine);
  await room.shown(isUp);

  expect(await markOf(room.page)).toBe(7);
  expect(await markOf(room.own)).toBe(3);
  const leave = new AbortController();
  const heard: string[] = [];
  const listening = (async () => {
    for await (const { event } of room.page.events(undefined, leave.signal)) heard.push(event.kind);
  })();
  await until(
    async () => {
      await mark(daemon.client, 8);
      return heard;
    },
    (kinds) => kinds.includes('settings'),
  );
  leave.abort();
  await listening;

  await show(room, null);
  expect(room.guts.status).toMatchObject({ state: 'running', where: 'window' });
  expect(await markOf(room.page)).toBe(3);
});

test('which one is shown, and the way to it, outlast the program; its token is in the vault alone', async () => {
  const engine = await room.book.add({ name: 'rack', url: daemon.url, trust: system, token: daemon.token });
  await show(room, engine);
  await room.shown(isUp);
  expect(room.profile()).toContain(daemon.url);
  expect(room.profile()).not.toContain(daemon.token);
  expect(JSON.stringify([room.told, room.book.view])).not.toContain(daemon.token);
  expect(room.secrets).toContain(daemon.token); // so that no log has it

  await room[Symbol.asyncDispose]();
  room = await openRoom(tmp.dir);
  await room.shown(isUp);
  expect((await room.page.call('session.show', {})).caller.name).toBe('local');

  await room.book.remove(engine.id);
  room.guts.show(room.book.shown);
  expect(room.book.view).toMatchObject({ engines: [], shown: null });
  await expect(room.guts.real.vault().then(async (vault) => await vault.get(engine.id))).resolves.toBeNull();
});

describe('before it is kept, an engine is tried:', () => {
  test('nobody is there', async () => {
    const { url } = daemon;
    await daemon.stop();

    await expect(room.book.add({ name: 'rack', url, trust: system, token: daemon.token })).rejects.toMatchObject({
      code: 'server.unreachable',
      remedy: expect.stringContaining('guts serve'),
    });
    expect(room.book.view.engines).toEqual([]);
  });

  test('the token is not good', async () => {
    await expect(
      room.book.test({ name: 'rack', url: daemon.url, trust: system, token: `${daemon.token}x` }),
    ).rejects.toMatchObject({ code: 'access.token-refused' });
  });

  test('what answers is no Guts', async () => {
    await using proxy = await CuttingProxy.open('127.0.0.1', Number(new URL(daemon.url).port));
    proxy.cutAfter(0, 0, 0, 0);

    await expect(
      room.book.test({ name: 'rack', url: `http://127.0.0.1:${proxy.port}`, trust: system, token: daemon.token }),
    ).rejects.toMatchObject({ code: 'server.answer-lost' });
  });

  test('two may not have one name', async () => {
    const wish = { name: 'rack', url: daemon.url, trust: system, token: daemon.token };
    await room.book.add(wish);

    await expect(room.book.add(wish)).rejects.toMatchObject({ code: 'engine.name-taken' });
  });

  test('what it may is told', async () => {
    const viewer = await daemon.client.call('tokens.create', { name: 'desk', role: 'viewer', expiresAt: null });

    const facts = await room.book.test({ name: 'rack', url: daemon.url, trust: system, token: viewer.token });

    expect(facts).toMatchObject({ fit: 'same', caller: { name: 'token desk', role: 'viewer' } });
  });
});

test('over TLS nothing is sent before the certificate is known: by its authority or by itself', async () => {
  const certificate = await makeCertificate();
  writeFileSync(tmp.file('guts.pem'), certificate.pem);
  writeFileSync(tmp.file('guts.key'), certificate.key, { mode: 0o600 });
  await daemon.stop();
  daemon = await startDaemon('--tls-certificate', tmp.file('guts.pem'), '--tls-key', tmp.file('guts.key'));
  const { url, token } = daemon;
  expect(url).toMatch(/^https:/);
  const other = await makeCertificate('localhost', 30);

  await expect(room.book.add({ name: 'rack', url, trust: system, token })).rejects.toMatchObject({
    code: 'engine.untrusted',
    remedy: expect.stringContaining('fingerprint'),
  });
  await expect(
    room.book.add({ name: 'rack', url, trust: { kind: 'pinned', sha256: other.sha256 as never }, token }),
  ).rejects.toMatchObject({ code: 'engine.untrusted' });
  const pinned = { kind: 'pinned', sha256: certificate.sha256 } as Trust;
  const engine = await room.book.add({ name: 'rack', url, trust: pinned, token });
  const byAuthority = await room.book.add({
    name: 'rack by its authority',
    url,
    trust: { kind: 'authorities', pem: certificate.pem },
    token,
  });

  for (const one of [engine, byAuthority]) {
    await show(room, one);
    await room.shown((status) => isUp(status) && status.state === 'running' && status.elsewhere?.id === one.id);
    expect(await markOf(room.page)).toBeGreaterThan(0);
  }
  const far = new ApiClient(trustingFetch(pinned), { baseUrl: url, token });
  await mark(far, 9);
  expect(await markOf(room.page)).toBe(9);
});

describe('out of reach', () => {
  test('is said at once, tried again by itself, and over when it answers', async () => {
    const engine = await room.book.add({ name: 'rack', url: daemon.url, trust: system, token: daemon.token });
    await show(room, engine);
    await room.shown(isUp);
    await mark(daemon.client, 7);
    const { port } = new URL(daemon.url);

    await daemon.kill();
    await room.shown(isLost);

    await expect(markOf(room.page)).rejects.toMatchObject({ code: 'engine.out-of-reach', retryable: true });
    await mark(room.own, 5); // which goes on
    daemon = await startDaemon('--port', port);
    await room.shown(isUp);
    expect(await markOf(room.page)).toBe(7);
  });

  test('also where the network swallows everything: what hangs is given up, and what may be done is not called undone', async () => {
    await using proxy = await CuttingProxy.open('127.0.0.1', Number(new URL(daemon.url).port));
    const url = `http://127.0.0.1:${proxy.port}`;
    const engine = await room.book.add({ name: 'rack', url, trust: system, token: daemon.token });
    await show(room, engine);
    await room.shown(isUp);

    proxy.silence();
    const [asked, ordered] = await Promise.allSettled([
      markOf(room.page),
      room.page.call('settings.change', { isPaused: true }),
    ]);
    expect(asked).toMatchObject({ reason: { code: 'engine.out-of-reach' } });
    expect(ordered).toMatchObject({ reason: { code: 'server.answer-lost' } });
    await room.shown(isLost);

    proxy.speak();
    await room.shown(isUp);
    expect(await markOf(room.page)).toBeGreaterThan(0);
  });

  test('from the start, it is waited for', async () => {
    const engine = await room.book.add({ name: 'rack', url: daemon.url, trust: system, token: daemon.token });
    const { port } = new URL(daemon.url);
    await daemon.kill();

    await show(room, engine);
    await room.shown(({ state }) => state === 'unreachable');

    daemon = await startDaemon('--port', port);
    await room.shown(isUp);
    expect(await markOf(room.page)).toBeGreaterThan(0);
  });
});

test('a token that is revoked is said, and another one goes on', async () => {
  const call: ApiClient['call'] = async (...words) => await daemon.client.call(...words);
  const first = await call('tokens.create', { name: 'desk', role: 'operator', expiresAt: null });
  const engine = await room.book.add({ name: 'rack', url: daemon.url, trust: system, token: first.token });
  await show(room, engine);
  await room.shown(isUp);

  await call('tokens.delete', { token: first.id });
  expect(await room.shown(({ state }) => state === 'failed')).toMatchObject({
    error: { code: 'access.token-refused' },
  });

  const second = await call('tokens.create', { name: 'desk again', role: 'operator', expiresAt: null });
  room.guts.show((await room.book.change(engine.id, { token: second.token })).engine);
  await room.shown(isUp);
  expect((await room.page.call('session.show', {})).caller.name).toBe('token desk again');
});

describe('of another version', () => {
  test.each([
    ['0.0.9', 1, 'older'],
    ['0.1.1', 1, 'newer'],
    ['0.1.0-beta.1', 1, 'older'],
    ['0.2.0', 2, 'newer'],
  ])('%s with contract %i is shown as %s', async (version, contract, fit) => {
    await using other = await OtherVersion.open(daemon.url, { version, contract });
    const engine = await room.book.add({ name: 'rack', url: other.url, trust: system, token: daemon.token });
    await show(room, engine);

    expect(await room.shown(isUp)).toMatchObject({ elsewhere: { version, fit } });
    expect(await markOf(room.page)).toBeGreaterThan(0);
  });

  test('one that is too new is refused, and it is said which side to upgrade; so also when it is upgraded meanwhile', async () => {
    await using other = await OtherVersion.open(daemon.url, { version: '0.1.0', contract: 1 });
    const wish = { name: 'rack', url: other.url, trust: system, token: daemon.token };
    const engine = await room.book.add(wish);
    await show(room, engine);
    await room.shown(isUp);

    other.said = { version: '0.9.0', contract: 3 };

    expect(await room.shown(({ state }) => state === 'failed')).toMatchObject({
      error: { code: 'engine.too-new', remedy: expect.stringContaining('Upgrade Guts on this computer') },
    });
    await expect(room.book.test(wish)).rejects.toMatchObject({ code: 'engine.too-new' });
    other.said = { version: '0.2.0', contract: 2 };
    room.guts.start();
    expect(await room.shown(isUp)).toMatchObject({ elsewhere: { fit: 'newer' } });
  });
});
