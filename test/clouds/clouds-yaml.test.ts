/** One cloud out of clouds.yaml, as the OpenStack client would read it, and what becomes of files that are not as they should be. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cloudByName } from '../../main/clouds/clouds-yaml.ts';
import { TestFolder, refusal } from './folder.ts';

const LAB = `
clouds:
  lab:
    auth:
      auth_url: https://cloud.example:5000/v3
      username: migrator
      password: s3cret-of-the-file
      project_name: migration
      user_domain_name: Users
      project_domain_id: default
    region_name: West
    interface: internal
    cacert: ~/ca.pem
    identity_api_version: 3
`;
const withAuth = (auth: string, rest = ''): string => `
clouds:
  lab:
    auth: {auth_url: https://cloud.example:5000/v3, ${auth}}
${rest.replaceAll(/^(?=.)/gm, '    ')}
`;

describe('a cloud of clouds.yaml', () => {
  test('is read with password, region, interface and authorities', async () => {
    using folder = new TestFolder({ 'clouds.yaml': LAB });
    expect(await cloudByName('lab', folder.places())).toEqual({
      authUrl: 'https://cloud.example:5000/v3',
      auth: {
        method: 'password',
        userName: 'migrator',
        userDomain: 'Users',
        project: 'migration',
        projectDomain: 'default',
      },
      region: 'West',
      interface: 'internal',
      caFile: path.join(homedir(), 'ca.pem'),
      secret: 's3cret-of-the-file',
    });
  });

  test('takes its secrets from secure.yaml, over what clouds.yaml says', async () => {
    using folder = new TestFolder({
      'clouds.yaml': LAB,
      'secure.yaml': 'clouds: {lab: {auth: {password: from-secure}}, other: {auth: {password: no}}}',
    });
    expect(await cloudByName('lab', folder.places())).toMatchObject({ secret: 'from-secure' });
  });

  test('stands on its profile', async () => {
    using folder = new TestFolder({
      'clouds.yaml': 'clouds: {lab: {profile: big, auth: {username: u, password: p, project_name: q}}}',
      'clouds-public.yaml':
        'public-clouds: {big: {auth: {auth_url: "https://big.example/v3", username: nobody}, region_name: East, interface: admin}}',
    });
    expect(await cloudByName('lab', folder.places())).toMatchObject({
      authUrl: 'https://big.example/v3',
      auth: { userName: 'u', userDomain: 'default' },
      region: 'East',
      interface: 'admin',
    });
  });

  test('may be written once and used for several, with anchors', async () => {
    using folder = new TestFolder({
      'clouds.yaml': `
shared: &shared
  auth: &auth {auth_url: "https://c.example/v3", username: u, password: p, project_name: one}
  region_name: West
clouds:
  one: *shared
  two:
    <<: *shared
    auth: {<<: *auth, project_name: two}
`,
    });
    expect(await cloudByName('one', folder.places())).toMatchObject({ auth: { project: 'one' }, region: 'West' });
    expect(await cloudByName('two', folder.places())).toMatchObject({ auth: { project: 'two' }, region: 'West' });
  });

  test.for([
    [
      'an application credential',
      'application_credential_id: ac1, application_credential_secret: s',
      'auth_type: v3applicationcredential',
      { auth: { method: 'applicationCredential', id: 'ac1' }, secret: 's' },
    ],
    [
      'an application credential that its keys give away',
      'application_credential_id: ac1, application_credential_secret: s',
      '',
      { auth: { method: 'applicationCredential', id: 'ac1' }, secret: 's' },
    ],
    [
      'an application credential by its name and its user’s',
      'application_credential_name: nightly, application_credential_secret: s, username: u, user_domain_name: Users',
      'auth_type: v3applicationcredential',
      {
        auth: { method: 'applicationCredentialByName', name: 'nightly', userName: 'u', userDomain: 'Users' },
        secret: 's',
      },
    ],
    [
      'an application credential by its id, whatever its name is',
      'application_credential_id: ac1, application_credential_name: nightly, username: u',
      '',
      { auth: { method: 'applicationCredential', id: 'ac1' }, secret: null },
    ],
    [
      'a token into a project',
      'token: t, project_name: p, project_domain_name: D',
      'auth_type: v3token',
      { auth: { method: 'token', project: 'p', projectDomain: 'D' }, secret: 't' },
    ],
    [
      'a token as it is',
      'token: t',
      'auth_type: token',
      { auth: { method: 'token', project: null, projectDomain: null }, secret: 't' },
    ],
    [
      'a password that is to be asked for',
      'username: u, project_id: p1',
      '',
      { auth: { method: 'password', userName: 'u', project: 'p1' }, secret: null },
    ],
    [
      'ids before names',
      'user_id: u1, username: u, project_id: p1, project_name: p, user_domain_id: d1, password: x',
      '',
      { auth: { userName: 'u1', project: 'p1', userDomain: 'd1' } },
    ],
    [
      'one domain for both',
      'username: u, project_name: p, domain_name: D, password: x',
      '',
      { auth: { userDomain: 'D', projectDomain: 'D' } },
    ],
    [
      'old words for new ones',
      'username: u, tenant_name: p, password: x',
      'endpoint_type: internalURL',
      { auth: { project: 'p' }, interface: 'internal' },
    ],
    [
      'a list of one region',
      'username: u, project_name: p, password: x',
      'regions: [{name: West, values: {}}]',
      { region: 'West' },
    ],
    [
      'a list of regions to choose from',
      'username: u, project_name: p, password: x',
      'regions: [West, East]',
      { region: null },
    ],
    ['a password of digits, as it is written', 'username: u, project_name: p, password: 0123', '', { secret: '0123' }],
    ['a password that reads like a word of YAML', 'username: u, project_name: p, password: yes', '', { secret: 'yes' }],
    ['a check that is on', 'username: u, project_name: p, password: x', 'verify: true\ninsecure: no', { secret: 'x' }],
  ] as const)('may say %s', async ([, auth, rest, expected]) => {
    using folder = new TestFolder({ 'clouds.yaml': withAuth(auth, rest) });
    expect(await cloudByName('lab', folder.places())).toMatchObject(expected);
  });

  test('is looked for in the working folder, then in the user’s, then in the system’s', async () => {
    using folder = new TestFolder();
    const [own, system] = [path.join(folder.path, 'own'), path.join(folder.path, 'system')];
    mkdirSync(own);
    mkdirSync(system);
    const places = folder.places({ folders: [own, system] });
    const nowhere = await refusal(cloudByName('lab', places));
    expect(nowhere.code).toBe('clouds.no-file');
    expect(nowhere.message).toContain(path.join(system, 'clouds.yaml'));

    folder.write('system/clouds.yml', LAB);
    expect(await cloudByName('lab', places)).toMatchObject({ region: 'West' });
    folder.write(
      'own/clouds.json',
      JSON.stringify({ clouds: { lab: { auth: { auth_url: 'https://j.example', token: 'x' } } } }),
    );
    expect(await cloudByName('lab', places)).toMatchObject({ authUrl: 'https://j.example' });
    folder.write('clouds.yaml', LAB.replace('West', 'Here'));
    expect(await cloudByName('lab', places)).toMatchObject({ region: 'Here' });
    const named = folder.write('named.yaml', LAB.replace('West', 'Named'));
    const env = { OS_CLIENT_CONFIG_FILE: named };
    expect(await cloudByName('lab', { ...places, env })).toMatchObject({ region: 'Named' });
    const missing = await refusal(cloudByName('lab', { ...places, env: { OS_CLIENT_CONFIG_FILE: 'none.yaml' } }));
    expect(missing.message).toContain('OS_CLIENT_CONFIG_FILE');
  });
});

describe('a cloud is refused, with a way out,', () => {
  const asked = 'username: u, project_name: p, password: hidden-word';
  test.for<readonly [string, string, string, string]>([
    [
      'when its name is not there',
      'clouds: {other: {}, another: {}}',
      'clouds.no-such-cloud',
      'Choose one of another, other.',
    ],
    ['when there are no clouds at all', 'clouds:\n', 'clouds.no-such-cloud', 'Add the cloud'],
    ['when its name is one of JavaScript’s own', 'clouds: {constructor2: {}}', 'clouds.no-such-cloud', 'constructor2'],
    [
      'when it turns the check of certificates off',
      withAuth(asked, 'verify: False'),
      'clouds.unchecked',
      '--fingerprint',
    ],
    ['when it does so in other words', withAuth(asked, 'insecure: "true"'), 'clouds.unchecked', '--fingerprint'],
    ['when it is for Keystone v2', withAuth(asked, 'identity_api_version: 2.0'), 'clouds.unsupported', 'version 3'],
    [
      'when it signs in through a browser',
      withAuth(asked, 'auth_type: v3oidcpassword'),
      'clouds.unsupported',
      'application credential',
    ],
    [
      'when it signs in with a certificate',
      withAuth(asked, 'cert: a.pem\nkey: b.pem'),
      'clouds.unsupported',
      'password',
    ],
    [
      'when its application credential has a name but no user',
      withAuth('application_credential_name: n'),
      'clouds.incomplete',
      'username',
    ],
    [
      'when its application credential has neither id nor name',
      withAuth('application_credential_secret: hidden-word', 'auth_type: v3applicationcredential'),
      'clouds.incomplete',
      'application_credential_id',
    ],
    ['when it has no user', withAuth('password: hidden-word, project_name: p'), 'clouds.incomplete', 'username'],
    ['when it has no project', withAuth('username: u, password: hidden-word'), 'clouds.incomplete', 'project_name'],
    ['when it has no address', 'clouds: {lab: {auth: {username: u}}}', 'clouds.incomplete', 'auth_url'],
    [
      'when its address is none',
      withAuth(asked).replace('https://cloud.example:5000/v3', 'cloud.example'),
      'clouds.unsupported',
      'https://',
    ],
    [
      'when its address holds a password',
      withAuth(asked).replace('https://', 'https://u:hidden-word@'),
      'clouds.unsupported',
      'without user',
    ],
    [
      'when its interface is none',
      withAuth(asked, 'interface: secret'),
      'clouds.unsupported',
      'public, internal or admin',
    ],
    [
      'when nobody knows its profile',
      withAuth(asked, 'profile: vexx'),
      'clouds.unsupported',
      'into clouds.yaml itself',
    ],
    ['when its file is broken off', 'clouds:\n  lab:\n    auth: {password: "hidden-word', 'clouds.damaged', 'line'],
    ['when a key is there twice', 'clouds: {lab: {}, lab: {}}', 'clouds.damaged', 'line'],
    ['when it names what is not there', 'clouds: {lab: *hidden-word}', 'clouds.damaged', 'line'],
    [
      'when it has words for a program',
      'clouds: {lab: !!python/object:os.system hidden-word}',
      'clouds.damaged',
      'line',
    ],
    ['when its file is another', '- a\n- b\n', 'clouds.damaged', 'line'],
    [
      'when it has lists where texts should be',
      withAuth('username: [u], password: hidden-word'),
      'clouds.unsupported',
      'Mend',
    ],
    [
      'when it would fill the memory',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\nclouds: {lab: {x: [*d,*d,*d,*d]}}`,
      'clouds.damaged',
      'line',
    ],
    ['when its file is larger than any', `#${'x'.repeat(2_000_000)}`, 'clouds.unreadable', 'Check'],
  ])('%s', async ([, text, code, wayOut]) => {
    using folder = new TestFolder({ 'clouds.yaml': text });
    const error = await refusal(cloudByName('lab', folder.places()));
    expect(error.code).toBe(code);
    expect(error.remedy).toContain(wayOut);
    expect(`${error.message} ${error.remedy} ${error.stack} ${String(error.cause)}`).not.toContain('hidden-word');
  });

  test('when its file is no text', async () => {
    using folder = new TestFolder({ 'clouds.yaml': new Uint8Array([0x63, 0xff, 0xfe, 0x00]) });
    expect((await refusal(cloudByName('lab', folder.places()))).message).toContain('no text in UTF-8');
  });

  test('when its file is a pipe that nobody writes to', async () => {
    using folder = new TestFolder();
    execFileSync('mkfifo', [path.join(folder.path, 'clouds.yaml')]);
    expect((await refusal(cloudByName('lab', folder.places()))).message).toContain('is no file');
  });

  test('when its file is a link in a circle', async () => {
    using folder = new TestFolder();
    const file = path.join(folder.path, 'clouds.yaml');
    symlinkSync(file, file);
    expect((await refusal(cloudByName('lab', folder.places()))).message).toContain('cannot be read (ELOOP)');
  });

  test('and what a hostile file says about all objects stays its own', async () => {
    using folder = new TestFolder({
      'clouds.yaml': 'clouds: {__proto__: {auth: {auth_url: "http://evil"}}, lab: {__proto__: {auth_url: x}}}',
    });
    expect((await refusal(cloudByName('lab', folder.places()))).code).toBe('clouds.incomplete');
    expect((await refusal(cloudByName('toString', folder.places()))).code).toBe('clouds.no-such-cloud');
    expect(({} as Record<string, unknown>)['auth']).toBeUndefined();
  });
});
