/** `guts serve` with everything behind it: whatever comes, allowed or not, is answered as described or refused with a code. */
import { writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { networkFetch } from '../../main/api/network-fetch.ts';
import type { OpenApi } from '../../main/api/openapi.ts';
import { ProblemShape } from '../../main/shared/client/problem-shape.ts';
import { operationNames, operations, type Operation } from '../../main/shared/operations.ts';
import { signInWithCredential } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';
import { hostile, requestFor, valid } from './arbitrary.ts';

const RUNS = Number(process.env['GUTS_API_FUZZ_RUNS'] ?? 10);
const folder = scratch();
const fetch = networkFetch();
let vcenter: Vcenter;
let cloud: OpenstackLab;
let daemon: Daemon;
let api: OpenApi;

beforeAll(async () => {
  writeFileSync(folder.file('passphrase'), 'a passphrase\n', { mode: 0o600 });
  vcenter = await startVcenter();
  cloud = await startOpenstack({ buildMs: 20 });
  daemon = await Daemon.start({ dataDir: folder.file('data'), passphraseFile: folder.file('passphrase') });
  api = (await (await fetch(new Request(`${daemon.url}/openapi.json`))).json()) as OpenApi;
  await daemon.client.call('sources.create', {
    name: 'vc1',
    url: vcenter.url,
    userName: vcenter.user,
    secret: vcenter.password,
    trust: { kind: 'pinned', sha256: vcenter.fingerprint },
  });
  await daemon.client.call('sources.refresh', { source: 'vc1' });
  const { connection, secret } = signInWithCredential(cloud);
  const { authUrl, auth, trust } = connection;
  await daemon.client.call('destinations.create', { name: 'prod', authUrl, auth, trust, secret });
});
afterAll(async () => {
  await daemon.stop();
  await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  folder[Symbol.dispose]();
});

/** What takes away what the others are about comes last. */
const lastOnes = (name: string): number =>
  name.endsWith('.delete') || name.endsWith('.secret') || name.endsWith('.trust') ? 1 : 0;
const names = operationNames.toSorted((a, b) => lastOnes(a) - lastOnes(b));

test.each(names)('%s', async (name) => {
  const operation: Operation = operations[name];
  const make = (how: typeof valid): ReturnType<typeof requestFor> =>
    requestFor(api, operation.path, operation.method.toLowerCase(), how);
  const statuses = new Set<number>();

  await fc.assert(
    fc.asyncProperty(fc.oneof(make(valid), make(hostile)), async ({ method, path, headers, body }) => {
      // As many as one caller may: what is refused for being too much says nothing here.
      let answer: Response;
      do {
        answer = await fetch(
          new Request(daemon.url + path, {
            method,
            headers: {
              ...headers,
              authorization: `Bearer ${daemon.token}`,
              ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            },
            ...(body === undefined ? {} : { body }),
          }),
        );
      } while (answer.status === 429);
      const text = await answer.text();
      statuses.add(answer.status);
      if (!name.startsWith('logs.')) expect(text).not.toMatch(/\bat .+\.[cm]?[jt]s:\d+/); // a log is where stacks belong
      if (answer.status === (operation.status ?? 200)) operation.output.parse(JSON.parse(text));
      else if (answer.status !== 304) {
        const problem = ProblemShape.parse(JSON.parse(text));
        expect(problem).toMatchObject({
          status: answer.status,
          code: expect.stringMatching(/^[a-zA-Z]+\.[a-zA-Z-]+$/),
        });
        expect(problem.code).not.toBe('guts.bug');
      }
    }),
    { numRuns: 3 * RUNS },
  );

  expect(statuses.size).toBeGreaterThan(0);
  expect(daemon.log).not.toMatch(/guts\.bug|urn:uuid:/); // under these, faults of the server itself
});
