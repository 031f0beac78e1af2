/** Requests that mean no good: none comes in, none brings the server down, and each is refused with a code. */
import { describe, expect, test } from 'vitest';
import { ApiClient } from '../../main/shared/client/client.ts';
import { networkFetch } from '../../main/api/network-fetch.ts';
import { serveOn } from '../../main/api/server.ts';
import { makeCertificate } from '../lab/certificate.ts';
import { openHost } from './open-host.ts';
import { head, rawAsk } from './raw.ts';
import { smallHost } from './small-host.ts';

const MiB = 2 ** 20;
/** And still long enough for who is not slow, on a computer that is busy. */
const quick = { headersMs: 1000, requestMs: 2000, stopMs: 1000 };

describe('a request', () => {
  test.each([
    ['for another host', head('GET /v1/sources HTTP/1.1', 'Host: evil.example.net:7000'), 421, 'api.wrong-host'],
    [
      'for a name that only begins like this one',
      head('GET / HTTP/1.1', 'Host: localhost.evil.net'),
      421,
      'api.wrong-host',
    ],
    ['for the address of another computer', head('GET / HTTP/1.1', 'Host: 192.0.2.1:7000'), 421, 'api.wrong-host'],
    ['whose line names another host', head('GET http://evil.net/v1/sources HTTP/1.1'), 421, 'api.wrong-host'],
    ['for two hosts', head('GET / HTTP/1.1', 'Host: localhost', 'Host: evil.net'), 421, 'api.wrong-host'],
    ['for no host', 'GET /v1/sources HTTP/1.1\r\nConnection: close\r\n\r\n', 400, ''],
    ['with a host that is none', head('GET /v1/sources HTTP/1.1', 'Host: local host'), 400, 'api.bad-request'],
    [
      'from a page of another site',
      head('GET /v1/sources HTTP/1.1', 'Origin: http://evil.net'),
      403,
      'api.wrong-origin',
    ],
    [
      'from a page of another port',
      head('GET /v1/sources HTTP/1.1', 'Origin: http://localhost:1'),
      403,
      'api.wrong-origin',
    ],
    ['from a page in a sandbox', head('POST /v1/sources HTTP/1.1', 'Origin: null'), 403, 'api.wrong-origin'],
    [
      'for leave to ask from another site',
      head('OPTIONS /v1/sources HTTP/1.1', 'Origin: http://evil.net'),
      403,
      'api.wrong-origin',
    ],
    ['that is no HTTP', 'Guten Tag\r\n\r\n', 400, 'api.no-http'],
    ['whose headers never end', head('GET / HTTP/1.1', `X-Long: ${'x'.repeat(20_000)}`), 431, 'api.large-headers'],
    [
      'with two lengths',
      head('POST /v1/sources HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2'),
      400,
      'api.no-http',
    ],
    [
      'with a length and chunks',
      head('POST / HTTP/1.1', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      400,
      'api.no-http',
    ],
  ])('%s is refused', async (_, bytes, status, code) => {
    await using open = await openHost();

    const answer = await rawAsk(open.server.url, bytes);

    expect(answer).toMatchObject({ status, code });
    expect(open.host.calls.size).toBe(0);
    expect(answer.text.toLowerCase()).not.toContain('access-control-allow');
  });

  test.each([
    '//v1/sources',
    '/v1//sources',
    '/v1/sources/',
    '/v1/sources/..',
    '/v1/../v1/./tokens/../../etc/passwd',
    '/v1/sources/%2e%2e/%2e%2e/etc/passwd',
    '/v1/sources%2fvc1',
    '/v1/sources/vc1%2f..%2ftokens',
    '/v1/sources/%00',
    '/v1/sources/%ff%fe',
    '/v1/sources/%',
    '/v1/sources/%zz',
    '/v1/sources/\\..\\..\\tokens',
    '/v1/sources/vc1;x=1',
    '/v1/sources/__proto__',
    '/v1/sources?__proto__=1',
    '/v1/migrations/constructor',
    '/v1/instances?limit=1e9',
    '/v1/instances?limit=NaN',
    '/v1/instances?limit=9&limit=10',
    '/v1/instances?marker[$gt]=',
    '/v1/reports/mig_000000000000?format=exe',
    '/%76%31/sources/x/y/z',
    '/docs/../v1/sources/nobody',
    `/v1/sources/${'a'.repeat(8000)}`,
    '*',
    '?',
  ])('for %j is answered without a fault', async (path) => {
    await using open = await openHost();

    const answer = await rawAsk(
      open.server.url,
      head(`GET ${path} HTTP/1.1`, `Authorization: Bearer ${open.localToken}`),
    );

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.code).toMatch(/^(api|connection|migration|test)\.[a-z-]+$/);
    expect(open.host.details).toEqual([]);
  });

  test.each(['TRACE', 'PATCH', 'PROPFIND', 'OPTIONS', 'FOO'])(
    'by %s is refused, with the methods that there are',
    async (method) => {
      await using open = await openHost();

      const answer = await rawAsk(open.server.url, head(`${method} /v1/sources HTTP/1.1`));

      expect([400, 405]).toContain(answer.status);
      expect(answer.code).toMatch(/^api\.(wrong-method|no-http)$/);
      if (answer.status === 405) expect(answer.text.toLowerCase()).toContain('allow: get, post');
    },
  );

  test.each([
    ['no JSON', '{"name":', 'application/json', 400, 'api.bad-request'],
    ['a list', '[]', 'application/json', 400, 'api.bad-request'],
    ['null', 'null', 'application/json', 400, 'api.bad-request'],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'application/json', 400, 'api.bad-request'],
    ['a form', 'name=vc1', 'application/x-www-form-urlencoded', 415, 'api.not-json'],
    ['text, as a page could send it', '{}', 'text/plain', 415, 'api.not-json'],
    ['of no type', '{}', '', 415, 'api.not-json'],
    ['JSON in another encoding', '{}', 'application/json; charset=utf-16', 415, 'api.not-json'],
    ['deep without end', '['.repeat(500_000), 'application/json', 400, 'api.bad-request'],
    ['a prototype', '{"__proto__":{"role":"admin"},"name":"x"}', 'application/json', 400, 'api.bad-request'],
  ])('whose body is %s is refused', async (_, body, type, status, code) => {
    await using open = await openHost();

    const length = Buffer.byteLength(body);
    const lines = [`Authorization: Bearer ${open.localToken}`, `Content-Type: ${type}`, `Content-Length: ${length}`];
    const answer = await rawAsk(open.server.url, head('POST /v1/sources HTTP/1.1', ...lines), body);

    expect(answer).toMatchObject({ status, code });
    expect(open.host.calls.size).toBe(0);
    expect(open.host.details).toEqual([]);
  });

  test('tells every field that is wrong, and repeats no secret', async () => {
    await using open = await openHost();

    const answer = await open.ask('/v1/sources', {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      body: JSON.stringify({
        name: '',
        url: 'http://x',
        secret: 'geheim'.repeat(20_000),
        trust: { kind: 'system', x: 1 },
        y: 2,
      }),
    });

    const text = await answer.text();
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.parse(text)).toMatchObject({
      type: '/docs#api.bad-request',
      status: 400,
      code: 'api.bad-request',
      retryable: false,
      instance: expect.stringMatching(/^urn:uuid:/),
      problems: [{ path: 'name' }, { path: 'userName' }, { path: 'secret' }, { path: 'url' }].map((one) =>
        expect.objectContaining(one),
      ),
    });
    expect(text).not.toContain('geheim');
  });

  test('with fields that nobody knows is refused, however deep they are', async () => {
    await using open = await openHost();
    const admin = open.client(open.localToken);
    const misspelt = { source: 'a', destination: 'b', vm: 'c', options: { flavour: 'm1' }, strat: true } as never;

    await expect(admin.call('migrations.create', misspelt)).rejects.toMatchObject({
      code: 'api.bad-request',
      message: expect.stringMatching(/options\.flavour: there is no such field; strat: there is no such field/),
    });
    expect(open.host.calls.has('migrations.create')).toBe(false);
  });

  test('with a user or a password in an address is refused: addresses turn up in errors and logs', async () => {
    await using open = await openHost();
    const admin = open.client(open.localToken);
    const source = { name: 'vc1', url: 'https://vc1.example.net', userName: 'mover', secret: 's' };

    for (const one of [
      { url: 'https://u:geheim@vc1.example.net' },
      { url: 'https:u:geheim@vc1.example.net' },
      { proxy: 'http://geheim@proxy.example.net:3128' },
    ])
      await expect(admin.call('sources.create', { ...source, ...one })).rejects.toMatchObject({
        code: 'api.bad-request',
        message: expect.not.stringContaining('geheim'),
      });
    expect(open.host.calls.has('sources.create')).toBe(false);
  });

  test('may have so large a body and no larger, whatever it says of it', async () => {
    await using open = await openHost();
    const lines = [`Authorization: Bearer ${open.localToken}`, 'Content-Type: application/json'];
    const chunk = Buffer.concat([
      Buffer.from(`${(64 * 1024).toString(16)}\r\n`),
      Buffer.alloc(64 * 1024, 32),
      Buffer.from('\r\n'),
    ]);

    const told = await rawAsk(
      open.server.url,
      head('POST /v1/sources HTTP/1.1', ...lines, `Content-Length: ${MiB + 1}`),
    );
    const untold = await rawAsk(
      open.server.url,
      head('POST /v1/sources HTTP/1.1', ...lines, 'Transfer-Encoding: chunked'),
      ...Array.from({ length: 40 }, () => chunk),
    );

    expect(told).toMatchObject({ status: 413, code: 'api.too-large' });
    expect(untold).toMatchObject({ status: 413, code: 'api.too-large' });
    const machines = Array.from({ length: 10_000 }, (_, i) => ({
      vm: `vm-${i}`,
      options: { userData: 'x'.repeat(200) },
    }));
    await expect(
      open.client(open.localToken).call('plans.create', { name: 'p', source: 'a', destination: 'b', machines }),
    ).rejects.toMatchObject({ code: 'connection.unknown' });
  });

  test('that is a fault of Guts says so with a code, and keeps the stack to the log', async () => {
    await using open = await openHost({
      'nodes.list': async () => await Promise.reject(new Error('secret-inside')),
      'services.list': async () => await Promise.resolve({ services: 'nonsense' } as never),
    });

    for (const path of ['/v1/nodes', '/v1/services']) {
      const answer = await open.ask(path);
      const text = await answer.text();
      expect(answer.status).toBe(500);
      expect(JSON.parse(text)).toMatchObject({ code: 'guts.bug', type: '/docs#guts.bug' });
      expect(text).not.toMatch(/secret-inside|nonsense|at .*\.ts/);
    }
    expect(open.host.details).toHaveLength(2);
    expect(open.host.details[0]).toMatch(/^urn:uuid:\S+ Error: secret-inside/);
  });

  test('never gets more than the schema of the answer has', async () => {
    await using open = await openHost({
      'sources.list': async () => await Promise.resolve({ sources: [], secret: 'geheim' } as never),
    });

    expect(await (await open.ask('/v1/sources')).text()).toBe('{"sources":[]}');
  });
});

describe('a client that is slow', () => {
  test.each([
    ['with its headers', 'GET /v1/sources HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
    [
      'with its body',
      'POST /v1/sources HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n{',
    ],
  ])('%s is not waited for', async (_, bytes) => {
    using host = smallHost();
    await using server = await serveOn(host.app(), { port: 0, patience: quick });

    expect(await rawAsk(server.url, bytes)).toMatchObject({ status: 408, code: 'api.slow-request' });
    expect((await fetch(`${server.url}/v1/sources`)).status).toBe(200);
  });
});

describe('many requests of one caller', () => {
  test('are bounded, and others do not wait for them', async () => {
    using host = smallHost();
    await using server = await serveOn(host.app(), { port: 0, allowance: { perSecond: 1e-3, burst: 20 } });
    const ask = async (who: string): Promise<Response> =>
      await fetch(`${server.url}/v1/sources`, { headers: { authorization: `Bearer ${who}` } });

    const answers = await Promise.all(Array.from({ length: 30 }, async () => await ask('greedy')));

    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(10);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused[0]?.json()).toMatchObject({ code: 'api.too-many-requests', retryable: true });
    expect((await ask('modest')).status).toBe(200);
  });
});

describe('every answer', () => {
  test('tells browsers to be careful with it, and is for no other site', async () => {
    await using open = await openHost();

    for (const path of ['/v1/sources', '/v1/nothing']) {
      const { headers } = await open.ask(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('where others can reach it', () => {
  test('the server listens with TLS only', async () => {
    using host = smallHost();
    using app = host.app();

    await expect(serveOn(app, { port: 0, host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'api.needs-tls',
      remedy: expect.stringContaining('ssh -L'),
    });
    await expect(
      serveOn(app, { port: 0, host: '0.0.0.0', tls: { certificate: 'no', key: 'no' } }),
    ).rejects.toMatchObject({ code: 'api.bad-certificate' });
  });

  test('it is known by its certificate, and answers to its own names and addresses', async () => {
    using host = smallHost();
    const { key, pem: certificate, sha256 } = await makeCertificate('guts.example.net');
    const tls = { certificate, key };
    await using server = await serveOn(host.app(), { port: 0, host: '0.0.0.0', tls, names: ['guts.example.net'] });
    const pinned = networkFetch(sha256.replaceAll(':', '').toLowerCase());
    const status = async (name: string): Promise<number> =>
      (await pinned(new Request(`${server.url}/v1/sources`, { headers: { host: name } }))).status;

    expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(server.fingerprint).toBe(sha256);
    expect(await new ApiClient(pinned, { baseUrl: server.url }).call('sources.list', {})).toEqual({ sources: [] });
    expect(await status('guts.example.net:7000')).toBe(200);
    expect(await status('192.0.2.7:7000')).toBe(200);
    expect(await status('evil.example.net')).toBe(421);
    for (const fetch of [networkFetch(), networkFetch('00'.repeat(32))])
      await expect(new ApiClient(fetch, { baseUrl: server.url }).call('sources.list', {})).rejects.toMatchObject({
        code: 'server.untrusted',
      });
    expect((await rawAsk(server.url, head('GET / HTTP/1.1'))).status).toBe(0);
  });

  test('a port that is taken is said to be', async () => {
    using host = smallHost();
    using app = host.app();
    await using server = await serveOn(app, { port: 0 });

    await expect(serveOn(app, { port: Number(new URL(server.url).port) })).rejects.toMatchObject({
      code: 'api.port-taken',
    });
    await expect(serveOn(app, { port: 0, host: '192.0.2.1', tls: null })).rejects.toMatchObject({
      code: 'api.needs-tls',
    });
  });
});

describe('a server that stops', () => {
  test('answers what is under way, and takes nothing new', async () => {
    const gate: { open?: () => void } = {};
    using host = smallHost({
      'nodes.list': async () => {
        await new Promise<void>((resolve) => (gate.open = resolve));
        return { nodes: [] };
      },
    });
    const server = await serveOn(host.app(), { port: 0 });
    const client = new ApiClient(networkFetch(), { baseUrl: server.url });
    const asked = client.call('nodes.list', {});
    while (gate.open === undefined) await new Promise((resolve) => setImmediate(resolve));

    const stopped = server[Symbol.asyncDispose]();
    await expect(client.call('sources.list', {})).rejects.toMatchObject({ code: 'server.unreachable' });
    gate.open();

    expect(await asked).toEqual({ nodes: [] });
    await stopped;
  });
});
