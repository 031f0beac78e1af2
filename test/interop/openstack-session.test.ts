/** Every way to sign in to the real Keystone, and every way in which that fails. */
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cloudByName } from '../../main/clouds/clouds-yaml.ts';
import { cloudOfOpenrc } from '../../main/clouds/openrc.ts';
import type { CloudAccess } from '../../main/clouds/access.ts';
import type { DestinationConnection, DestinationSignIn } from '../../main/shared/connections.ts';
import { CloudSession } from '../../worker/destinations/openstack/cloud-session.ts';
import { testOpenstack } from '../../worker/destinations/openstack/probe.ts';
import { TestFolder } from '../clouds/folder.ts';
import { openstack } from './openstack-client.ts';
import { type OpenstackPeer, openstackPeer } from './openstack-peer.ts';

const never = new AbortController().signal;
const run = promisify(execFile);
const lab = path.resolve(import.meta.dirname, '../peers/openstack/lab.sh');
const Anything = z.looseObject({});
let peer: OpenstackPeer;

beforeAll(async () => {
  peer = await openstackPeer();
});

/** The member's sign-in, changed. */
function as(changes: Partial<DestinationConnection>, secret = peer.member.secret): DestinationSignIn {
  return { connection: { ...peer.member.connection, ...changes }, secret };
}

function by({ authUrl, auth, region, interface: side, secret }: CloudAccess): DestinationSignIn {
  return as({ authUrl, auth, region, interface: side }, secret ?? '');
}

async function projectOf(signIn: DestinationSignIn): Promise<string> {
  await using session = await CloudSession.open(signIn, never);
  await session.request('compute', 'GET', '/servers', { schema: Anything, signal: never });
  return session.about.project.name;
}

describe('signing in to the real Keystone', () => {
  test('works from its openrc, by password', async () => {
    using folder = new TestFolder({ openrc: (await run(lab, ['env'])).stdout });
    const access = await cloudOfOpenrc(path.join(folder.path, 'openrc'));
    expect(await projectOf(by(access))).toBe('migration');
  });

  test('works from the clouds.yaml and secure.yaml with which the OpenStack client works, too', async () => {
    const { authUrl } = peer.member.connection;
    using folder = new TestFolder({
      'clouds.yaml': `clouds: {lab: {auth: {auth_url: "${authUrl}", username: migrator, project_name: migration, user_domain_name: Default, project_domain_name: Default}, region_name: RegionOne}}`,
      'secure.yaml': `clouds: {lab: {auth: {password: ${peer.member.secret}}}}`,
    });
    const files = {
      OS_CLIENT_CONFIG_FILE: path.join(folder.path, 'clouds.yaml'),
      OS_CLIENT_SECURE_FILE: path.join(folder.path, 'secure.yaml'),
    };
    const access = await cloudByName('lab', folder.places({ env: files }));
    await using session = await CloudSession.open(by(access), never);
    expect(await openstack({ ...files, OS_CLOUD: 'lab' }, 'token', 'issue')).toMatchObject({
      project_id: session.about.project.id,
      user_id: session.about.user.id,
    });
  });

  test.for(['', '/', '/v3/'])('works from its address with “%s” behind it', async (ending) => {
    const root = peer.member.connection.authUrl.replace(/\/v3$/, '');
    expect(await projectOf(as({ authUrl: `${root}${ending}` }))).toBe('migration');
  });

  test('works by ids instead of names', async () => {
    await using session = await CloudSession.open(peer.member, never);
    const { project, user } = session.about;
    const auth = {
      method: 'password',
      userName: user.id,
      userDomain: 'default',
      project: project.id,
      projectDomain: 'default',
    } as const;
    expect(await projectOf(as({ auth }))).toBe('migration');
  });

  test('works by application credential, until it is deleted', async () => {
    await using session = await CloudSession.open(peer.member, never);
    const credentials = `/users/${session.about.user.id}/application_credentials`;
    const name = `4-guts-${Date.now()}`;
    const made = await session.request('identity', 'POST', credentials, {
      schema: z.object({ application_credential: z.object({ id: z.string(), secret: z.string() }) }),
      body: { application_credential: { name, roles: [{ name: 'member' }] } },
      signal: never,
    });
    const { id, secret } = made.application_credential;
    const signIn = as({ auth: { method: 'applicationCredential', id } }, secret);
    expect(await projectOf(signIn)).toBe('migration');
    await expect(CloudSession.open({ ...signIn, secret: 'not-this-one' }, never)).rejects.toMatchObject({
      code: 'openstack.sign-in-refused',
      remedy: expect.stringContaining('application credential'),
    });

    const named = (name: string): ReturnType<typeof as> => {
      const { name: userName } = session.about.user;
      return as({ auth: { method: 'applicationCredentialByName', name, userName, userDomain: 'default' } }, secret);
    };
    expect(await projectOf(named(name))).toBe('migration');
    await expect(CloudSession.open(named(`${name}-other`), never)).rejects.toMatchObject({
      code: 'openstack.sign-in-refused',
    });

    await session.request('identity', 'DELETE', `${credentials}/${id}`, { schema: z.null(), signal: never });
    await expect(CloudSession.open(signIn, never)).rejects.toMatchObject({ code: 'openstack.sign-in-refused' });
  });

  test('works by token, in its own project and in another', async () => {
    await using session = await CloudSession.open(peer.member, never);
    const token = await session.token();
    const own = { method: 'token', project: null, projectDomain: null } as const;
    const other = { method: 'token', project: 'other', projectDomain: 'Default' } as const;
    expect(await projectOf(as({ auth: own }, token))).toBe('migration');
    expect(await projectOf(as({ auth: other }, token))).toBe('other');
    await expect(CloudSession.open(as({ auth: own }, 'no-token'), never)).rejects.toMatchObject({
      code: 'openstack.sign-in-refused',
    });
  });

  test.for([
    ['password', { secret: 'wrong-password' }],
    ['user', { userName: 'nobody' }],
    ['project', { project: 'nothing' }],
    ['domain', { userDomain: 'nowhere' }],
    ['role in the project', { project: 'service' }],
  ] as const)('fails alike for a wrong %s, and says so honestly', async ([, changes]) => {
    const { auth } = peer.member.connection;
    if (auth.method !== 'password') expect.fail('the member signs in by password');
    const { secret = peer.member.secret, ...rest } = changes as { secret?: string };
    await expect(CloudSession.open(as({ auth: { ...auth, ...rest } }, secret), never)).rejects.toMatchObject({
      code: 'openstack.sign-in-refused',
      requestId: expect.stringMatching(/^req-/),
      remedy: expect.stringContaining('does not tell which'),
    });
  });

  test('lasts longer than a token that is taken away', async () => {
    await using session = await CloudSession.open(peer.member, never);
    const token = await session.token();
    const headers = { 'X-Subject-Token': token };
    await session.request('identity', 'DELETE', '/auth/tokens', { schema: z.null(), headers, signal: never });

    const ask = { schema: z.object({ projects: z.array(z.unknown()) }), signal: never };
    const answers = await Promise.all([1, 2, 3].map(() => session.request('identity', 'GET', '/auth/projects', ask)));
    expect(answers.map(({ projects }) => projects.length)).toEqual([2, 2, 2]);
    expect(await session.token()).not.toBe(token);
  });

  test('is tried, with projects and warnings', async () => {
    const { about, projects, warnings } = await testOpenstack(peer.member, never);
    expect(about.versions).toEqual({ compute: '2.93', image: '2.15', network: '2.0', volume: '3.70' });
    expect(projects.map(({ name }) => name).sort()).toEqual(['migration', 'other']);
    expect(warnings).toEqual([expect.stringContaining('unencrypted')]);
  });
});
