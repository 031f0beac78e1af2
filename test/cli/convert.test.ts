/** `guts convert` from the outside: formats in, formats out, and what happens when something is in the way. */
import { readdirSync, statSync } from 'node:fs';
import { copyFile, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { ConvertResult } from '../../main/shared/jobs.ts';
import { guts } from '../support/guts.ts';
import { makeRaw, MiB, qemuImg, run, scratch } from '../support/disks.ts';

const KiB = 1024;
/** Data at both ends, across block borders, in single sectors, and an explicit run of zeros. */
const writes = [
  { offset: 0, length: 512 },
  { offset: 64 * KiB - 512, length: 1024 },
  { offset: 3 * MiB, length: 5 * MiB + 4096 },
  { offset: 20 * MiB + 512, length: 512 },
];
const sizeBytes = 24 * MiB;

const sources: readonly (readonly [name: string, format: string, ...options: string[]])[] = [
  ['qcow2', 'qcow2'],
  ['qcow2 with compressed clusters', 'qcow2', '-c'],
  ['monolithicSparse VMDK', 'vmdk'],
  ['streamOptimized VMDK', 'vmdk', '-o', 'subformat=streamOptimized'],
  ['dynamic VHDX', 'vhdx'],
  ['fixed VHDX', 'vhdx', '-o', 'subformat=fixed'],
  ['dynamic VHD', 'vpc', '-o', 'force_size=on'],
  ['fixed VHD', 'vpc', '-o', 'subformat=fixed,force_size=on'],
  ['VDI', 'vdi'],
];
const targets: readonly (readonly string[])[] = [
  ['--to', 'raw'],
  ['--to', 'qcow2'],
  ['--to', 'qcow2', '--compress'],
  ['--to', 'vmdk'],
];

describe('guts convert', () => {
  test.each(sources)('makes every target of a %s, equal under qemu-img', async (_, format, ...options) => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), sizeBytes, writes);
    qemuImg('convert', '-O', format, ...options, tmp.file('disk.raw'), tmp.file('in'));

    for (const [i, target] of targets.entries()) {
      const done = await guts(
        tmp.file('state'),
        'convert',
        tmp.file('in'),
        tmp.file(`out${i}`),
        ...target,
        '--verify',
        'content',
        '--json',
      );

      expect(done, done.stderr).toMatchObject({ code: 0 });
      expect(ConvertResult.parse(JSON.parse(done.stdout)).disks[0]?.contentDigest).toMatch(/^[0-9a-f]{64}$/);
      qemuImg('compare', tmp.file('disk.raw'), tmp.file(`out${i}`));
      if (target[1] === 'qcow2') qemuImg('check', tmp.file(`out${i}`));
    }
  });

  test.each([512, 64 * KiB - 512, 64 * KiB + 512, 5 * MiB + 3 * 512])(
    'keeps a disk of %i bytes to the last sector',
    async (size) => {
      using tmp = scratch();
      await makeRaw(tmp.file('disk.raw'), size, [{ offset: 0, length: size }]);
      await guts(tmp.file('state'), 'convert', tmp.file('disk.raw'), tmp.file('disk.vmdk'));

      for (const [i, source] of [tmp.file('disk.raw'), tmp.file('disk.vmdk')].entries()) {
        for (const [j, target] of targets.entries()) {
          const out = tmp.file(`out${i}${j}`);
          const done = await guts(tmp.file('state'), 'convert', source, out, ...target, '--verify', 'content');
          expect(done, done.stderr).toMatchObject({ code: 0 });
          qemuImg('compare', tmp.file('disk.raw'), out);
          if (target[1] === 'qcow2') qemuImg('check', out);
        }
      }
    },
  );

  test('keeps holes: an empty disk of 1 TiB becomes a small file', async () => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), 2 ** 40, [{ offset: 2 ** 39, length: 4096 }]);

    for (const to of ['raw', 'qcow2', 'vmdk']) {
      const done = await guts(tmp.file('state'), 'convert', tmp.file('disk.raw'), tmp.file(`out.${to}`));
      expect(done, done.stderr).toMatchObject({ code: 0 });
      expect(statSync(tmp.file(`out.${to}`)).blocks * 512).toBeLessThan(2 * MiB);
    }
  });

  test('carries compressed blocks over with the digest of a plain conversion and the SHA-512 of the file', async () => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), sizeBytes, writes);
    qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', tmp.file('disk.raw'), tmp.file('in.vmdk'));

    const done = await guts(
      tmp.file('state'),
      'convert',
      tmp.file('in.vmdk'),
      tmp.file('out.qcow2'),
      '--compress',
      '--verify',
      'content',
      '--json',
    );

    const disk = ConvertResult.parse(JSON.parse(done.stdout)).disks[0];
    expect(disk?.route).toBe('carry-over');
    expect(disk?.sha512).toBe(run('sha512sum', tmp.file('out.qcow2')).split(' ')[0]);
    const digest = await guts(tmp.file('state'), 'digest', tmp.file('disk.raw'));
    expect(digest.stdout).toContain(disk?.contentDigest);
    expect(disk?.readBytes).toBe(statSync(tmp.file('in.vmdk')).size);
  });

  test.each([['--compress'], ['--lanes', '1']])('writes the same bytes for the same disk: %s %s', async (...flags) => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), sizeBytes, writes);

    for (const name of ['a', 'b'])
      await guts(tmp.file('state'), 'convert', tmp.file('disk.raw'), tmp.file(`${name}.qcow2`), ...flags);

    expect(await readFile(tmp.file('a.qcow2'))).toEqual(await readFile(tmp.file('b.qcow2')));
  });

  test('never replaces a file unasked, and never the one that it reads', async () => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), MiB, [{ offset: 0, length: 4096 }]);
    await writeFile(tmp.file('out.qcow2'), 'precious');

    const refused = await guts(tmp.file('state'), 'convert', tmp.file('disk.raw'), tmp.file('out.qcow2'));
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/destination\.exists[^]*--force/);
    expect(await readFile(tmp.file('out.qcow2'), 'utf8')).toBe('precious');

    const itself = await guts(tmp.file('state'), 'convert', tmp.file('disk.raw'), tmp.file('disk.raw'), '--force');
    expect(itself).toMatchObject({ code: 1 });
    expect(statSync(tmp.file('disk.raw')).size).toBe(MiB);

    const forced = await guts(tmp.file('state'), 'convert', tmp.file('disk.raw'), tmp.file('out.qcow2'), '--force');
    expect(forced).toMatchObject({ code: 0 });
    qemuImg('compare', tmp.file('disk.raw'), tmp.file('out.qcow2'));
  });

  test('tells a flipped bit in a compressed block, also where blocks are carried over', async () => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), sizeBytes, writes);
    qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', tmp.file('disk.raw'), tmp.file('in.vmdk'));
    const file = await open(tmp.file('in.vmdk'), 'r+');
    const byte = Buffer.alloc(1);
    const at = Math.floor(statSync(tmp.file('in.vmdk')).size / 2);
    await file.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 0x10;
    await file.write(byte, 0, 1, at);
    await file.close();

    for (const options of [[], ['--compress']]) {
      const done = await guts(tmp.file('state'), 'convert', tmp.file('in.vmdk'), tmp.file('out.qcow2'), ...options);
      expect(done).toMatchObject({ code: 1 });
      expect(done.stderr).toMatch(/disk\.damaged[^]*What to do/);
    }
    expect(readdirSync(tmp.dir).toSorted()).toEqual(['disk.raw', 'in.vmdk', 'state']);
  });

  test.each(sources)('says what a truncated %s lacks, and leaves nothing behind', async (_, format, ...options) => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), sizeBytes, writes);
    qemuImg('convert', '-O', format, ...options, tmp.file('disk.raw'), tmp.file('whole'));

    const { size } = statSync(tmp.file('whole'));
    for (const share of [0.02, 0.5, 0.9]) {
      await copyFile(tmp.file('whole'), tmp.file('in'));
      await truncate(tmp.file('in'), Math.floor(size * share));
      const done = await guts(
        tmp.file('state'),
        'convert',
        tmp.file('in'),
        tmp.file('out.raw'),
        ...(format === 'vpc' ? ['--from', 'vhd'] : []),
      );
      if (done.code === 0) qemuImg('compare', tmp.file('disk.raw'), tmp.file('out.raw')); // what was cut off held nothing
      else {
        expect(done.stderr).toMatch(/guts: disk\.[a-z-]+: [^]*What to do: /);
        expect(readdirSync(tmp.dir).toSorted()).toEqual(['disk.raw', 'in', 'state', 'whole']);
      }
    }
  });

  test.runIf(process.getuid?.() === 0)('gives up in good order when the destination is full', async () => {
    using tmp = scratch();
    await makeRaw(tmp.file('disk.raw'), sizeBytes, writes);
    run('mkdir', tmp.file('small'));
    run('mount', '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', tmp.file('small'));
    try {
      for (const options of [[], ['--compress']]) {
        const done = await guts(
          tmp.file('state'),
          'convert',
          tmp.file('disk.raw'),
          tmp.file('small/out.qcow2'),
          ...options,
        );
        expect(done).toMatchObject({ code: 1 });
        expect(done.stderr).toContain('destination.full');
        expect(readdirSync(tmp.file('small'))).toEqual([]);
      }
    } finally {
      run('umount', tmp.file('small'));
    }
  });

  test('shows a name that would steer the terminal without letting it', async () => {
    using tmp = scratch();

    const done = await guts(tmp.file('state'), 'convert', tmp.file('a\u001b[2Jb.vmdk'), tmp.file('out.raw'));

    expect(done.stderr).toContain('a\ufffd[2Jb.vmdk');
    expect(done.stderr).not.toContain('\u001b');
  });

  test('tells wrong words from a failure by its exit code', async () => {
    using tmp = scratch();

    expect(await guts(tmp.file('state'), 'convert', 'only-one-file')).toMatchObject({ code: 2 });
    expect(await guts(tmp.file('state'), 'convert', 'a', 'b', '--to', 'floppy')).toMatchObject({ code: 2 });
    expect(await guts(tmp.file('state'), 'convert', 'a', 'b.raw', '--compress')).toMatchObject({ code: 2 });
    expect(await guts(tmp.file('state'), 'convert', 'a', 'b.vhdx')).toMatchObject({ code: 2 });
    const missing = await guts(tmp.file('state'), 'convert', tmp.file('nowhere.vmdk'), tmp.file('b.raw'), '--json');
    expect(missing).toMatchObject({ code: 1 });
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'disk.file-missing' } });
    expect(missing.stderr).toContain('What to do');
    expect(await guts(tmp.file('state'), '--version')).toMatchObject({ code: 0 });
  });
});
