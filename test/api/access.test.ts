/** Who comes in and what they may: tokens, roles, the policy's rules, and the audit log that keeps all of it. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ApiClient } from '../../main/shared/client/client.ts';
import type { Role } from '../../main/shared/access.ts';
import { openHost, type OpenHost } from './open-host.ts';

const vc1 = { name: 'vc1', url: 'https://vc1.example.net', userName: 'mover', secret: 'geheim-vc1' };
const cloud = (name: string) =>
  ({
    name,
    authUrl: 'https://keystone.example.net/v3',
    auth: { method: 'applicationCredential', id: 'a1b2' },
    secret: 'geheim-cloud',
  }) as const;

async function newToken(open: OpenHost, role: Role, name: string): Promise<string> {
  return (await open.client(open.localToken).call('tokens.create', { name, role })).token;
}

async function clientAs(open: OpenHost, role: Role): Promise<ApiClient> {
  return open.client(await newToken(open, role, role));
}

/** A source, a destination, and a plan of three machines. */
async function settle(open: OpenHost): Promise<ApiClient> {
  const admin = open.client(open.localToken);
  await admin.call('sources.create', vc1);
  await admin.call('destinations.create', cloud('prod'));
  await admin.call('destinations.create', cloud('test'));
  return admin;
}

const policy = (open: OpenHost, rules: object): void =>
  writeFileSync(path.join(open.host.dataDir, 'policy.json'), JSON.stringify({ schemaVersion: 1, rules }));

const move = (vm: string, destination = 'prod', start = false) => ({ source: 'vc1', vm, destination, start });

describe('the local token', () => {
  test('is made at the first start, for its owner alone, and is the same at the next', async () => {
    await using open = await openHost();
    const file = path.join(open.host.dataDir, 'api-token');

    expect(open.localToken).toMatch(/^guts_[A-Za-z0-9_-]{43}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await open.client(open.localToken).call('tokens.list', {})).toEqual({ tokens: [] });
  });

  test('is refused from the moment on that it is removed', async () => {
    await using open = await openHost();
    rmSync(path.join(open.host.dataDir, 'api-token'));

    await expect(open.client(open.localToken).call('sources.list', {})).rejects.toMatchObject({
      code: 'access.token-refused',
    });
  });
});

describe('a token', () => {
  test('is needed, and must be good', async () => {
    await using open = await openHost();

    const bare = await fetch(`${open.server.url}/v1/sources`);
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await bare.json()).toMatchObject({
      code: 'access.not-signed-in',
      remedy: expect.stringContaining('api-token'),
    });
    for (const authorization of [
      'Bearer guts_wrong',
      `Bearer ${open.localToken}x`,
      'Bearer',
      'Basic YTpi',
      open.localToken,
    ])
      expect((await open.ask('/v1/sources', { headers: { authorization } })).status).toBe(401);
    expect(open.host.calls.size).toBe(0);
  });

  test('may what its role may, and no more', async () => {
    await using open = await openHost();
    const admin = await settle(open);
    const viewer = await clientAs(open, 'viewer');
    const operator = await clientAs(open, 'operator');

    expect((await viewer.call('sources.list', {})).sources).toHaveLength(1);
    await expect(viewer.call('migrations.create', move('web-01'))).rejects.toMatchObject({
      code: 'access.forbidden',
      message: expect.stringContaining('token viewer'),
    });
    expect((await operator.call('migrations.create', move('web-01'))).stage).toBe('planned');
    await expect(operator.call('sources.delete', { source: 'vc1' })).rejects.toMatchObject({
      code: 'access.forbidden',
    });
    await expect(operator.call('tokens.list', {})).rejects.toMatchObject({ code: 'access.forbidden' });
    expect((await admin.call('sources.list', {})).sources).toHaveLength(1);
  });

  test('is told once; of it only a hash is kept', async () => {
    await using open = await openHost();
    const admin = open.client(open.localToken);
    const made = await admin.call('tokens.create', { name: 'ci', role: 'viewer' });

    expect(await admin.call('tokens.list', {})).toEqual({
      tokens: [{ id: made.id, name: 'ci', role: 'viewer', createdAt: made.createdAt, expiresAt: null }],
    });
    for (const entry of readdirSync(open.host.dataDir, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        expect(readFileSync(path.join(entry.parentPath, entry.name), 'utf8')).not.toContain(made.token);
    expect(statSync(path.join(open.host.dataDir, 'tokens.json')).mode & 0o777).toBe(0o600);
    await expect(admin.call('tokens.create', { name: 'CI', role: 'admin' })).rejects.toMatchObject({
      code: 'token.name-taken',
    });
  });

  test('that was revoked is refused at once', async () => {
    await using open = await openHost();
    const admin = open.client(open.localToken);
    const { id, token } = await admin.call('tokens.create', { name: 'ci', role: 'viewer' });
    await open.client(token).call('sources.list', {});

    await admin.call('tokens.delete', { token: id });

    await expect(open.client(token).call('sources.list', {})).rejects.toMatchObject({ code: 'access.token-refused' });
    await expect(admin.call('tokens.delete', { token: id })).rejects.toMatchObject({ code: 'token.unknown' });
  });

  test('ends when it was to end', async () => {
    let now = Date.now();
    await using open = await openHost({}, { now: () => now });
    const expiresAt = new Date(now + 60_000).toISOString();
    const { token } = await open
      .client(open.localToken)
      .call('tokens.create', { name: 'ci', role: 'viewer', expiresAt });

    expect(await open.client(token).call('sources.list', {})).toEqual({ sources: [] });
    now += 60_000;
    await expect(open.client(token).call('sources.list', {})).rejects.toMatchObject({
      code: 'access.token-refused',
      message: 'The token “ci” has expired.',
    });
    await expect(
      open
        .client(open.localToken)
        .call('tokens.create', { name: 'late', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }),
    ).rejects.toMatchObject({ code: 'token.expiry' });
  });

  test('cannot be guessed at speed, and who has a good one is not kept waiting by that', async () => {
    const now = Date.now();
    await using open = await openHost({}, { now: () => now });
    const statuses = [];
    for (let i = 0; i < 30; i++)
      statuses.push((await open.ask('/v1/sources', { headers: { authorization: `Bearer guts_${i}` } })).status);

    expect(statuses).toEqual(Array.from({ length: 30 }, (_, i) => (i < 20 ? 401 : 429)));
    expect((await open.ask('/v1/sources')).status).toBe(200);
  });
});

describe('the policy', () => {
  test('holds at once, without a restart, and lets administrators act at any time', async () => {
    let now = Date.parse('2026-03-02T12:00:00Z'); // a Monday
    await using open = await openHost({}, { now: () => now });
    const admin = await settle(open);
    const operator = await clientAs(open, 'operator');
    const { request } = await operator.call('migrations.create', move('web-01'));
    const { id } = request;

    policy(open, { actOnlyIn: { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' } });

    await expect(operator.call('migrations.action', { id, action: 'start' })).rejects.toMatchObject({
      code: 'policy.closed',
      remedy: expect.stringContaining('2026-03-02T21:00:00.000Z'),
      retryable: true,
    });
    await expect(operator.call('migrations.create', move('web-02', 'prod', true))).rejects.toMatchObject({
      code: 'policy.closed',
    });
    await expect(operator.call('migrations.actOnMany', { action: 'retry', ids: [id] })).rejects.toMatchObject({
      code: 'policy.closed',
    });
    await operator.call('migrations.create', move('web-03')); // it only writes it down
    await operator.call('migrations.action', { id, action: 'pause' });
    await admin.call('migrations.action', { id, action: 'start' });
    now = Date.parse('2026-03-03T02:59:00Z');
    await operator.call('migrations.action', { id, action: 'start' });
    now = Date.parse('2026-03-03T03:00:00Z');
    await expect(operator.call('migrations.action', { id, action: 'cutover' })).rejects.toMatchObject({
      code: 'policy.closed',
    });
    rmSync(path.join(open.host.dataDir, 'policy.json'));
    await operator.call('migrations.action', { id, action: 'cutover' });
  });

  test('does not let what waits in the queue be brought to its turn by another schedule outside its window', async () => {
    await using open = await openHost({
      'migrations.schedule': async ({ id }, context) => await open.host.handlers['migrations.show']({ id }, context),
    });
    const admin = await settle(open);
    const operator = await clientAs(open, 'operator');
    const { id } = (await admin.call('migrations.create', move('web-01'))).request;
    const window = { opens: '0 22 * * 1-5', minutes: 360, timeZone: 'Europe/Berlin' };
    policy(open, { actOnlyIn: { ...window, opens: '0 0 1 1 *', minutes: 1 } });

    await operator.call('migrations.schedule', { id, schedule: { window } }); // it is not in the queue yet
    await admin.call('migrations.action', { id, action: 'start' });
    for (const schedule of [{ notBefore: '2020-01-01T00:00:00Z' }, { window }, { wave: 2 }, { priority: 9 }])
      await expect(operator.call('migrations.schedule', { id, schedule })).rejects.toMatchObject({
        code: 'policy.closed',
      });
    await operator.call('migrations.schedule', { id, schedule: { isHeld: true, priority: 9 } });
    await operator.call('migrations.schedule', { id, schedule: { window: null, wave: 1 } }); // as it is already
    await admin.call('migrations.schedule', { id, schedule: { priority: 9 } });
  });

  test('names the destinations that operators may move to, by name or id, whichever they use', async () => {
    await using open = await openHost();
    const admin = await settle(open);
    const operator = await clientAs(open, 'operator');
    const { destination } = await admin.call('destinations.show', { destination: 'prod' });
    const toProd = await admin.call('migrations.create', move('web-01', 'prod'));
    policy(open, { destinations: ['TEST'] });

    for (const one of ['prod', destination.id])
      await expect(operator.call('migrations.create', move('web-02', one))).rejects.toMatchObject({
        code: 'policy.destination',
        message: expect.stringContaining('prod'),
      });
    await expect(operator.call('migrations.action', { id: toProd.request.id, action: 'start' })).rejects.toMatchObject({
      code: 'policy.destination',
    });
    await operator.call('migrations.action', { id: toProd.request.id, action: 'cancel' });
    await operator.call('migrations.create', move('web-02', 'test'));
    const plan = await operator.call('plans.create', { name: 'p', source: 'vc1', destination: 'test', machines: [] });
    await operator.call('plans.change', { plan: plan.id, priority: 1 });
    await expect(operator.call('plans.change', { plan: plan.id, destination: 'prod' })).rejects.toMatchObject({
      code: 'policy.destination',
    });
    const sides = { source: 'vc1', destination: 'prod' };
    const there = await admin.call('plans.create', { name: 'there', ...sides, machines: [{ vm: 'web-01' }] });
    const machines = [{ vm: 'web-01', wave: 2 }];
    for (const name of ['plans.add', 'plans.move'] as const)
      await expect(operator.call(name, { plan: there.id, machines })).rejects.toMatchObject({
        code: 'policy.destination',
      });
    await admin.call('migrations.create', move('web-03', 'prod'));
  });

  test('bounds how many somebody has at once, also for those who ask at the same time, and after a restart', async () => {
    await using open = await openHost();
    await settle(open);
    const adaToken = await newToken(open, 'operator', 'ada');
    const ada = open.client(adaToken);
    const bob = open.client(await newToken(open, 'operator', 'bob'));
    policy(open, { mostAtOnce: 3 });

    const asked = await Promise.allSettled(
      Array.from({ length: 8 }, async (_, i) => await ada.call('migrations.create', move(`vm-${i}`))),
    );

    const made = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(made).toHaveLength(3);
    for (const one of refused) expect(one).toMatchObject({ code: 'policy.most-at-once', retryable: true });
    await bob.call('migrations.create', move('web-09'));
    await open.restart();
    const again = open.client(adaToken);
    await expect(again.call('migrations.create', move('web-10'))).rejects.toMatchObject({
      code: 'policy.most-at-once',
    });
    for (const { request } of made.slice(0, 1))
      await again.call('migrations.action', { id: request.id, action: 'cancel' });
    await again.call('migrations.create', move('web-11'));
    const plan = await again.call('plans.create', {
      name: 'p',
      source: 'vc1',
      destination: 'prod',
      machines: [{ vm: 'a' }],
    });
    await expect(again.call('plans.start', { plan: plan.id })).rejects.toMatchObject({ code: 'policy.most-at-once' });
  });

  test('that is damaged lets nothing be changed, and says where', async () => {
    await using open = await openHost();
    const admin = await settle(open);
    policy(open, { mostAtOnce: 'three' });

    await expect(admin.call('migrations.create', move('web-01'))).rejects.toMatchObject({
      code: 'policy.damaged',
      message: expect.stringContaining('rules.mostAtOnce'),
    });
    expect((await admin.call('sources.list', {})).sources).toHaveLength(1);
  });
});

describe('the audit log', () => {
  test('has a line for everything that changes something, done or refused, and none for looks', async () => {
    await using open = await openHost();
    const admin = await settle(open);
    const viewer = await clientAs(open, 'viewer');
    await expect(viewer.call('migrations.create', move('web-01'))).rejects.toMatchObject({ code: 'access.forbidden' });
    await expect(admin.call('sources.delete', { source: 'vc9' })).rejects.toMatchObject({ code: 'connection.unknown' });
    await open.ask('/v1/migrations', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });
    await fetch(`${open.server.url}/v1/sources/vc1`, { method: 'DELETE' });
    const { request } = await admin.call('migrations.create', move('web-01'));
    await admin.call('sources.list', {});

    const { entries } = await admin.call('audit.list', {});

    expect(entries.map(({ number }) => number)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(entries.map(({ who, what, result }) => `${who} ${what} ${result}`)).toEqual([
      'local migrations.create done',
      'nobody (127.0.0.1) sources.delete access.not-signed-in',
      'local migrations.create api.bad-request',
      'local sources.delete connection.unknown',
      'token viewer migrations.create access.forbidden',
      'local tokens.create done',
      'local destinations.create done',
      'local destinations.create done',
      'local sources.create done',
    ]);
    expect(entries[0]?.about).toEqual({
      source: 'vc1',
      destination: 'prod',
      vm: 'web-01',
      start: 'false',
      id: request.id,
    });
  });

  test('never has a secret in it', async () => {
    await using open = await openHost();
    const admin = await settle(open);
    const { token } = await admin.call('tokens.create', { name: 'ci', role: 'viewer' });
    await admin.call('migrations.create', { ...move('web-01'), options: { userData: 'password: geheim-guest' } });

    const text = readFileSync(path.join(open.host.dataDir, 'audit.jsonl'), 'utf8');

    expect(text.split('\n').filter(Boolean)).toHaveLength(6);
    for (const secret of [token, open.localToken, 'geheim']) expect(text).not.toContain(secret);
  });

  test('is read page by page, and by who and what', async () => {
    await using open = await openHost();
    const admin = await settle(open);
    for (let i = 0; i < 5; i++) await admin.call('migrations.create', move(`vm-${i}`));

    const numbers = [];
    for await (const { number } of admin.all('audit.list', { what: 'migrations.*', limit: 2 })) numbers.push(number);

    expect(numbers).toEqual([8, 7, 6, 5, 4]);
    expect((await admin.call('audit.list', { who: 'token *' })).entries).toEqual([]);
    await expect(admin.call('audit.list', { marker: 'nonsense' })).rejects.toMatchObject({ code: 'api.bad-request' });
  });
});
