/** `guts demo` as an operator runs it: a whole migration, proved and reported, and nothing left when it does not come to its end. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MigrationReport, verdictOf } from '../../main/shared/report.ts';
import { freeFolder } from '../../worker/demo/folder.ts';
import { demoMachine } from '../../worker/demo/machine.ts';
import { qemuImg, scratch } from '../support/disks.ts';
import { guts, startGuts, type Started } from '../support/guts.ts';
import { gutsWith, isMissing, writeRaw } from './lab.ts';

const noEmulator = isMissing('qemu-system-x86_64', '--version');

const made = [
  'guts-demo-disk1.qcow2',
  'guts-demo-disk2.qcow2',
  'guts-demo.ova',
  'guts-demo.xml',
  'report.html',
  'report.json',
];
const reportIn = (folder: string): MigrationReport =>
  MigrationReport.parse(JSON.parse(readFileSync(`${folder}/report.json`, 'utf8')));

/** Until the command has printed `words` on standard error. */
async function hears({ child }: Started, words: string): Promise<void> {
  for (let said = ''; !said.includes(words);) said += String((await once(child.stderr ?? child, 'data'))[0]);
}

describe('a demo', () => {
  test('moves the machine, proves it, and leaves package, disks, domain and report in the folder', async () => {
    using temp = scratch();
    const result = await guts(temp.file('state'), 'demo', '--keep', temp.file('out'), '--json');
    const report = reportIn(temp.file('out'));

    expect(result, result.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(result.stdout)).toMatchObject({
      proved: true,
      folder: temp.file('out'),
      html: temp.file('out/report.html'),
      report: { title: 'guts-demo' },
    });
    expect(readdirSync(temp.file('out')).toSorted()).toEqual(made);
    expect(readdirSync(temp.file('state/demos'))).toEqual([]);
    expect(verdictOf(report)).toEqual({ proved: true, against: [] });
    expect(report.disks.map(({ route }) => route)).toEqual(['carry-over', 'carry-over']);
    expect(report.boot).toMatchObject(noEmulator ? { tried: false } : { tried: true, proved: true });
    const stages = ['planned', 'preflight', 'queued', 'preparing', 'copying', 'verifying', 'done'];
    expect(report.timeline.map(({ stage }) => stage)).toEqual(stages);
    expect(readFileSync(temp.file('out/report.html'), 'utf8')).toContain('Everything was proved');
    for (const [index, disk] of demoMachine(1).disks.entries()) {
      await writeRaw(disk, temp.file('made.raw'));
      qemuImg('compare', temp.file('made.raw'), temp.file(`out/guts-demo-disk${index + 1}.qcow2`)); // throws where they differ
    }
  });

  test('says what it could not try where QEMU is not installed, and where its new folder for temporary files is', async () => {
    using temp = scratch();
    for (const name of ['empty', 'tmp']) mkdirSync(temp.file(name));
    const env = { PATH: temp.file('empty'), TMPDIR: temp.file('tmp'), GUTS_DATA_DIR: temp.file('state') };
    const { code, stdout } = await gutsWith(env, 'demo');
    const [folder = ''] = readdirSync(temp.file('tmp'));

    expect(code).toBe(0);
    expect(stdout).toContain('It was not started: qemu-system-x86_64 is not installed.');
    expect(stdout).toContain('qemu-img is not installed.');
    expect(folder).toMatch(/^guts-demo-[0-9a-z]+$/);
    expect(stdout).toContain(`report   ${temp.file('tmp')}/${folder}/report.html`);
  });

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

describe('a demo that does not come to its end', () => {
  test('leaves nothing once another has run, at whatever step it was killed', async () => {
    using temp = scratch();
    // Each moment is a line that the demo prints, not a time. Every run also finds what the one before it left.
    const moments = ['Making a small machine', 'Looking for what', 'Moving its disks', 'Proving what was written'];
    for (const [index, moment] of moments.entries()) {
      const killed = startGuts(temp.file('state'), 'demo', '--keep', temp.file(`out${index}`));
      await hears(killed, moment);
      killed.child.kill('SIGKILL');
      expect(await killed.outcome).toMatchObject({ signal: 'SIGKILL' });
    }
    const last = await guts(temp.file('state'), 'demo', '--keep', temp.file('out3')); // the folder of the last that was killed

    expect(last, last.stderr).toMatchObject({ code: 0 });
    expect(readdirSync(temp.dir).toSorted()).toEqual(['out3', 'state']);
    expect(readdirSync(temp.file('out3')).toSorted()).toEqual(made);
    expect([...readdirSync(temp.file('state/demos')), ...readdirSync(temp.file('state/jobs'))]).toEqual([]);
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
    expect(readdirSync(temp.file('state/demos'))).toEqual([]);
  });
});
