/** VirtualBox disks: what qemu-img writes, what VirtualBox writes, and what neither would. */
import { truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../worker/disk/open.ts';
import { contentHash, extentsOf, fileHash, makeRaw, pattern, qemuImg, scratch, KiB, MiB } from '../support/disks.ts';
import { DISCARDED, FREE, writeVdi } from '../support/vdi.ts';

describe('a VDI disk', () => {
  test.each([
    ['dynamic', 'static=off', 21 * MiB + 3 * 512],
    ['fixed', 'static=on', 5 * MiB],
    ['fixed', 'static=on', 5 * MiB + 512],
  ])('that qemu-img wrote %s (%s, %i bytes) reads as its source', async (variant, option, sizeBytes) => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), sizeBytes, [
      { offset: 0, length: 100 * KiB },
      { offset: 3 * MiB, length: MiB + 4096 },
      { offset: sizeBytes - 512, length: 512 },
    ]);
    qemuImg('convert', '-O', 'vdi', '-o', option, dir.file('disk.raw'), dir.file('disk.vdi'));

    await using image = await openImage(dir.file('disk.vdi'));

    expect(image.facts).toMatchObject({ format: 'vdi', variant, virtualSizeBytes: sizeBytes, warnings: [] });
    expect(image.facts.creator).toBe('QEMU VM Virtual Disk Image');
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test('that grew out of order, with freed and discarded blocks, reads as under qemu-img', async () => {
    using dir = scratch();
    const [a, b, c] = [pattern(1, MiB), pattern(2, MiB), pattern(3, MiB)];
    const blocks = [a, FREE, b, DISCARDED, c, FREE];
    writeVdi(dir.file('disk.vdi'), { sizeBytes: 6 * MiB - 1024, blockBytes: MiB, blocks, order: [4, 0, 2] });

    await using image = await openImage(dir.file('disk.vdi'));

    expect(image.facts).toMatchObject({ creator: 'Oracle VM VirtualBox Disk Image', allocatedBytes: 3 * MiB });
    expect((await extentsOf(image)).map(({ kind, offset, length }) => [kind, offset / MiB, length])).toEqual([
      ['data', 0, MiB],
      ['hole', 1, MiB],
      ['data', 2, MiB],
      ['zero', 3, MiB],
      ['data', 4, MiB],
      ['hole', 5, MiB - 1024],
    ]);
    qemuImg('convert', '-f', 'vdi', '-O', 'raw', dir.file('disk.vdi'), dir.file('disk.raw'));
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test('with blocks of another size than qemu-img knows is read all the same', async () => {
    using dir = scratch();
    const blocks = [pattern(1, 64 * KiB), pattern(2, 64 * KiB), FREE, pattern(3, 64 * KiB)];
    writeVdi(dir.file('disk.vdi'), { sizeBytes: 256 * KiB, blockBytes: 64 * KiB, blocks });
    const plain = blocks.map((block) => (typeof block === 'number' ? Buffer.alloc(64 * KiB) : block));
    writeFileSync(dir.file('disk.raw'), Buffer.concat(plain));

    await using image = await openImage(dir.file('disk.vdi'));

    expect(await extentsOf(image)).toHaveLength(3); // what lies together is one extent
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test('of one tebibyte opens by its map and is one hole', async () => {
    using dir = scratch();
    qemuImg('create', '-f', 'vdi', dir.file('huge.vdi'), '1T');

    await using image = await openImage(dir.file('huge.vdi'));

    expect((await extentsOf(image)).map(({ kind, length }) => [kind, length])).toEqual([['hole', 2 ** 40]]);
  });
});

describe('a VDI disk that cannot be right', () => {
  const plan = { sizeBytes: 4 * MiB, blockBytes: MiB, blocks: [pattern(1, MiB), FREE, pattern(2, MiB), FREE] };
  const cases: readonly [string, string, (image: Buffer) => void][] = [
    ['has two blocks in one place', 'disk.damaged', (image) => image.writeUInt32LE(0, 512 + 8)],
    ['has a block behind all that are stored', 'disk.damaged', (image) => image.writeUInt32LE(2, 512 + 4)],
    ['counts more stored blocks than there are', 'disk.damaged', (image) => image.writeUInt32LE(5, 0x184)],
    ['counts more stored blocks than its map names', 'disk.damaged', (image) => image.writeUInt32LE(3, 0x184)],
    ['lost its map', 'disk.damaged', (image) => image.fill(0xff, 512, 512 + 16)],
    ['has fewer blocks than its size needs', 'disk.damaged', (image) => image.writeUInt32LE(3, 0x180)],
    ['has a map that reaches into its data', 'disk.damaged', (image) => image.writeUInt32LE(512, 0x158)],
    ['has its data off the sectors', 'disk.damaged', (image) => image.writeUInt32LE(MiB + 3, 0x158)],
    ['has its data behind the file', 'disk.truncated', (image) => image.writeUInt32LE(0x7fff_fe00, 0x158)],
    [
      'has its map behind the file',
      'disk.truncated',
      (image) => {
        image.writeUInt32LE(0xfff0_0000, 0x154);
        image.writeUInt32LE(0xffff_fe00, 0x158);
      },
    ],
    ['has blocks of no power of two', 'disk.damaged', (image) => image.writeUInt32LE(MiB + 512, 0x178)],
    ['has blocks of no bytes', 'disk.damaged', (image) => image.writeUInt32LE(0, 0x178)],
    ['is absurdly large', 'disk.limit', (image) => image.writeBigUInt64LE(2n ** 63n, 0x170)],
    ['is of no bytes', 'disk.damaged', (image) => image.writeBigUInt64LE(0n, 0x170)],
    ['is of an unknown kind', 'disk.damaged', (image) => image.writeUInt32LE(9, 0x4c)],
    ['is a differencing image', 'disk.unsupported', (image) => image.writeUInt32LE(4, 0x4c)],
    ['names a parent', 'disk.unsupported', (image) => image.write('parent', 0x1b8)],
    ['is of an older version', 'disk.unsupported', (image) => image.writeUInt32LE(1, 0x44)],
  ];

  test.each(cases)('because it %s is refused', async (_what, code, damage) => {
    using dir = scratch();
    const image = writeVdi(dir.file('disk.vdi'), plan);
    damage(image);
    writeFileSync(dir.file('disk.vdi'), image);

    await expect(openImage(dir.file('disk.vdi'))).rejects.toMatchObject({ code });
  });

  test('because its end is missing is refused, wherever it was cut', async () => {
    using dir = scratch();
    const image = writeVdi(dir.file('disk.vdi'), plan);
    for (const length of [100, 512, 515, MiB, MiB + 5, image.length - MiB, image.length - 1]) {
      writeFileSync(dir.file('disk.vdi'), image);
      truncateSync(dir.file('disk.vdi'), length);
      await expect(openImage(dir.file('disk.vdi'), { format: 'vdi' }), `${length}`).rejects.toMatchObject({
        code: 'disk.truncated',
      });
    }
  });
});
