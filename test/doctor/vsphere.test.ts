/** The path doctor on the way to a vCenter: what is wrong is told by its name, and nothing is left behind. */
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DoctorStep } from '../../main/shared/doctor.ts';
import { scratch } from '../support/disks.ts';
import { DoctorsVcenter, gone, looked, stepOn, wrong } from './looking.ts';

const folder = scratch();
let lab: DoctorsVcenter;
let runs = 0;

beforeEach(async () => {
  lab = await DoctorsVcenter.start();
});
afterEach(async () => await lab[Symbol.asyncDispose]());
afterAll(() => folder[Symbol.dispose]());

const dataDir = (): string => folder.file(`data-${runs++}`);

describe('on a way where all is well', () => {
  test('every group is looked at, and a machine that is off is read by each way', async () => {
    const told: DoctorStep[] = [];
    const report = await looked(dataDir(), lab.signIn, { onStep: (step) => told.push(step) });

    expect(wrong(report)).toEqual([]);
    expect(new Set(report.steps.map(({ group }) => group))).toEqual(
      new Set(['names', 'ports', 'certificates', 'clocks', 'rights', 'reading']),
    );
    expect(told.map(({ id }) => id).toSorted()).toEqual(report.steps.map(({ id }) => id).toSorted());
    expect(new Set(report.steps.map(({ id }) => id)).size).toBe(report.steps.length);
    expect(report.machine).toMatchObject({ power: 'off' });
    expect(gone(report)).toEqual([
      ['lease', 'read'],
      ['ranges', 'read'],
      ['areas', 'notTried'],
    ]);
    expect(report.chosen?.reading).toBe('lease');
    expect(lab.vcenter.state().bytes.folder).toBeGreaterThan(1_000_000);
    expect(lab.vcenter.state().bytes.nfc).toBeGreaterThan(100_000);
  });

  test('nothing was changed but a lease that was given back', async () => {
    await looked(dataDir(), lab.signIn, { vm: 'files-01' });

    expect(lab.vcenter.state().leases).toEqual([{ machine: 'files-01', state: 'error', percent: 0 }]);
    expect(lab.vcenter.state().tasks).toEqual([]);
  });

  test('each privilege is told with what it is held on and what it is for', async () => {
    const report = await looked(dataDir(), lab.signIn, { vm: 'files-01' });

    expect(stepOn(report, 'rights', 'VApp.Export on machine files-01').says).toContain(
      'reading disks by an export lease',
    );
    expect(stepOn(report, 'rights', 'Datastore.FileManagement on datastore vmfs-fast').verdict).toBe('good');
    expect(stepOn(report, 'rights', 'System.Read on host localhost').verdict).toBe('good');
    expect(stepOn(report, 'rights', 'System.View on resource pool').verdict).toBe('good');
    expect(stepOn(report, 'ports', 'TCP 902').verdict).toBe('notTried');
  });
});

describe('of a machine that runs', () => {
  test('no disk is read, and no snapshot taken, unless somebody allows it', async () => {
    const report = await looked(dataDir(), lab.signIn, { vm: 'shop-01' });

    expect(report.readings.every(({ verdict }) => verdict === 'notTried')).toBe(true);
    expect(report.chosen).toBeNull();
    expect(report.verdict).not.toBe('bad');
    expect(stepOn(report, 'reading', 'shop-01 by an export lease').remedy).toContain('--with-snapshot');
    expect(lab.vcenter.state().tasks).toEqual([]);
  });

  test('with consent all ways read one snapshot, and it is removed', async () => {
    const data = dataDir();
    const report = await looked(data, lab.signIn, { vm: 'shop-01', withSnapshot: true });

    expect(wrong(report)).toEqual([]);
    expect(gone(report)).toEqual([
      ['lease', 'read'],
      ['areas', 'read'],
      ['ranges', 'read'],
    ]);
    expect(lab.vcenter.state().tasks.map(({ method }) => method)).toEqual([
      'CreateSnapshot_Task',
      'RemoveSnapshot_Task',
    ]);
    expect(report.leftBehind).toEqual([]);
    expect(filesIn(data)).toEqual([]);
  });

  test('a snapshot that cannot be removed is named, and removed by the next run', async () => {
    const data = dataDir();
    const refused = { where: 'soap', kind: 'fault', match: '^RemoveSnapshot_Task', faultType: 'NoPermission' } as const;
    lab.vcenter.faults.add({ ...refused, count: -1 });
    const report = await looked(data, lab.signIn, { vm: 'shop-01', withSnapshot: true });

    expect(report.leftBehind).toEqual([expect.stringMatching(/^snapshot “guts-mig_[0-9a-z]{12}”: /)]);
    expect(report.verdict).toBe('bad');
    expect(filesIn(data)).toHaveLength(1);
    lab.vcenter.faults.clear();
    const next = await looked(data, lab.signIn, { vm: 'files-01' });

    expect(next.leftBehind).toEqual([]);
    expect(lab.vcenter.state().machines.flatMap(({ snapshots }) => snapshots)).toEqual([]);
    expect(filesIn(data)).toEqual([]);
  });

  test('a cancel on the way removes the snapshot, too', async () => {
    const data = dataDir();
    const cancel = new AbortController();
    lab.vcenter.faults.add({ where: 'nfc', kind: 'stall', delayMs: 3000, count: -1 });
    const seen = looked(data, lab.signIn, { vm: 'shop-01', withSnapshot: true, signal: cancel.signal });
    await expect.poll(() => lab.vcenter.state().machines.flatMap(({ snapshots }) => snapshots).length).toBe(1);
    cancel.abort(new Error('given up'));

    await expect(seen).rejects.toThrow('given up');
    expect(filesIn(data)).toEqual([]);
  });
});

describe('where something is wrong', () => {
  test('a host’s name that does not resolve is bad where only that host gives the disks, and poor beside it', async () => {
    await using other = await DoctorsVcenter.start(['esx-gone.invalid', 'localhost'], {}, 'vsan');
    const report = await looked(dataDir(), other.signIn, { vm: 'files-01' });
    const verdictOf = (name: string): string => stepOn(report, 'names', name).verdict;
    const home = stepOn(report, 'rights', 'System.Read on host').about.replace('System.Read on host ', '');

    expect(verdictOf('esx-gone.invalid')).toBe(home === 'esx-gone.invalid' ? 'bad' : 'poor');
    expect(stepOn(report, 'names', 'esx-gone.invalid').remedy).toContain('DNS');
    expect(stepOn(report, 'ports', 'esx-gone.invalid').verdict).toBe('notTried');
    expect(stepOn(report, 'names', 'localhost').verdict).toBe('good');
  });

  test('a host’s name that does not resolve stops an export lease, and not the ways through vCenter', async () => {
    const gone = 'esx-gone.invalid';
    await using other = await DoctorsVcenter.start([gone], { leaseHost: gone });
    const report = await looked(dataDir(), other.signIn, { vm: 'files-01' });
    const name = stepOn(report, 'names', gone);
    const lease = stepOn(report, 'reading', 'files-01 by an export lease');
    const way = stepOn(report, 'reading', 'the way for files-01');

    expect(name.verdict).toBe('poor');
    expect(name.says).toMatch(/does not resolve.*Only an export lease goes there; ranges .* through vCenter alone\.$/);
    expect(lease.verdict).toBe('poor');
    expect(lease.says).toMatch(/esx-gone\.invalid.*It stops this way only: reading works by ranges/);
    expect(stepOn(report, 'reading', 'files-01 by ranges').verdict).not.toBe('bad');
    expect(way).toMatchObject({ verdict: 'poor', remedy: expect.stringContaining('(--read ranges)') });
    expect(report.readings.map(({ reading, verdict }) => [reading, verdict])).toContainEqual(['lease', 'bad']);
    expect(report.chosen?.reading).toBe('ranges');
    expect(report.verdict).toBe('poor');
  });

  test('a closed port is bad where nothing goes around it, and says who has to open it', async () => {
    await using only = await DoctorsVcenter.start(['localhost'], {}, 'vsan');
    await only.closeHosts();
    const report = await looked(dataDir(), only.signIn, { vm: 'files-01' });
    const step = stepOn(report, 'ports', `localhost:${only.hostPort}`);

    expect(step).toMatchObject({ verdict: 'bad', evidence: ['ECONNREFUSED', expect.any(String)] });
    expect(step.remedy).toContain('guts doctor papers');
    expect(report.verdict).toBe('bad');
  });

  test('a vCenter that does not answer is told at once, and nobody signs in', async () => {
    const { signIn } = lab;
    await lab.vcenter[Symbol.asyncDispose]();
    const report = await looked(dataDir(), signIn);

    expect(stepOn(report, 'ports', '127.0.0.1').verdict).toBe('bad');
    expect(stepOn(report, 'rights', 'sign-in').verdict).toBe('notTried');
    expect(report.seconds).toBeLessThan(10);
  });

  test('another certificate than the pinned one is bad, and nothing is sent there', async () => {
    const { signIn } = lab;
    await lab.vcenter.rotateCertificate();
    const report = await looked(dataDir(), signIn);

    expect(stepOn(report, 'certificates', '127.0.0.1').says).toContain(
      'another certificate than the one that was trusted',
    );
    expect(stepOn(report, 'rights', 'sign-in').verdict).toBe('bad');
    expect(lab.vcenter.state().requests).toEqual({});
    expect(report.machine).toBeNull();
  });

  test.each([
    [10, 'poor', 'has 9 days left'],
    [-3, 'poor', 'ran out 4 days ago'],
  ] as const)('a certificate with %i days left is %s', async (days, verdict, says) => {
    await lab.vcenter.rotateCertificate(days);
    const step = stepOn(await looked(dataDir(), lab.signIn), 'certificates', '127.0.0.1');

    expect(step.verdict).toBe(verdict);
    expect(step.says).toContain(says);
  });

  test.each([
    [90_000, 'poor', 'ahead of'],
    [-900_000, 'bad', 'behind'],
  ] as const)('a clock that is %i ms off is %s', async (aheadMs, verdict, says) => {
    lab.vcenter.setClock(aheadMs);
    const step = stepOn(await looked(dataDir(), lab.signIn), 'clocks', '127.0.0.1');

    expect(step.verdict).toBe(verdict);
    expect(step.says).toContain(says);
  });

  test('a privilege that one way needs is poor while another works, and bad when none does', async () => {
    lab.vcenter.faults.add({
      where: 'soap',
      kind: 'deny',
      match: 'HasPrivilege',
      count: -1,
      privileges: ['VApp.Export'],
    });
    const report = await looked(dataDir(), lab.signIn, { vm: 'files-01' });
    expect(stepOn(report, 'rights', 'VApp.Export on machine files-01').verdict).toBe('poor');

    const privileges = ['VApp.Export', 'Datastore.Browse'];
    lab.vcenter.faults.add({ where: 'soap', kind: 'deny', match: 'HasPrivilege', count: -1, privileges });
    const worse = await looked(dataDir(), lab.signIn, { vm: 'files-01' });
    expect(stepOn(worse, 'rights', 'VApp.Export on machine files-01').verdict).toBe('bad');
    expect(stepOn(worse, 'rights', 'Datastore.Browse on datastore vmfs-fast').verdict).toBe('bad');
    expect(stepOn(worse, 'rights', 'System.Read on host').verdict).toBe('good');
  });

  test('a way that is cut is bad as a way, and another one is chosen', async () => {
    lab.vcenter.faults.add({ where: 'nfc', kind: 'http', status: 403, count: -1 });
    const report = await looked(dataDir(), lab.signIn, { vm: 'files-01' });

    expect(report.readings[0]).toMatchObject({ reading: 'lease', verdict: 'bad', bytes: 0, bytesPerSecond: null });
    expect(report.chosen).toEqual({ reading: 'ranges', why: 'It is the only way that works.' });
    expect(stepOn(report, 'reading', 'files-01 by an export lease').verdict).toBe('poor');
    expect(report.verdict).toBe('poor');
  });

  test('a machine of which every way is cut cannot be moved', async () => {
    lab.vcenter.faults.add({ where: 'nfc', kind: 'http', status: 403, count: -1 });
    lab.vcenter.faults.add({ where: 'folder', kind: 'http', status: 403, count: -1 });
    const report = await looked(dataDir(), lab.signIn, { vm: 'files-01' });

    expect(report.chosen).toBeNull();
    expect(stepOn(report, 'reading', 'files-01 by an export lease').verdict).toBe('bad');
    expect(stepOn(report, 'reading', 'the way for files-01').verdict).toBe('bad');
    expect(report.verdict).toBe('bad');
  });

  test('the free licence of a single host is bad, and what it refuses is told of the way that needs it', async () => {
    await using host = await DoctorsVcenter.start(['localhost'], { hostLicence: 'free' });
    const report = await looked(dataDir(), host.signIn, { vm: 'files-01' });
    const licence = stepOn(report, 'rights', 'licence');
    const lease = stepOn(report, 'reading', 'files-01 by an export lease');

    expect(report.source?.product).toBe('VMware ESXi 8.0.3');
    expect(licence).toMatchObject({ verdict: 'bad', says: expect.stringContaining('free licence') });
    expect(licence.remedy).toContain('a licence that is paid for');
    expect(lease).toMatchObject({ verdict: 'poor', evidence: ['vsphere.licence'] });
    expect(report.chosen?.reading).toBe('ranges');
    expect(report.verdict).toBe('bad');
    expect(host.vcenter.state()).toMatchObject({ leases: [], tasks: [] });
  });

  test('a licence that is paid for is good, and the host is read by each way', async () => {
    await using host = await DoctorsVcenter.start(['localhost'], { hostLicence: 'paid' });
    const report = await looked(dataDir(), host.signIn, { vm: 'files-01' });

    expect(stepOn(report, 'rights', 'licence').verdict).toBe('good');
    expect(gone(report).slice(0, 2)).toEqual([
      ['lease', 'read'],
      ['ranges', 'read'],
    ]);
    expect(wrong(report)).toEqual([]);
  });

  test('a wrong password is told, and what needs no sign-in was looked at', async () => {
    const report = await looked(dataDir(), { ...lab.signIn, secret: 'another one' });

    expect(stepOn(report, 'rights', 'sign-in').evidence).toEqual(['vsphere.login-refused']);
    expect(stepOn(report, 'certificates', '127.0.0.1').verdict).toBe('good');
    expect(JSON.stringify(report)).not.toContain('another one');
  });

  test('a machine that is not there is an error, with how to find its name', async () => {
    await expect(looked(dataDir(), lab.signIn, { vm: 'nobody' })).rejects.toThrow('no machine “nobody”');
  });
});

function filesIn(data: string): string[] {
  const own = `${data}/doctor`;
  return existsSync(own) ? readdirSync(own) : [];
}
