/** `guts source` and `guts destination` from the outside: what is asked, kept, shown, refused, and where secrets never are. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gutsWith } from '../support/guts.ts';
import { run, scratch } from '../support/disks.ts';
import { gutsOnTerminal } from '../support/terminal.ts';

const PASSWORD = 'Pa55-wörd & “quotes”';
const PASSPHRASE = 'correct horse battery';

type Scratch = ReturnType<typeof scratch>;
/** A data folder and a vault that a passphrase file opens. */
function place(tmp: Scratch): Record<string, string> {
  writeFileSync(tmp.file('passphrase'), `${PASSPHRASE}\n`);
  return { GUTS_DATA_DIR: tmp.file('data'), GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase') };
}
const untried = ['--url', 'vc.example.net', '--user', 'mover@vsphere.local', '--no-test'];

/** The text of every file below a folder. */
function everythingIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n');
}

describe('guts source', () => {
  test('keeps what it was told, in the spelling of either client', async () => {
    using tmp = scratch();
    const env = place(tmp);

    const made = await gutsWith(
      env,
      `${PASSWORD}\n`,
      'source',
      'create',
      'vc1',
      ...untried,
      '--password-stdin',
      '--json',
    );
    const other = await gutsWith(env, PASSWORD, 'source-create', 'vc2', ...untried, '--password-stdin');

    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(made.stdout)).toMatchObject({
      source: {
        name: 'vc1',
        url: 'https://vc.example.net',
        userName: 'mover@vsphere.local',
        trust: { kind: 'system' },
      },
      secret: 'sealedFile',
    });
    expect(other, other.stderr).toMatchObject({ code: 0 });
    const list = await gutsWith(env, '', 'source-list', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject({ sources: [{ name: 'vc1' }, { name: 'vc2' }] });
    const show = await gutsWith(env, '', 'source', 'show', 'VC1');
    expect(show.stdout).toMatch(/password +in the sealed file/);
    const gone = await gutsWith(env, '', 'source', 'delete', 'vc1');
    expect(gone, gone.stderr).toMatchObject({ code: 0 });
    expect((await gutsWith(env, '', 'source', 'show', 'vc1')).stderr).toMatch(/connection\.unknown[^]*vc2/);
  });

  test.each([
    ['a name that is taken', ['VC1', ...untried], 1, /connection\.name-taken/],
    ['a name that is none', ['../x', ...untried], 2, /letters, digits/],
    ['a password in the address', ['a', '--url', 'https://u:hunter2@vc', '--user', 'u'], 2, /--user/],
    ['an address that is none', ['a', '--url', 'ftp://vc', '--user', 'u'], 2, /https:\/\/HOST/],
    ['a fingerprint that is none', ['a', ...untried, '--fingerprint', 'AB:CD'], 2, /64 hexadecimal/],
    ['two ways to trust', ['a', ...untried, '--fingerprint', 'ab'.repeat(32), '--ca-file', 'x'], 2, /not both/],
    ['a proxy with a password', ['a', ...untried, '--proxy', 'http://u:hunter2@proxy:3128'], 2, /not supported/],
    ['no password', ['a', ...untried], 2, /--password-stdin or --password-file/],
    ['a password file that is not there', ['a', ...untried, '--password-file', '/nowhere'], 1, /password\.unreadable/],
    ['a password as an argument', ['a', ...untried, '--password', 'hunter2'], 2, /unknown option/],
  ])('refuses %s, and repeats no secret', async (_, args, code, says) => {
    using tmp = scratch();
    const env = place(tmp);
    await gutsWith(env, PASSWORD, 'source', 'create', 'vc1', ...untried, '--password-stdin');

    const done = await gutsWith(env, '', 'source', 'create', ...args);

    expect(done.code).toBe(code);
    expect(done.stderr).toMatch(says);
    expect(done.stderr + done.stdout).not.toContain('hunter2');
    const list = await gutsWith(env, '', 'source', 'list', '--json');
    expect((JSON.parse(list.stdout) as { sources: unknown[] }).sources).toHaveLength(1);
  });

  test('asks for the password without echo, and for a passphrase where there is no key store', async () => {
    using tmp = scratch();
    const env = { GUTS_DATA_DIR: tmp.file('data'), GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: '' };

    const screen = await gutsOnTerminal(
      env,
      ['source', 'create', 'vc1', ...untried],
      [
        ['Password of mover@vsphere.local', `x\u0015wrong\b\b\b\b\b${PASSWORD}\r`],
        ['New passphrase', `${PASSPHRASE}\r`],
        ['once more', 'something else\r'],
        ['two different', ''],
        ['New passphrase', `${PASSPHRASE}\r`],
        ['once more', `${PASSPHRASE}\r`],
      ],
    );

    expect(screen.text).toMatch(/password +in the sealed file/);
    expect(screen.code).toBe(0);
    for (const typed of [PASSWORD, PASSPHRASE, 'wrong', 'something else']) expect(screen.text).not.toContain(typed);
    writeFileSync(tmp.file('passphrase'), PASSPHRASE);
    const tried = await gutsWith(
      { ...env, GUTS_VAULT_PASSPHRASE_FILE: tmp.file('passphrase') },
      '',
      'source',
      'show',
      'vc1',
      '--json',
    );
    expect(JSON.parse(tried.stdout)).toMatchObject({ secret: 'sealedFile' });
  });

  test('says loudly that a secret was not kept', async () => {
    using tmp = scratch();
    const env = { GUTS_DATA_DIR: tmp.file('data'), GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: '' };

    const done = await gutsWith(env, PASSWORD, 'source', 'create', 'vc1', ...untried, '--password-stdin');

    expect(done).toMatchObject({ code: 0 });
    expect(done.stderr).toContain('NOT kept');
    const test = await gutsWith(env, '', 'source', 'test', 'vc1');
    expect(test).toMatchObject({ code: 1 });
    expect(test.stderr).toMatch(/vault\.no-secret[^]*GUTS_VAULT_PASSPHRASE_FILE/);
  });

  test('ends without a trace when the question is not answered', async () => {
    using tmp = scratch();
    const env = place(tmp);

    const screen = await gutsOnTerminal(env, ['source', 'create', 'vc1', ...untried], [['Password', 'abc\u0003']]);

    expect(screen.code).toBe(1);
    expect(screen.text).toContain('terminal.not-answered');
    expect((await gutsWith(env, '', 'source', 'list', '--json')).stdout).toContain('"sources": []');
  });
});

describe('guts source with a Hyper-V host', () => {
  const hyperv = (url: string): string[] => ['--kind', 'hyperv', '--url', url, '--user', 'CORP\\mover', '--no-test'];
  const create = async (env: Record<string, string>, ...args: string[]) =>
    await gutsWith(env, PASSWORD, 'source', 'create', ...args, '--password-stdin');

  test.each([
    ['hv1.example.net', 'https://hv1.example.net:5986'],
    ['https://hv1.example.net:443/wsman', 'https://hv1.example.net:443'],
    ['http://hv1', 'http://hv1:5985'],
    ['hv1:5985', 'http://hv1:5985'],
    ['[::1]', 'https://[::1]:5986'],
  ])('takes %s for %s', async (told, url) => {
    using tmp = scratch();

    const made = await create(place(tmp), 'hv1', ...hyperv(told), '--json');

    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect(made.stderr, 'what goes there is sealed').not.toContain('not encrypted');
    expect(JSON.parse(made.stdout)).toMatchObject({
      source: {
        kind: 'hyperv',
        url,
        userName: 'CORP\\mover',
        signInBy: 'ntlm',
        disks: { smbPort: 445, encrypt: true, places: [] },
      },
    });
  });

  test('keeps how its disks are reached, shows all of it, and lists it beside others', async () => {
    using tmp = scratch();
    const env = place(tmp);
    const places = ['--disk-place', 'D:\\Hyper-V=/mnt/hv', '--disk-place', 'C:\\ClusterStorage=\\\\nas\\vms'];

    await create(env, 'vc1', ...untried);
    const made = await create(env, 'hv1', ...hyperv('hv1'), '--sign-in', 'basic', '--smb-port', '4450', '--no-encrypt-disks', ...places); // prettier-ignore
    const sealed = await create(env, 'hv2', ...hyperv('http://hv2'));

    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect(sealed, sealed.stderr).toMatchObject({ code: 0 });
    const show = await gutsWith(env, '', 'source', 'show', 'hv1');
    expect(show.stdout).toMatch(/kind +Hyper-V\naddress +https:\/\/hv1:5986\nuser +CORP\\mover\nsigns in by +Basic/);
    expect(show.stdout).toMatch(/disks +through SMB on port 4450, encrypted only where it must be/);
    expect(show.stdout).toMatch(/disk place +D:\\Hyper-V is \/mnt\/hv\ndisk place +C:\\ClusterStorage is \\\\nas\\vms/);
    expect((await gutsWith(env, '', 'source', 'show', 'hv2')).stdout).toMatch(/trusts +no certificate.*sealed by NTLM/);
    const list = await gutsWith(env, '', 'source', 'list');
    expect(list.stdout).toMatch(/NAME +KIND[^]*hv1 +Hyper-V +https:\/\/hv1:5986[^]*hv2 +Hyper-V[^]*vc1 +vSphere/);
    const trust = await gutsWith(env, '', 'source', 'trust', 'hv2');
    expect(trust).toMatchObject({ code: 2, stderr: expect.stringContaining('shows no certificate') });
  });

  test.each([
    ['Basic without TLS', [...hyperv('http://hv1'), '--sign-in', 'basic'], /in the clear[^]*https:\/\//],
    ['an address that is none', hyperv('ftp://hv1'), /https:\/\/HOST:5986/],
    ['a password in the address', hyperv('https://u:hunter2@hv1'), /--user/],
    ['a way to sign in that there is not', [...hyperv('hv1'), '--sign-in', 'kerberos'], /ntlm, basic/],
    ['a place that is none', [...hyperv('hv1'), '--disk-place', '/mnt/hv'], /FOLDER=PATH/],
    ['a kind that there is not', ['--kind', 'xen', ...untried], /vsphere, hyperv/],
    [
      'what vSphere has not',
      [...untried, '--smb-port', '445', '--disk-place', 'D:\\VMs=/mnt'],
      /--smb-port, --disk-place/,
    ],
    ['vSphere without TLS', ['--url', 'http://vc', '--user', 'u', '--no-test'], /https:\/\/HOST/],
  ])('refuses %s, and repeats no secret', async (_, args, says) => {
    using tmp = scratch();
    const env = place(tmp);

    const done = await create(env, 'a', ...args);

    expect(done, done.stderr).toMatchObject({ code: 2 });
    expect(done.stderr).toMatch(says);
    expect(done.stderr + done.stdout).not.toContain('hunter2');
    expect((await gutsWith(env, '', 'source', 'list', '--json')).stdout).toContain('"sources": []');
  });
});

describe('a certificate that nobody vouches for', () => {
  let server: Server;
  let url: string;
  let fingerprint: string;
  const folder = scratch();
  const requests: string[] = [];

  beforeAll(async () => {
    run(
      'openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
      '-subj', '/CN=vc.example.net', '-keyout', folder.file('key.pem'), '-out', folder.file('cert.pem'),
    ); // prettier-ignore
    fingerprint = run('openssl', 'x509', '-in', folder.file('cert.pem'), '-noout', '-fingerprint', '-sha256').trim();
    server = createServer(
      { key: readFileSync(folder.file('key.pem')), cert: readFileSync(folder.file('cert.pem')) },
      (request, response) => {
        requests.push(`${request.method} ${request.url}`);
        response.writeHead(404).end();
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    folder[Symbol.dispose]();
  });

  test('is refused with its fingerprint where nobody can be asked, and nothing was sent', async () => {
    using tmp = scratch();
    const env = place(tmp);

    const done = await gutsWith(
      env,
      PASSWORD,
      'source',
      'create',
      'a',
      '--url',
      url,
      '--user',
      'u',
      '--password-stdin',
    );

    expect(done).toMatchObject({ code: 1 });
    expect(done.stderr).toContain('net.untrusted');
    expect(done.stderr).toContain(fingerprint.split('=')[1]);
    expect(requests).toEqual([]);
  });

  test('is shown on a terminal, and a “no” ends it', async () => {
    using tmp = scratch();
    const env = place(tmp);

    const screen = await gutsOnTerminal(
      env,
      ['destination', 'create', 'os', '--auth-url', `${url}/v3`, '--user', 'u', '--project', 'p'],
      [['[y/N]', 'n\r']],
    );

    expect(screen.code).toBe(1);
    expect(screen.text).toContain(fingerprint.split('=')[1]);
    expect(screen.text).toContain('vc.example.net');
    expect(screen.text).toContain('net.refused-certificate');
    expect(requests).toEqual([]);
  });

  test('is pinned by any spelling of its fingerprint', async () => {
    using tmp = scratch();
    const env = place(tmp);
    const digits = (fingerprint.split('=')[1] ?? '').replaceAll(':', '').toLowerCase();

    for (const [name, spelling] of [
      ['a', fingerprint],
      ['b', digits],
      ['c', `SHA256:${digits}`],
    ] as const) {
      const flags = [...untried, '--fingerprint', spelling, '--password-stdin', '--json'];
      const done = await gutsWith(env, PASSWORD, 'source', 'create', name, ...flags);
      expect(JSON.parse(done.stdout)).toMatchObject({
        source: { trust: { kind: 'pinned', sha256: fingerprint.split('=')[1] } },
      });
    }
  });
});

describe('guts destination', () => {
  const fields = ['--auth-url', 'https://keystone.example.net:5000/v3/', '--no-test', '--password-stdin', '--json'];

  test.each([
    [
      ['--user', 'mover', '--project', 'demo', '--project-domain', 'lab'],
      { method: 'password', userName: 'mover', userDomain: 'default', project: 'demo', projectDomain: 'lab' },
    ],
    [['--application-credential', 'a1b2'], { method: 'applicationCredential', id: 'a1b2' }],
    [
      ['--application-credential', 'nightly', '--user', 'mover', '--user-domain', 'lab'],
      { method: 'applicationCredentialByName', name: 'nightly', userName: 'mover', userDomain: 'lab' },
    ],
    [['--token'], { method: 'token', project: null, projectDomain: null }],
  ])('takes %j', async (who, auth) => {
    using tmp = scratch();
    const env = place(tmp);

    const done = await gutsWith(env, PASSWORD, 'destination', 'create', 'os1', ...fields, ...who);

    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(done.stdout)).toMatchObject({
      destination: { auth, authUrl: 'https://keystone.example.net:5000/v3', interface: 'public' },
      secret: 'sealedFile',
    });
    const show = await gutsWith(env, '', 'destination', 'show', 'os1');
    expect(show.stdout).toMatch(/secret +in the sealed file/);
  });

  test('takes a cloud of clouds.yaml with its secret, and an openrc file', async () => {
    using tmp = scratch();
    const env = { ...place(tmp), OS_CLIENT_CONFIG_FILE: tmp.file('clouds.yaml') };
    writeFileSync(
      tmp.file('clouds.yaml'),
      `clouds:\n  lab:\n    auth:\n      auth_url: http://127.0.0.1:5000/v3\n      username: mover\n      project_name: demo\n      password: '${PASSWORD}'\n    region_name: RegionOne\n`,
    );
    writeFileSync(
      tmp.file('openrc'),
      'export OS_AUTH_URL=http://127.0.0.1:5000/v3\nexport OS_USERNAME=mover\nexport OS_PROJECT_NAME=demo\nread -sr OS_PASSWORD_INPUT\nexport OS_PASSWORD=$OS_PASSWORD_INPUT\n',
    );

    const cloud = await gutsWith(env, '', 'destination', 'create', 'a', '--cloud', 'lab', '--no-test', '--json');
    const rc = await gutsWith(env, PASSWORD, 'destination', 'create', 'b', '--openrc', tmp.file('openrc'), '--no-test', '--json', '--password-stdin'); // prettier-ignore

    expect(cloud, cloud.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining('not encrypted') });
    expect(JSON.parse(cloud.stdout)).toMatchObject({ destination: { region: 'RegionOne' }, secret: 'sealedFile' });
    expect(rc, rc.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(rc.stdout)).toMatchObject({ destination: { auth: { userName: 'mover' } } });
    expect(everythingIn(tmp.file('data'))).not.toContain(PASSWORD);
  });

  test.each([
    [['--cloud', 'a', '--openrc', 'b'], /one of --cloud/],
    [['--auth-url', 'https://k'], /who signs in/],
    [['--auth-url', 'https://k', '--user', 'u'], /--project/],
    [['--auth-url', 'https://k', '--user', 'u', '--application-credential', 'a', '--token'], /who signs in/],
    [['--auth-url', 'https://u:hunter2@k', '--user', 'u', '--project', 'p'], /Leave user and password out/],
    [['--cloud', 'a', '--user', 'u'], /leave out --user/],
  ])('refuses %j', async (args, says) => {
    using tmp = scratch();
    const env = { ...place(tmp), OS_CLIENT_CONFIG_FILE: tmp.file('clouds.yaml') };
    writeFileSync(
      tmp.file('clouds.yaml'),
      'clouds: { a: { auth: { auth_url: "https://k", username: u, project_name: p } } }\n',
    );

    const done = await gutsWith(env, '', 'destination', 'create', 'x', ...args);

    expect(done).toMatchObject({ code: 2 });
    expect(done.stderr).toMatch(says);
    expect(done.stderr).not.toContain('hunter2');
  });
});

test('secrets are nowhere but sealed: not in files, not in outputs, not in errors', { timeout: 180_000 }, async () => {
  using tmp = scratch();
  const env = place(tmp);
  const said: string[] = [];
  const guts = async (input: string, ...args: string[]): Promise<void> => {
    const { stdout, stderr } = await gutsWith({ ...env, GUTS_DEBUG: '1' }, input, ...args);
    said.push(stdout, stderr);
  };

  const nobody = ['--url', 'https://127.0.0.1:9', '--user', 'u'];
  writeFileSync(tmp.file('pw'), `${PASSWORD}\n`);
  await guts(`${PASSWORD}\n`, 'source', 'create', 'vc1', ...nobody, '--no-test', '--password-stdin');
  await guts('', 'source', 'create', 'vc2', ...nobody, '--password-file', tmp.file('pw'));
  await guts(PASSWORD, 'destination', 'create', 'os1', '--auth-url', 'http://127.0.0.1:9', '--user', 'u', '--project', 'p', '--no-test', '--password-stdin'); // prettier-ignore
  for (const command of ['test', 'show', 'refresh']) await guts('', 'source', command, 'vc1');
  for (const command of ['test', 'show']) await guts('', 'destination', command, 'os1', '--json');
  await guts('', 'network', 'list', '--refresh');
  await guts('', 'create', '--vm', 'x');
  await guts('', 'source', 'delete', 'vc1');

  const everything = [everythingIn(tmp.file('data')), ...said].join('\n');
  expect(everything).toContain('net.unreachable');
  for (const secret of [PASSWORD, PASSPHRASE])
    for (const form of [
      secret,
      Buffer.from(secret).toString('base64'),
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
    ])
      expect(everything).not.toContain(form);
});
