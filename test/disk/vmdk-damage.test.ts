/** VMDK files that are broken or made to do harm: an error that explains, never wrong data, a crash, or memory without bound. */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GutsError } from '../../main/shared/errors.ts';
import { openImage } from '../../worker/disk/open.ts';
import {
  contentHash,
  extentsOf,
  fileHash,
  KiB,
  makeRaw,
  MiB,
  pattern,
  qemuImg,
  run,
  scratch,
} from '../support/disks.ts';
import { streamOf, writeCowd, writeDescriptor, writeSesparse } from '../support/vmdk.ts';

type Dir = ReturnType<typeof scratch>;
const SIZE = 4 * MiB;
const SECTORS = SIZE / 512;

/** Reads the whole disk: its content, or what it says is wrong. Anything but a `GutsError` fails the test. */
async function outcome(file: string): Promise<string> {
  try {
    await using image = await openImage(file);
    return image.facts.virtualSizeBytes > 64 * MiB ? `${image.facts.virtualSizeBytes} bytes` : await contentHash(image);
  } catch (error) {
    if (error instanceof GutsError) return error.code;
    throw error;
  }
}

async function readThrough(file: string): Promise<void> {
  await using image = await openImage(file);
  await extentsOf(image);
}

/** Where a sparse file has its grain directory and its first grain table, in bytes. */
function tablesOf(file: string): { readonly directory: number; readonly table: number } {
  const bytes = readFileSync(file);
  const directory = bytes.readUInt32LE(56) * 512;
  return { directory, table: bytes.readUInt32LE(directory) * 512 };
}

/** Changes some bytes of a file. */
function patch(file: string, position: number, bytes: readonly number[]): void {
  const all = readFileSync(file);
  all.set(bytes, position);
  writeFileSync(file, all);
}
function u32(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
}

async function sparse(dir: Dir, subformat = 'monolithicSparse'): Promise<string> {
  await makeRaw(dir.file('disk.raw'), SIZE, [
    { offset: 0, length: 200 * KiB },
    { offset: 3 * MiB, length: 100 * KiB },
  ]);
  qemuImg('convert', '-O', 'vmdk', '-o', `subformat=${subformat}`, dir.file('disk.raw'), dir.file('disk.vmdk'));
  return dir.file('disk.vmdk');
}

interface Kind {
  readonly open: string;
  /** The file to break, and how much of its start is structure and not data. */
  readonly file: string;
  readonly structure: number;
  /**
   * Every place is stored twice or bears its address. COWD and SESparse store a place once and bare: one that is wrong
   * but possible (in the file, and nothing else's) cannot be told from the right one.
   */
  readonly saysItTwice: boolean;
}

/** One image of each kind. */
async function kinds(dir: Dir): Promise<Kind[]> {
  for (const name of ['m', 's', 't']) mkdirSync(dir.file(name));
  const in_ = (name: string): Dir => ({ ...dir, file: (file) => dir.file(`${name}/${file}`) });
  const mono = await sparse(in_('m'));
  const stream = await sparse(in_('s'), 'streamOptimized');
  const split = await sparse(in_('t'), 'twoGbMaxExtentSparse');
  writeFileSync(
    dir.file('esx.vmdk'),
    streamOf(
      SIZE,
      [3, 0, 17].map((number) => [number, pattern(number, 64 * KiB)] as const),
    ),
  );
  writeDescriptor(dir.file('base.vmdk'), { createType: 'vmfs', cid: '11111111', extents: [`RW ${SECTORS} ZERO`] });
  const child = { cid: '22222222', parentCid: '11111111', parent: 'base.vmdk' };
  writeCowd(dir.file('c-delta.vmdk'), {
    capacitySectors: SECTORS,
    grainSectors: 8,
    grains: [9, 8, 700, 3].map((number) => [number, pattern(number, 4096)] as const),
  });
  writeDescriptor(dir.file('c.vmdk'), {
    createType: 'vmfsSparse',
    ...child,
    extents: [`RW ${SECTORS} VMFSSPARSE "c-delta.vmdk"`],
  });
  writeSesparse(dir.file('e-delta.vmdk'), {
    capacitySectors: SECTORS,
    grains: [9, 8, 700, 3].map((number, place) => ({ number, holds: { place, bytes: pattern(number, 4096) } })),
  });
  writeDescriptor(dir.file('e.vmdk'), {
    createType: 'seSparse',
    ...child,
    extents: [`RW ${SECTORS} SESPARSE "e-delta.vmdk"`],
  });
  const size = (file: string): number => readFileSync(file).length;
  return [
    { open: mono, file: mono, structure: 64 * KiB, saysItTwice: true },
    { open: stream, file: stream, structure: size(stream), saysItTwice: true },
    { open: split, file: dir.file('t/disk-s001.vmdk'), structure: 64 * KiB, saysItTwice: true },
    {
      open: dir.file('esx.vmdk'),
      file: dir.file('esx.vmdk'),
      structure: size(dir.file('esx.vmdk')),
      saysItTwice: true,
    },
    { open: dir.file('c.vmdk'), file: dir.file('c-delta.vmdk'), structure: (5 + 32) * 512, saysItTwice: false },
    { open: dir.file('e.vmdk'), file: dir.file('e-delta.vmdk'), structure: (16 + 8 + 64) * 512, saysItTwice: false },
  ];
}

describe('a damaged VMDK', () => {
  test('with a flipped bit in its structure never crashes Guts, and is never read wrong where the format says things twice', async () => {
    using dir = scratch();
    for (const { open, file, structure, saysItTwice } of await kinds(dir)) {
      const sound = readFileSync(file);
      const want = await outcome(open);
      expect(want).toMatch(/^[0-9a-f]{64}$/);
      // Most of a header and of a table is zeros; half of the flips go to what is not.
      const used = [...sound.subarray(0, structure).entries()].filter(([, byte]) => byte !== 0).map(([at]) => at);
      const places = fc.oneof(
        fc.integer({ min: 0, max: structure - 1 }),
        fc.nat({ max: used.length - 1 }).map((i) => used[i] ?? 0),
      );

      await fc.assert(
        fc.asyncProperty(places, fc.integer({ min: 0, max: 7 }), async (at, bit) => {
          const broken = Buffer.from(sound);
          broken[at] = (sound[at] ?? 0) ^ (1 << bit);
          // Without its magic number a file is a raw disk to whoever looks at the bytes alone.
          fc.pre(open !== file || at >= 4);
          writeFileSync(file, broken);
          const got = await outcome(open);
          const expected = [want, 'disk.damaged', 'disk.truncated', 'disk.limit', 'disk.unsupported'];
          expect(expected).toContain(saysItTwice || got.startsWith('disk.') ? got : want);
        }),
        { numRuns: 60 },
      );
      writeFileSync(file, sound);
    }
  });

  // One bit led to the empty sector before the directory, and the disk was read as all zeros.
  test('whose footer names another place for the grain directory is damaged', async () => {
    using dir = scratch();
    const file = dir.file('esx.vmdk');
    const sound = streamOf(SIZE, [[3, pattern(3, 64 * KiB)]]);
    const placeOfDirectory = sound.length - 2 * 512 + 56; // the footer is the last but one sector
    sound[placeOfDirectory] = (sound[placeOfDirectory] ?? 0) ^ 1;
    writeFileSync(file, sound);

    expect(await outcome(file)).toBe('disk.damaged');
  });

  test('of any kind that ends too early says so, unless only padding is gone', async () => {
    using dir = scratch();
    for (const { open, file } of await kinds(dir)) {
      const sound = readFileSync(file);
      const want = await outcome(open);

      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 21, max: sound.length - 1 }), async (length) => {
          writeFileSync(file, sound.subarray(0, length));
          expect([want, 'disk.truncated']).toContain(await outcome(open));
        }),
        { numRuns: 25 },
      );
      writeFileSync(file, sound.subarray(0, Math.floor(sound.length / 2)));
      expect(await outcome(open)).toBe('disk.truncated');
      writeFileSync(file, sound);
    }
  });

  test('whose directory is broken is read by the redundant one, with a warning', async () => {
    using dir = scratch();
    const file = await sparse(dir);
    patch(file, tablesOf(file).directory, u32(0x00ff_ffff));

    await using image = await openImage(file);

    expect(image.facts.warnings).toEqual([expect.stringContaining('redundant copy was used')]);
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test('whose two tables differ is refused, since nobody can tell which is right', async () => {
    using dir = scratch();
    const file = await sparse(dir);
    patch(file, tablesOf(file).table + 5 * 4, u32(128 * 3)); // a hole now shows another grain

    await expect(readThrough(file)).rejects.toMatchObject({
      code: 'disk.damaged',
      message: expect.stringContaining('differ'),
    });
  });

  test.each([
    ['uses a grain twice', 7 * 4, 'twice'],
    ['places data on its own tables', 5 * 4, 'where its own tables are'],
  ])('that %s is refused', async (_, entryOf, reason) => {
    using dir = scratch();
    writeCowd(dir.file('d-delta.vmdk'), {
      capacitySectors: SECTORS,
      grainSectors: 8,
      grains: [
        [0, pattern(1, 4096)],
        [1, pattern(2, 4096)],
      ],
    });
    writeDescriptor(dir.file('d.vmdk'), {
      createType: 'vmfsSparse',
      extents: [`RW ${SECTORS} VMFSSPARSE "d-delta.vmdk"`],
    });
    // The table is at sector 5, behind header and directory, and the grains at 37 and 45.
    patch(dir.file('d-delta.vmdk'), 5 * 512 + entryOf, u32(reason === 'twice' ? 41 : 30));

    await expect(readThrough(dir.file('d.vmdk'))).rejects.toMatchObject({
      code: 'disk.damaged',
      message: expect.stringContaining(reason),
    });
  });

  test('whose directory names one table twice is refused', async () => {
    using dir = scratch();
    const number = (40 * MiB) / 4096;
    writeCowd(dir.file('d-delta.vmdk'), {
      capacitySectors: (48 * MiB) / 512,
      grainSectors: 8,
      grains: [[number, pattern(1, 4096)]],
    });
    writeDescriptor(dir.file('d.vmdk'), {
      createType: 'vmfsSparse',
      extents: [`RW ${(48 * MiB) / 512} VMFSSPARSE "d-delta.vmdk"`],
    });
    patch(dir.file('d-delta.vmdk'), 4 * 512, u32(5));

    await expect(openImage(dir.file('d.vmdk'))).rejects.toMatchObject({
      code: 'disk.damaged',
      message: expect.stringContaining('overlaps'),
    });
  });

  test('whose compressed grain is another one than the table means is refused', async () => {
    using dir = scratch();
    writeFileSync(
      dir.file('disk.vmdk'),
      streamOf(SIZE, [
        [0, pattern(1, 64 * KiB)],
        [1, pattern(2, 64 * KiB)],
      ]),
    );
    const stream = readFileSync(dir.file('disk.vmdk'));
    const table = stream.length - (4 + 1 + 1 + 1 + 1 + 1) * 512;
    const [first, second] = [stream.readUInt32LE(table), stream.readUInt32LE(table + 4)];
    patch(dir.file('disk.vmdk'), table, [...u32(second), ...u32(first)]);

    await expect(readThrough(dir.file('disk.vmdk'))).rejects.toMatchObject({
      code: 'disk.damaged',
      message: expect.stringContaining('another grain'),
    });
  });

  test('that went through a transfer in text mode is recognised', async () => {
    using dir = scratch();
    const file = await sparse(dir);
    writeFileSync(file, readFileSync(file, 'latin1').replaceAll('\r\n', '\n'), 'latin1');

    await expect(openImage(file)).rejects.toMatchObject({
      code: 'disk.damaged',
      message: expect.stringContaining('line ends'),
    });
  });
});

describe('a VMDK header that claims too much', () => {
  test.each([
    ['a capacity of zero', 12, [0, 0, 0, 0]],
    ['a capacity of 2^63 sectors', 19, [0x80]],
    ['grains of 7 sectors', 20, [7, 0]],
    ['grains of 2 TiB', 24, [1]],
    ['grain tables of four billion entries', 44, [0xff, 0xff, 0xff, 0xff]],
    ['grain tables of no entries', 44, [0, 0, 0, 0]],
    ['a descriptor of 2 TiB', 40, [1]],
  ])('(%s) is refused before anything is read', async (_, position, bytes) => {
    using dir = scratch();
    const file = await sparse(dir);
    patch(file, position, bytes);

    expect(await outcome(file)).toBe('disk.limit');
  });

  test.each([
    ['an unknown compression', 77, [9], 'disk.damaged'],
    ['compression that its flags deny', 77, [1], 'disk.damaged'],
    ['version 9', 4, [9], 'disk.unsupported'],
    ['another capacity than its descriptor', 13, [0x40], 'disk.damaged'],
  ])('(%s) is refused', async (_, position, bytes, code) => {
    using dir = scratch();
    const file = await sparse(dir);
    patch(file, position, bytes);

    expect(await outcome(file)).toBe(code);
  });
});

describe('a VMDK descriptor that does not fit', () => {
  test.each([
    ['files that are shorter than their extents', ['RW 4096 FLAT "a-flat.vmdk" 0'], 'disk.truncated'],
    ['an extent that begins behind its file', ['RW 8 FLAT "a-flat.vmdk" 2048'], 'disk.truncated'],
    ['extents over each other', ['RW 1024 FLAT "a-flat.vmdk" 0', 'RW 1024 FLAT "a-flat.vmdk" 1000'], 'disk.damaged'],
    [
      'a sparse extent used twice',
      ['RW 8192 SPARSE "part-s001.vmdk"', 'RW 8192 SPARSE "part-s001.vmdk"'],
      'disk.damaged',
    ],
    ['a sparse extent of another size', ['RW 8000 SPARSE "part-s001.vmdk"'], 'disk.damaged'],
    ['a sparse extent that is none', ['RW 2048 SPARSE "a-flat.vmdk"'], 'disk.damaged'],
    ['an extent of no size', ['RW 0 FLAT "a-flat.vmdk" 0'], 'disk.damaged'],
    ['an extent without a file', ['RW 2048 FLAT'], 'disk.damaged'],
    ['no extents', [], 'disk.damaged'],
    ['a line that means nothing', ['RW 2048 FLAT "a-flat.vmdk" 0', 'SW 2048 FLAT "a-flat.vmdk" 0'], 'disk.damaged'],
    ['a disk of 2^80 sectors', ['RW 999999999999999 ZERO'], 'disk.limit'],
    ['ten thousand extents', Array.from({ length: 10_000 }, () => 'RW 1 ZERO'), 'disk.limit'],
  ])('(%s) is refused', async (_, extents, code) => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), SIZE, [{ offset: 0, length: KiB }]);
    qemuImg(
      'convert',
      '-O',
      'vmdk',
      '-o',
      'subformat=twoGbMaxExtentSparse',
      dir.file('disk.raw'),
      dir.file('part.vmdk'),
    );
    writeFileSync(dir.file('a-flat.vmdk'), pattern(1, MiB));
    writeDescriptor(dir.file('disk.vmdk'), { createType: 'custom', extents });

    expect(await outcome(dir.file('disk.vmdk'))).toBe(code);
  });

  test('because its file goes on behind it is read with a warning', async () => {
    using dir = scratch();
    writeFileSync(dir.file('a-flat.vmdk'), pattern(1, MiB));
    writeDescriptor(dir.file('disk.vmdk'), { createType: 'vmfs', extents: ['RW 1024 VMFS "a-flat.vmdk"'] });

    await using image = await openImage(dir.file('disk.vmdk'));

    expect(image.facts.warnings).toEqual([expect.stringContaining('524288 bytes more')]);
  });

  test('because it is a gigabyte long is refused unread', async () => {
    using dir = scratch();
    writeDescriptor(dir.file('disk.vmdk'), { createType: 'vmfs', extents: ['RW 1024 ZERO'] });
    truncateSync(dir.file('disk.vmdk'), 1024 * MiB);

    expect(await outcome(dir.file('disk.vmdk'))).toBe('disk.limit');
  });

  test.each(['CID=xyz', 'version=1\nparentCID=123456789'])('because “%s” is no content ID is refused', async (line) => {
    using dir = scratch();
    writeFileSync(dir.file('disk.vmdk'), `# Disk DescriptorFile\n${line}\ncreateType="vmfs"\nRW 8 ZERO\n`);

    expect(await outcome(dir.file('disk.vmdk'))).toBe('disk.damaged');
  });
});

test('a bomb in the last grain is stopped', async () => {
  using dir = scratch();
  const size = 64 * KiB + 512;
  writeFileSync(
    dir.file('disk.vmdk'),
    streamOf(size, [
      [0, pattern(1, 64 * KiB)],
      [1, Buffer.alloc(100 * MiB)],
    ]),
  );

  expect(await outcome(dir.file('disk.vmdk'))).toBe('disk.damaged');
});

test('an image whose reading is cancelled stops with the reason', async () => {
  using dir = scratch();
  run('qemu-img', 'create', '-f', 'vmdk', dir.file('disk.vmdk'), '100G');
  await using image = await openImage(dir.file('disk.vmdk'));
  const signal = AbortSignal.abort(new Error('operator cancelled'));

  await expect(image.extents(0, image.facts.virtualSizeBytes, signal).next()).rejects.toThrow('operator cancelled');
});
