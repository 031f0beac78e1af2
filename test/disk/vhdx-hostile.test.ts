/** VHDX disks that are cut off, tangled or lying: each is refused, and none is turned into wrong data in silence. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { GutsError } from '../../main/shared/errors.ts';
import { contentHash, KiB, makeRaw, MiB, pattern, scratch } from '../support/disks.ts';
import { itemAt, LAYOUT, openMemory, seal, vhdxtool, withVhdxtool, writeLog } from '../support/vhdx.ts';

/** 6 MiB in blocks of 1 MiB: blocks 0, 3 and 4 are stored, in this order, right behind the tables. */
let disk: Buffer;
let content: string;
/** The same size, with a parent that is not there; block 2 is partly present. */
let child: Buffer;

beforeAll(async () => {
  using dir = scratch();
  await makeRaw(dir.file('disk.raw'), 6 * MiB, [
    { offset: 0, length: MiB },
    { offset: 3 * MiB, length: 2 * MiB },
  ]);
  vhdxtool('mkdyn', dir.file('disk.raw'), dir.file('disk.vhdx'), '--block', `${MiB}`);
  disk = readFileSync(dir.file('disk.vhdx'));
  content = await contentHash(await openMemory(disk));
  const code = `vx.mkdiff(a[0], a[1], [(2 << 20, b'x' * 512)], block=1 << 20)`;
  withVhdxtool(code, dir.file('disk.vhdx'), dir.file('child.vhdx'));
  child = readFileSync(dir.file('child.vhdx'));
});

/** What the image reads as, or the code of the error; anything but a GutsError is a fault of the reader. */
async function outcome(image: Buffer): Promise<string> {
  try {
    await using open = await openMemory(image);
    return await contentHash(open);
  } catch (error) {
    if (error instanceof GutsError) return error.code;
    throw error;
  }
}

function after(change: (image: Buffer) => void, image = disk): Buffer {
  const copy = Buffer.from(image);
  change(copy);
  return copy;
}

const entry = (state: number, mebibyte: number): bigint => (BigInt(mebibyte) << 20n) | BigInt(state);
const inTable = (block: number, value: bigint) => (image: Buffer) =>
  void image.writeBigUInt64LE(value, LAYOUT.blocks + 8 * block);
const inItem = (item: Parameters<typeof itemAt>[0], value: number) => (image: Buffer) =>
  void image.writeUInt32LE(value, itemAt(item));
const inRegions = (change: (image: Buffer, at: number) => void) => (image: Buffer) => {
  for (const at of [LAYOUT.regions1, LAYOUT.regions2]) {
    change(image, at);
    seal(image, at, 64 * KiB);
  }
};
const inMetadata = (change: (image: Buffer, at: number) => void) => (image: Buffer) => change(image, LAYOUT.metadata);

describe('a VHDX disk is refused when', () => {
  const cases: readonly [string, string, (image: Buffer) => void][] = [
    ['two blocks are in one place', 'disk.damaged', inTable(1, entry(6, 4))],
    ['a block is in the header', 'disk.damaged', inTable(1, entry(6, 0))],
    ['a block is in the log', 'disk.damaged', inTable(1, entry(6, 1))],
    ['a block is in the metadata', 'disk.damaged', inTable(1, entry(6, 2))],
    ['a block is in the block table', 'disk.damaged', inTable(1, entry(6, 3))],
    ['a block is behind the end', 'disk.truncated', inTable(1, entry(6, 7))],
    ['a block is where no file reaches', 'disk.damaged', inTable(1, 0xffff_ffff_fff0_0006n)],
    ['a block is in the state that does not exist', 'disk.damaged', inTable(1, entry(4, 0))],
    ['a block is partly in a parent, without a parent', 'disk.damaged', inTable(0, entry(7, 4))],
    ['bits of an entry are set that mean nothing', 'disk.damaged', inTable(1, entry(6, 6) | 8n)],
    ['blocks are smaller than the format has them', 'disk.damaged', inItem('fileParameters', 512 * KiB)],
    ['blocks are larger than the format has them', 'disk.damaged', inItem('fileParameters', 512 * MiB)],
    ['blocks are no power of two', 'disk.damaged', inItem('fileParameters', 3 * MiB)],
    ['blocks have no size', 'disk.damaged', inItem('fileParameters', 0)],
    ['it has unknown flags', 'disk.damaged', (image) => void image.writeUInt32LE(8, itemAt('fileParameters') + 4)],
    [
      'it says that there is a parent, but not where',
      'disk.damaged',
      (image) => void image.writeUInt32LE(2, itemAt('fileParameters') + 4),
    ],
    ['the disk has no size', 'disk.damaged', inItem('diskSize', 0)],
    ['the disk ends within a sector', 'disk.damaged', inItem('diskSize', 6 * MiB - 1)],
    [
      'the disk needs a larger table',
      'disk.damaged',
      (image) => void image.writeBigUInt64LE(1n << 38n, itemAt('diskSize')),
    ],
    [
      'the disk is larger than any VHDX',
      'disk.limit',
      (image) => void image.writeBigUInt64LE(1n << 60n, itemAt('diskSize')),
    ],
    ['sectors have an odd size', 'disk.damaged', inItem('sectorSize', 1024)],
    [
      'an unknown item must be understood',
      'disk.unsupported',
      inMetadata((image, at) => image.writeUInt8(1, at + 32 + 32 * 4)),
    ],
    ['an item is missing', 'disk.damaged', inMetadata((image, at) => image.writeUInt16LE(4, at + 10))],
    [
      'an item is there twice',
      'disk.damaged',
      inMetadata((image, at) => image.copy(image, at + 32 + 32 * 4, at + 32 + 32 * 3, at + 32 + 32 * 3 + 16)),
    ],
    ['two items overlap', 'disk.damaged', inMetadata((image, at) => image.writeUInt32LE(64 * KiB + 4, at + 64 + 16))],
    [
      'an item is outside the metadata',
      'disk.damaged',
      inMetadata((image, at) => image.writeUInt32LE(MiB - 4, at + 64 + 16)),
    ],
    ['an item has another length', 'disk.damaged', inMetadata((image, at) => image.writeUInt32LE(7, at + 64 + 20))],
    [
      'the metadata claims 65,535 items',
      'disk.damaged',
      inMetadata((image, at) => image.writeUInt16LE(65_535, at + 10)),
    ],
    ['it has no block table', 'disk.damaged', inRegions((image, at) => image.writeUInt32LE(0, at + 8))],
    [
      'an unknown region must be understood',
      'disk.unsupported',
      inRegions((image, at) => image.writeUInt8(1, at + 16)),
    ],
    [
      'regions overlap',
      'disk.damaged',
      inRegions((image, at) => image.writeBigUInt64LE(BigInt(2 * MiB), at + 16 + 16)),
    ],
    [
      'a region is in the middle of a MiB',
      'disk.damaged',
      inRegions((image, at) => image.writeBigUInt64LE(BigInt(3 * MiB + 4096), at + 16 + 16)),
    ],
    [
      'a region is behind the end',
      'disk.truncated',
      inRegions((image, at) => image.writeUInt32LE(64 * MiB, at + 16 + 24)),
    ],
    [
      'the region table claims a million entries',
      'disk.damaged',
      inRegions((image, at) => image.writeUInt32LE(1e6, at + 8)),
    ],
    ['both headers are damaged', 'disk.damaged', (image) => void image.fill(0, 64 * KiB, 192 * KiB)],
    ['both region tables are damaged', 'disk.damaged', (image) => void image.fill(0, 192 * KiB, 320 * KiB)],
    [
      'both headers claim to be the newer one',
      'disk.damaged',
      (image) => {
        image.writeBigUInt64LE(8n, LAYOUT.header1 + 8);
        image.writeUInt8(1, LAYOUT.header1 + 32);
        seal(image, LAYOUT.header1, 4096);
      },
    ],
    [
      'it is of a later version',
      'disk.unsupported',
      (image) => {
        image.writeUInt16LE(2, LAYOUT.header2 + 66);
        seal(image, LAYOUT.header2, 4096);
      },
    ],
  ];
  test.each(cases)('%s', async (_, code, change) => {
    expect(await outcome(after(change))).toBe(code);
  });

  const ofChildren: readonly [string, string, (image: Buffer) => void][] = [
    ['its parent is not there', 'disk.file-missing', () => {}],
    ['a partly present block has no sector bitmap', 'disk.damaged', inTable(4096, 0n)],
    ['a sector bitmap is in the place of a block', 'disk.damaged', inTable(4096, entry(6, 4))],
    ['a sector bitmap is behind the end', 'disk.truncated', inTable(4096, entry(6, 60))],
    ['a sector bitmap is in a state that does not exist', 'disk.damaged', inTable(4096, entry(3, 5))],
    [
      'it names a parent, but says that there is none',
      'disk.damaged',
      (image) => void image.writeUInt32LE(0, itemAt('fileParameters') + 4),
    ],
    ['its parent is named in an unknown way', 'disk.unsupported', inItem('locator', 1)],
    [
      'its locator claims more than it has',
      'disk.damaged',
      (image) => void image.writeUInt16LE(65_535, itemAt('locator') + 18),
    ],
    [
      'its locator points outside itself',
      'disk.damaged',
      (image) => void image.writeUInt32LE(1e9, itemAt('locator') + 20),
    ],
    [
      'its locator has one key twice',
      'disk.damaged',
      (image) => void image.copy(image, itemAt('locator') + 32, itemAt('locator') + 20, itemAt('locator') + 32),
    ],
    ['its locator says nothing', 'disk.damaged', (image) => void image.writeUInt16LE(0, itemAt('locator') + 18)],
  ];
  test.each(ofChildren)('%s', async (_, code, change) => {
    expect(await outcome(after(change, child))).toBe(code);
  });

  test('it is cut off anywhere', async () => {
    const lengths = [8, 512, 64 * KiB, 200 * KiB, MiB, 2 * MiB + 70 * KiB, 3 * MiB, 4 * MiB, 5 * MiB, disk.length - 1];
    for (const length of lengths) {
      expect(['disk.truncated', 'disk.damaged'], `${length} bytes`).toContain(await outcome(disk.subarray(0, length)));
    }
  });
});

describe('a VHDX disk is read, with a warning, when', () => {
  test.each([
    ['header', LAYOUT.header1],
    ['header', LAYOUT.header2],
    ['region table', LAYOUT.regions1],
    ['region table', LAYOUT.regions2],
  ])('one of its two %ss is damaged', async (what, at) => {
    const image = await openMemory(after((image) => void image.writeUInt8(0, at)));

    expect(await contentHash(image)).toBe(content);
    expect(image.facts.warnings).toEqual([expect.stringContaining(what)]);
  });
});

describe('bytes that change by themselves in a VHDX disk', () => {
  test('where there are checksums, never change what is read', async () => {
    const open = Buffer.from(disk).fill(0, LAYOUT.blocks, LAYOUT.blocks + 4096);
    const table = disk.subarray(LAYOUT.blocks, LAYOUT.blocks + 4096);
    writeLog(open, [{ sequence: 5n, at: 0, tail: 0, writes: [{ offset: LAYOUT.blocks, bytes: table }] }]);
    const part = (at: number, length: number) => fc.integer({ min: at, max: at + length - 1 });
    const places = fc.oneof(
      part(LAYOUT.header1, 4096),
      part(LAYOUT.header2, 4096),
      part(LAYOUT.regions1, 64 * KiB),
      part(LAYOUT.regions2, 64 * KiB),
      part(LAYOUT.log, 8192),
    );
    const property = fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const seen = await outcome(after((image) => void image.writeUInt8(image.readUInt8(at) ^ flip, at), open));
      expect([content, 'disk.damaged']).toContain(seen);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  test('where there are none, end in an error or in a disk: never in a crash', async () => {
    const small = after((image) => void image.writeBigUInt64LE(BigInt(4 * MiB), itemAt('diskSize')));
    const places = fc.oneof(
      fc.integer({ min: LAYOUT.metadata, max: LAYOUT.metadata + 256 }),
      fc.integer({ min: itemAt('fileParameters'), max: itemAt('physicalSectorSize') + 3 }),
      fc.integer({ min: LAYOUT.blocks, max: LAYOUT.blocks + 64 }),
    );
    const property = fc.asyncProperty(
      fc.array(fc.tuple(places, fc.nat(255)), { minLength: 1, maxLength: 3 }),
      async (flips) => {
        const image = after((image) => {
          for (const [at, value] of flips) image.writeUInt8(value, at);
        }, small);
        await using open = await openMemory(image).catch((error: unknown) => {
          if (error instanceof GutsError) return undefined;
          throw error;
        });
        let end = 0;
        for await (const extent of open?.extents(0, open.facts.virtualSizeBytes) ?? []) {
          expect(extent.offset).toBe(end);
          expect(extent.kind === 'data' ? extent.position + extent.length : 0).toBeLessThanOrEqual(image.length);
          end += extent.length;
        }
        expect(end).toBe(open?.facts.virtualSizeBytes ?? 0);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });

  test('in the whole file, in bursts, end in an error or in a disk: never in a crash', async () => {
    const property = fc.asyncProperty(
      fc.nat(disk.length - 4096),
      fc.nat(4096),
      fc.nat(250),
      async (at, length, seed) => {
        const seen = await outcome(after((image) => void pattern(seed, length).copy(image, at)));
        expect(seen).toMatch(/^(disk\.[a-z-]+|[0-9a-f]{64})$/);
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
