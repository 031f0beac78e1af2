/** VHD disks of several programs: what they hold, how large they are, how chains of them fold, and what is refused. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { GutsError } from '../../main/shared/errors.ts';
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
import { vhdSum as sum } from '../lab/hyperv/vhd-footer.ts';
import { VHD, writeVhd, type VhdPlan } from '../support/vhd.ts';
import { openMemory } from '../support/vhdx.ts';

const qemuSize = (file: string): number =>
  (JSON.parse(qemuImg('info', '-f', 'vpc', '--output=json', file)) as { 'virtual-size': number })['virtual-size'];

describe('a VHD disk', () => {
  test.each([
    ['dynamic', 'on', 'qem2', 40 * MiB],
    ['dynamic', 'on', 'qem2', 40 * MiB - 512],
    ['dynamic', 'off', 'qemu', 40 * MiB],
    ['fixed', 'on', 'qem2', 24 * MiB + 512],
    ['fixed', 'off', 'qemu', 24 * MiB],
  ])(
    'that qemu-img wrote %s with force_size=%s (%s, %i bytes) reads as under qemu-img',
    async (variant, force, creator, size) => {
      using dir = scratch();
      await makeRaw(dir.file('disk.raw'), size, [
        { offset: 0, length: 100 * KiB },
        { offset: 3 * MiB - 512, length: MiB + 1024 },
        { offset: 17 * MiB, length: 5 * MiB },
        { offset: size - 512, length: 512 },
      ]);
      const options = `subformat=${variant},force_size=${force}`;
      qemuImg('convert', '-f', 'raw', '-O', 'vpc', '-o', options, dir.file('disk.raw'), dir.file('disk.vhd'));
      qemuImg('convert', '-f', 'vpc', '-O', 'raw', dir.file('disk.vhd'), dir.file('back.raw'));

      await using image = await openImage(dir.file('disk.vhd'));

      const virtualSizeBytes = qemuSize(dir.file('disk.vhd'));
      expect(image.facts).toMatchObject({
        format: 'vhd',
        variant,
        creator,
        virtualSizeBytes,
        sectorSizeBytes: 512,
        warnings: [],
      });
      expect(await contentHash(image)).toBe(await fileHash(dir.file('back.raw')));
      truncateSync(dir.file('back.raw'), size); // qemu-img rounds up to cylinders where it is not told to keep the size
      expect(await fileHash(dir.file('back.raw'))).toBe(await fileHash(dir.file('disk.raw')));
    },
  );

  test('keeps its holes, and counts what is stored', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 20 * MiB, [{ offset: 8 * MiB, length: 3 * MiB }]);
    qemuImg('convert', '-O', 'vpc', '-o', 'force_size=on', dir.file('disk.raw'), dir.file('disk.vhd'));

    await using image = await openImage(dir.file('disk.vhd'));

    expect(
      (await extentsOf(image)).map(({ kind, offset, length }) => `${kind} ${offset / MiB} ${length / MiB}`),
    ).toEqual(['hole 0 8', 'data 8 2', 'data 10 2', 'hole 12 8']);
    expect(image.facts.allocatedBytes).toBe(4 * MiB);
  });

  test('in blocks of 512 KiB, stored out of order and cut off behind the disk, has every byte in its place', async () => {
    using dir = scratch();
    const [a, b, c] = [pattern(1, 512 * KiB), pattern(2, 512 * KiB), pattern(3, 512 * KiB)];
    const blocks = [
      { block: 4, bytes: c },
      { block: 0, bytes: a },
      { block: 1, bytes: b },
    ];
    writeVhd(dir.file('disk.vhd'), { kind: 'dynamic', sizeBytes: 2 * MiB + 1024, blockBytes: 512 * KiB, blocks });
    writeFileSync(dir.file('disk.raw'), Buffer.concat([a, b, Buffer.alloc(MiB), c.subarray(0, 1024)]));

    await using image = await openImage(dir.file('disk.vhd'));

    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
    const part = Buffer.alloc(1000);
    await readGuest(image, 512 * KiB - 300, part);
    expect(part.equals(Buffer.concat([a, b]).subarray(512 * KiB - 300, 512 * KiB + 700))).toBe(true);
  });

  test('of 2040 GiB opens, and a larger one is refused', async () => {
    using dir = scratch();
    qemuImg('create', '-f', 'vpc', '-o', 'force_size=on', dir.file('huge.vhd'), '2040G');
    await using image = await openImage(dir.file('huge.vhd'));
    expect(await extentsOf(image)).toEqual([{ kind: 'hole', offset: 0, length: 2040 * GiB }]);

    writeVhd(dir.file('larger.vhd'), { kind: 'dynamic', sizeBytes: MiB, geometry: [1, 1, 1] });
    const footer = readFileSync(dir.file('larger.vhd')).subarray(-512);
    footer.writeBigUInt64BE(BigInt(2040 * GiB + 512), 48);
    writeFileSync(dir.file('larger.vhd'), sum(footer, 64));
    await expect(openImage(dir.file('larger.vhd'))).rejects.toMatchObject({ code: 'disk.limit' });
  });

  test('with an old footer of 511 bytes is read', async () => {
    using dir = scratch();
    const content = pattern(1, MiB);
    const blocks = [{ block: 0, bytes: content }];
    for (const kind of ['fixed', 'dynamic'] as const) {
      writeVhd(dir.file('old.vhd'), { kind, sizeBytes: MiB, footerBytes: 511, blocks });
      await using image = await openImage(dir.file('old.vhd'));
      const bytes = Buffer.alloc(MiB);
      await readGuest(image, 0, bytes);
      expect(bytes.equals(content)).toBe(true);
      expect(image.facts).toMatchObject({ variant: kind, warnings: [] });
    }
  });
});

describe('the size of a VHD disk', () => {
  const written = 10 * MiB;
  const cylinders: VhdPlan['geometry'] = [20, 16, 63];
  const whole = 20 * 16 * 63 * 512;

  test.each([
    ['vpc ', cylinders, whole],
    ['qemu', cylinders, whole],
    ['win ', cylinders, written],
    ['qem2', cylinders, written],
    ['d2v ', cylinders, written],
    ['vpc ', [65_535, 16, 255] as const, written], // the largest geometry says nothing
  ])('that “%s” wrote with the geometry %o is %i, as for qemu-img', async (creator, geometry, size) => {
    using dir = scratch();
    writeVhd(dir.file('disk.vhd'), { kind: 'fixed', sizeBytes: written, creator, geometry });

    await using image = await openImage(dir.file('disk.vhd'));

    expect(image.facts.virtualSizeBytes).toBe(size);
    expect(qemuSize(dir.file('disk.vhd'))).toBe(size);
    expect(image.facts.warnings.join()).toMatch(size === written ? /^$/ : `${written - size} bytes`);
  });

  test('that any other program wrote is the one it wrote', async () => {
    using dir = scratch();
    writeVhd(dir.file('disk.vhd'), { kind: 'fixed', sizeBytes: written, creator: 'vbox', geometry: cylinders });

    await using image = await openImage(dir.file('disk.vhd'));

    expect(image.facts).toMatchObject({ virtualSizeBytes: written, creator: 'vbox' });
  });
});

const BLOCK = 2 * MiB;
/** Ten MiB in three generations, and what the youngest must read as. */
function chainIn(
  dir: { file(name: string): string },
  locators: Readonly<Record<string, string>> = { W2ru: '.\\base.vhd' },
  isInChild = (sector: number) => sector % 3 === 1 || sector > 4000,
): Buffer {
  const base = pattern(1, 10 * MiB);
  const [child, young] = [pattern(2, BLOCK), pattern(3, BLOCK)];
  const here = { child: isInChild, young: (sector: number) => sector < 16 };
  const size = { sizeBytes: 10 * MiB };
  const slice = (block: number): Buffer => base.subarray(block * BLOCK, (block + 1) * BLOCK);
  const blocks = [0, 1, 3, 4].map((block) => ({ block, bytes: slice(block) }));
  writeVhd(dir.file('base.vhd'), { ...size, kind: 'dynamic', id: 1, blocks });
  writeVhd(dir.file('child.avhd'), {
    ...size,
    kind: 'differencing',
    id: 2,
    parent: { id: 1, locators },
    blocks: [
      { block: 4, bytes: child, isHere: here.child },
      { block: 1, bytes: child },
    ],
  });
  writeVhd(dir.file('young.avhd'), {
    ...size,
    kind: 'differencing',
    id: 3,
    parent: { id: 2, name: 'child.avhd' },
    blocks: [
      { block: 4, bytes: young, isHere: here.young },
      { block: 2, bytes: young, isHere: here.young },
    ],
  });

  const truth = Buffer.from(base);
  truth.fill(0, 2 * BLOCK, 3 * BLOCK);
  child.copy(truth, BLOCK);
  for (let sector = 0; sector < BLOCK / 512; sector++) {
    const [at, end] = [sector * 512, (sector + 1) * 512];
    if (here.child(sector)) child.copy(truth, 4 * BLOCK + at, at, end);
    if (here.young(sector)) for (const block of [2, 4]) young.copy(truth, block * BLOCK + at, at, end);
  }
  return truth;
}

/** libvhdi through its Python module, where that is installed: reads a chain without any help from us. */
const hasLibvhdi = spawnSync('/usr/bin/python3', ['-c', 'import pyvhdi']).status === 0;
if (!hasLibvhdi) console.warn('libvhdi is not asked for its opinion: the package python3-libvhdi is not installed.');

describe('a differencing VHD', () => {
  test('folds three generations sector by sector', async () => {
    using dir = scratch();
    writeFileSync(dir.file('truth.raw'), chainIn(dir));

    await using image = await openImage(dir.file('young.avhd'));

    expect(await contentHash(image)).toBe(await fileHash(dir.file('truth.raw')));
    expect(image.facts.chain.map(({ name, variant }) => [name.split('/').at(-1), variant])).toEqual([
      ['young.avhd', 'differencing'],
      ['child.avhd', 'differencing'],
      ['base.vhd', 'dynamic'],
    ]);
  });

  test('gives the right bytes for every way to cut it', async () => {
    using dir = scratch();
    const truth = chainIn(dir);
    await using image = await openImage(dir.file('young.avhd'));

    const property = fc.asyncProperty(fc.nat(10 * MiB - 1), fc.nat(20_000), async (from, length) => {
      const got = Buffer.alloc(Math.min(length, truth.length - from), 1);
      await readGuest(image, from, got);
      expect(got.equals(truth.subarray(from, from + got.length))).toBe(true);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test.runIf(hasLibvhdi)('reads as under libvhdi', () => {
    using dir = scratch();
    // In libvhdi 20210425 a set bit counts for the rest of its byte too; these bitmaps mean the same either way.
    const truth = chainIn(dir, { W2ru: '.\\base.vhd' }, (sector) => sector % 8 >= 3);
    const code = `
import pyvhdi, sys
files = [pyvhdi.file() for _ in sys.argv[1:]]
for file, name in zip(files, sys.argv[1:]): file.open(name)
for child, parent in reversed(list(zip(files, files[1:]))): child.set_parent(parent)
while data := files[0].read_buffer(1 << 20): sys.stdout.buffer.write(data)`;
    const names = ['young.avhd', 'child.avhd', 'base.vhd'].map((name) => dir.file(name));
    const bytes = execFileSync('/usr/bin/python3', ['-c', code, ...names], { maxBuffer: 64 * MiB });

    expect(bytes.equals(truth)).toBe(true);
    expect(run('vhdiinfo', dir.file('child.avhd'))).toContain('01010101-0101-0101-0101-010101010101');
  });

  test.each([
    ['relative', { W2ru: '.\\base.vhd' }],
    ['absolute', { W2ku: 'D:\\Virtual Hard Disks\\base.vhd' }],
    ['Macintosh', { MacX: 'file://localhost/Virtual%20Disks/base.vhd' }],
    ['second', { W2ru: '..\\elsewhere\\gone.vhd', W2ku: 'C:\\VMs\\base.vhd' }],
  ])('finds its parent by the %s path', async (_, locators: Readonly<Record<string, string>>) => {
    using dir = scratch();
    chainIn(dir, locators);

    await using image = await openImage(dir.file('child.avhd'));

    expect(image.facts.chain).toHaveLength(2);
  });

  test('refuses a parent with another id, and takes the one that fits if there are two', async () => {
    using dir = scratch();
    mkdirSync(dir.file('old'));
    const truth = chainIn(dir, { W2ru: '.\\old\\base.vhd', W2ku: 'D:\\base.vhd' });
    writeVhd(dir.file('old/base.vhd'), { kind: 'dynamic', sizeBytes: 10 * MiB, id: 9 });
    writeFileSync(dir.file('truth.raw'), truth);

    await using image = await openImage(dir.file('young.avhd'));
    expect(await contentHash(image)).toBe(await fileHash(dir.file('truth.raw')));

    writeVhd(dir.file('base.vhd'), { kind: 'dynamic', sizeBytes: 10 * MiB, id: 9 });
    await expect(openImage(dir.file('young.avhd'))).rejects.toMatchObject({ code: 'disk.parent-mismatch' });
  });

  test('says which parent is missing, and refuses to be its own', async () => {
    using dir = scratch();
    const disk = { kind: 'differencing', sizeBytes: MiB, id: 5 } as const;
    writeVhd(dir.file('lost.vhd'), { ...disk, parent: { id: 6, name: 'gone.vhd' } });
    writeVhd(dir.file('self.vhd'), { ...disk, parent: { id: 5, locators: { W2ru: 'self.vhd' } } });
    writeVhd(dir.file('mute.vhd'), { ...disk, parent: { id: 6 } });

    await expect(openImage(dir.file('lost.vhd'))).rejects.toMatchObject({
      code: 'disk.file-missing',
      message: expect.stringContaining('gone.vhd'),
    });
    await expect(openImage(dir.file('self.vhd'))).rejects.toMatchObject({ code: 'disk.damaged' });
    await expect(openImage(dir.file('mute.vhd'))).rejects.toMatchObject({ code: 'disk.file-missing' });
  });
});

describe('a damaged VHD disk', () => {
  let disk: Buffer;
  let content: string;
  beforeAll(async () => {
    using dir = scratch();
    const blocks = [
      { block: 0, bytes: pattern(1, BLOCK) },
      { block: 2, bytes: pattern(2, BLOCK) },
    ];
    disk = writeVhd(dir.file('disk.vhd'), { kind: 'dynamic', sizeBytes: 8 * MiB, blocks });
    content = await contentHash(await openMemory(disk));
  });

  const outcome = async (change: (image: Buffer) => Buffer | void): Promise<string> => {
    const copy = Buffer.from(disk);
    try {
      return await contentHash(await openMemory(change(copy) ?? copy));
    } catch (error) {
      if (error instanceof GutsError) return error.code;
      throw error;
    }
  };

  const FIRST = 256; // the sector of the first block
  const EACH = BLOCK / 512 + 1;
  const inTable = (block: number, sector: number) => (image: Buffer) =>
    void image.writeUInt32BE(sector, VHD.table + 4 * block);
  const inHeader = (change: (header: Buffer) => void) => (image: Buffer) => {
    const header = image.subarray(VHD.header, VHD.header + 1024);
    change(header);
    sum(header, 36);
  };
  const inFooters = (change: (footer: Buffer) => void) => (image: Buffer) => {
    for (const footer of [image.subarray(0, 512), image.subarray(-512)]) {
      change(footer);
      sum(footer, 64);
    }
  };
  const cases: readonly [string, string, (image: Buffer) => void][] = [
    ['two blocks are in one place', 'disk.damaged', inTable(1, FIRST)],
    ['two blocks overlap by a sector', 'disk.damaged', inTable(2, FIRST + EACH - 1)],
    ['a block is in the footer', 'disk.damaged', inTable(2, 0)],
    ['a block is in the header', 'disk.damaged', inTable(2, 1)],
    ['a block is in the table', 'disk.damaged', inTable(2, 3)],
    ['a block is behind the end', 'disk.truncated', inTable(1, 0xffff_fffe)],
    ['a block reaches into the footer at the end', 'disk.truncated', inTable(2, FIRST + EACH + 1)],
    ['the table is behind the end', 'disk.damaged', inHeader((header) => header.writeBigUInt64BE(1n << 40n, 16))],
    ['the table is in the header', 'disk.damaged', inHeader((header) => header.writeBigUInt64BE(1024n, 16))],
    ['the table is too small for the disk', 'disk.damaged', inHeader((header) => header.writeUInt32BE(3, 28))],
    ['blocks have no size', 'disk.damaged', inHeader((header) => header.writeUInt32BE(0, 32))],
    ['blocks have an odd size', 'disk.damaged', inHeader((header) => header.writeUInt32BE(3 * MiB, 32))],
    ['blocks have a sector each', 'disk.damaged', inHeader((header) => header.writeUInt32BE(512, 32))],
    ['the header is of a later version', 'disk.unsupported', inHeader((header) => header.writeUInt32BE(0x2_0000, 24))],
    ['the header fails its checksum', 'disk.damaged', (image) => void image.writeUInt8(1, VHD.header + 900)],
    ['the header is behind the end', 'disk.damaged', inFooters((footer) => footer.writeBigUInt64BE(1n << 60n, 16))],
    ['the disk has no size', 'disk.damaged', inFooters((footer) => footer.writeBigUInt64BE(0n, 48))],
    ['the disk ends within a sector', 'disk.damaged', inFooters((footer) => footer.writeBigUInt64BE(1000n, 48))],
    [
      'the disk has more blocks than any',
      'disk.limit',
      (image) => {
        inFooters((footer) => footer.writeBigUInt64BE(BigInt(2000 * GiB), 48))(image);
        inHeader((header) => header.writeUInt32BE(4096, 32))(image);
      },
    ],
    [
      'the disk is of a type that was never made',
      'disk.unsupported',
      inFooters((footer) => footer.writeUInt32BE(6, 60)),
    ],
    ['the footer is of a later version', 'disk.unsupported', inFooters((footer) => footer.writeUInt32BE(0x2_0000, 12))],
    [
      'both footers fail their checksums',
      'disk.damaged',
      (image) => {
        image.writeUInt8(1, 100);
        image.writeUInt8(1, image.length - 100);
      },
    ],
  ];
  test.each(cases)('is refused when %s', async (_, code, change) => {
    expect(await outcome(change)).toBe(code);
  });

  test.each([
    ['footer at the end is damaged', (image: Buffer) => void image.writeUInt8(1, image.length - 100)],
    ['footer at the end is damaged', (image: Buffer) => image.subarray(0, -512)],
    ['footer at the end is damaged', (image: Buffer) => Buffer.concat([image, Buffer.alloc(4096)])],
    ['copy of the footer at the start is damaged', (image: Buffer) => void image.writeUInt8(1, 100)],
  ])('is read, with a warning, when the %s', async (warning, change) => {
    const copy = Buffer.from(disk);
    const image = await openMemory(change(copy) ?? copy);

    expect(await contentHash(image)).toBe(content);
    expect(image.facts.warnings).toEqual([expect.stringContaining(warning)]);
  });

  test('is refused when it is cut off anywhere behind its start', async () => {
    for (const length of [8, 511, 512, 513, 1024, 1536, 2048, 130 * KiB, 3 * MiB, disk.length - 514]) {
      const seen = await outcome((image) => image.subarray(0, length));
      expect([length, ['disk.truncated', 'disk.damaged'].includes(seen)]).toEqual([length, true]);
    }
  });

  test('that is fixed and shorter than its footer says is refused', async () => {
    using dir = scratch();
    const fixed = writeVhd(dir.file('fixed.vhd'), { kind: 'fixed', sizeBytes: MiB });
    await expect(openMemory(fixed.subarray(512))).rejects.toMatchObject({ code: 'disk.truncated' });
  });

  test('never reads as another disk where there are checksums', async () => {
    const places = fc.oneof(
      fc.nat(511),
      fc.integer({ min: 512, max: 1535 }),
      fc.integer({ min: disk.length - 512, max: disk.length - 1 }),
    );
    const property = fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const seen = await outcome((image) => void image.writeUInt8(image.readUInt8(at) ^ flip, at));
      expect([content, 'disk.damaged']).toContain(seen);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test('never crashes the reader, whatever its table says', async () => {
    const entries = fc.array(fc.tuple(fc.nat(3), fc.oneof(fc.nat(9000), fc.integer({ min: 0, max: 0xffff_ffff }))), {
      minLength: 1,
      maxLength: 4,
    });
    const property = fc.asyncProperty(entries, async (changes) => {
      const seen = await outcome((image) => {
        for (const [block, sector] of changes) inTable(block, sector)(image);
      });
      expect(seen).toMatch(/^(disk\.(damaged|truncated)|[0-9a-f]{64})$/);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
