/** What a Hyper-V source keeps to itself, whatever its connection's file or its host says. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { diagnoseHyperv } from '../../worker/sources/hyperv/diagnose.ts';
import { openHyperv } from '../../worker/sources/hyperv/driver.ts';
import { scratch } from '../support/disks.ts';
import { signInToHyperv, type HypervUnderTest } from '../support/hyperv-source.ts';
import { machineCalled } from '../support/vsphere-source.ts';
import { startHyperv, type Hyperv } from './hyperv/hyperv.ts';

const signal = new AbortController().signal;

const underTest = ({ httpUrl: url, user, password, fingerprint, smbPort }: Hyperv): HypervUnderTest => ({
  url,
  user,
  password,
  trust: { kind: 'pinned', sha256: fingerprint },
  smbPort,
});

test('a password does not go as Basic without TLS, although somebody wrote it so into the connections’ file', async () => {
  await using host = await startHyperv();

  await expect(openHyperv(signInToHyperv(underTest(host), { signInBy: 'basic' }), signal)).rejects.toMatchObject({
    code: 'hyperv.basic-in-the-clear',
  });

  expect(host.state().requests).toEqual({});
});

test('a host’s path does not lead out of the folder that an operator named', async () => {
  using folder = scratch();
  mkdirSync(folder.file('mounted'));
  writeFileSync(folder.file('private.vhdx'), 'nobody of the host’s business');
  await using host = await startHyperv({
    machines: [{ name: 'sly', disks: [{ sizeBytes: 1024 ** 2, file: 'D:\\VMs\\..\\private.vhdx' }] }],
  });
  const places = [{ onHost: 'D:\\VMs', here: folder.file('mounted') }];
  await using source = await openHyperv(signInToHyperv(underTest(host), { places }), signal);

  const { disks } = await machineCalled(source, 'sly', signal);

  expect(disks[0]?.problem).toContain('leads out of its folder');
});

test('a diagnosis names neither the user nor the domain, also where they are refused', async () => {
  await using host = await startHyperv();
  const stranger = { ...underTest(host), user: 'CORPNET\\bookkeeper', password: 'another' };

  const { steps, trace } = await diagnoseHyperv(signInToHyperv(stranger), signal);
  const seen = JSON.stringify({ steps, trace });

  expect(seen).toContain('hyperv.login-refused');
  expect(seen).not.toContain('bookkeeper');
  expect(seen).not.toContain('CORPNET');
});
