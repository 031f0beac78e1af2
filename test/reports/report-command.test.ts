/** `guts report` as an operator runs it: a page or JSON, to a file or into a pipe, of any migration that this machine knows. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MigrationReport } from '../../main/shared/report.ts';
import { JournalFile } from '../../worker/engine/journal-file.ts';
import type { MoveEntry } from '../../worker/engine/migrate/journal.ts';
import { scratch } from '../support/disks.ts';
import { guts } from '../support/guts.ts';
import { goodParts, goodRecord, goodVm } from './sample.ts';

const lab = scratch();
const state = lab.file('state');
afterAll(() => lab[Symbol.dispose]());

/** The journal that a migration like the sample leaves. */
async function journaled(): Promise<void> {
  const { request, stages, plan, findings, disks, outcome, stops } = goodRecord();
  const { source, destination } = goodParts();
  if (source.about === null || destination.about === null || outcome === null) throw new Error('The sample is whole.');
  const about = { source: source.about, destination: destination.about };
  const first: MoveEntry = { what: 'begun', request };
  await using journal = await JournalFile.create<MoveEntry>(path.join(state, 'migrations'), request.id, first);
  await journal.write({ what: 'planned', vm: goodVm(), plan, findings, about });
  for (const { at } of stops) await journal.write({ what: 'stopped', at });
  for (const disk of disks) await journal.write({ what: 'copied', disk, snapshot: null });
  for (const { stage, at } of stages.slice(1)) {
    await journal.write({ what: 'stage', stage, at });
    // It says 187 s, as one of before may that counted the watching of the console: the server was active after 14.7 s.
    if (stage === 'booting') await journal.write({ what: 'outcome', outcome });
  }
}

describe('guts report', () => {
  beforeAll(async () => {
    mkdirSync(state);
    await journaled();
  });

  test('writes the page, found by the machine’s name, and says the verdict', async () => {
    const file = lab.file('shop.html');
    const result = await guts(state, 'report', 'shop-01', '--output', file);

    expect(result, result.stderr).toMatchObject({ code: 0, stdout: `Written: ${file}\nEverything was proved.\n` });
    const page = readFileSync(file, 'utf8');
    for (const words of [
      'VMware vCenter Server 8.0.3',
      'OpenStack, project shop',
      'mig_0123456789ab',
      '15 s<small>from shut down to active',
    ])
      expect(page).toContain(words);
    expect(readdirSync(lab.dir).filter((name) => name.includes('part'))).toEqual([]);
  });

  test.each([[['--format', 'json']], [['--json', '--format', 'json']], [['--json']]])(
    'sends the same facts as JSON into a pipe (%s)',
    async (flags) => {
      const { code, stdout } = await guts(state, 'report', 'mig_0123', ...flags);

      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ reportVersion: 3, verdict: { proved: true } });
      expect(MigrationReport.parse(JSON.parse(stdout)).disks).toMatchObject(
        goodRecord().plan?.disks.map(({ label }) => ({ label, contentAfter: null })) ?? [],
      );
    },
  );

  test('takes the format from the file’s ending, and tells with --json where it is', async () => {
    const file = lab.file('shop.json');
    const { stdout } = await guts(state, 'report', 'shop-01', '--output', file, '--json');

    expect(JSON.parse(stdout)).toEqual({ file, format: 'json', verdict: { proved: true, against: [] } });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ title: 'shop-01' });
  });

  test('sends the page into a pipe', async () => {
    const { stdout } = await guts(state, 'report', 'shop-01');

    expect(stdout).toMatch(/^<!doctype html>/);
  });

  test('replaces a file only when told to', async () => {
    const file = lab.file('mine.html');
    writeFileSync(file, 'precious');
    const refused = await guts(state, 'report', 'shop-01', '--output', file);
    const before = readFileSync(file, 'utf8');
    const forced = await guts(state, 'report', 'shop-01', '--output', file, '--force');

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('destination.exists') as string });
    expect(before).toBe('precious');
    expect(forced.code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('Everything was proved');
    expect(readdirSync(lab.dir).filter((name) => name.includes('part'))).toEqual([]);
  });

  test('says which words were wrong', async () => {
    const unknown = await guts(state, 'report', 'nobody');
    const nowhere = await guts(state, 'report', 'shop-01', '--output', lab.file('no/folder.html'));
    const mixed = await guts(state, 'report', 'shop-01', '--json', '--format', 'html');

    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('migration.unknown') as string });
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('destination.write-failed') as string });
    expect(mixed).toMatchObject({ code: 2, stdout: '' });
  });
});
