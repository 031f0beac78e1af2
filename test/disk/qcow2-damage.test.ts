/** qcow2 disks that contradict themselves: each is refused in words, and none becomes wrong data. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../worker/disk/open.ts';
import { contentHash, makeRaw, qemuImg, run, scratch, KiB, MiB } from '../support/disks.ts';

/** What a test may change, and where qemu-img has put things in the image below. */
interface Lab {
  readonly image: Buffer;
  readonly l1: number;
  readonly l2: number;
  readonly counts: number;
  /** The first of the cluster entries; each is for 64 KiB of the guest. */
  entry(i: number): number;
}

/** An image of 2 MiB with data in its first and third 64 KiB, as qemu-img writes it with `options`. */
async function lab(dir: { file(name: string): string }, options: string, isCompressed = false): Promise<Lab> {
  await makeRaw(dir.file('disk.raw'), 2 * MiB, [
    { offset: 0, length: 64 * KiB },
    { offset: 128 * KiB, length: 64 * KiB },
  ]);
  const flags = isCompressed ? ['-c'] : [];
  qemuImg('convert', ...flags, '-O', 'qcow2', '-o', options, dir.file('disk.raw'), dir.file('disk.qcow2'));
  const image = readFileSync(dir.file('disk.qcow2'));
  const l1 = Number(image.readBigUInt64BE(40));
  const l2 = Number(image.readBigUInt64BE(l1) & 0x00ff_ffff_ffff_fe00n);
  const entryBytes = options.includes('extended_l2') ? 16 : 8;
  return { image, l1, l2, counts: Number(image.readBigUInt64BE(48)), entry: (i) => l2 + i * entryBytes };
}

/** Opens and reads it all. */
async function read(file: string): Promise<string> {
  await using image = await openImage(file, { format: 'qcow2' });
  return await contentHash(image);
}

type Damage = (lab: Lab) => void;

describe('a qcow2 disk that cannot be right', () => {
  const cases: readonly [string, string, Damage][] = [
    ['is marked as corrupt', 'disk.damaged', ({ image }) => image.writeUInt8(2, 79)],
    ['keeps its data elsewhere', 'disk.unsupported', ({ image }) => image.writeUInt8(4, 79)],
    ['is encrypted with AES', 'disk.unsupported', ({ image }) => image.writeUInt32BE(1, 32)],
    ['is encrypted with LUKS', 'disk.unsupported', ({ image }) => image.writeUInt32BE(2, 32)],
    ['is of version 1', 'disk.unsupported', ({ image }) => image.writeUInt32BE(1, 4)],
    ['is compressed by an unknown method', 'disk.unsupported', ({ image }) => image.writeUInt8(7, 104)],
    ['names a compression that it does not flag', 'disk.damaged', ({ image }) => image.writeUInt8(1, 104)],
    ['flags a compression that it does not name', 'disk.damaged', ({ image }) => image.writeUInt8(8, 79)],
    ['has clusters of 256 bytes', 'disk.damaged', ({ image }) => image.writeUInt32BE(8, 20)],
    ['has clusters of 2 GiB', 'disk.damaged', ({ image }) => image.writeUInt32BE(31, 20)],
    ['has a header longer than a cluster', 'disk.damaged', ({ image }) => image.writeUInt32BE(MiB, 100)],
    ['has a header of a length that cannot be', 'disk.damaged', ({ image }) => image.writeUInt32BE(90, 100)],
    ['has a header extension without end', 'disk.damaged', ({ image }) => image.writeUInt32BE(0xffff_fff0, 116)],
    ['is of no bytes', 'disk.damaged', ({ image }) => image.writeBigUInt64BE(0n, 24)],
    ['is of half a sector', 'disk.damaged', ({ image }) => image.writeBigUInt64BE(BigInt(MiB + 256), 24)],
    ['is absurdly large', 'disk.limit', ({ image }) => image.writeBigUInt64BE(2n ** 60n, 24)],
    ['is larger than its tables', 'disk.damaged', ({ image }) => image.writeBigUInt64BE(2n ** 40n, 24)],
    ['has a level 1 table of 2 GiB', 'disk.limit', ({ image }) => image.writeUInt32BE(2 ** 28, 36)],
    ['has no reference counts', 'disk.damaged', ({ image }) => image.writeUInt32BE(0, 56)],
    ['has reference counts without end', 'disk.limit', ({ image }) => image.writeUInt32BE(0xffff_ffff, 56)],
    ['has its level 1 table at an odd place', 'disk.damaged', ({ image }) => image.writeUInt8(9, 47)],
    ['has its level 1 table behind the file', 'disk.truncated', ({ image }) => image.writeUInt8(0x7f, 41)],
    ['has its level 1 table in its header', 'disk.damaged', ({ image }) => image.writeBigUInt64BE(0n, 40)],
    [
      'has its level 1 table in its counts',
      'disk.damaged',
      ({ image, counts }) => image.writeBigUInt64BE(BigInt(counts), 40),
    ],
    ['has a level 2 table in its header', 'disk.damaged', ({ image, l1 }) => image.writeBigUInt64BE(2n ** 63n, l1)],
    ['has a level 2 table in its level 1', 'disk.damaged', ({ image, l1 }) => image.writeBigUInt64BE(BigInt(l1), l1)],
    ['has a level 2 table behind the file', 'disk.truncated', ({ image, l1 }) => image.writeUInt8(0x10, l1 + 1)],
    ['has a level 2 table at an odd place', 'disk.damaged', ({ image, l1 }) => image.writeUInt8(2, l1 + 6)],
    ['has counts behind the file', 'disk.truncated', ({ image, counts }) => image.writeUInt8(0x10, counts + 1)],
    ['has a cluster behind the file', 'disk.truncated', ({ image, entry }) => image.writeUInt8(0x10, entry(0) + 1)],
    ['has a cluster at an odd place', 'disk.damaged', ({ image, entry }) => image.writeUInt8(2, entry(0) + 6)],
    ['sets a bit that it must not', 'disk.damaged', ({ image, entry }) => image.writeUInt8(2, entry(0) + 7)],
    [
      'has a cluster that lost its place',
      'disk.damaged',
      ({ image, entry }) => image.writeBigUInt64BE(2n ** 63n, entry(0)),
    ],
    ['uses a cluster twice', 'disk.damaged', ({ image, entry }) => image.copyWithin(entry(9), entry(0), entry(0) + 8)],
    [
      'uses a cluster that it counts as free',
      'disk.damaged',
      ({ image, entry, counts }) => {
        const cluster = Number(image.readBigUInt64BE(entry(2)) & 0x00ff_ffff_ffff_fe00n) / (64 * KiB);
        image.writeUInt16BE(0, Number(image.readBigUInt64BE(counts)) + cluster * 2);
      },
    ],
    ['takes a table for data', 'disk.damaged', ({ image, entry, l2 }) => image.writeBigUInt64BE(BigInt(l2), entry(5))],
    [
      'takes a table for data behind its end',
      'disk.damaged',
      ({ image, entry, l2 }) => image.writeBigUInt64BE(BigInt(l2), entry(40)),
    ],
    [
      'uses a cluster twice, once behind its end',
      'disk.damaged',
      ({ image, entry }) => image.copyWithin(entry(8000), entry(0), entry(0) + 8),
    ],
    [
      'has a level 2 table behind its end that is its first',
      'disk.damaged',
      ({ image, l1 }) => {
        image.writeUInt32BE(2, 36);
        image.copyWithin(l1 + 8, l1, l1 + 8);
      },
    ],
    [
      'has compressed data in a table',
      'disk.damaged',
      ({ image, entry, l1 }) => image.writeBigUInt64BE(2n ** 62n + BigInt(l1), entry(5)),
    ],
    [
      'has compressed data in plain data',
      'disk.damaged',
      ({ image, entry }) =>
        image.writeBigUInt64BE((image.readBigUInt64BE(entry(0)) & ~(2n ** 63n)) | (2n ** 62n), entry(5)),
    ],
    [
      'has compressed data behind the file',
      'disk.truncated',
      ({ image, entry }) => image.writeBigUInt64BE(2n ** 62n + 2n ** 40n, entry(5)),
    ],
  ];

  test.each(cases)('because it %s is refused (%s)', async (_what, code, damage) => {
    using dir = scratch();
    const made = await lab(dir, 'cluster_size=64k');
    damage(made);
    writeFileSync(dir.file('disk.qcow2'), made.image);

    await expect(read(dir.file('disk.qcow2'))).rejects.toMatchObject({ code });
  });

  test('names the unknown feature by the image’s own name for it', async () => {
    using dir = scratch();
    const { image } = await lab(dir, 'cluster_size=64k');
    const names = image.indexOf(Buffer.from('6803f857', 'hex')) + 8;
    image.writeUInt8(0x40, 78); // bit 14
    image.fill(0, names, names + 48).writeUInt8(14, names + 1);
    image.write('time travel', names + 2);
    writeFileSync(dir.file('disk.qcow2'), image);

    await expect(read(dir.file('disk.qcow2'))).rejects.toMatchObject({
      code: 'disk.unsupported',
      message: expect.stringContaining('time travel'),
    });
  });

  test.each<[string, Damage]>([
    ['is zero and stored at once', ({ image, entry }) => image.writeUInt32BE(0xff, entry(0) + 8)],
    ['is stored nowhere', ({ image, entry }) => image.writeUInt32BE(0xff, entry(7) + 12)],
    [
      'is compressed and divided at once',
      ({ image, entry }) => image.writeUInt8(image.readUInt8(entry(0)) | 0x40, entry(0)),
    ],
  ])('because part of a cluster %s is refused', async (_what, damage) => {
    using dir = scratch();
    const made = await lab(dir, 'cluster_size=64k,extended_l2=on');
    damage(made);
    writeFileSync(dir.file('disk.qcow2'), made.image);

    await expect(read(dir.file('disk.qcow2'))).rejects.toMatchObject({ code: 'disk.damaged' });
  });

  test.each(['zlib', 'zstd'])('because a cluster packed with %s does not unpack is refused', async (method) => {
    using dir = scratch();
    const { image, entry } = await lab(dir, `cluster_size=64k,compression_type=${method}`, true);
    const place = Number(image.readBigUInt64BE(entry(2)) & (2n ** 54n - 1n));
    image.fill(0xff, place, place + 64);
    writeFileSync(dir.file('disk.qcow2'), image);

    await expect(read(dir.file('disk.qcow2'))).rejects.toMatchObject({ code: 'disk.damaged' });
  });

  test('because two places share a compressed cluster is refused', async () => {
    using dir = scratch();
    const { image, entry } = await lab(dir, 'cluster_size=64k', true);
    image.copyWithin(entry(9), entry(0), entry(1));
    writeFileSync(dir.file('disk.qcow2'), image);

    await expect(read(dir.file('disk.qcow2'))).rejects.toMatchObject({ code: 'disk.damaged' });
  });

  test.each([
    ['plain', false],
    ['compressed', true],
  ])('because its end is missing is refused, wherever a %s one was cut', async (_how, isCompressed) => {
    using dir = scratch();
    const { image } = await lab(dir, 'cluster_size=4k', isCompressed);
    const cuts = [5, 71, 100, 600, 4096, 8191, 3 * 4096, 5 * 4096 + 1, image.length - 4096 - 100];
    for (const length of isCompressed ? cuts : [...cuts, image.length - 1]) {
      writeFileSync(dir.file('disk.qcow2'), image.subarray(0, length));
      await expect(read(dir.file('disk.qcow2')), `${length}`).rejects.toMatchObject({
        code: expect.stringMatching(/^disk\.(truncated|damaged)$/),
      });
    }
  });

  test('because its level 1 table runs over the others is refused, however large the file', async () => {
    using dir = scratch();
    const { image } = await lab(dir, 'cluster_size=64k');
    image.writeUInt32BE(4 * 1024 * 1024, 36); // the longest level 1 table
    writeFileSync(dir.file('disk.qcow2'), image);
    run('truncate', '-s', '1T', dir.file('disk.qcow2'));

    await expect(read(dir.file('disk.qcow2'))).rejects.toMatchObject({ code: 'disk.damaged' });
  });
});
