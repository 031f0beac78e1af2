/** Logs that grow by lines: what was acknowledged is there after a crash, whoever else wrote at the same time. */
import { spawn } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { open, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { AppendLog, readAppendLog } from '../../main/store/append-log.ts';
import { scratch } from '../support/disks.ts';

const Entry = z.object({ n: z.number(), text: z.string() });
type Entry = z.infer<typeof Entry>;
/** With a separator that JSON leaves as it is and that ends lines elsewhere. */
const entry = (n: number): Entry => ({ n, text: `the ${n}th – ünï\u2028code` });
const options = (file: string) => ({ file, name: 'queue', schema: Entry, schemaVersion: 1 });
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** A log, and what it told. */
async function opened(file: string): Promise<{ log: AppendLog<Entry>; told: number[] }> {
  const told: number[] = [];
  const log = await AppendLog.open(options(file), ({ n }) => told.push(n));
  return { log, told };
}

async function written(file: string, count: number): Promise<void> {
  const { log } = await opened(file);
  await Promise.all(numbers(0, count).map((n) => log.append(entry(n))));
  await log[Symbol.asyncDispose]();
}

describe('an append log', () => {
  test('goes on when a disk that has failed works again, without what it refused', async () => {
    using tmp = scratch();
    const file = tmp.file('queue.jsonl');
    const { log } = await opened(file);
    await log.append(entry(1));
    await using any = await open(tmp.file('any'), 'w');
    const failed = Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    using _failing = vi.spyOn(Object.getPrototypeOf(any) as FileHandle, 'datasync').mockRejectedValueOnce(failed);

    await expect(log.append(entry(2))).rejects.toThrow('EIO');
    await Promise.all([log.append(entry(3)), log.append(entry(4))]);
    await log.append(entry(5));
    await log[Symbol.asyncDispose]();

    expect((await readAppendLog(options(file))).map(({ n }) => n)).toEqual([1, 3, 4, 5]);
  });

  test('gives back what was appended, in order, to the next process that opens it', async () => {
    using tmp = scratch();
    await written(tmp.file('data/queue.jsonl'), 100);

    const { log, told } = await opened(tmp.file('data/queue.jsonl'));
    await log.append(entry(100));
    await log[Symbol.asyncDispose]();

    expect(told).toEqual(numbers(0, 101));
    expect(await readAppendLog(options(tmp.file('data/queue.jsonl')))).toEqual(numbers(0, 101).map(entry));
    expect(statSync(tmp.file('data/queue.jsonl')).mode & 0o777).toBe(0o600);
    expect(readdirSync(tmp.file('data'))).toEqual(['queue.jsonl']);
  });

  test('torn at any byte goes on behind its last whole line', async () => {
    using tmp = scratch();
    const file = tmp.file('queue.jsonl');
    await written(file, 5);
    const whole = readFileSync(file);
    const headBytes = whole.indexOf(10) + 1;

    for (let length = headBytes; length < whole.length; length += 7) {
      writeFileSync(file, whole.subarray(0, length));
      const { log, told } = await opened(file);
      const kept = told.length;
      await log.append(entry(99));
      await log[Symbol.asyncDispose]();

      expect(told.slice(0, kept)).toEqual(numbers(0, kept));
      expect((await readAppendLog(options(file))).map(({ n }) => n)).toEqual([...numbers(0, kept), 99]);
    }
  });

  test('whose end a power cut has filled with zeros loses nothing that was acknowledged', async () => {
    using tmp = scratch();
    const file = tmp.file('queue.jsonl');
    await written(file, 5);
    appendFileSync(file, Buffer.alloc(5000));

    const { log, told } = await opened(file);

    expect(told).toEqual(numbers(0, 5));
    expect(log.bytes).toBe(statSync(file).size);
    await log[Symbol.asyncDispose]();
  });

  test('damaged before its end is set aside, said once, and goes on with what stood before', async () => {
    using tmp = scratch();
    const file = tmp.file('queue.jsonl');
    await written(file, 10);
    const broken = readFileSync(file, 'utf8').replace('"n":6', '"n":7');
    writeFileSync(file, broken);

    await expect(opened(file)).rejects.toMatchObject({
      code: 'store.damaged',
      message: expect.stringContaining(`${file}.corrupt`),
    });

    const { log, told } = await opened(file);
    await log[Symbol.asyncDispose]();
    expect(told).toEqual(numbers(0, 6));
    expect(readFileSync(`${file}.corrupt`, 'utf8')).toBe(broken);
  });

  test('of which nothing can be understood stays away until somebody decides', async () => {
    using tmp = scratch();
    const file = tmp.file('queue.jsonl');
    await written(file, 3);
    const good = readFileSync(file);

    for (const broken of ['', 'garbage', good.toString().slice(5)]) {
      writeFileSync(file, broken);
      for (let i = 0; i < 2; i++)
        await expect(opened(file)).rejects.toMatchObject({
          code: 'store.damaged',
          remedy: expect.stringContaining('.corrupt'),
        });
    }

    writeFileSync(file, good);
    const { log, told } = await opened(file);
    await log[Symbol.asyncDispose]();
    expect(told).toEqual(numbers(0, 3));
  });

  test('of an older layout is understood, of a newer one left as it is', async () => {
    using tmp = scratch();
    const file = tmp.file('queue.jsonl');
    const first = await AppendLog.open({ ...options(file), schema: z.object({ number: z.number() }) }, () => {});
    await first.append({ number: 7 });
    await first[Symbol.asyncDispose]();
    const second = {
      ...options(file),
      schemaVersion: 2,
      upgrade: (old: unknown) => ({ n: z.object({ number: z.number() }).parse(old).number, text: 'of old' }),
    };

    expect(await readAppendLog(second)).toEqual([{ n: 7, text: 'of old' }]);
    const log = await AppendLog.open(second, () => {});
    await log.append(entry(8)); // from here on it is of the new layout, all of it
    await log[Symbol.asyncDispose]();

    expect(await readAppendLog(second)).toEqual([{ n: 7, text: 'of old' }, entry(8)]);
    const bytes = readFileSync(file);
    await expect(opened(file)).rejects.toMatchObject({ code: 'store.too-new' });
    expect(readFileSync(file)).toEqual(bytes);
  });

  test('replaced by a snapshot loses nothing that is appended at the same time', async () => {
    using tmp = scratch();
    const file = tmp.file('queue.jsonl');
    const { log, told } = await opened(file);
    await Promise.all(numbers(0, 1000).map((n) => log.append(entry(n))));
    const longBytes = log.bytes;

    await Promise.all([
      ...numbers(1000, 1010).map((n) => log.append(entry(n))),
      log.replace(() => [entry(told.at(-1) ?? -1)]),
      ...numbers(1010, 1020).map((n) => log.append(entry(n))),
    ]);
    await log[Symbol.asyncDispose]();

    expect((await readAppendLog(options(file))).map(({ n }) => n)).toEqual([1009, ...numbers(1010, 1020)]);
    expect(statSync(file).size).toBeLessThan(longBytes / 10);
    expect(readdirSync(tmp.dir)).toEqual(['queue.jsonl']);
  });

  test('rotated keeps the old lines under another name', async () => {
    using tmp = scratch();
    const file = tmp.file('audit.jsonl');
    const { log, told } = await opened(file);
    await log.append(entry(1));
    await log.rotate('audit.1.jsonl');
    await log.append(entry(2));
    await log[Symbol.asyncDispose]();

    expect(told).toEqual([1, 2]);
    expect(await readAppendLog(options(file))).toEqual([entry(2)]);
    expect(await readAppendLog(options(tmp.file('audit.1.jsonl')))).toEqual([entry(1)]);
  });

  test('of a process that is killed while many append keeps every line that it had acknowledged', async () => {
    using tmp = scratch();
    const file = tmp.file('queue.jsonl');
    const module = path.resolve(import.meta.dirname, '../../main/store/append-log.ts');
    writeFileSync(
      tmp.file('writer.ts'),
      `import { z } from ${JSON.stringify(import.meta.resolve('zod'))};
       import { writeSync } from 'node:fs';
       import { AppendLog } from ${JSON.stringify(module)};
       const schema = z.object({ n: z.number(), text: z.string() });
       const log = await AppendLog.open({ file: ${JSON.stringify(file)}, name: 'queue', schema, schemaVersion: 1 }, () => {});
       for (let n = 0; ; n += 5)
         await Promise.all([0, 1, 2, 3, 4].map(async (i) => {
           await log.append({ n: n + i, text: 'x'.repeat(n % 977) });
           writeSync(1, (n + i) + '\\n');
         }));`,
    );
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, [tmp.file('writer.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.length > 400 * (round + 1)) child.kill('SIGKILL');
      });
      await once(child, 'close');

      const acknowledged = text.split('\n').slice(0, -1).map(Number);
      const kept = (await readAppendLog(options(file))).map(({ n }) => n);
      expect(kept.slice(0, acknowledged.length)).toEqual(numbers(0, acknowledged.length));
      truncateSync(file, readFileSync(file).indexOf(10) + 1);
    }
  });
});
