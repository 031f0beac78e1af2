/** The server is held to its own description: what that allows is answered as it says, and what it does not is refused with a code. */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { networkFetch } from '../../main/api/network-fetch.ts';
import { openApiOf, type OpenApi } from '../../main/api/openapi.ts';
import { ProblemShape } from '../../main/shared/client/problem-shape.ts';
import { serveOn, type Server } from '../../main/api/server.ts';
import { operationNames, operations, type Operation, type OperationName } from '../../main/shared/operations.ts';
import { hostile, requestFor, valid, type MadeRequest } from './arbitrary.ts';
import { smallHost, type SmallHost } from './small-host.ts';

const RUNS = Number(process.env['GUTS_API_FUZZ_RUNS'] ?? 25);
const fetch = networkFetch();

async function ask(
  server: Server,
  { method, path, headers, body }: MadeRequest,
): Promise<{ status: number; answer: Response; text: string }> {
  const init = {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
  };
  const answer = await fetch(new Request(server.url + path, init));
  return { status: answer.status, answer, text: await answer.text() };
}

/** @throws what does not fit */
function demandAsDescribed(name: OperationName, { status, answer, text }: Awaited<ReturnType<typeof ask>>): void {
  const operation: Operation = operations[name];
  expect(text).not.toMatch(/\bat .+\.[cm]?[jt]s:\d+/);
  if (status === (operation.status ?? 200)) {
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(operation.output.safeParse(JSON.parse(text)).error).toBeUndefined();
  } else if (status !== 304) {
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const problem = ProblemShape.parse(JSON.parse(text));
    expect(problem).toMatchObject({ status, code: expect.stringMatching(/^[a-z]+\.[a-z-]+$/) });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  }
}

describe('a request that is made of the description', () => {
  const api: OpenApi = openApiOf('0.0.0');
  const places = new Map<OperationName, readonly [path: string, method: string]>();
  beforeAll(() => {
    for (const name of operationNames) places.set(name, [operations[name].path, operations[name].method.toLowerCase()]);
  });

  /** Things are there that a request may be about. */
  async function lived(): Promise<SmallHost> {
    const host = smallHost();
    const client = host.client();
    await client.call('sources.create', { name: 'vc1', url: 'https://vc1.example.net', userName: 'u', secret: 's' });
    await client.call('sources.refresh', { source: 'vc1' });
    const auth = { method: 'applicationCredential', id: 'a1' } as const;
    await client.call('destinations.create', { name: 'prod', authUrl: 'https://k.example.net/v3', auth, secret: 's' });
    return host;
  }

  test.each(operationNames)('%s: such as it allows is answered as it says', async (name) => {
    const [path = '', method = ''] = places.get(name) ?? [];
    using host = await lived();
    await using server = await serveOn(host.app(), { port: 0, allowance: { perSecond: 1e6, burst: 1e6 } });

    await fc.assert(
      fc.asyncProperty(requestFor(api, path, method, valid), async (request) => {
        const answer = await ask(server, request);
        demandAsDescribed(name, answer);
        expect(answer.text).not.toContain('"api.bad-request"');
        expect([401, 403, 405, 413, 415]).not.toContain(answer.status);
      }),
      { numRuns: RUNS },
    );

    expect(host.details).toEqual([]);
    expect(host.calls.get(name) ?? 0).toBeGreaterThan(0);
  });

  test.each(operationNames)(
    '%s: such as it does not allow is refused with a code, and nothing breaks',
    async (name) => {
      const [path = '', method = ''] = places.get(name) ?? [];
      using host = await lived();
      await using server = await serveOn(host.app(), { port: 0, allowance: { perSecond: 1e6, burst: 1e6 } });

      await fc.assert(
        fc.asyncProperty(requestFor(api, path, method, hostile), async (request) => {
          demandAsDescribed(name, await ask(server, request));
        }),
        { numRuns: 2 * RUNS },
      );

      expect(host.details).toEqual([]);
      expect((await fetch(new Request(`${server.url}/healthz`))).status).toBe(200);
    },
  );
});
