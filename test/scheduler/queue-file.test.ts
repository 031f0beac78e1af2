/** The journal of the queue: what was acknowledged is there again, in its order, wherever it was cut. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { apply, type QueueEntry, type QueueLine } from '../../main/scheduler/entries.ts';
import { QueueFile } from '../../main/scheduler/queue-file.ts';
import { lineOf } from '../../main/store/checked-lines.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { defaultSchedule } from '../../main/shared/schedule.ts';
import { scratch } from '../support/disks.ts';
import { mig, use } from './samples.ts';

const at = '2026-06-01T10:00:00.000Z';
const scheduled = (name: string | number): QueueLine => ({
  what: 'scheduled',
  id: mig(name),
  schedule: defaultSchedule,
  at,
});
const wished = (name: string | number, number: number): QueueLine => ({
  what: 'wished',
  id: mig(name),
  wish: 'run',
  number,
  at,
});

/** A life of some migrations, as the scheduler writes it. */
function* life(): Generator<QueueLine> {
  for (let i = 1; i <= 6; i++) {
    yield scheduled(i);
    yield wished(i, i);
  }
  yield { what: 'scheduled', id: mig(6), schedule: { ...defaultSchedule, priority: 3, isHeld: true }, at };
  for (const i of [2, 1]) {
    yield { what: 'measured', id: mig(i), use: use({ host: 'h1' }), at };
    yield { what: 'admitted', id: mig(i), placement: { node: 'desk', reason: 'It has room.', reservedBytes: 5 }, at };
  }
  yield { what: 'waits', id: mig(3), waitsFor: { reason: 'slot', says: 'All are taken.', until: null }, at };
  yield { what: 'released', id: mig(2), stage: 'waiting', at };
  yield { what: 'troubled', id: mig(2), trouble: { tries: 1, until: at, reason: 'space', says: 'Full.' }, at };
  yield { what: 'released', id: mig(1), stage: 'done', at };
  yield { what: 'wished', id: mig(1), wish: 'none', number: null, at };
  yield { what: 'forgotten', id: mig(1), at };
}

function foldOf(lines: readonly QueueLine[]): QueueEntry[] {
  const entries = new Map<MigrationId, QueueEntry>();
  for (const line of lines) apply(entries, line);
  return [...entries.values()];
}

async function entriesIn(dataDir: string): Promise<QueueEntry[]> {
  await using queue = await QueueFile.open(dataDir);
  return [...queue.entries.values()];
}

describe('the queue', () => {
  test('is there again for the next process', async () => {
    using tmp = scratch();
    {
      await using queue = await QueueFile.open(tmp.file('data'));
      for (const line of life()) await queue.write(line);
    }

    expect(await entriesIn(tmp.file('data'))).toEqual(foldOf([...life()]));
    expect(statSync(tmp.file('data/queue.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('stands at each line as it did then, cut between lines or in the middle of the next, and goes on from there', async () => {
    using tmp = scratch();
    const ends: number[] = [];
    {
      await using queue = await QueueFile.open(tmp.file('data'));
      for (const line of life()) {
        await queue.write(line);
        ends.push(statSync(tmp.file('data/queue.jsonl')).size);
      }
    }
    const whole = readFileSync(tmp.file('data/queue.jsonl'));
    const lines = [...life()];

    for (const [i, end] of ends.entries()) {
      const next = ends[i + 1] ?? end;
      for (const size of new Set([end, end + 1, Math.floor((end + next) / 2), Math.max(end, next - 1)])) {
        const folder = tmp.file(`cut-${size}`);
        mkdirSync(folder);
        writeFileSync(path.join(folder, 'queue.jsonl'), whole.subarray(0, size));
        const known = lines.slice(0, i + 1);

        expect(await entriesIn(folder), `cut at ${size}`).toEqual(foldOf(known));
        {
          await using queue = await QueueFile.open(folder);
          await queue.write(scheduled('later'));
        }
        expect(await entriesIn(folder), `gone on after ${size}`).toEqual(foldOf([...known, scheduled('later')]));
      }
    }
  });

  test('with damage in the middle says so, keeps the file as it was, and goes on from what stood before', async () => {
    using tmp = scratch();
    {
      await using queue = await QueueFile.open(tmp.file('data'));
      for (const line of life()) await queue.write(line);
    }
    const file = tmp.file('data/queue.jsonl');
    const broken = readFileSync(file, 'utf8').replace('"number":3', '"number":4');
    writeFileSync(file, broken);

    await expect(QueueFile.open(tmp.file('data'))).rejects.toMatchObject({
      code: 'store.damaged',
      message: expect.stringContaining(`${file}.corrupt`),
    });

    expect(readFileSync(`${file}.corrupt`, 'utf8')).toBe(broken);
    expect(await entriesIn(tmp.file('data'))).toEqual(foldOf([...life()].slice(0, 5)));
  });

  test('is written anew when it has grown, and is the same afterwards', async () => {
    using tmp = scratch();
    const lines: QueueLine[] = [];
    {
      await using queue = await QueueFile.open(tmp.file('data'), 20_000);
      for (let i = 0; i < 300; i++) {
        const more = [scheduled(i % 20), wished(i % 20, i + 1)];
        lines.push(...more);
        await queue.write(...more);
      }
    }

    expect(statSync(tmp.file('data/queue.jsonl')).size).toBeLessThan(45_000);
    expect(await entriesIn(tmp.file('data'))).toEqual(foldOf(lines));
  });

  test('takes thousands of wishes at once with few syncs', async () => {
    using tmp = scratch();
    const lines = Array.from({ length: 2000 }, (_, i) => [scheduled(i), wished(i, i + 1)]).flat();
    {
      await using queue = await QueueFile.open(tmp.file('data'));
      await using file = await open(tmp.file('any'), 'w');
      using syncs = vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'datasync');
      await Promise.all(lines.map(async (line) => await queue.write(line)));
      expect(syncs.mock.calls.length).toBeGreaterThan(0);
      expect(syncs.mock.calls.length).toBeLessThan(100); // one by one it would be 4,000
    }

    expect(await entriesIn(tmp.file('data'))).toEqual(foldOf(lines));
  });

  test('of a newer Guts is left as it is', async () => {
    using tmp = scratch();
    mkdirSync(tmp.file('data'));
    const text = lineOf({ log: 'queue', schemaVersion: 9 }) + lineOf({ what: 'dreamt', at });
    writeFileSync(tmp.file('data/queue.jsonl'), text);

    await expect(QueueFile.open(tmp.file('data'))).rejects.toMatchObject({ code: 'store.too-new' });
    expect(readFileSync(tmp.file('data/queue.jsonl'), 'utf8')).toBe(text);
  });

  test('that cannot be read is never taken for an empty one', async () => {
    using tmp = scratch();
    mkdirSync(tmp.file('data/queue.jsonl'), { recursive: true });

    await expect(QueueFile.open(tmp.file('data'))).rejects.toMatchObject({ code: 'store.refused' });
  });
});

describe('a disk without room', () => {
  const top = path.resolve(import.meta.dirname, '../..');
  const from = (file: string): string => JSON.stringify(path.join(top, file));
  /** Writes until it is refused, makes room, and goes on. */
  const script = `
    import { execFileSync } from 'node:child_process';
    import { QueueFile } from ${from('main/scheduler/queue-file.ts')};
    import { mig } from ${from('test/scheduler/samples.ts')};
    import { defaultSchedule } from ${from('main/shared/schedule.ts')};
    const queue = await QueueFile.open(process.argv[1]);
    const told = { kept: [], refused: [], codes: [], shown: [] };
    const write = async (name) => {
      const line = { what: 'scheduled', id: mig(name), schedule: defaultSchedule, at: '${at}' };
      await queue.write(line).then(
        () => told.kept.push(line.id),
        (error) => void (told.refused.push(line.id), told.codes.push(error.code)),
      );
    };
    for (let i = 0; told.refused.length < 6; i++) await Promise.all([write('a' + i), write('b' + i), write('c' + i)]);
    told.shown = [...queue.entries.keys()];
    execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited:unlimited']);
    for (let i = 0; i < 5; i++) await write('later' + i);
    console.log(JSON.stringify(told));`;

  test('takes a wish back and says so; what was acknowledged stays, and it goes on when there is room', async () => {
    using tmp = scratch();
    const limited = `trap '' XFSZ; ulimit -S -f 8; exec "$0" --input-type=module -e "$1" "$2"`;
    const child = spawn('bash', ['-c', limited, process.execPath, script, tmp.file('data')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const [code] = (await once(child, 'close')) as [number];

    expect(code).toBe(0);
    const told = JSON.parse(out) as Record<'kept' | 'refused' | 'codes' | 'shown', string[]>;
    expect(new Set(told.codes)).toEqual(new Set(['store.refused']));
    expect(told.kept.length).toBeGreaterThan(10);
    expect(told.kept.slice(-5).every((id) => id.includes('later'))).toBe(true);
    expect(told.shown).toEqual(told.kept.slice(0, -5));
    expect((await entriesIn(tmp.file('data'))).map(({ id }) => id as string)).toEqual(told.kept);
  });
});
