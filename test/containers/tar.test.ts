/** A tar archive is walked without unpacking, and nothing in it can lead elsewhere or claim what is not there. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import * as path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GutsError } from '../../main/shared/errors.ts';
import { looksLikeTar, tarMembers, type TarMember } from '../../worker/containers/tar.ts';
import { TarWriter } from '../../worker/containers/tar-writer.ts';
import { openFile, type ByteSource } from '../../worker/disk/bytes.ts';
import { GiB, pattern, run, scratch } from '../support/disks.ts';
import { rawHeader, sourceOf, tarOf } from './packing.ts';

async function walk(bytes: Uint8Array | ByteSource): Promise<TarMember[]> {
  const members: TarMember[] = [];
  for await (const member of tarMembers(bytes instanceof Uint8Array ? sourceOf(bytes) : bytes)) members.push(member);
  return members;
}

const LONG = `${'a-folder-with-a-long-name/'.repeat(5)}${'x'.repeat(90)}.vmdk`;

describe('walking an archive', () => {
  test.each(['ustar', 'pax', 'gnu', 'v7'])('finds every member that tar wrote in its %s format', async (format) => {
    using lab = scratch();
    const names =
      format === 'v7'
        ? ['vm.ovf', 'disk1.vmdk']
        : ['vm.ovf', 'disk1.vmdk', 'a/b/c.bin', ...(format === 'ustar' ? [] : [LONG])];
    for (const [seed, name] of names.entries()) {
      mkdirSync(path.dirname(lab.file(name)), { recursive: true });
      writeFileSync(lab.file(name), pattern(seed, 1000 + seed * 777));
    }
    run('tar', `--format=${format}`, '-C', lab.dir, '-cf', lab.file('all.tar'), ...names);

    await using source = await openFile(lab.file('all.tar'));
    const members = await walk(source);

    expect(members.map(({ name }) => name)).toEqual(names);
    for (const [seed, { start, sizeBytes }] of members.entries()) {
      const bytes = Buffer.alloc(sizeBytes);
      await source.read(bytes, start);
      expect(bytes.equals(pattern(seed, 1000 + seed * 777))).toBe(true);
    }
  });

  test('passes over folders and takes “./” from names', async () => {
    using lab = scratch();
    mkdirSync(lab.file('in/deep'), { recursive: true });
    writeFileSync(lab.file('in/deep/x'), 'x');
    run('tar', '-C', lab.file('in'), '-cf', lab.file('all.tar'), './deep');
    await using source = await openFile(lab.file('all.tar'));
    expect((await walk(source)).map(({ name }) => name)).toEqual(['deep/x']);
  });

  test.each(['gnu', 'pax'])(
    'reads the size of a member of more than 8 GiB as tar writes it in its %s format',
    async (format) => {
      using lab = scratch();
      const sizeBytes = 9 * GiB + 5;
      const file = await open(lab.file('big'), 'w');
      await file.truncate(sizeBytes);
      await file.close();
      // The header alone is taken from tar; the member's bytes become a hole.
      const shell = `tar --format=${format} -C "${lab.dir}" -cf - big 2>/dev/null | head -c 4096`;
      const head = execFileSync('sh', ['-c', shell], { maxBuffer: 1 << 20 });
      const start = format === 'gnu' ? 512 : 1536;
      const archive = await open(lab.file('all.tar'), 'w');
      await archive.write(head, 0, start, 0);
      await archive.truncate(start + Math.ceil(sizeBytes / 512) * 512 + 1024);
      await archive.close();

      await using source = await openFile(lab.file('all.tar'));
      expect(await walk(source)).toEqual([{ name: 'big', start, sizeBytes }]);
    },
  );

  test('tells an archive by its first block', () => {
    const archive = tarOf([['vm.ovf', Buffer.from('x')]]);
    expect(looksLikeTar(archive)).toBe(true);
    archive[0] = 0x41;
    expect(looksLikeTar(archive)).toBe(false);
    expect(looksLikeTar(Buffer.from('ustar'))).toBe(false);
  });
});

describe('an archive from a hostile hand', () => {
  const zeros = Buffer.alloc(1024);
  const paxOf = (record: string, type = 'x'): Buffer =>
    Buffer.concat([rawHeader({ name: 'p', size: record.length, type }), Buffer.from(record.padEnd(512, '\0'))]);
  const base256 = (...bytes: number[]): Buffer => Buffer.from(bytes);

  test.each<[string, Buffer, string]>([
    ['climbs out', rawHeader({ name: '../../etc/passwd' }), 'container.unsafe-name'],
    ['climbs out in the middle', rawHeader({ name: 'a/../../b' }), 'container.unsafe-name'],
    ['is absolute', rawHeader({ name: '/etc/passwd' }), 'container.unsafe-name'],
    ['is absolute on Windows', rawHeader({ name: 'C:x.vmdk' }), 'container.unsafe-name'],
    ['has a backslash', rawHeader({ name: '..\\x.vmdk' }), 'container.unsafe-name'],
    ['has a line feed', rawHeader({ name: 'a\nb' }), 'container.unsafe-name'],
    ['is empty', rawHeader({ name: '' }), 'container.unsafe-name'],
    [
      'climbs out by a pax path',
      Buffer.concat([paxOf('14 path=../..\n'), rawHeader({ name: 'a' })]),
      'container.unsafe-name',
    ],
    ['is a symbolic link', rawHeader({ name: 'a', type: '2' }), 'container.unsupported'],
    ['is a hard link', rawHeader({ name: 'a', type: '1' }), 'container.unsupported'],
    ['is a device', rawHeader({ name: 'a', type: '4' }), 'container.unsupported'],
    ['is sparse', rawHeader({ name: 'a', type: 'S' }), 'container.unsupported'],
    [
      'is sparse by pax',
      Buffer.concat([paxOf('22 GNU.sparse.major=1\n'), rawHeader({ name: 'a' })]),
      'container.unsupported',
    ],
    ['comes twice', Buffer.concat([rawHeader({ name: 'a' }), rawHeader({ name: './a' })]), 'container.damaged'],
    [
      'has a negative size',
      rawHeader({
        name: 'a',
        sizeField: base256(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      }),
      'container.damaged',
    ],
    [
      'has an endless size',
      rawHeader({
        name: 'a',
        sizeField: base256(0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      }),
      'container.damaged',
    ],
    ['has words for a size', rawHeader({ name: 'a', sizeField: Buffer.from('hello world\0') }), 'container.damaged'],
    ['is larger than the archive', rawHeader({ name: 'a', size: 4096 }), 'container.truncated'],
    [
      'has a pax size beyond the archive',
      Buffer.concat([paxOf('23 size=99999999999999\n'), rawHeader({ name: 'a' })]),
      'container.truncated',
    ],
    [
      'has a pax record that lies about its length',
      Buffer.concat([paxOf('99 path=a\n'), rawHeader({ name: 'a' })]),
      'container.damaged',
    ],
    [
      'has a pax record without length',
      Buffer.concat([paxOf('0 path=a\n'), rawHeader({ name: 'a' })]),
      'container.damaged',
    ],
    [
      'gets its name from a header for all',
      Buffer.concat([paxOf('10 path=a\n', 'g'), rawHeader({ name: 'b' })]),
      'container.damaged',
    ],
    ['is announced and never comes', paxOf('10 path=a\n'), 'container.truncated'],
  ])('is refused where a member %s', async (_how, bytes, code) => {
    const end = code === 'container.truncated' ? Buffer.alloc(0) : zeros;
    await expect(walk(Buffer.concat([bytes, end]))).rejects.toMatchObject({ code });
  });

  test('is refused where it ends early, wherever that is', async () => {
    const archive = tarOf([
      ['vm.ovf', pattern(1, 700)],
      ['disk.vmdk', pattern(2, 5000)],
    ]);
    const whole = await walk(archive);
    const last = whole.at(-1);
    expect(last?.sizeBytes).toBe(5000);
    const dataEnd = (last?.start ?? 0) + 5000;
    for (let length = 1; length < dataEnd; length += 97) {
      const members = await walk(archive.subarray(0, length)).catch((error: unknown) => error);
      // Cut exactly between two members it is an archive of fewer files; the description then misses one.
      if (Array.isArray(members)) expect(members).toEqual(whole.slice(0, members.length));
      else expect(members).toMatchObject({ code: 'container.truncated' });
    }
  });

  test('is refused where one bit of a header is wrong', async () => {
    const archive = tarOf([['vm.ovf', pattern(1, 700)]]);
    for (let at = 0; at < 512; at += 13) {
      const damaged = Buffer.from(archive);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      await expect(walk(damaged)).rejects.toBeInstanceOf(GutsError);
    }
  });

  test('is refused for its sheer number of headers', async () => {
    const many = Buffer.concat(Array.from({ length: 20_001 }, (_, index) => rawHeader({ name: `f${index}` })));
    await expect(walk(many)).rejects.toMatchObject({ code: 'container.limit' });
  });

  test('never makes the walk crash or point outside, whatever bytes it holds', async () => {
    const archive = tarOf([
      ['vm.ovf', pattern(1, 700)],
      [LONG, pattern(2, 900)],
      ['b', pattern(3, 10)],
    ]);
    const flips = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const damaged = Buffer.from(archive);
        for (const [at, value] of changes) damaged[at] = value;
        const members = await walk(damaged).catch((error: unknown) => error);
        if (!Array.isArray(members)) expect(members).toBeInstanceOf(GutsError);
        else
          for (const { start, sizeBytes } of members as TarMember[])
            expect(start + sizeBytes).toBeLessThanOrEqual(damaged.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('writing an archive', () => {
  test('gives what tar unpacks to the same files', () => {
    using lab = scratch();
    const files = [
      ['vm.ovf', pattern(1, 700)],
      ['empty', Buffer.alloc(0)],
      ['Größe.vmdk', pattern(2, 512)],
      [LONG, pattern(3, 12_345)],
    ] as const;
    writeFileSync(lab.file('all.tar'), tarOf(files));

    expect(run('tar', '-C', lab.dir, '--quoting-style=literal', '-tf', lab.file('all.tar')).trim().split('\n')).toEqual(
      files.map(([name]) => name),
    );
    run('tar', '-C', lab.dir, '-xf', lab.file('all.tar'));
    for (const [name, bytes] of files) expect(execFileSync('cat', [lab.file(name)]).equals(bytes)).toBe(true);
  });

  test('says sizes of more than 8 GiB so that tar and the walker read them', async () => {
    using lab = scratch();
    const sizeBytes = 20 * GiB + 1;
    const tar = new TarWriter();
    const header = tar.header('huge.vmdk', sizeBytes, 0);
    const padding = tar.padding(sizeBytes);
    const end = tar.end();
    const file = await open(lab.file('all.tar'), 'w');
    await file.write(header, 0, header.length, 0);
    await file.truncate(header.length + sizeBytes + padding.length + end.length);
    await file.close();

    await using source = await openFile(lab.file('all.tar'));
    expect(await walk(source)).toEqual([{ name: 'huge.vmdk', start: header.length, sizeBytes }]);
    expect((header.length + sizeBytes + padding.length + end.length) % 10_240).toBe(0);
    const listed = execFileSync(
      'sh',
      ['-c', `head -c 65536 "${lab.file('all.tar')}" | tar -tvf - 2>/dev/null || true`],
      { encoding: 'utf8' },
    );
    expect(listed).toContain(String(sizeBytes));
  });
});
