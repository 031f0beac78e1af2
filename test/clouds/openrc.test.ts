/** An openrc file is read and never run. */
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cloudOfOpenrc } from '../../main/clouds/openrc.ts';
import { TestFolder, refusal } from './folder.ts';

/** As the dashboard writes it. */
const DASHBOARD = `#!/usr/bin/env bash
# To use an OpenStack cloud you need to authenticate against the Identity service.
export OS_AUTH_URL=https://cloud.example:5000/v3
export OS_PROJECT_ID=0123456789abcdef0123456789abcdef
export OS_PROJECT_NAME="migration"
export OS_USER_DOMAIN_NAME="Default"
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
export OS_PROJECT_DOMAIN_ID="default"
if [ -z "$OS_PROJECT_DOMAIN_ID" ]; then unset OS_PROJECT_DOMAIN_ID; fi
# unset v2.0 items in case set
unset OS_TENANT_ID
unset OS_TENANT_NAME
export OS_USERNAME="migrator"
# With Keystone you pass the keystone password.
echo "Please enter your OpenStack Password for project $OS_PROJECT_NAME as user $OS_USERNAME: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD=$OS_PASSWORD_INPUT
export OS_REGION_NAME="RegionOne"
if [ -z "$OS_REGION_NAME" ]; then unset OS_REGION_NAME; fi
export OS_INTERFACE=public
export OS_IDENTITY_API_VERSION=3
`;
const BASE = 'export OS_AUTH_URL=https://c.example\nexport OS_USERNAME=u OS_PROJECT_NAME=p\n';

async function read(text: string): Promise<Awaited<ReturnType<typeof cloudOfOpenrc>>> {
  using folder = new TestFolder({ 'lab-openrc.sh': text });
  return await cloudOfOpenrc(path.join(folder.path, 'lab-openrc.sh'), folder.path);
}

describe('an openrc file', () => {
  test('of the dashboard leaves the password to be asked for', async () => {
    expect(await read(DASHBOARD)).toEqual({
      authUrl: 'https://cloud.example:5000/v3',
      auth: {
        method: 'password',
        userName: 'migrator',
        userDomain: 'Default',
        project: '0123456789abcdef0123456789abcdef',
        projectDomain: 'default',
      },
      region: 'RegionOne',
      interface: 'public',
      caFile: null,
      secret: null,
    });
  });

  test('of an application credential has all that it takes', async () => {
    const text = `#!/usr/bin/env bash
export OS_AUTH_TYPE=v3applicationcredential
export OS_AUTH_URL=https://c.example/v3
export OS_IDENTITY_API_VERSION=3
export OS_REGION_NAME="RegionOne"
export OS_INTERFACE=public
export OS_APPLICATION_CREDENTIAL_ID=ac1
export OS_APPLICATION_CREDENTIAL_SECRET='it''s \\$ecret'
`;
    expect(await read(text)).toMatchObject({
      auth: { method: 'applicationCredential', id: 'ac1' },
      secret: String.raw`its \$ecret`,
    });
  });

  test('of an application credential may give its name and its user’s id', async () => {
    const text = `export OS_AUTH_URL=https://c.example/v3
export OS_APPLICATION_CREDENTIAL_NAME=nightly
export OS_USER_ID=u1
export OS_APPLICATION_CREDENTIAL_SECRET=$(pass nightly)
`;
    expect(await read(text)).toMatchObject({
      auth: { method: 'applicationCredentialByName', name: 'nightly', userName: 'u1', userDomain: 'default' },
      secret: null,
    });
  });

  test.for([
    ['plain', 'pa55#word', 'pa55#word'],
    ['with a comment behind it', 'pa55 # the password', 'pa55'],
    ['in single quotes', `'a "b" $c \\'`, String.raw`a "b" $c \ `.trimEnd()],
    ['in double quotes', String.raw`"a\"b\\c\$d\e"`, String.raw`a"b\c$d\e`],
    ['in pieces', `a'b c'"d e"f`, 'ab cd ef'],
    ['with escapes', String.raw`a\ b\$c`, 'a b$c'],
    ['of a name that stands above', '"${OS_USERNAME}-$OS_PROJECT_NAME"', 'u-p'],
    ['before another command', 'pa55; echo done', 'pa55'],
    ['worked out by a program', '$(cat ~/.password)', null],
    ['worked out by a program in another way', '`cat ~/.password`', null],
    ['of the environment', '"$MY_PASSWORD"', null],
    ['empty', '""', null],
    ['with a dollar at its end', 'pa55$', 'pa55$'],
  ] as const)('may give its password %s', async ([, written, secret]) => {
    expect(await read(`${BASE}export OS_PASSWORD=${written}\n`)).toMatchObject({ secret });
  });

  test('from Windows, with other line ends and a mark at its head, is read alike', async () => {
    expect(await read(`\uFEFF${BASE}export OS_PASSWORD=x\n`.replaceAll('\n', '\r\n'))).toMatchObject({
      authUrl: 'https://c.example',
      secret: 'x',
    });
  });

  test('is not run', async () => {
    using folder = new TestFolder();
    const mark = path.join(folder.path, 'ran');
    const file = folder.write(
      'openrc',
      `touch ${mark}\n${BASE}export OS_PASSWORD=$(touch ${mark})\nexport X=\`touch ${mark}\`\n`,
    );
    expect(await cloudOfOpenrc(file, folder.path)).toMatchObject({ secret: null });
    expect(existsSync(mark)).toBe(false);
  });

  test.for<readonly [string, string, string, string]>([
    [
      'that works its address out',
      'export OS_AUTH_URL=https://$(hostname):5000\n',
      'clouds.damaged',
      'line 1: OS_AUTH_URL',
    ],
    ['whose quotes do not end', `${BASE}export OS_PASSWORD="hidden-word\n`, 'clouds.damaged', 'line 3'],
    [
      'that turns the check of certificates off',
      `${BASE}export OS_INSECURE=true\n`,
      'clouds.unchecked',
      'insecure: true',
    ],
    ['that says nothing', '# nothing\n', 'clouds.incomplete', 'auth_url'],
    ['that only points to clouds.yaml', 'export OS_CLOUD=lab\n', 'clouds.unsupported', '“lab” of clouds.yaml'],
    ['that does not export', 'OS_AUTH_URL=https://c.example\n', 'clouds.incomplete', 'auth_url'],
    ['that is for Keystone v2', `${BASE}export OS_IDENTITY_API_VERSION=2.0\n`, 'clouds.unsupported', 'version 2.0'],
  ])('%s is refused with the place', async ([, text, code, place]) => {
    const error = await refusal(read(text));
    expect(error).toMatchObject({ code, message: expect.stringContaining(place) });
    expect(error.remedy).toMatch(/^[A-Z].*\.$/);
    expect(`${error.message} ${error.remedy} ${error.stack}`).not.toContain('hidden-word');
  });

  test('that is not there is told as such', async () => {
    using folder = new TestFolder();
    expect((await refusal(cloudOfOpenrc(path.join(folder.path, 'none')))).code).toBe('clouds.unreadable');
  });

  test('finds its authorities from where it is used', async () => {
    using folder = new TestFolder({ openrc: `${BASE}export OS_CACERT=ca/cloud.pem\n` });
    expect(await cloudOfOpenrc(path.join(folder.path, 'openrc'), '/somewhere')).toMatchObject({
      caFile: '/somewhere/ca/cloud.pem',
    });
  });
});
