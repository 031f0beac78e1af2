/** What the server says of itself: that it lives, its figures, its description for programs and for people. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { onlyCaller } from '../../main/access/access.ts';
import { makeApp } from '../../main/api/app.ts';
import type { OpenApi } from '../../main/api/openapi.ts';
import { operationNames, operations, type Operation } from '../../main/shared/operations.ts';
import { openHost } from './open-host.ts';
import { owner, smallHost } from './small-host.ts';

const get = async (host: ReturnType<typeof smallHost>, path: string): Promise<Response> =>
  await host.app().fetch(new Request(`http://guts.local${path}`));

describe('the description', () => {
  test('has every operation, with its role, its answers, and no reference that leads nowhere', async () => {
    using host = smallHost();
    const api = (await (await get(host, '/openapi.json')).json()) as OpenApi;

    const described = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, one]) => ({ path, method: method.toUpperCase(), ...one })),
    );
    for (const name of operationNames) {
      const { method, path, role, status }: Operation = operations[name];
      const own = described.find(({ operationId }) => operationId === name);
      expect(own).toMatchObject({ method, path, 'x-guts-role': role });
      expect(Object.keys(own?.responses ?? {})).toContain(String(status ?? 200));
      const inPath = own?.parameters.filter((one) => one.in === 'path').map((one) => `{${one.name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
    expect(api.openapi).toBe('3.1.0');
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    const kinds: Readonly<Record<string, object>> = { ...api.components };
    for (const [whole, kind = '', name = ''] of references)
      expect([whole, Object.keys(kinds[kind] ?? {})]).toEqual([whole, expect.arrayContaining([name])]);
    expect(references.length).toBeGreaterThan(50);
  });

  test('marks what is secret, and shows it nowhere in answers', async () => {
    using host = smallHost();
    const api = (await (await get(host, '/openapi.json')).json()) as OpenApi;

    const secret = { type: 'string', minLength: 1, maxLength: 65_536, writeOnly: true };
    const body = api.paths['/v1/sources']?.['post']?.requestBody?.content['application/json']?.schema;
    expect(body?.properties?.['secret']).toEqual(secret);
    const answers = Object.values(api.paths).flatMap((methods) =>
      Object.values(methods).map(({ responses }) => responses),
    );
    expect(JSON.stringify(answers)).not.toContain('writeOnly');
  });

  test('is a page for people that runs nothing, loads nothing, and shows every operation and error', async () => {
    using host = smallHost();
    const answer = await get(host, '/docs');
    const page = await answer.text();

    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const [, style = ''] = /<style>([^]*)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(answer.headers.get('content-security-policy')).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
    expect(page).not.toMatch(/<script|<img|<link|@import|url\(|\ssrc=|style="|https?:\/\//i);
    for (const name of operationNames) expect(page).toContain(`id="${name}"`);
    for (const code of ['api.bad-request', 'connection.unknown', 'guts.bug']) expect(page).toContain(`id="${code}"`);
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    const ids = new Set([...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
    expect(targets.filter((id) => !ids.has(id))).toEqual([]);
    expect((await get(host, '/docs')).headers.get('etag')).toBe(answer.headers.get('etag'));
  });
});

describe('a server', () => {
  test('says without a token that it lives, and whether it is ready', async () => {
    const reasons = ['the vault is sealed'];
    using host = smallHost();
    const { handlers, events } = host;
    const app = makeApp({
      handlers,
      events,
      access: onlyCaller(owner),
      about: { version: '1.2.3' },
      readiness: async () => await Promise.resolve(reasons),
    });
    const ask = async (path: string): Promise<Response> => await app.fetch(new Request(`http://guts.local${path}`));

    expect(await (await ask('/healthz')).json()).toEqual({ status: 'up', version: '1.2.3' });
    const notYet = await ask('/readyz');
    expect(notYet.status).toBe(503);
    expect(await notYet.json()).toMatchObject({
      code: 'api.not-ready',
      detail: expect.stringContaining('sealed'),
      retryable: true,
    });
    reasons.pop();
    expect((await ask('/readyz')).status).toBe(200);

    await using open = await openHost();
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/docs'])
      expect((await fetch(open.server.url + path)).status).toBe(200);
    expect((await fetch(`${open.server.url}/metrics`)).status).toBe(401);
  });

  test('counts what it answers, for Prometheus', async () => {
    using host = smallHost();
    const { handlers, events } = host;
    const hostile = 'a"b\\c\nd';
    const app = makeApp({
      handlers,
      events,
      access: onlyCaller(owner),
      about: { version: '1' },
      figures: async () =>
        await Promise.resolve([
          {
            name: 'guts_migrations',
            help: 'By stage',
            type: 'gauge' as const,
            samples: [{ labels: { stage: hostile }, value: 7 }],
          },
        ]),
    });
    const ask = async (path: string): Promise<Response> => await app.fetch(new Request(`http://guts.local${path}`));
    for (let i = 0; i < 3; i++) await ask('/v1/sources');
    await ask('/v1/sources/nobody');
    await ask('/v1/nothing');
    await ask('/metrics');

    const text = await (await ask('/metrics')).text();

    const lines = text.trimEnd().split('\n');
    for (const line of lines)
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="([^"\\\n]|\\.)*",?)+\})? [-+\d.e]+)$/);
    expect(lines).toContain('guts_requests_total{operation="sources.list",status="200"} 3');
    expect(lines).toContain('guts_requests_total{operation="sources.show",status="404"} 1');
    expect(lines).toContain('guts_requests_total{operation="none",status="404"} 1');
    expect(lines).toContain('guts_migrations{stage="a\\"b\\\\c\\nd"} 7');
    expect(lines).toContain('guts_event_listeners 0');
    expect(lines).toContain('guts_request_seconds_count 6');
    const names = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
    expect(names).toEqual(
      expect.arrayContaining(['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']),
    );
  });
});
