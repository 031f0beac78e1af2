/** The built-in Hyper-V host as clients see it that share no code with Guts: smbclient, pywinrm, qemu-img. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AboutAnswer, Said } from '../../worker/sources/hyperv/answers.ts';
import { scriptText } from '../../worker/sources/hyperv/scripts.ts';
import { startHyperv, type Hyperv, type HypervOptions } from '../lab/hyperv/hyperv.ts';

const run = promisify(execFile);
const FILES = 'D:\\Hyper-V\\hv-files-01\\Virtual Hard Disks\\hv-files-01.vhdx';
const RUNS = 'D:\\Hyper-V\\hv-shop-01\\Virtual Hard Disks\\hv-shop-01.vhdx';
let folder = '';
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'guts-hyperv-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const within = (file: string, root: string): string => file.slice(root.length).replaceAll('\\', '/');

/** What smbclient says when it gets a file; `got` has its bytes then. */
async function smbclient(host: Hyperv, share: string, file: string, ...words: readonly string[]): Promise<string> {
  const secret = path.join(folder, 'secret');
  writeFileSync(secret, `username=${host.user}\npassword=${host.password}\n`);
  chmodSync(secret, 0o600);
  const got = path.join(folder, 'got');
  rmSync(got, { force: true });
  const asked = ['-p', String(host.smbPort), `//127.0.0.1/${share}`, '-A', secret, '--option=client signing=required'];
  return await run('smbclient', [...asked, ...words, '-c', `get "${file}" "${got}"`]).then(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
    (error: unknown) =>
      `${(error as Partial<Record<'stdout' | 'stderr', string>>).stdout}${(error as Partial<Record<'stdout' | 'stderr', string>>).stderr}`, // execFile adds them
  );
}

describe.each<[string, HypervOptions]>([
  ['3.1.1', {}],
  ['3.0.2', { smbDialect: '3.0.2' }],
])('smbclient, over SMB %s', (_dialect, options) => {
  test.each([
    ['signed, from the admin share', 'D$', 'D:\\', []],
    ['encrypted, as the client wants it', 'D$', 'D:\\', ['--client-protection=encrypt']],
    ['encrypted, as the share wants it', 'Machines', 'D:\\Hyper-V\\', []],
  ])('gets a file whole: %s', async (_way, share, root, words) => {
    await using host = await startHyperv(options);

    const says = await smbclient(host, share, within(FILES, root), ...words);

    expect(says).toContain('getting file');
    expect(sha256(readFileSync(path.join(folder, 'got')))).toBe(sha256(await host.file(FILES)));
    expect(host.state().requests['smb sign-in']).toBe(1);
  });
});

test('smbclient is refused by the names that Windows has for it', async () => {
  await using host = await startHyperv();
  host.faults.add({ where: 'smb', kind: 'error', match: '^TREE_CONNECT D', faultType: 'STATUS_ACCESS_DENIED' });

  expect(await smbclient(host, 'D$', within(FILES, 'D:\\'))).toContain('NT_STATUS_ACCESS_DENIED');
  expect(await smbclient(host, 'D$', within(RUNS, 'D:\\'))).toContain('NT_STATUS_SHARING_VIOLATION');
  expect(await smbclient(host, 'D$', 'nothing.vhdx')).toContain('NT_STATUS_OBJECT_NAME_NOT_FOUND');
  expect(await smbclient(host, 'E$', 'nothing.vhdx')).toContain('NT_STATUS_BAD_NETWORK_NAME');
  const another = { ...host, password: 'another' };
  expect(await smbclient(another, 'D$', within(FILES, 'D:\\'))).toContain('NT_STATUS_LOGON_FAILURE');
});

/** Its NTLM asks for an MD4 that OpenSSL 3 has only in its legacy part. */
const OPENSSL = `
openssl_conf = all
[all]
providers = providers
[providers]
default = on
legacy = on
[on]
activate = 1
`;
const PYTHON = `
import base64, json, sys, winrm, xmltodict
SHELL = 'http://schemas.microsoft.com/wbem/wsman/1/windows/shell'
asked = json.load(sys.stdin)
words = dict(transport=asked['transport'], username=asked['user'], password=asked['password'])
if asked['url'].startswith('https'): words['server_cert_validation'] = 'ignore'
client = winrm.protocol.Protocol(asked['url'] + '/wsman', **words)
shell = client.open_shell(codepage=65001)
command = client.run_command(shell, 'powershell.exe', ['-EncodedCommand', asked['bootstrap']], skip_cmd_shell=True)
head = client._get_soap_header(resource_uri=SHELL + '/cmd', action=SHELL + '/Send', shell_id=shell)
script = base64.b64encode(asked['script'].encode()).decode()
stream = {'@Name': 'stdin', '@CommandId': command, '@End': 'true', '#text': script}
head['env:Body'] = {'rsp:Send': {'rsp:Stream': stream}}
client.send_message(xmltodict.unparse({'env:Envelope': head}))
out, err, code = client.get_command_output(shell, command)
client.cleanup_command(shell, command)
client.close_shell(shell)
print(json.dumps([out.decode(), err.decode(), code]))
`;

test.each([
  ['basic', 'https'],
  ['ntlm', 'https'],
  ['ntlm', 'http'],
])('pywinrm runs a script of ours, signed in by %s over %s', async (transport, scheme) => {
  await using host = await startHyperv();
  const asked = {
    transport,
    url: scheme === 'https' ? host.httpsUrl : host.httpUrl,
    user: host.user,
    password: host.password,
    bootstrap: Buffer.from('& ([scriptblock]::Create([Console]::In.ReadToEnd()))', 'utf16le').toString('base64'),
    script: Buffer.from(scriptText('about', {})).toString('base64'),
  };

  const settings = path.join(folder, 'openssl.cnf');
  writeFileSync(settings, OPENSSL);
  const env = { PATH: process.env['PATH'], OPENSSL_CONF: settings }; // and no certificates of others
  const python = run('/usr/bin/python3', ['-c', PYTHON], { env });
  python.child.stdin?.end(JSON.stringify(asked));
  const [out, says, code] = JSON.parse((await python).stdout) as [string, string, number];

  expect([code, says]).toEqual([0, '']);
  const [, bytes, digest, packed = ''] = /^GUTS1 (\d+) (\w{64}) (\S+)\s*$/.exec(out) ?? [];
  const gzip = Buffer.from(packed, 'base64');
  expect([String(gzip.length), sha256(gzip)]).toEqual([bytes, digest]);
  const said = Said.parse(JSON.parse(gunzipSync(gzip).toString('utf8')));
  expect(AboutAnswer.parse(said.ok ? said.value : null)).toMatchObject({ name: 'HV01', machines: 4 });
  expect(host.state().shells).toBe(0);
});

test.each([
  ['hv-files-01', 0, 'vhdx', 16],
  ['hv-ledger-01', 0, 'vpc', 8],
  ['hv-ledger-01', 1, 'vpc', 12],
])('qemu-img reads what the guest of %s has on disk %i', async (name, disk, format, sizeMiB) => {
  await using host = await startHyperv();
  const [file = ''] = host.state().machines.find((machine) => machine.name === name)?.files[disk] ?? [];
  const image = path.join(folder, 'image');
  const raw = path.join(folder, 'raw');
  writeFileSync(image, await host.file(file));

  await run('qemu-img', ['convert', '-f', format, '-O', 'raw', image, raw]);

  const seen = Buffer.alloc(sizeMiB * 1024 ** 2);
  await host.read(name, disk, seen, 0);
  const converted = readFileSync(raw);
  expect(sha256(converted.subarray(0, seen.length))).toBe(sha256(seen));
});
