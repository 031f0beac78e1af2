/** The commands of docs/rest.md, run one after another as they stand there, against `guts serve` between the simulators. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { seededContent } from '../lab/content.ts';
import { defaultNetworks } from '../lab/openstack/default-world.ts';
import { startOpenstack } from '../lab/openstack/start.ts';
import type { MachineSpec } from '../lab/vcenter/machine-spec.ts';
import { startVcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { MiB, scratch } from '../support/disks.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/rest.md'), 'utf8');
/** The page calls the cloud’s network by another name than the simulator. */
const networks = defaultNetworks.map((one) => (one.name === 'lan' ? { ...one, name: 'private' } : one));
const machine = (name: string, number: number): MachineSpec => {
  const content = seededContent(name, 4 * MiB, number);
  const mac = `00:50:56:ab:00:0${number}`;
  return {
    name,
    power: 'off',
    disks: [{ sizeBytes: content.sizeBytes, isThin: true, content }],
    nics: [{ network: 'VM Network', mac }],
  };
};

test('docs/rest.md can be followed to its end', async () => {
  using folder = scratch();
  const machines = ['web-01', 'web-02', 'db-01'].map(machine);
  await using vcenter = await startVcenter({ machines, withOthers: false, user: 'mover@vsphere.local' });
  await using cloud = await startOpenstack({ buildMs: 20, networks });
  writeFileSync(folder.file('passphrase'), 'a passphrase\n', { mode: 0o600 });
  await using daemon = await Daemon.start({ dataDir: folder.file('data'), passphraseFile: folder.file('passphrase') });
  const { id, secret } = cloud.applicationCredential;
  const pinned = (sha256: string): object => ({ kind: 'pinned', sha256 });
  const source = { name: 'vc1', url: vcenter.url, userName: vcenter.user, secret: vcenter.password };
  const destination = { name: 'os1', authUrl: cloud.authUrl, auth: { method: 'applicationCredential', id }, secret };
  const write = (name: string, value: object): void => writeFileSync(folder.file(name), JSON.stringify(value));
  write('source.json', { ...source, trust: pinned(vcenter.fingerprint) });
  write('destination.json', { ...destination, trust: pinned(cloud.fingerprint) });
  // Where the page says an example's address, this is the one that is meant.
  const commands = [...page.matchAll(/^```sh\n([^]*?)^```/gm)]
    .map(([, text = '']) => text)
    .join('\n')
    .replaceAll('http://127.0.0.1:7000', daemon.url)
    .replaceAll('~/.local/state/guts', folder.file('data'))
    .replaceAll('https://vc1.example.net', vcenter.url)
    // A change that comes while somebody listens: this computer may be busy with something else, too.
    .replace('(sleep 1; api', '(sleep 3; api')
    .replace('--max-time 3 ', '--max-time 15 ');

  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], { cwd: folder.dir }).catch(
    (error: Error & { stdout: string }) => {
      throw new Error(`one of the commands failed, after this:\n${error.stdout.slice(-30000)}`);
    },
  );

  expect(stdout).toContain('"stage":"done"');
  const [ofPlan = ''] = stdout.split('{"migrations":[').at(-1)?.split('"next":null}') ?? [];
  expect([...ofPlan.matchAll(/"vm":\{"ref":"[^"]+","name":"([^"]+)"/g)].map(([, name]) => name).sort()).toEqual([
    'db-01',
    'web-02',
  ]);
  expect(stdout).toMatch(/\{"results":\[\{"id":"mig_\w+","error":null\},\{"id":"mig_\w+","error":null\}\]\}/);
  expect(stdout).toContain('event: settings');
  expect(stdout).toContain('"code":"connection.unknown"');
  expect(stdout).toMatch(/guts_requests_total\{operation="migrations.create",status="201"\} 2/);
  expect(readFileSync(folder.file('web-01.html'), 'utf8')).toContain('Everything was proved');
  for (const hidden of [secret, vcenter.password, daemon.token]) {
    expect(stdout).not.toContain(hidden);
    expect(daemon.log).not.toContain(hidden);
  }
});
