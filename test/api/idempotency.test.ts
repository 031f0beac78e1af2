/** What was asked twice with the same key is done once; what was changed meanwhile is not overwritten; what is known is not sent. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Daemon } from '../support/daemon.ts';
import { source } from '../store/samples.ts';
import { scratch } from '../support/disks.ts';
import { openHost, type OpenHost } from './open-host.ts';

const vc1 = { name: 'vc1', url: 'https://vc1.example.net', userName: 'mover', secret: 'geheim-1' };
const json = { 'content-type': 'application/json' };

const post = async (open: OpenHost, where: string, body: unknown, key: string, token = open.localToken) =>
  await open.ask(where, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { ...json, 'idempotency-key': key, authorization: `Bearer ${token}` },
  });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as { code: string }).code;

describe('an idempotency key', () => {
  test('has the same request done once, and the same answer given, also after a restart', async () => {
    await using open = await openHost();

    const first = await post(open, '/v1/sources', vc1, 'k-1');
    const text = await first.text();
    expect(first.status).toBe(201);
    const again = await post(open, '/v1/sources', vc1, 'k-1');
    expect([again.status, await again.text()]).toEqual([201, text]);
    await open.restart();
    const later = await post(open, '/v1/sources', vc1, 'k-1');
    expect([later.status, await later.text()]).toEqual([201, text]);

    expect(open.host.calls.get('sources.create')).toBe(1);
    const { entries } = await open.client(open.localToken).call('audit.list', {});
    expect(entries.map(({ what }) => what)).toEqual(['sources.create']);
  });

  test('lets those who ask at the same time wait for the first', async () => {
    const made: string[] = [];
    await using open = await openHost({
      'sources.create': async ({ name }) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        made.push(name);
        return { source: source(name), secret: 'memory', test: null };
      },
    });

    // Who comes too late to wait is answered the same, which one with a token would not be.
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => await (await post(open, '/v1/sources', vc1, 'k')).text()),
    );

    expect(new Set(answers).size).toBe(1);
    expect(made).toEqual(['vc1']);
  });

  test('is for one request: another with the same key is refused, also one with another secret', async () => {
    await using open = await openHost();
    await post(open, '/v1/sources', vc1, 'k-1');

    const other = await post(open, '/v1/sources', { ...vc1, name: 'vc2' }, 'k-1');
    expect([other.status, await codeOf(other)]).toEqual([422, 'api.idempotency-conflict']);
    expect((await post(open, '/v1/sources', { ...vc1, secret: 'geheim-2' }, 'k-1')).status).toBe(422);
    expect((await post(open, '/v1/tokens', { name: 'ci', role: 'viewer' }, 'k-1')).status).toBe(422);
    await open.restart();
    expect((await post(open, '/v1/sources', { ...vc1, name: 'vc2' }, 'k-1')).status).toBe(422);
    expect(open.host.calls.get('sources.create')).toBe(1);
  });

  test('is of one caller, and free again after a failure', async () => {
    await using open = await openHost();
    const { token } = await open.client(open.localToken).call('tokens.create', { name: 'other', role: 'admin' });

    expect((await post(open, '/v1/sources', vc1, 'k')).status).toBe(201);
    expect((await post(open, '/v1/sources', { ...vc1, name: 'vc2' }, 'k', token)).status).toBe(201);
    expect((await post(open, '/v1/sources', vc1, 'k-2')).status).toBe(409);
    expect((await post(open, '/v1/sources', { ...vc1, name: 'vc3' }, 'k-2')).status).toBe(201);
    for (const key of ['', 'two words', 'x'.repeat(256)])
      expect((await post(open, '/v1/sources', vc1, key)).status).toBe(400);
  });

  test('does not do a thing twice that was begun when the server was killed, and says so', async () => {
    let isKilled = true;
    await using open = await openHost({
      'tokens.list': async () => await Promise.resolve({ tokens: [] }),
      'plans.create': async () => {
        if (isKilled) return await new Promise(() => {}); // its process is gone before it is done
        throw new Error('it was asked for a second time');
      },
    });
    const plan = { name: 'p', source: 'a', destination: 'b', machines: [] };
    const leaving = new AbortController();
    const asked = open.ask('/v1/plans', {
      method: 'POST',
      body: JSON.stringify(plan),
      headers: { ...json, 'idempotency-key': 'k' },
      signal: leaving.signal,
    });
    while (open.host.calls.get('plans.create') !== 1) await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    await expect(asked).rejects.toThrow(/abort/);

    isKilled = false;
    await open.restart();
    const again = await post(open, '/v1/plans', plan, 'k');

    expect([again.status, await codeOf(again)]).toEqual([409, 'api.outcome-unknown']);
    expect(open.host.calls.get('plans.create')).toBe(1);
  });

  test('keeps no secret: an answer with one is told once', async () => {
    await using open = await openHost();
    await post(open, '/v1/sources', vc1, 'k-1');
    const { token } = (await (await post(open, '/v1/tokens', { name: 'ci', role: 'viewer' }, 'k-2')).json()) as {
      token: string;
    };

    const again = await post(open, '/v1/tokens', { name: 'ci', role: 'viewer' }, 'k-2');

    expect([again.status, await codeOf(again)]).toEqual([409, 'api.told-once']);
    const folder = path.join(open.host.dataDir, 'idempotency');
    const files = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
    expect(files).toHaveLength(2);
    for (const text of files) for (const secret of [token, 'geheim']) expect(text).not.toContain(secret);
  });

  test('is forgotten after a day', async () => {
    let now = Date.now();
    await using open = await openHost({}, { now: () => now });
    await post(open, '/v1/sources', vc1, 'k');

    now += 24 * 3_600_000 + 1000;

    expect((await post(open, '/v1/sources', { ...vc1, name: 'vc2' }, 'k')).status).toBe(201);
    now += 24 * 3_600_000 + 1000;
    await open.restart();
    expect(readdirSync(path.join(open.host.dataDir, 'idempotency'))).toEqual([]);
  });
});

test('a daemon that is killed with keys under way makes nothing twice', async () => {
  using folder = scratch();
  writeFileSync(folder.file('passphrase'), 'a passphrase\n', { mode: 0o600 });
  const start = async (): Promise<Daemon> =>
    await Daemon.start({ dataDir: folder.file('data'), passphraseFile: folder.file('passphrase') });
  const ask = async ({ url, token }: Daemon, number: number): Promise<number> => {
    const body = JSON.stringify({ ...vc1, name: `vc-${number}`, test: false });
    const headers = { ...json, authorization: `Bearer ${token}`, 'idempotency-key': `key-${number}` };
    return await fetch(`${url}/v1/sources`, { method: 'POST', body, headers }).then(
      ({ status }) => status,
      () => 0, // it was killed
    );
  };
  const numbers = Array.from({ length: 12 }, (_, i) => i);

  const first = await start();
  const asked = numbers.map(async (number) => await ask(first, number));
  await Promise.any(asked.map(async (one) => ((await one) === 201 ? one : await Promise.reject(new Error('not yet')))));
  await first.kill();
  const before = await Promise.all(asked);
  await using second = await start();
  const after = [];
  for (const number of numbers) after.push(await ask(second, number));

  const { sources } = await second.client.call('sources.list', {});
  expect(new Set(sources.map(({ name }) => name)).size).toBe(sources.length);
  for (const [index, status] of after.entries()) {
    const isThere = sources.some(({ name }) => name === `vc-${index}`);
    if (before[index] === 201) expect([status, isThere]).toEqual([201, true]);
    else if (status === 201) expect(isThere).toBe(true);
    else expect(status).toBe(409); // nobody knows, and it says so
  }
});

describe('an ETag', () => {
  test('spares sending again what is known', async () => {
    await using open = await openHost();
    const first = await open.ask('/v1/settings');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);

    const again = await open.ask('/v1/settings', { headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect(again.headers.get('etag')).toBe(etag);

    await open.client(open.localToken).call('settings.change', { isPaused: true });
    expect((await open.ask('/v1/settings', { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  test('keeps a change from going over another one', async () => {
    await using open = await openHost();
    const etag = (await open.ask('/v1/settings')).headers.get('etag') ?? '';
    const put = async (preflights: number): Promise<Response> =>
      await open.ask('/v1/settings', {
        method: 'PUT',
        body: JSON.stringify({ preflights }),
        headers: { ...json, 'if-match': etag },
      });

    const answers = await Promise.all([3, 4, 5].map(put));

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412]);
    const lost = answers.find(({ status }) => status === 412);
    expect(await lost?.json()).toMatchObject({ code: 'api.changed-meanwhile' });
    const refused = await open.ask('/v1/sources', {
      method: 'POST',
      body: '{}',
      headers: { ...json, 'if-match': etag },
    });
    expect(refused.status).toBe(400);
  });
});
