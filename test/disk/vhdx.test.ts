/** VHDX disks of several programs: what they hold, how they are described, and how chains of them fold. */
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readGuest } from '../../worker/disk/extents.ts';
import { openImage } from '../../worker/disk/open.ts';
import {
  contentHash,
  extentsOf,
  fileHash,
  GiB,
  KiB,
  makeRaw,
  MiB,
  pattern,
  qemuImg,
  run,
  scratch,
} from '../support/disks.ts';
import { changed, itemAt, vhdxtool, withVhdxtool } from '../support/vhdx.ts';

const CONTENT = [
  { offset: 0, length: 100 * KiB },
  { offset: 3 * MiB - 512, length: MiB + 1024 },
  { offset: 17 * MiB, length: 5 * MiB },
];

describe('a VHDX disk', () => {
  test.each([
    ['dynamic', 1, 40 * MiB],
    ['dynamic', 2, 40 * MiB - 512],
    ['dynamic', 32, 40 * MiB],
    ['dynamic', 256, 40 * MiB + 1536],
    ['fixed', 1, 24 * MiB],
    ['fixed', 8, 23 * MiB + 512],
  ])('that qemu-img wrote %s in blocks of %i MiB (%i bytes) reads as its source', async (subformat, blockMiB, size) => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), size, [...CONTENT, { offset: size - 512, length: 512 }]);
    const options = `subformat=${subformat},block_size=${blockMiB * MiB}`;
    qemuImg('convert', '-f', 'raw', '-O', 'vhdx', '-o', options, dir.file('disk.raw'), dir.file('disk.vhdx'));

    await using image = await openImage(dir.file('disk.vhdx'));

    expect(image.facts).toMatchObject({ format: 'vhdx', virtualSizeBytes: size, sectorSizeBytes: 512, warnings: [] });
    expect(image.facts.creator).toMatch(/^QEMU v\d/);
    expect(image.facts.chain).toHaveLength(1);
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test('with fixed blocks in a row is one long extent, and any part of it is cut to the byte', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 24 * MiB, [{ offset: 0, length: 24 * MiB }]);
    qemuImg(
      'convert',
      '-O',
      'vhdx',
      '-o',
      'subformat=fixed,block_size=1M',
      dir.file('disk.raw'),
      dir.file('disk.vhdx'),
    );
    await using image = await openImage(dir.file('disk.vhdx'));

    const extents = await extentsOf(image);
    const part = Buffer.alloc(2 * MiB);
    await readGuest(image, 17 * MiB - 1000, part);

    expect(extents).toMatchObject([{ kind: 'data', offset: 0, length: 24 * MiB }]);
    expect(image.facts).toMatchObject({ variant: 'fixed', allocatedBytes: 24 * MiB });
    expect(part.equals(pattern(1, 20 * MiB).subarray(17 * MiB - 1000, 19 * MiB - 1000))).toBe(true);
  });

  test('has blocks that were never written as holes, and cleared ones as zeros', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 16 * MiB, [{ offset: 9 * MiB, length: 512 }]);
    vhdxtool('mkdyn', dir.file('disk.raw'), dir.file('disk.vhdx'), '--block', `${MiB}`, '--states', 'mixed');

    await using image = await openImage(dir.file('disk.vhdx'));

    const kinds = (await extentsOf(image)).map(({ kind, offset, length }) => `${kind} ${offset / MiB} ${length / MiB}`);
    expect(kinds.slice(0, 6)).toEqual(['hole 0 1', 'zero 1 3', 'hole 4 1', 'zero 5 3', 'hole 8 1', 'data 9 1']);
    expect(image.facts).toMatchObject({ variant: 'dynamic', allocatedBytes: MiB, creator: 'Guts lab vhdxtool' });
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test('with sectors of 4096 bytes says so, and what that means for the target', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 32 * MiB, [{ offset: 7 * MiB, length: MiB + 4096 }]);
    vhdxtool('mkdyn', dir.file('disk.raw'), dir.file('disk.vhdx'), '--block', `${MiB}`, '--sector', '4096');

    await using image = await openImage(dir.file('disk.vhdx'));

    expect(image.facts.sectorSizeBytes).toBe(4096);
    expect(image.facts.warnings).toEqual([expect.stringContaining('4096-byte sectors')]);
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });
});

describe('a VHDX disk beyond 4 GiB, where sector bitmap entries stand between the block entries', () => {
  const PLACES = [0, 4 * GiB - 2 * MiB, 4 * GiB, 4 * GiB + 2 * MiB, 8 * GiB - 512, 8 * GiB];

  test('of qemu-img has every block in its place', async () => {
    using dir = scratch();
    await makeRaw(
      dir.file('big.raw'),
      9 * GiB,
      PLACES.map((offset) => ({ offset, length: 64 * KiB })),
    );
    qemuImg('convert', '-f', 'raw', '-O', 'vhdx', '-o', 'block_size=1M', dir.file('big.raw'), dir.file('big.vhdx'));

    await using image = await openImage(dir.file('big.vhdx'));

    for (const offset of PLACES) {
      const bytes = Buffer.alloc(offset === 8 * GiB - 512 ? 512 : 64 * KiB); // the next place begins there
      await readGuest(image, offset, bytes);
      expect(bytes.equals(pattern(offset + 1, 64 * KiB).subarray(0, bytes.length)), `at ${offset}`).toBe(true);
    }
    expect(image.facts.allocatedBytes).toBe(6 * MiB);
  });

  test('of 40 GiB has every block in its place, and holes of gigabytes are one extent each', async () => {
    using dir = scratch();
    const code = `
w = vx.Writer(a[0], 40 << 30)
for i in (0, 2047, 2048, 2049, 20479): w.set_block(i, vx.FULL, b'block %d.' % i * 1000)
w.close()`;
    withVhdxtool(code, dir.file('big.vhdx'));

    await using image = await openImage(dir.file('big.vhdx'));

    expect((await extentsOf(image)).map(({ kind, offset, length }) => [kind, offset / MiB, length / MiB])).toEqual([
      ['data', 0, 2],
      ['hole', 2, 2046 * 2],
      ['data', 2047 * 2, 6],
      ['hole', 2050 * 2, 18_429 * 2],
      ['data', 20_479 * 2, 2],
    ]);
    for (const block of [0, 2047, 2048, 2049, 20_479]) {
      const start = Buffer.alloc(12);
      await readGuest(image, block * 2 * MiB, start);
      expect(start.toString('latin1')).toBe(`block ${block}.block ${block}.`.slice(0, 12));
    }
  });

  test('of 64 TiB opens, and one beyond that is refused', async () => {
    using dir = scratch();
    qemuImg('create', '-f', 'vhdx', '-o', 'block_size=256M', dir.file('huge.vhdx'), '64T');
    const larger = changed(dir.file('huge.vhdx'), dir.file('larger.vhdx'), (image) => {
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(64n << 40n);
      image.writeBigUInt64LE((64n << 40n) + 512n, image.indexOf(size, 2 * MiB));
    });

    await using image = await openImage(dir.file('huge.vhdx'));

    expect(await extentsOf(image)).toMatchObject([{ kind: 'zero', length: 64 * 1024 * GiB }]);
    await expect(openImage(larger)).rejects.toMatchObject({ code: 'disk.limit' });
  });
});

/** A base, a child with cleared blocks and single sectors, and a grandchild that was written last. */
async function chainIn(dir: { file(name: string): string }, sector = 512): Promise<void> {
  await makeRaw(dir.file('base.raw'), 24 * MiB, [{ offset: 0, length: 20 * MiB }]);
  vhdxtool('mkdyn', dir.file('base.raw'), dir.file('base.vhdx'), '--sector', `${sector}`);
  const code = `
s = int(a[3])
rows = lambda *w: [(o, vx.pattern(seed, n)) for o, n, seed in w]
vx.mkdiff(a[0], a[1], rows((s, s, 'one'), (3*s, 5*s, 'few'), (6 << 20, 2 << 20, 'all'), (24*(1 << 20) - s, s, 'end')), holes={1: vx.ZERO, 4: vx.UNMAPPED, 5: vx.UNDEFINED})
vx.mkdiff(a[1], a[2], rows((4*s, s, 'over'), (2*(1 << 20) + 9*s, 7*s, 'back'), (9 << 20, s, 'new')), block=1 << 20)`;
  withVhdxtool(code, dir.file('base.vhdx'), dir.file('child.avhdx'), dir.file('grandchild.avhdx'), `${sector}`);
}

describe('a differencing VHDX', () => {
  test.each([512, 4096])('folds three generations sector by sector (%i bytes each)', async (sector) => {
    using dir = scratch();
    await chainIn(dir, sector);

    for (const name of ['child.avhdx', 'grandchild.avhdx']) {
      vhdxtool('toraw', dir.file(name), dir.file('truth.raw'));
      await using image = await openImage(dir.file(name));
      expect(image.facts.variant).toBe('differencing');
      expect([name, await contentHash(image)]).toEqual([name, await fileHash(dir.file('truth.raw'))]);
    }
    await using image = await openImage(dir.file('grandchild.avhdx'));
    expect(image.facts.chain.map(({ name, variant }) => [name.split('/').at(-1), variant])).toEqual([
      ['grandchild.avhdx', 'differencing'],
      ['child.avhdx', 'differencing'],
      ['base.vhdx', 'dynamic'],
    ]);
  });

  test('gives the right bytes for every way to cut a chain', async () => {
    using dir = scratch();
    await chainIn(dir);
    vhdxtool('toraw', dir.file('grandchild.avhdx'), dir.file('truth.raw'));
    await using truth = await openImage(dir.file('truth.raw'), { format: 'raw' });
    await using image = await openImage(dir.file('grandchild.avhdx'));

    for (const [from, length] of [
      [0, 512],
      [511, 2],
      [512, 4096],
      [1700, 3000],
      [2 * MiB - 1, 6000],
      [8 * MiB - 3, MiB + 700],
    ] as const) {
      const [got, want] = [Buffer.alloc(length, 1), Buffer.alloc(length, 2)];
      await readGuest(image, from, got);
      await readGuest(truth, from, want);
      expect(got.equals(want), `${length} bytes at ${from}`).toBe(true);
    }
  });

  test('hides what its parent has where the guest cleared a block', async () => {
    using dir = scratch();
    await chainIn(dir);

    await using image = await openImage(dir.file('child.avhdx'));

    for (const block of [1, 4, 5]) {
      const bytes = Buffer.alloc(2 * MiB, 1);
      await readGuest(image, block * 2 * MiB, bytes);
      expect(
        bytes.every((byte) => byte === 0),
        `block ${block}`,
      ).toBe(true);
    }
  });

  test('knows its parent by a GUID in capitals too', async () => {
    using dir = scratch();
    await chainIn(dir);
    changed(dir.file('child.avhdx'), dir.file('loud.avhdx'), (image) => {
      const at = image.indexOf(Buffer.from('{', 'utf16le'), itemAt('locator'));
      image.write(image.toString('utf16le', at, at + 76).toUpperCase(), at, 'utf16le');
    });

    await using image = await openImage(dir.file('loud.avhdx'));

    expect(image.facts.chain).toHaveLength(2);
  });

  test('refuses a parent that was written after the child was made', async () => {
    using dir = scratch();
    await chainIn(dir);
    vhdxtool('mkdyn', dir.file('base.raw'), dir.file('base.vhdx')); // the same bytes under a new data write GUID

    await expect(openImage(dir.file('child.avhdx'))).rejects.toMatchObject({ code: 'disk.parent-mismatch' });
    await expect(openImage(dir.file('grandchild.avhdx'))).rejects.toMatchObject({ code: 'disk.parent-mismatch' });
  });

  test('finds its parent only where the operator allows it', async () => {
    using dir = scratch();
    await chainIn(dir);
    mkdirSync(dir.file('gold'));
    renameSync(dir.file('base.vhdx'), dir.file('gold/base.vhdx'));
    mkdirSync(dir.file('vm'));
    renameSync(dir.file('child.avhdx'), dir.file('vm/child.avhdx'));

    const missing = { code: 'disk.file-missing', remedy: expect.stringContaining('--allow-from') };
    await expect(openImage(dir.file('vm/child.avhdx'))).rejects.toMatchObject(missing);
    await using image = await openImage(dir.file('vm/child.avhdx'), { allowFrom: [dir.file('gold')] });
    expect(image.facts.chain).toHaveLength(2);
  });

  test('that is its own parent is refused', async () => {
    using dir = scratch();
    await chainIn(dir);
    copyFileSync(dir.file('child.avhdx'), dir.file('base.vhdx')); // it names base.vhdx as its parent

    await expect(openImage(dir.file('base.vhdx'))).rejects.toMatchObject({ code: 'disk.damaged' });
  });
});

test('libvhdi and Guts agree on what a VHDX of qemu-img is', async () => {
  using dir = scratch();
  qemuImg('create', '-f', 'vhdx', '-o', 'block_size=4M', dir.file('disk.vhdx'), '48M');

  await using image = await openImage(dir.file('disk.vhdx'));

  const info = run('vhdiinfo', dir.file('disk.vhdx'));
  expect(info).toMatch(/Disk type\s*: Dynamic/);
  expect(info).toContain(`(${image.facts.virtualSizeBytes} bytes)`);
});
