/** Raw disks: every byte as it is in the file, and holes where the file system has some. */
import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { openFile } from '../../worker/disk/bytes.ts';
import { holesOf, parseAnswer } from '../../worker/disk/holes.ts';
import { openImage } from '../../worker/disk/open.ts';
import {
  contentHash,
  extentsOf,
  fileHash,
  makeRaw,
  pattern,
  qemuImg,
  scratch,
  GiB,
  KiB,
  MiB,
} from '../support/disks.ts';

const path = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = path;
});

describe('a raw disk', () => {
  test('reads as its file does, and names as holes what was never written', async () => {
    using dir = scratch();
    const file = dir.file('disk.raw');
    await makeRaw(file, 64 * MiB, [
      { offset: MiB, length: 256 * KiB },
      { offset: 40 * MiB, length: 4 * KiB },
    ]);

    await using image = await openImage(file);

    expect(image.facts).toMatchObject({ format: 'raw', variant: 'sparse', virtualSizeBytes: 64 * MiB, warnings: [] });
    expect(image.facts.allocatedBytes).toBe(260 * KiB);
    expect((await extentsOf(image)).map(({ kind, offset, length }) => [kind, offset, length])).toEqual([
      ['hole', 0, MiB],
      ['data', MiB, 256 * KiB],
      ['hole', MiB + 256 * KiB, 39 * MiB - 256 * KiB],
      ['data', 40 * MiB, 4 * KiB],
      ['hole', 40 * MiB + 4 * KiB, 24 * MiB - 4 * KiB],
    ]);
    expect(await contentHash(image)).toBe(await fileHash(file));
  });

  test('is cut to the range that is asked for', async () => {
    using dir = scratch();
    const file = dir.file('disk.raw');
    await makeRaw(file, 8 * MiB, [{ offset: 2 * MiB, length: MiB }]);

    await using image = await openImage(file);
    const found = [];
    for await (const extent of image.extents(2 * MiB + 512, 4 * MiB))
      found.push([extent.kind, extent.offset, extent.length]);

    expect(found).toEqual([
      ['data', 2 * MiB + 512, MiB - 512],
      ['hole', 3 * MiB, MiB],
    ]);
  });

  test('ends with a whole sector, as under qemu-img, where its file does not', async () => {
    using dir = scratch();
    const file = dir.file('odd.raw');
    writeFileSync(file, pattern(1, 5000));

    await using image = await openImage(file, { format: 'raw' });

    expect(image.facts.virtualSizeBytes).toBe(5120);
    expect(image.facts.warnings).toHaveLength(1);
    qemuImg('convert', '-f', 'raw', '-O', 'raw', file, dir.file('whole.raw'));
    expect(await contentHash(image)).toBe(await fileHash(dir.file('whole.raw')));
  });

  test('ends with a whole sector also behind a hole', async () => {
    using dir = scratch();
    const file = dir.file('odd.raw');
    await makeRaw(file, 4 * MiB, [{ offset: 0, length: 4096 }]);
    truncateSync(file, 16 * MiB + 100);

    await using image = await openImage(file);
    truncateSync(file, 16 * MiB + 512);

    expect(image.facts.virtualSizeBytes).toBe(16 * MiB + 512);
    expect(await contentHash(image)).toBe(await fileHash(file));
  });

  test('of one tebibyte is walked by its data alone', async () => {
    using dir = scratch();
    const file = dir.file('huge.raw');
    await makeRaw(file, 1024 * GiB, [{ offset: 700 * GiB, length: 64 * KiB }]);

    await using image = await openImage(file);

    expect((await extentsOf(image)).map(({ kind, length }) => [kind, length])).toEqual([
      ['hole', 700 * GiB],
      ['data', 64 * KiB],
      ['hole', 324 * GiB - 64 * KiB],
    ]);
  });

  test('that is empty is refused', async () => {
    using dir = scratch();
    writeFileSync(dir.file('empty.raw'), '');

    await expect(openImage(dir.file('empty.raw'))).rejects.toMatchObject({ code: 'disk.truncated' });
    await expect(openImage(dir.file('empty.raw'), { format: 'raw' })).rejects.toMatchObject({ code: 'disk.truncated' });
  });
});

describe('asking the file system for holes', () => {
  const writes = Array.from({ length: 10 }, (_, i) => ({ offset: i * MiB, length: 64 * KiB }));

  test('goes on where an answer ended, so a scattered file costs no more memory than a plain one', async () => {
    using dir = scratch();
    const file = dir.file('scattered.raw');
    await makeRaw(file, 16 * MiB, writes);

    await using source = await openFile(file);
    const holes = await holesOf(source, 3);
    const starts = [];
    for (let at = 0; at < source.sizeBytes;) {
      const data = await holes?.dataFrom(at);
      if (data === undefined) break;
      if (data.start < data.end) starts.push([data.start, data.end - data.start]);
      at = data.end;
    }

    expect(starts).toEqual(writes.map(({ offset, length }) => [offset, length]));
  });

  test('takes the start of a file that holds much as data, so that reading can begin before the answer', async () => {
    using dir = scratch();
    const file = dir.file('large.raw');
    await makeRaw(file, 4 * GiB, [{ offset: 100 * MiB, length: 64 * KiB }]);
    // Space without data, which file systems count as stored and name a hole.
    execFileSync('fallocate', ['--offset', `${2 * GiB}`, '--length', `${GiB}`, file]);

    await using image = await openImage(file);

    expect((await extentsOf(image)).slice(0, 3).map(({ kind, offset, length }) => [kind, offset, length])).toEqual([
      ['data', 0, 64 * MiB],
      ['hole', 64 * MiB, 36 * MiB],
      ['data', 100 * MiB, 64 * KiB],
    ]);
  });

  test('works for names that a command line might trip over', async () => {
    using dir = scratch();
    for (const name of ['-e print.raw', 'a;b $(c) "d".raw', "it's\nhere.raw", 'Größe 10.raw']) {
      await makeRaw(dir.file(name), 8 * MiB, [{ offset: 4 * MiB, length: 4096 }]);
      await using image = await openImage(dir.file(name));
      expect((await extentsOf(image)).map(({ kind }) => kind)).toEqual(['hole', 'data', 'hole']);
    }
  });

  test('asks Python where there is no Perl', async () => {
    using dir = scratch();
    const file = dir.file('disk.raw');
    await makeRaw(file, 16 * MiB, writes);
    writeFileSync(dir.file('python3'), '#!/bin/sh\nexec /usr/bin/python3 "$@"\n', { mode: 0o755 });
    process.env['PATH'] = dir.dir;

    await using image = await openImage(file);

    expect((await extentsOf(image)).filter(({ kind }) => kind === 'data')).toHaveLength(10);
  });

  test('takes all as data where nobody can be asked, or where the answer makes no sense', async () => {
    using dir = scratch();
    const file = dir.file('disk.raw');
    await makeRaw(file, 16 * MiB, writes);
    process.env['PATH'] = dir.dir;

    await using unasked = await openImage(file);
    expect((await extentsOf(unasked)).map(({ kind, length }) => [kind, length])).toEqual([['data', 16 * MiB]]);

    writeFileSync(dir.file('perl'), '#!/bin/sh\necho 0 4096\necho 2048 9000\necho to 16777216\n', { mode: 0o755 });
    await using misled = await openImage(file);
    expect((await extentsOf(misled)).map(({ kind, length }) => [kind, length])).toEqual([['data', 16 * MiB]]);
  });

  test('believes numbers in order inside the file, and nothing else', () => {
    expect(parseAnswer('4096 8192\n12288 16384\nto 20480\n', 0, 20480)).toMatchObject({ from: 0, to: 20480 });
    const nonsense = [
      '',
      'to 20480',
      '4096 8192\n',
      '8192 4096\nto 20480\n',
      '4096 8192\n0 100\nto 20480\n',
      '4096 30000\nto 20480\n',
      '-1 100\nto 20480\n',
      '1e3 4e3\nto 20480\n',
      'to 20481\n',
      'to 0\n',
    ];
    expect(nonsense.filter((printed) => parseAnswer(printed, 0, 20480) !== null)).toEqual([]);
  });
});
