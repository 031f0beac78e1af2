/** Signing in with a token of the destination's Keystone: whose it is, what that is worth here, and for how long. */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../lab/certificate.ts';
import { signInAs } from '../lab/openstack/sign-in.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { CloudClient } from '../support/cloud-client.ts';
import { openHost, type OpenHost } from './open-host.ts';

const users = [
  { name: 'ada', password: 'geheim-ada', defaultProject: 'ops', roles: { ops: ['member', 'guts-admin'] } },
  { name: 'bob', password: 'geheim-bob', defaultProject: 'ops', roles: { ops: ['member'], play: ['member'] } },
  { name: 'cyd', password: 'geheim-cyd', defaultProject: 'ops', roles: { ops: ['reader'] } },
];
const roles = { 'guts-admin': 'admin', member: 'operator' };

/** @returns a host that takes tokens of the lab's Keystone */
async function hostOf(lab: OpenstackLab, keystone: object = {}, now?: () => number): Promise<OpenHost> {
  const open = await openHost({}, now === undefined ? {} : { now });
  await open.host.connections.put('destination', signInAs(lab).connection);
  policy(open, { destination: 'Built-in cloud', roles, ...keystone });
  return open;
}

const policy = (open: OpenHost, keystone: object): void =>
  writeFileSync(path.join(open.host.dataDir, 'policy.json'), JSON.stringify({ schemaVersion: 1, keystone }));

async function signIn(lab: OpenstackLab, user: string, project = 'ops'): Promise<CloudClient> {
  const password = `geheim-${user}`;
  return await CloudClient.signIn({ authUrl: lab.authUrl, ca: lab.certificate, user, password, project });
}

const ask = async (open: OpenHost, token: string, where = '/v1/sources', method = 'GET'): Promise<Response> =>
  await fetch(open.server.url + where, { method, headers: { 'x-auth-token': token } });

async function codeOf(response: Response): Promise<string> {
  const { code } = (await response.json()) as { code: string };
  return `${response.status} ${code}`;
}

describe('a Keystone token', () => {
  test('is worth what the policy says of its roles, and is named in the audit log', async () => {
    await using lab = await startOpenstack({ users });
    await using open = await hostOf(lab);
    const [ada, bob, cyd] = [await signIn(lab, 'ada'), await signIn(lab, 'bob'), await signIn(lab, 'cyd')];

    expect((await ask(open, ada.token, '/v1/tokens')).status).toBe(200);
    expect((await ask(open, bob.token)).status).toBe(200);
    expect(await codeOf(await ask(open, bob.token, '/v1/tokens'))).toBe('403 access.forbidden');
    expect(await codeOf(await ask(open, cyd.token))).toBe('403 access.project-refused');
    await ask(open, bob.token, '/v1/sources/vc1', 'DELETE');

    const { entries } = await open.client(open.localToken).call('audit.list', {});
    expect(entries[0]).toMatchObject({ who: 'keystone bob@Default (ops)', result: 'access.forbidden' });
  });

  test('of a project that the policy does not name does not come in', async () => {
    await using lab = await startOpenstack({ users });
    const [ops, play] = [await signIn(lab, 'bob'), await signIn(lab, 'bob', 'play')];
    await using open = await hostOf(lab, { projects: [ops.projectId] });

    expect((await ask(open, ops.token)).status).toBe(200);
    expect(await codeOf(await ask(open, play.token))).toBe('403 access.project-refused');
  });

  test('that was revoked is refused, at the latest when what is remembered of it is over', async () => {
    await using lab = await startOpenstack({ users });
    let now = Date.now();
    await using open = await hostOf(lab, { cacheSeconds: 60 }, () => now);
    const bob = await signIn(lab, 'bob');
    expect((await ask(open, bob.token)).status).toBe(200);

    expect(
      (await bob.ask('identity', 'DELETE', '/v3/auth/tokens', { headers: { 'x-subject-token': bob.token } })).status,
    ).toBe(204);

    now += 59_999;
    expect((await ask(open, bob.token)).status).toBe(200);
    now += 1;
    expect(await codeOf(await ask(open, bob.token))).toBe('401 access.token-refused');
  });

  test('is asked about once for many requests, and with nothing remembered every time', async () => {
    await using lab = await startOpenstack({ users });
    await using open = await hostOf(lab);
    const bob = await signIn(lab, 'bob');
    lab.faults.add({ where: 'identity', match: 'GET /v3/auth/tokens', kind: 'http', status: 503, nth: 2, count: -1 });

    const answers = await Promise.all(Array.from({ length: 20 }, async () => (await ask(open, bob.token)).status));
    expect(answers).toEqual(Array.from({ length: 20 }, () => 200));

    policy(open, { destination: 'Built-in cloud', roles, cacheSeconds: 0 });
    const anew = await signIn(lab, 'bob');
    expect(await codeOf(await ask(open, anew.token))).toBe('503 access.keystone-silent');
  });

  test('goes to nobody but that Keystone: not to one with another certificate, and not where a redirect leads', async () => {
    await using lab = await startOpenstack({ users });
    const bob = await signIn(lab, 'bob');
    await using strange = await startOpenstack({ users });
    await using open = await hostOf(lab);
    const { connection } = signInAs(strange);
    await open.host.connections.put('destination', { ...signInAs(lab).connection, authUrl: connection.authUrl });

    expect(await codeOf(await ask(open, bob.token))).toBe('502 net.untrusted');

    await open.host.connections.put('destination', { ...signInAs(lab).connection, trust: { kind: 'system' } });
    expect(await codeOf(await ask(open, bob.token))).toBe('502 net.untrusted');
    const pem = (await makeCertificate()).pem;
    await open.host.connections.put('destination', {
      ...signInAs(lab).connection,
      trust: { kind: 'authorities', pem },
    });
    expect(await codeOf(await ask(open, bob.token))).toBe('502 net.untrusted');
    const own = { kind: 'authorities', pem: lab.certificate } as const;
    await open.host.connections.put('destination', { ...signInAs(lab).connection, trust: own });
    expect((await ask(open, bob.token)).status).toBe(200);
  });

  test('is worth nothing where no Keystone is named, and nonsense is no token', async () => {
    await using lab = await startOpenstack({ users });
    await using open = await openHost();
    const bob = await signIn(lab, 'bob');
    expect(await codeOf(await ask(open, bob.token))).toBe('403 access.no-keystone');

    await using other = await hostOf(lab);
    for (const token of ['nonsense', 'x'.repeat(9000), 'two words'])
      expect(await codeOf(await ask(other, token))).toBe('401 access.token-refused');
  });

  test('makes Keystone work no more than a few times for somebody who guesses', async () => {
    await using lab = await startOpenstack({ users });
    const now = Date.now(); // and stays: nobody earns another try meanwhile
    await using open = await hostOf(lab, {}, () => now);

    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => (await ask(open, `guess-${i}`)).status),
    );

    expect(answers.filter((status) => status === 401)).toHaveLength(20);
    expect(answers.filter((status) => status === 429)).toHaveLength(40);
  });
});
