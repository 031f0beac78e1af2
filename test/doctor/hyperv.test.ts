/** The path doctor on the way to a Hyper-V host: shares, groups, and the disk’s own file. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceSignIn } from '../../main/shared/connections.ts';
import { startHyperv, type Hyperv } from '../lab/hyperv/hyperv.ts';
import { scratch } from '../support/disks.ts';
import { signInToHyperv } from '../support/hyperv-source.ts';
import { gone, looked, stepOn, wrong } from './looking.ts';

const folder = scratch();
let host: Hyperv;
let runs = 0;

beforeEach(async () => {
  host = await startHyperv();
});
afterEach(async () => await host[Symbol.asyncDispose]());
afterAll(() => folder[Symbol.dispose]());

const dataDir = (): string => folder.file(`data-${runs++}`);
function signIn(isTls = false): SourceSignIn {
  const { httpUrl, httpsUrl, user, password, fingerprint, smbPort } = host;
  const trust = { kind: 'pinned', sha256: fingerprint } as const;
  return signInToHyperv({ url: isTls ? httpsUrl : httpUrl, user, password, trust, smbPort });
}
const checkpoints = (): string[] => host.state().machines.flatMap((machine) => machine.checkpoints);

describe('on a way where all is well', () => {
  test('WinRM and shares answer, the groups are told, and a disk’s own file is read', async () => {
    const before = checkpoints();
    const report = await looked(dataDir(), signIn(true));

    expect(wrong(report)).toEqual([]);
    expect(stepOn(report, 'ports', `127.0.0.1:${host.smbPort}`).says).toContain('file shares (SMB)');
    expect(stepOn(report, 'certificates', '127.0.0.1').verdict).toBe('good');
    expect(stepOn(report, 'clocks', '127.0.0.1').verdict).toBe('good');
    expect(stepOn(report, 'rights', 'Hyper-V Administrators').evidence).toContain('Administrators');
    expect(gone(report)).toEqual([
      ['file', 'read'],
      ['winrm', 'notTried'],
    ]);
    expect(report.readings[0]?.bytes).toBeGreaterThan(1_000_000);
    expect(report.chosen?.reading).toBe('file');
    expect(report.machine?.power).toBe('off');
    expect(checkpoints()).toEqual(before);
    expect(host.state().shells).toBe(0);
  });

  test('a machine that runs is read with consent, through a checkpoint that is merged away', async () => {
    const before = checkpoints();
    const without = await looked(dataDir(), signIn(), { vm: 'hv-shop-01' });
    expect(without.readings[0]?.verdict).toBe('notTried');
    expect(host.state().requests['script checkpoint']).toBeUndefined();

    const report = await looked(dataDir(), signIn(), { vm: 'hv-shop-01', withSnapshot: true });
    expect(gone(report)[0]).toEqual(['file', 'read']);
    expect(report.leftBehind).toEqual([]);
    expect(checkpoints()).toEqual(before);
    expect(host.state().requests['script checkpoint']).toBeGreaterThan(1);
  });
});

describe('where something is wrong', () => {
  test('shares that do not open are bad, and WinRM shows whether the account may read the file', async () => {
    host.faults.add({ where: 'smb', kind: 'error', match: '^CREATE', faultType: 'ACCESS_DENIED', count: -1 });
    const report = await looked(dataDir(), signIn());

    expect(gone(report)).toEqual([
      ['file', 'bad'],
      ['winrm', 'read'],
    ]);
    expect(report.readings[1]?.bytes).toBeGreaterThan(0);
    expect(report.readings[1]?.says).toContain('no machine can be moved by it');
    expect(report.chosen).toBeNull();
    expect(stepOn(report, 'reading', 'the way for').verdict).toBe('bad');
  });

  test('a group that the account is not in is bad, with what it is for', async () => {
    host.host.groups = ['S-1-5-32-545', 'S-1-5-32-580', 'S-1-5-32-578'];
    const report = await looked(dataDir(), signIn());

    expect(stepOn(report, 'rights', 'Remote Management Users').verdict).toBe('good');
    expect(stepOn(report, 'rights', 'Administrators: reading disks').verdict).toBe('bad');
    expect(stepOn(report, 'rights', 'Administrators: reading disks').remedy).toContain('--disk-place');
  });

  test('a host that does not tell the groups is looked at all the same', async () => {
    host.faults.add({ where: 'script', kind: 'error', match: '^rights', count: -1, message: 'No such type.' });
    const report = await looked(dataDir(), signIn());

    expect(stepOn(report, 'rights', 'groups of the account').verdict).toBe('notTried');
    expect(report.verdict).not.toBe('bad');
  });

  test('a clock far off is bad, and so is another certificate', async () => {
    host.setClock(600_000);
    const { connection, secret } = signIn(true);
    await host.rotateCertificate();
    expect(stepOn(await looked(dataDir(), { connection, secret }), 'certificates', '127.0.0.1').verdict).toBe('bad');
    expect(stepOn(await looked(dataDir(), signIn(true)), 'clocks', '127.0.0.1').verdict).toBe('bad');
  });
});
