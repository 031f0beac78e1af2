/** The journal: what was acknowledged is there after a crash, and a torn end does not hide what came before it. */
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { JournalEntry } from '../../worker/engine/journal.ts';
import { JournalFile, readJournals } from '../../worker/engine/journal-file.ts';
import { scratch } from '../support/disks.ts';

const begun = {
  what: 'begun',
  jobId: 'job_0123456789ab',
  identity: 'x',
  pid: 1,
  processStart: '',
  atMs: 5,
} as const;
const entries: readonly JournalEntry[] = [
  begun,
  { what: 'making', path: '/tmp/.out.guts-0123456789ab.part' },
  { what: 'stage', stage: 'copying', atMs: 6 },
];

async function written(folder: string): Promise<string> {
  await using journal = await JournalFile.create<JournalEntry>(folder, begun.jobId, begun);
  for (const entry of entries.slice(1)) await journal.write(entry);
  return journal.path;
}

describe('a journal', () => {
  test('gives back what was written, in order', async () => {
    using tmp = scratch();
    await written(tmp.dir);

    expect((await readJournals(tmp.dir, JournalEntry)).map((journal) => journal.entries)).toEqual([entries]);
  });

  test('gives back letters that end lines elsewhere, and what comes behind them', async () => {
    using tmp = scratch();
    const odd = ['a\u2028b', 'a\u2029b', 'a\u0085b', 'a\r\nb'].map((path) => ({ what: 'making', path }) as const);
    {
      await using journal = await JournalFile.create<JournalEntry>(tmp.dir, begun.jobId, begun);
      for (const one of odd) await journal.write(one);
    }

    expect((await readJournals(tmp.dir, JournalEntry)).map((journal) => journal.entries)).toEqual([[begun, ...odd]]);
  });

  test('torn at any byte gives back whole entries from its start', async () => {
    using tmp = scratch();
    const file = await written(tmp.dir);
    const whole = await readFile(file);

    for (let length = 0; length < whole.byteLength; length += 7) {
      await writeFile(file, whole);
      await truncate(file, length);
      const [journal] = await readJournals(tmp.dir, JournalEntry);
      expect(journal?.entries).toEqual(entries.slice(0, journal?.entries.length));
    }
    expect(statSync(file).size).toBeLessThan(whole.byteLength);
  });

  test('ends where a line is damaged or not of this version', async () => {
    using tmp = scratch();
    const file = await written(tmp.dir);
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole.replace('"copying"', '"verifying"'));

    expect((await readJournals(tmp.dir, JournalEntry))[0]?.entries).toHaveLength(2);

    await writeFile(file, whole);
    await appendFile(file, '0123456789abcdef {"what":"unknown"}\n');
    expect((await readJournals(tmp.dir, JournalEntry))[0]?.entries).toHaveLength(3);
  });

  test('goes on behind its last whole line after a crash in the middle of one', async () => {
    using tmp = scratch();
    const file = await written(tmp.dir);
    await truncate(file, statSync(file).size - 5);

    const more: JournalEntry = { what: 'gone', path: '/tmp/ä' };
    await using journal = await JournalFile.reopen(file, JournalEntry);
    await journal.write(more);

    expect((await readJournals(tmp.dir, JournalEntry))[0]?.entries).toEqual([...entries.slice(0, 2), more]);
  });

  test.each([1, 5, 60])('loses only what was torn when %i bytes of its end are missing', async (missing) => {
    using tmp = scratch();
    const file = await written(tmp.dir);
    await truncate(file, statSync(file).size - missing);

    await using journal = await JournalFile.reopen(file, JournalEntry);
    await journal.write({ what: 'gone', path: '/tmp/x' });

    expect((await readJournals(tmp.dir, JournalEntry))[0]?.entries).toHaveLength(3);
    expect(readdirSync(tmp.dir)).toEqual([`${begun.jobId}.jsonl`]);
  });

  test('damaged before its end is kept aside as it was, said once, and goes on with what stood before', async () => {
    using tmp = scratch();
    const file = await written(tmp.dir);
    const broken = (await readFile(file, 'utf8')).replace('.part', '.parT');
    await writeFile(file, broken);

    await expect(JournalFile.reopen(file, JournalEntry)).rejects.toMatchObject({
      code: 'store.damaged',
      message: expect.stringContaining(`${file}.corrupt`),
    });

    expect(await readFile(`${file}.corrupt`, 'utf8')).toBe(broken);
    await using journal = await JournalFile.reopen(file, JournalEntry);
    await journal.write({ what: 'gone', path: '/tmp/x' });
    expect((await readJournals(tmp.dir, JournalEntry))[0]?.entries).toHaveLength(2);
  });

  test('of a newer Guts is not gone on with', async () => {
    using tmp = scratch();
    const file = await written(tmp.dir);
    const json = '{"what":"unknown"}';
    await appendFile(file, `${createHash('sha256').update(json).digest('hex').slice(0, 16)} ${json}\n`);
    const whole = await readFile(file);

    await expect(JournalFile.reopen(file, JournalEntry)).rejects.toMatchObject({ code: 'store.too-new' });

    expect(await readFile(file)).toEqual(whole);
  });

  test('that was being begun when its process died is gone for whoever looks next, and no other', async () => {
    using tmp = scratch();
    const { pid: dead } = spawnSync('true');
    const left = (pid: number): string => `job_0123456789ab.jsonl.${pid}.new`;
    for (const pid of [dead, process.pid]) await writeFile(tmp.file(left(pid)), '');

    expect(await readJournals(tmp.dir, JournalEntry)).toEqual([]);

    expect(readdirSync(tmp.dir)).toEqual([left(process.pid)]);
  });

  test('written to by many at once has all of it, in the order in which they came', async () => {
    using tmp = scratch();
    const more = Array.from({ length: 500 }, (_, i): JournalEntry => ({ what: 'gone', path: `/tmp/${i}` }));
    {
      await using journal = await JournalFile.create<JournalEntry>(tmp.dir, begun.jobId, begun);
      await Promise.all(more.map((entry) => journal.write(entry)));
    }

    expect((await readJournals(tmp.dir, JournalEntry))[0]?.entries).toEqual([begun, ...more]);
  });

  test('is readable for its owner only', async () => {
    using tmp = scratch();

    expect(statSync(await written(tmp.file('jobs'))).mode & 0o077).toBe(0);
    expect(statSync(tmp.file('jobs')).mode & 0o077).toBe(0);
  });
});
