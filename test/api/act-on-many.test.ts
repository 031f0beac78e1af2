/** A wish for several migrations: it says which, and the policy judges those that it is done to. */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { OpenApi } from '../../main/api/openapi.ts';
import type { ParsedOf } from '../../main/shared/operations.ts';
import { openHost } from './open-host.ts';

const vc1 = { name: 'vc1', url: 'https://vc1.example.net', userName: 'mover', secret: 'geheim' };
const cloud = {
  name: 'prod',
  authUrl: 'https://keystone.example.net/v3',
  auth: { method: 'applicationCredential', id: 'a1b2' },
  secret: 'geheim',
} as const;

/** A host that notes what comes to its handler, with two migrations, of which an operator may move none. */
async function guarded() {
  const came: ParsedOf<'migrations.actOnMany'>[] = [];
  const open = await openHost({
    'migrations.actOnMany': async (wish) => {
      came.push(wish);
      return await Promise.resolve({ results: [] });
    },
  });
  const admin = open.client(open.localToken);
  await admin.call('sources.create', vc1);
  await admin.call('destinations.create', cloud);
  for (const vm of ['web-01', 'web-02'])
    await admin.call('migrations.create', { source: 'vc1', vm, destination: 'prod' });
  const rules = { destinations: ['test'] };
  writeFileSync(path.join(open.host.dataDir, 'policy.json'), JSON.stringify({ schemaVersion: 1, rules }));
  const { token } = await admin.call('tokens.create', { name: 'ops', role: 'operator' });
  const post = async (body: object) =>
    await open.ask('/v1/migrations/action', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    });
  return { open, came, post, [Symbol.asyncDispose]: async () => await open[Symbol.asyncDispose]() };
}

test('that does not say which, or says it twice, is refused and done to none', async () => {
  await using host = await guarded();

  for (const wish of [{}, { plan: 'spring', all: true }, { ids: [], all: true }, { ids: [], plan: 'spring' }]) {
    const answer = await host.post({ action: 'start', ...wish });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: 'api.bad-request',
      problems: [{ says: expect.stringContaining('exactly one of “ids”, “plan” and “all”') }],
    });
  }
  expect(host.came).toEqual([]);
});

test('for all is judged by each of them that it would be done to', async () => {
  await using host = await guarded();

  const refused = await host.post({ action: 'start', all: true });
  const nothingToResume = await host.post({ action: 'resume', all: true });

  expect(await refused.json()).toMatchObject({ code: 'policy.destination' });
  expect(nothingToResume.status).toBe(202);
  expect(host.came).toEqual([{ action: 'resume', all: true }]);
});

test('is described as that, in words too', async () => {
  await using host = await guarded();

  const api = (await (await host.open.ask('/openapi.json')).json()) as OpenApi;

  const body = api.paths['/v1/migrations/action']?.['post']?.requestBody?.content['application/json']?.schema;
  expect(body?.['description']).toContain('exactly one of');
  expect(body?.['oneOf']).toEqual([{ required: ['ids'] }, { required: ['plan'] }, { required: ['all'] }]);
});
