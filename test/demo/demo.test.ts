/** `guts demo` as an operator runs it: a whole migration, proved and reported, and nothing left when it does not come to its end. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MigrationReport, verdictOf } from '../../main/shared/report.ts';
import { freeFolder } from '../../worker/demo/folder.ts';
import { demoMachine, RUNNING_LINE, VERIFIED_LINE } from '../../worker/demo/machine.ts';
import { qemuImg, scratch } from '../support/disks.ts';
import { guts, startGuts, systemNode, type Outcome, type Started } from '../support/guts.ts';
import { gutsWith, isMissing, writeRaw } from './lab.ts';

const noEmulator = isMissing('qemu-system-x86_64', '--version');
const noUnshare = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']).status !== 0;
const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');

const made = ['console.log', 'disk1.qcow2', 'disk2.qcow2', 'report.html', 'report.json'];
const reportIn = (folder: string): MigrationReport =>
  MigrationReport.parse(JSON.parse(readFileSync(`${folder}/report.json`, 'utf8')));

/** For a demo on a computer that has much else to do. */
const MOST_MS = 300_000;

/** Until the command has printed `words` on standard error. */
async function hears({ child }: Started, words: string): Promise<void> {
  for (let said = ''; !said.includes(words);) said += String((await once(child.stderr ?? child, 'data'))[0]);
}

describe('a demo', () => {
  const temp = scratch();
  const [out, state] = [temp.file('out'), temp.file('state')];
  let result: Outcome;
  beforeAll(async () => {
    result = await guts(state, 'demo', '--keep', out, '--json');
  }, MOST_MS);
  afterAll(() => temp[Symbol.dispose]());

  test('moves the machine from a vCenter into a cloud and proves it', () => {
    const report = reportIn(out);
    const stages = 'planned preflight queued preparing copying provisioning booting verifying done'.split(' ');

    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(result.stdout)).toMatchObject({
      proved: true,
      folder: out,
      html: `${out}/report.html`,
      report: { title: 'guts-demo' },
    });
    expect(verdictOf(report)).toEqual({ proved: true, against: [] });
    expect(report.source.about).toMatchObject({ kind: 'vcenter' });
    expect(report.disks).toMatchObject([
      { route: 'carry-over', reading: 'lease', volumeId: null },
      { route: 'carry-over', reading: 'lease', volumeId: expect.any(String) as string },
    ]);
    expect(report.destination.ports).toMatchObject([{ mac: demoMachine(1).mac, addresses: ['192.0.2.77'] }]);
    expect(report.timeline.map(({ stage }) => stage)).toEqual(stages);
  });

  test('moves a small one from a Hyper-V host as well, and proves that', () => {
    const check = reportIn(out).checks.find(({ about }) => about === 'Hyper-V');

    expect(check).toMatchObject({ outcome: 'passed', evidence: expect.stringContaining('over SMB') as string });
  });

  test('leaves disks, console and report in the folder, and nothing of its own beside the journal', async () => {
    expect(readdirSync(out).toSorted()).toEqual(made);
    expect(readdirSync(`${state}/demos`)).toEqual([]);
    expect(readFileSync(`${out}/report.html`, 'utf8')).toContain('Everything was proved');
    for (const [index, disk] of demoMachine(1).disks.entries()) {
      await writeRaw(disk, temp.file('made.raw'));
      qemuImg('compare', temp.file('made.raw'), `${out}/disk${index + 1}.qcow2`); // throws where they differ
    }
  });

  test.skipIf(noEmulator)('has the cloud start the machine, whose own words its console shows', () => {
    expect(reportIn(out).boot).toMatchObject({ verdict: 'running', console: [RUNNING_LINE, VERIFIED_LINE] });
    expect(readFileSync(`${out}/console.log`, 'utf8')).toBe(`${RUNNING_LINE}\n${VERIFIED_LINE}\n`);
  });

  test(
    'stays among the migrations, where show and report find it, until the next demo',
    async () => {
      const { migration } = reportIn(out);
      const report = await guts(state, 'report', 'guts-demo', '--output', temp.file('again.html'));
      const shown = await guts(state, 'show', migration);
      const next = await guts(state, 'demo', '--keep', out);

      expect(report).toMatchObject({ code: 0, stdout: expect.stringContaining('Everything was proved.') as string });
      expect(readFileSync(temp.file('again.html'), 'utf8')).toContain(migration);
      expect(shown.stdout).toContain('guts-demo (vm-');
      expect(next.stdout).toContain(`report   ${out}/report.html`);
      expect(readdirSync(`${state}/migrations`)).toEqual([`${reportIn(out).migration}.jsonl`]);
    },
    MOST_MS,
  );

  test('says what it could not try where QEMU is not installed, and where its new folder for temporary files is', async () => {
    using temp = scratch();
    for (const name of ['empty', 'tmp']) mkdirSync(temp.file(name));
    const env = { PATH: temp.file('empty'), TMPDIR: temp.file('tmp'), GUTS_DATA_DIR: temp.file('state') };
    const { code, stdout } = await gutsWith(env, 'demo');
    const [folder = ''] = readdirSync(temp.file('tmp'));

    expect(code).toBe(0);
    expect(stdout).toContain('qemu-system-x86_64 is not installed.');
    expect(stdout).toContain('qemu-img is not installed.');
    expect(folder).toMatch(/^guts-demo-[0-9a-z]+$/);
    expect(stdout).toContain(`report   ${temp.file('tmp')}/${folder}/report.html`);
  });

  test.skipIf(noUnshare)(
    'needs no network but this computer’s own, and says so where even that is off',
    async () => {
      using temp = scratch();
      const run = (before: string) =>
        spawnSync(
          'unshare',
          ['-n', 'sh', '-c', `${before}exec "$0" "$@"`, systemNode, cli, 'demo', '--keep', temp.file('out')],
          {
            env: { ...process.env, GUTS_DATA_DIR: temp.file('state') },
            encoding: 'utf8',
          },
        );
      const off = run('');
      const leftByOff = readdirSync(temp.dir);
      const on = run('ip link set lo up; ');

      expect(off).toMatchObject({ status: 1, stderr: expect.stringContaining('demo.no-loopback') as string });
      expect(leftByOff).toEqual([]);
      expect(on, on.stderr).toMatchObject({ status: 0 });
      expect(on.stdout).toContain('Everything was proved.');
    },
    MOST_MS,
  );

  test('refuses a folder in which a file of somebody else has one of its names', async () => {
    using temp = scratch();
    mkdirSync(temp.file('out'));
    writeFileSync(temp.file('out/report.html'), 'precious');
    const result = await guts(temp.file('state'), 'demo', '--keep', temp.file('out'));

    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain('destination.exists');
    expect(readdirSync(temp.file('out'))).toEqual(['report.html']);
    expect(readFileSync(temp.file('out/report.html'), 'utf8')).toBe('precious');
  });

  test('makes room where an earlier demo has left its report, and touches no other file', async () => {
    using temp = scratch();
    for (const name of [...made, 'notes.txt']) writeFileSync(temp.file(name), 'anything');
    writeFileSync(temp.file('report.json'), JSON.stringify({ reportVersion: 1, title: 'guts-demo' }));
    await freeFolder(temp.dir, demoMachine(1));

    expect(readdirSync(temp.dir)).toEqual(['notes.txt']);
  });
});

describe('a demo that does not come to its end', { timeout: MOST_MS }, () => {
  test('leaves nothing once another has run, at whatever step it was killed', async () => {
    using temp = scratch();
    // Each moment is a line that the demo prints, not a time. Every run also finds what the one before it left.
    const moments = [
      'Making a small machine',
      'Looking for what',
      'Moving its disks',
      'Making its port',
      'Starting the server',
      'Proving what the cloud holds',
    ];
    for (const [index, moment] of moments.entries()) {
      const killed = startGuts(temp.file('state'), 'demo', '--keep', temp.file(`out${index}`));
      await hears(killed, moment);
      killed.child.kill('SIGKILL');
      expect(await killed.outcome).toMatchObject({ signal: 'SIGKILL' });
    }
    const last = await guts(temp.file('state'), 'demo', '--keep', temp.file('out5')); // the folder of the last that was killed

    expect(last, last.stderr).toMatchObject({ code: 0 });
    expect(readdirSync(temp.dir).toSorted()).toEqual(['out5', 'state']);
    expect(readdirSync(temp.file('out5')).toSorted()).toEqual(made);
    expect(readdirSync(temp.file('state/demos'))).toEqual([]);
    expect(readdirSync(temp.file('state/migrations'))).toHaveLength(1);
  });

  test('removes what it made when the operator cancels it', async () => {
    using temp = scratch();
    const cancelled = startGuts(temp.file('state'), 'demo', '--keep', temp.file('out'));
    await hears(cancelled, 'Moving its disks');
    cancelled.child.kill('SIGINT');
    const { code, stderr } = await cancelled.outcome;

    expect(code).toBe(1);
    expect(stderr).toContain('job.cancelled');
    expect(existsSync(temp.file('out'))).toBe(false);
    expect([...readdirSync(temp.file('state/demos')), ...readdirSync(temp.file('state/migrations'))]).toEqual([]);
  });
});
