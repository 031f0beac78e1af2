/** VMDK snapshots: children of every kind over their parents, and chains that do not fit together. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, unlinkSync } from 'node:fs';
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
import { writeCowd, writeDescriptor, writeSesparse, type DescriptorWish } from '../support/vmdk.ts';

type Dir = ReturnType<typeof scratch>;
const SIZE = 24 * MiB;
const SECTORS = SIZE / 512;

/** A flat base disk as on a datastore, `base.vmdk`, with content ID 11111111. */
async function makeBase(dir: Dir): Promise<void> {
  await makeRaw(dir.file('base-flat.vmdk'), SIZE, [
    { offset: 0, length: 3 * MiB, seed: 1 },
    { offset: 16 * MiB, length: 8 * MiB, seed: 2 },
  ]);
  writeDescriptor(dir.file('base.vmdk'), {
    createType: 'vmfs',
    cid: '11111111',
    extents: [`RW ${SECTORS} VMFS "base-flat.vmdk"`],
  });
}

function describeDelta(
  dir: Dir,
  name: string,
  kind: 'VMFSSPARSE' | 'SESPARSE',
  more: Partial<DescriptorWish> = {},
): void {
  writeDescriptor(dir.file(`${name}.vmdk`), {
    createType: kind === 'SESPARSE' ? 'seSparse' : 'vmfsSparse',
    cid: '22222222',
    parentCid: '11111111',
    parent: 'base.vmdk',
    extents: [`RW ${SECTORS} ${kind} "${name}-delta.vmdk"`],
    ...more,
  });
}

/** Bytes with changes laid over them. */
function changed(bytes: Buffer, changes: readonly (readonly [number, Uint8Array])[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [offset, piece] of changes) copy.set(piece, offset);
  return copy;
}

async function guestBytes(file: string): Promise<Buffer> {
  await using image = await openImage(file);
  const bytes = Buffer.alloc(image.facts.virtualSizeBytes, 0xee);
  await readGuest(image, 0, bytes);
  return bytes;
}

/** What qemu-img makes of the same files. */
function throughQemu(dir: Dir, name: string): Buffer {
  qemuImg('convert', '-f', 'vmdk', '-O', 'raw', dir.file(name), dir.file('seen-by-qemu.raw'));
  return readFileSync(dir.file('seen-by-qemu.raw'));
}

describe('a snapshot on vSphere', () => {
  test.each([1, 8, 128])(
    'that is a COWD redo log with grains of %i sectors shows its changes over the base',
    async (grainSectors) => {
      using dir = scratch();
      await makeBase(dir);
      const grainBytes = grainSectors * 512;
      const numbers = [5, 6, 0, SIZE / grainBytes - 1, Math.floor((17 * MiB) / grainBytes)];
      const grains = numbers.map((number) => [number, pattern(number + 9, grainBytes)] as const);
      writeCowd(dir.file('vm-000001-delta.vmdk'), { capacitySectors: SECTORS, grainSectors, grains });
      describeDelta(dir, 'vm-000001', 'VMFSSPARSE');

      const seen = await guestBytes(dir.file('vm-000001.vmdk'));

      const base = readFileSync(dir.file('base-flat.vmdk'));
      expect(
        seen.equals(
          changed(
            base,
            grains.map(([number, bytes]) => [number * grainBytes, bytes]),
          ),
        ),
      ).toBe(true);
      expect(seen.equals(throughQemu(dir, 'vm-000001.vmdk'))).toBe(true);
    },
  );

  test('that is an SESparse delta shows its changes, its zeros and its unmapped grains over the base', async () => {
    using dir = scratch();
    await makeBase(dir);
    const data = [
      { number: 6000, place: 0 }, // the second table is the first in the file
      { number: 0, place: 4095 },
      { number: 1, place: 4096 }, // beyond 4,095 the place needs both of its fields
      { number: 2, place: 70_001 },
      { number: SIZE / 4096 - 1, place: 7 },
    ].map(({ number, place }) => ({ number, holds: { place, bytes: pattern(number + 3, 4096) } }));
    const grains = [...data, { number: 3, holds: 'zero' as const }, { number: 4, holds: 'unmapped' as const }];
    writeSesparse(dir.file('vm-000001-delta.vmdk'), { capacitySectors: SECTORS, grains });
    describeDelta(dir, 'vm-000001', 'SESPARSE');

    const seen = await guestBytes(dir.file('vm-000001.vmdk'));

    const base = readFileSync(dir.file('base-flat.vmdk'));
    const changes = data.map(({ number, holds }) => [number * 4096, holds.bytes] as const);
    expect(seen.equals(changed(base, [...changes, [3 * 4096, Buffer.alloc(2 * 4096)]]))).toBe(true);
    expect(seen.equals(throughQemu(dir, 'vm-000001.vmdk'))).toBe(true);
  });

  test('on a snapshot on a snapshot folds into one disk, newest first', async () => {
    using dir = scratch();
    await makeBase(dir);
    writeCowd(dir.file('vm-000001-delta.vmdk'), {
      capacitySectors: SECTORS,
      grainSectors: 8,
      grains: [
        [0, pattern(70, 4096)],
        [1, pattern(71, 4096)],
      ],
    });
    describeDelta(dir, 'vm-000001', 'VMFSSPARSE');
    writeSesparse(dir.file('vm-000002-delta.vmdk'), {
      capacitySectors: SECTORS,
      grains: [{ number: 1, holds: { place: 0, bytes: pattern(80, 4096) } }],
    });
    describeDelta(dir, 'vm-000002', 'SESPARSE', { cid: '33333333', parentCid: '22222222', parent: 'vm-000001.vmdk' });

    await using image = await openImage(dir.file('vm-000002.vmdk'));
    const first = Buffer.alloc(3 * 4096);
    await readGuest(image, 0, first);

    expect(image.facts.chain.map(({ variant }) => variant)).toEqual(['seSparse', 'vmfsSparse', 'vmfs']);
    expect(image.identity).toBe('33333333');
    expect(
      first.equals(Buffer.concat([pattern(70, 4096), pattern(80, 4096), pattern(1, 3 * MiB).subarray(8192, 12_288)])),
    ).toBe(true);
  });

  test('finds its parent by the name alone when the path is that of another datastore', async () => {
    using dir = scratch();
    await makeBase(dir);
    writeCowd(dir.file('vm-000001-delta.vmdk'), { capacitySectors: SECTORS, grainSectors: 8, grains: [] });
    describeDelta(dir, 'vm-000001', 'VMFSSPARSE', { parent: '/vmfs/volumes/5f3a-11/template/base.vmdk' });

    expect((await guestBytes(dir.file('vm-000001.vmdk'))).equals(readFileSync(dir.file('base-flat.vmdk')))).toBe(true);
  });

  test('of a 2 TiB disk with little in it is read through by its tables alone', async () => {
    using dir = scratch();
    const capacitySectors = (2048 * GiB) / 512;
    writeDescriptor(dir.file('base.vmdk'), {
      createType: 'vmfs',
      cid: '11111111',
      extents: [`RW ${capacitySectors} ZERO`],
    });
    const number = (1999 * GiB) / 4096;
    writeSesparse(dir.file('vm-000001-delta.vmdk'), {
      capacitySectors,
      grains: [{ number, holds: { place: 1, bytes: pattern(4, 4096) } }],
    });
    describeDelta(dir, 'vm-000001', 'SESPARSE', { extents: [`RW ${capacitySectors} SESPARSE "vm-000001-delta.vmdk"`] });

    await using image = await openImage(dir.file('vm-000001.vmdk'));

    expect((await extentsOf(image)).map(({ kind, offset, length }) => [kind, offset, length])).toEqual([
      ['zero', 0, 1999 * GiB],
      ['data', 1999 * GiB, 4096],
      ['zero', 1999 * GiB + 4096, 49 * GiB - 4096],
    ]);
  });

  test('whose SESparse journal was not played back is refused rather than read wrong', async () => {
    using dir = scratch();
    await makeBase(dir);
    writeSesparse(dir.file('vm-000001-delta.vmdk'), { capacitySectors: SECTORS, grains: [], needsReplay: true });
    describeDelta(dir, 'vm-000001', 'SESPARSE');

    await expect(openImage(dir.file('vm-000001.vmdk'))).rejects.toMatchObject({
      code: 'disk.unsupported',
      message: expect.stringContaining('journal'),
    });
  });

  test('whose redo log was not closed properly is read with a warning', async () => {
    using dir = scratch();
    await makeBase(dir);
    writeCowd(dir.file('vm-000001-delta.vmdk'), {
      capacitySectors: SECTORS,
      grainSectors: 8,
      grains: [],
      isUnclean: true,
    });
    describeDelta(dir, 'vm-000001', 'VMFSSPARSE');

    await using image = await openImage(dir.file('vm-000001.vmdk'));

    expect(image.facts.warnings).toEqual([expect.stringContaining('was not closed properly')]);
  });

  test.each(['VMFSSPARSE', 'SESPARSE'] as const)(
    'opened by its data file (%s) is refused: without the descriptor nobody knows the parent',
    async (kind) => {
      using dir = scratch();
      if (kind === 'SESPARSE') writeSesparse(dir.file('d.vmdk'), { capacitySectors: SECTORS, grains: [] });
      else writeCowd(dir.file('d.vmdk'), { capacitySectors: SECTORS, grainSectors: 8, grains: [] });

      await expect(openImage(dir.file('d.vmdk'))).rejects.toMatchObject({
        code: 'disk.unsupported',
        remedy: expect.stringContaining('descriptor'),
      });
    },
  );
});

describe('a child on Workstation or QEMU', () => {
  test.each(['monolithicSparse', 'twoGbMaxExtentSparse'])(
    '(%s) shows its parent where it has nothing of its own',
    async (subformat) => {
      using dir = scratch();
      await makeRaw(dir.file('base.raw'), SIZE, [{ offset: MiB, length: 4 * MiB, seed: 3 }]);
      qemuImg('convert', '-O', 'vmdk', dir.file('base.raw'), dir.file('base.vmdk'));
      qemuImg(
        'create',
        '-f',
        'vmdk',
        '-o',
        `subformat=${subformat}`,
        '-b',
        'base.vmdk',
        '-F',
        'vmdk',
        dir.file('child.vmdk'),
      );
      run('qemu-io', '-f', 'vmdk', '-c', 'write -P 9 2M 70k', '-c', 'write -P 8 20M 64k', dir.file('child.vmdk'));

      await using image = await openImage(dir.file('child.vmdk'));

      qemuImg('convert', '-f', 'vmdk', '-O', 'raw', dir.file('child.vmdk'), dir.file('want.raw'));
      expect(await contentHash(image)).toBe(await fileHash(dir.file('want.raw')));
      expect(image.facts.chain).toHaveLength(2);
    },
  );
});

describe('a chain that does not fit together', () => {
  /** A child `child.vmdk` on `base.vmdk`. */
  async function chain(dir: Dir): Promise<void> {
    await makeRaw(dir.file('base.raw'), 4 * MiB, [{ offset: MiB, length: KiB }]);
    qemuImg('convert', '-O', 'vmdk', dir.file('base.raw'), dir.file('base.vmdk'));
    qemuImg('create', '-f', 'vmdk', '-b', 'base.vmdk', '-F', 'vmdk', dir.file('child.vmdk'));
  }

  test('because the parent was written to says that it is not the same any more', async () => {
    using dir = scratch();
    await chain(dir);
    run('qemu-io', '-f', 'vmdk', '-c', 'write -P 9 0 512', dir.file('base.vmdk')); // gives it a new content ID

    await expect(openImage(dir.file('child.vmdk'))).rejects.toMatchObject({ code: 'disk.parent-mismatch' });
  });

  test('because the parent is missing names it', async () => {
    using dir = scratch();
    await chain(dir);
    unlinkSync(dir.file('base.vmdk'));

    await expect(openImage(dir.file('child.vmdk'))).rejects.toMatchObject({
      code: 'disk.file-missing',
      message: expect.stringContaining('base.vmdk'),
    });
  });

  test('is found when the operator names the folder of the parent', async () => {
    using dir = scratch();
    await chain(dir);
    mkdirSync(dir.file('templates'));
    renameSync(dir.file('base.vmdk'), dir.file('templates/base.vmdk'));

    await using image = await openImage(dir.file('child.vmdk'), { allowFrom: [dir.file('templates')] });

    expect(await contentHash(image)).toBe(await fileHash(dir.file('base.raw')));
  });

  test('because the parent is no VMDK is refused', async () => {
    using dir = scratch();
    await chain(dir);
    copyFileSync(dir.file('base.raw'), dir.file('base.vmdk'));

    await expect(openImage(dir.file('child.vmdk'))).rejects.toMatchObject({
      code: 'disk.damaged',
      message: expect.stringContaining('begin like a VMDK'),
    });
  });

  test('because it goes round in a circle is refused', async () => {
    using dir = scratch();
    for (const [name, parent] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      writeDescriptor(dir.file(`${name}.vmdk`), {
        createType: 'vmfs',
        cid: '11111111',
        parentCid: '11111111',
        parent: `${parent}.vmdk`,
        extents: ['RW 8 ZERO'],
      });
    }

    await expect(openImage(dir.file('a.vmdk'))).rejects.toMatchObject({
      code: 'disk.damaged',
      message: expect.stringContaining('ancestor'),
    });
  });

  test('because the child has a parent file but no parent content is refused', async () => {
    using dir = scratch();
    await chain(dir);
    writeDescriptor(dir.file('child.vmdk'), { createType: 'vmfs', parent: 'base.vmdk', extents: ['RW 8 ZERO'] });

    await expect(openImage(dir.file('child.vmdk'))).rejects.toMatchObject({
      code: 'disk.damaged',
      message: expect.stringContaining('parent'),
    });
  });
});
