/** `guts doctor`, as an operator runs it before the first move; and the papers for those who own the other machines. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DoctorReport } from '../../main/shared/doctor.ts';
import { spellingsOf } from '../../main/logs/redactor.ts';
import { privilegeSets } from '../../worker/sources/vsphere/privileges.ts';
import { startHyperv, type Hyperv } from '../lab/hyperv/hyperv.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { DoctorsVcenter } from '../doctor/looking.ts';
import { scratch } from '../support/disks.ts';
import { Mover } from '../support/mover.ts';
import { until } from '../support/until.ts';
import { cloudSignIn } from '../doctor/cloud-sign-in.ts';

const folder = scratch();
let lab: DoctorsVcenter;
let cloud: OpenstackLab;
let host: Hyperv;
let mover: Mover;
const PASSWORD = 'Ein pässwort & mehr';

beforeAll(async () => {
  lab = await DoctorsVcenter.start(['localhost'], { password: PASSWORD });
  cloud = await startOpenstack({ buildMs: 20 });
  host = await startHyperv({ name: 'HV07', password: PASSWORD });
  mover = new Mover(folder.file('mover'));
  await mover.connect(lab.signIn, cloudSignIn(cloud));
  const args = ['source', 'create', 'hv', '--kind', 'hyperv', '--url', host.httpUrl, '--user', host.user];
  const said = await mover.say([...args, '--smb-port', `${host.smbPort}`, '--password-stdin'], host.password);
  if (said.code !== 0) throw new Error(said.err);
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await cloud[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

describe('a way where all is well', () => {
  test('ends with 0, tells steps as they are done, and the way to take', async () => {
    const { code, out, err } = await mover.say([
      'doctor',
      '--source',
      'from',
      '--destination',
      'to',
      '--vm',
      'files-01',
    ]);

    expect(code).toBe(0);
    expect(out).toMatch(/Way to take: lease/);
    expect(out.trim().split('\n').at(-1)).toMatch(
      /^The way (is good|can be gone).*: \d+ good, \d+ poor, 0 bad, \d+ not tried\.$/,
    );
    expect(err).toMatch(/(good|poor) +ports: .*vCenter: port/);
    expect(err).toMatch(/(good|poor) +reading: .*export lease/);
  });

  test('with --json it is one document, and with --output a page', async () => {
    const page = folder.file('way.html');
    const { code, out } = await mover.say(['doctor', '--source', 'from', '--json', '--output', page]);
    const report = DoctorReport.parse(JSON.parse(out));

    expect(code).toBe(0);
    expect(report.destination).toBeNull();
    expect(readFileSync(page, 'utf8')).toContain('<h1>The way to from</h1>');
  });

  test('an upload that was allowed is measured and removed', async () => {
    const { code, out } = await mover.say([
      'doctor',
      '--destination',
      'to',
      '--write-test',
      '--source',
      'from',
      '--json',
    ]);
    const { steps } = DoctorReport.parse(JSON.parse(out));

    expect(code).toBe(0);
    expect(steps.find(({ group }) => group === 'writing')).toMatchObject({
      says: expect.stringContaining('64 MiB went to Glance'),
    });
    expect(cloud.state().images).toEqual([]);
  });
});

describe('a way that is bad', () => {
  test('ends with 1, and names what is bad', async () => {
    lab.vcenter.setClock(-900_000);
    const { code, out, err } = await mover.say(['doctor', '--source', 'from', '--vm', 'files-01']);
    lab.vcenter.setClock(0);

    expect(code).toBe(1);
    expect(out).toMatch(/BAD +127\.0\.0\.1:\d+ .*15 minutes behind/);
    expect(out).toMatch(/What to do:[^]+NTP/);
    expect(err).toMatch(/guts: doctor\.bad: 1 thing is bad: clocks of 127\.0\.0\.1/);
  });
});

describe('a snapshot that was allowed', () => {
  test('is removed when it is given up by Ctrl-C', async () => {
    lab.vcenter.faults.add({ where: 'nfc', kind: 'stall', delayMs: 60_000, count: -1 });
    const { child, ended } = mover.start(['doctor', '--source', 'from', '--vm', 'shop-01', '--with-snapshot']);
    child.stdin.end();
    await until(
      async () => await Promise.resolve(snapshots().length),
      (count) => count === 1,
    );
    child.kill('SIGINT');
    const { code, err } = await ended;
    lab.vcenter.faults.clear();

    expect(code).not.toBe(0);
    expect(err).toContain('job.cancelled');
    expect(snapshots()).toEqual([]);
  });

  test('is removed by the next run where the process was killed', async () => {
    lab.vcenter.faults.add({ where: 'nfc', kind: 'stall', delayMs: 60_000, count: -1 });
    const { child, ended } = mover.start(['doctor', '--source', 'from', '--vm', 'shop-01', '--with-snapshot']);
    child.stdin.end();
    await until(
      async () => await Promise.resolve(snapshots().length),
      (count) => count === 1,
    );
    child.kill('SIGKILL');
    await ended;
    lab.vcenter.faults.clear();
    expect(snapshots()).toHaveLength(1);
    const kept = readdirSync(folder.file('mover/data/doctor'));
    const [ledger = ''] = kept.filter((name) => name.endsWith('.json'));
    // As where it was killed while it wrote down what it had made.
    writeFileSync(folder.file(`mover/data/doctor/${ledger}.part`), '{"kind":"doc');

    const { code } = await mover.say(['doctor', '--source', 'from', '--vm', 'files-01']);
    expect(code).toBe(0);
    expect(snapshots()).toEqual([]);
    expect(readdirSync(folder.file('mover/data/doctor'))).toEqual([]);
    lab.vcenter.expireSessions(); // of the process that was killed
  });

  const snapshots = (): string[] => lab.vcenter.state().machines.flatMap((machine) => machine.snapshots);
});

describe('the papers', () => {
  test('say to each owner what to grant and to open, with no secret in them', async () => {
    const papers = folder.file('papers');
    const { code, err } = await mover.say(['doctor', 'papers', '--output', papers]);
    const text = (name: string): string => readFileSync(`${papers}/${name}`, 'utf8');

    expect(err).toBe('');
    expect(code).toBe(0);
    expect(readdirSync(papers).toSorted()).toEqual([
      'firewall-request.csv',
      'firewall-request.md',
      'hyperv-rights.ps1',
      'hyperv-rights.txt',
      'vcenter-role.json',
      'vcenter-role.ps1',
      'vcenter-role.txt',
    ]);
    for (const privilege of privilegeSets.flatMap(({ privileges }) => privileges)) {
      expect(text('vcenter-role.json')).toContain(`"${privilege}"`);
      expect(text('vcenter-role.txt')).toContain(privilege);
      expect(text('vcenter-role.ps1')).toContain(privilege);
    }
    expect(text('vcenter-role.ps1')).toContain("$users = @('administrator@vsphere.local')");
    expect(text('hyperv-rights.ps1')).toContain("'S-1-5-32-578'");
    const firewall = text('firewall-request.csv');
    for (const port of [new URL(lab.vcenter.url).port, lab.hostPort, new URL(host.httpUrl).port, host.smbPort])
      expect(firewall).toMatch(new RegExp(`,TCP,${port},`));
    expect(text('firewall-request.md')).toMatch(/Keystone, Glance, Nova, Neutron, Cinder/);
    for (const name of readdirSync(papers))
      for (const secret of [PASSWORD, cloudSignIn(cloud).secret])
        for (const spelling of spellingsOf(secret)) expect(text(name)).not.toContain(spelling);
  });

  test('of one source are about that one alone, and take the place of no file', async () => {
    const papers = folder.file('papers-2');
    expect((await mover.say(['doctor', 'papers', '--source', 'hv', '-o', papers])).code).toBe(0);
    expect(readdirSync(papers).toSorted()).toEqual([
      'firewall-request.csv',
      'firewall-request.md',
      'hyperv-rights.ps1',
      'hyperv-rights.txt',
    ]);
    const again = await mover.say(['doctor', 'papers', '--source', 'hv', '-o', papers]);
    expect(again.err).toContain('destination.exists');
  });
});
