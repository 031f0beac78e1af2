/** What the window asks while sides are set up: a cloud's file read without a trace, and an inventory that tells how far it is. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiClient } from '../../main/shared/client/client.ts';
import type { GutsEvent } from '../../main/shared/events.ts';
import { startVcenter } from '../lab/vcenter/vcenter.ts';
import { Daemon } from '../support/daemon.ts';
import { scratch } from '../support/disks.ts';

const folder = scratch();
let daemon: Daemon;
beforeAll(async () => {
  writeFileSync(folder.file('passphrase'), 'a passphrase\n', { mode: 0o600 });
  daemon = await Daemon.start({ dataDir: folder.file('data'), passphraseFile: folder.file('passphrase') });
});
afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

test('a clouds.yaml is read without a trace of its secret', async () => {
  const auth = 'auth_url: https://c.example/v3, username: u, password: word-of-the-file, project_name: p';

  const read = await daemon.client.call('clouds.read', { text: `clouds: {west: {auth: {${auth}}}}` });
  const broken = daemon.client.call('clouds.read', { text: `clouds: {west: {auth: {${auth}}` });

  expect(read).toMatchObject({
    cloud: 'west',
    access: { authUrl: 'https://c.example/v3', secret: 'word-of-the-file' },
  });
  await expect(broken).rejects.toMatchObject({ code: 'clouds.damaged' });
  expect(await daemon.client.call('audit.list', {})).toMatchObject({ entries: [] });
  expect(daemon.log).not.toContain('word-of-the-file');
});

test('a clouds.yaml is not read for those who may not set up a cloud', async () => {
  const { token } = await daemon.client.call('tokens.create', { name: 'op', role: 'operator' });
  const operator = new ApiClient(async (request) => await fetch(request), { baseUrl: daemon.url, token });

  await expect(operator.call('clouds.read', { text: 'clouds: {}' })).rejects.toMatchObject({
    code: 'access.forbidden',
  });
});

test('a Hyper-V host is a source by its WinRM service, whose port need not be said', async () => {
  const hyperv = { kind: 'hyperv', userName: 'CORP\\mover', secret: 'word-of-the-host', test: false } as const;

  const plain = await daemon.client.call('sources.create', { ...hyperv, name: 'hv1', url: 'http://hv1' });
  const disks = { smbPort: 4450, encrypt: false, places: [{ onHost: 'D:\\VMs', here: '/mnt/vms' }] };
  const whole = { ...hyperv, name: 'hv2', url: 'https://hv2:443', signInBy: 'basic', disks } as const;
  const { source } = await daemon.client.call('sources.create', whole);

  expect(plain.source).toMatchObject({
    kind: 'hyperv',
    url: 'http://hv1:5985',
    signInBy: 'ntlm',
    disks: { smbPort: 445, encrypt: true, places: [] },
  });
  expect(source).toMatchObject({ url: 'https://hv2:443', signInBy: 'basic', disks });
  expect(await daemon.client.call('sources.show', { source: 'hv2' })).toMatchObject({ source });
  const refused = daemon.client.call('sources.create', { ...whole, name: 'hv3', url: 'http://hv3:5985' });
  await expect(refused).rejects.toMatchObject({ code: 'api.bad-request', message: expect.stringContaining('https') });
  expect(JSON.stringify(await daemon.client.call('sources.list', {}))).not.toContain('word-of-the-host');
});

test('an inventory that is being read tells how many machines there are so far', async () => {
  await using vcenter = await startVcenter();
  const { url, user: userName, password: secret, fingerprint: sha256 } = vcenter;
  const trust = { kind: 'pinned', sha256 } as const;
  const { source } = await daemon.client.call('sources.create', { name: 'vc1', url, userName, secret, trust });
  const told: GutsEvent[] = [];
  let isHeard = false;
  const listening = (async () => {
    for await (const { event } of daemon.client.events()) {
      isHeard = true;
      if (event.kind.startsWith('inventory')) told.push(event);
      if (event.kind === 'inventory') break;
    }
  })();

  await expect
    .poll(async () => await daemon.client.call('sources.test', { source: 'vc1' }).then(() => isHeard))
    .toBe(true);
  await daemon.client.call('sources.refresh', { source: 'vc1' });
  await listening;

  const last = told.pop();
  expect(last).toEqual({ kind: 'inventory', source: source.id, vms: expect.any(Number) });
  expect(told.length).toBeGreaterThan(0); // how often depends on how fast it is read
  for (const one of told)
    expect(one).toEqual({ kind: 'inventory.reading', source: source.id, vms: expect.any(Number) });
});
