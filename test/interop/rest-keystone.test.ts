/** REST by tokens of the real Keystone: whose they are, what that is worth, and that a revoked one is worth nothing. */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DestinationSignIn } from '../../main/shared/connections.ts';
import { openHost, type OpenHost } from '../api/open-host.ts';
import { CloudClient } from '../support/cloud-client.ts';
import { until } from '../support/until.ts';
import { type OpenstackPeer, openstackPeer } from './openstack-peer.ts';

const CACHE_SECONDS = 2;
let peer: OpenstackPeer;

beforeAll(async () => {
  peer = await openstackPeer();
});

/** A host whose policy lets the peer's roles in. */
async function hostOf(rule: object = {}): Promise<OpenHost> {
  const open = await openHost();
  await open.host.connections.put('destination', peer.member.connection);
  const roles = { admin: 'admin', member: 'operator' };
  const keystone = { destination: peer.member.connection.name, roles, cacheSeconds: CACHE_SECONDS, ...rule };
  writeFileSync(path.join(open.host.dataDir, 'policy.json'), JSON.stringify({ schemaVersion: 1, keystone }));
  return open;
}

/** As the OpenStack client would: a token of the user's own. */
async function tokenOf({ connection, secret }: DestinationSignIn): Promise<CloudClient> {
  const { auth, authUrl } = connection;
  if (auth.method !== 'password') throw new Error('the peer signs in by password');
  return await CloudClient.signIn({ authUrl, user: auth.userName, password: secret, project: auth.project });
}

const ask = async (open: OpenHost, token: string, where = '/v1/sources', method = 'GET'): Promise<Response> =>
  await fetch(open.server.url + where, { method, headers: { 'x-auth-token': token } });

async function codeOf(answer: Response): Promise<string> {
  return `${answer.status} ${((await answer.json()) as { code: string }).code}`;
}

describe('a token of the real Keystone', () => {
  test('lets a member move machines and an administrator set Guts up, each named in the audit log', async () => {
    await using open = await hostOf();
    const [member, admin] = [await tokenOf(peer.member), await tokenOf(peer.admin)];

    expect((await ask(open, member.token)).status).toBe(200);
    expect(await codeOf(await ask(open, member.token, '/v1/tokens'))).toBe('403 access.forbidden');
    expect((await ask(open, admin.token, '/v1/tokens')).status).toBe(200);
    expect(await codeOf(await ask(open, member.token, '/v1/sources/nobody', 'DELETE'))).toBe('403 access.forbidden');
    expect(await codeOf(await ask(open, admin.token, '/v1/sources/nobody', 'DELETE'))).toBe('404 connection.unknown');

    const { entries } = await open.client(open.localToken).call('audit.list', {});
    const { auth } = peer.member.connection;
    const user = auth.method === 'password' ? auth.userName : '';
    const project = auth.method === 'password' ? auth.project : '';
    expect(entries.map(({ result }) => result)).toEqual(['connection.unknown', 'access.forbidden']);
    expect(entries[1]?.who).toBe(`keystone ${user}@Default (${project})`);
  });

  test('that was revoked is refused, at the latest when what is remembered of it is over', async () => {
    await using open = await hostOf();
    const member = await tokenOf(peer.member);
    expect((await ask(open, member.token)).status).toBe(200);

    const answer = await fetch(`${peer.member.connection.authUrl}/auth/tokens`, {
      method: 'DELETE',
      headers: { 'x-auth-token': member.token, 'x-subject-token': member.token },
    });
    expect(answer.status).toBe(204);
    const revokedAtMs = Date.now();
    let lastLetInMs = revokedAtMs;
    const refused = await until(
      async () => {
        const beganMs = Date.now();
        const answer = await ask(open, member.token);
        if (answer.status === 200) lastLetInMs = beganMs;
        return answer;
      },
      ({ status }) => status !== 200,
    );

    expect(await codeOf(refused)).toBe('401 access.token-refused');
    expect(lastLetInMs - revokedAtMs).toBeLessThan((CACHE_SECONDS + 3) * 1000);
  });

  test('of another project, of none, and what is no token do not come in', async () => {
    await using open = await hostOf({ projects: ['no-such-project'] });
    const member = await tokenOf(peer.member);

    expect(await codeOf(await ask(open, member.token))).toBe('403 access.project-refused');
    expect(await codeOf(await ask(open, `${member.token.slice(0, -8)}AAAAAAAA`))).toBe('401 access.token-refused');
    expect(await codeOf(await ask(open, 'nonsense'))).toBe('401 access.token-refused');
  });
});
