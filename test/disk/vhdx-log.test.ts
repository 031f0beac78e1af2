/** VHDX disks whose host stopped in the middle of work: the log is applied in memory, as far as it is whole. */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { crc32c } from '../../worker/disk/crc32c.ts';
import { openImage } from '../../worker/disk/open.ts';
import { ReplayedSource } from '../../worker/disk/vhdx/replay.ts';
import { contentHash, extentsOf, fileHash, makeRaw, MiB, pattern, qemuImg, scratch } from '../support/disks.ts';
import {
  LAYOUT,
  memorySource,
  openMemory,
  seal,
  slowCrc,
  vhdxtool,
  writeLog,
  type LogEntryPlan,
} from '../support/vhdx.ts';

const SECTOR = 4096;
const LOG_END = MiB;

/** A closed disk of 6 MiB in blocks of 1 MiB, three of which are stored; and what it reads as. */
let closed: Buffer;
let content: string;
let table: Buffer;
/** The disk with its block table lost. */
let emptied: Buffer;
let nothing: string;
let source: string;

beforeAll(async () => {
  using dir = scratch();
  await makeRaw(dir.file('disk.raw'), 6 * MiB, [
    { offset: 0, length: MiB },
    { offset: 3 * MiB, length: 2 * MiB },
  ]);
  vhdxtool('mkdyn', dir.file('disk.raw'), dir.file('disk.vhdx'), '--block', `${MiB}`);
  closed = readFileSync(dir.file('disk.vhdx'));
  table = closed.subarray(LAYOUT.blocks, LAYOUT.blocks + SECTOR);
  emptied = Buffer.from(closed).fill(0, LAYOUT.blocks, LAYOUT.blocks + SECTOR);
  content = await contentHash(await openMemory(closed));
  nothing = await contentHash(await openMemory(emptied));
  source = await fileHash(dir.file('disk.raw'));
});

test('the disk of these stories reads as its source when it is closed, and as nothing without its table', () => {
  expect(content).toBe(source);
  expect(nothing).not.toBe(source);
});

/** What a copy of `image` reads as with these entries in its log, or the code of the error. */
async function outcome(
  image: Buffer,
  entries: readonly LogEntryPlan[],
  change?: (image: Buffer) => void,
): Promise<string> {
  const open = Buffer.from(image);
  writeLog(open, entries);
  change?.(open);
  try {
    return await contentHash(await openMemory(open));
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const right = (): LogEntryPlan['writes'] => [{ offset: LAYOUT.blocks, bytes: table }];
const cleared = (): LogEntryPlan['writes'] => [{ offset: LAYOUT.blocks, zeros: SECTOR }];

describe('a VHDX disk that was not closed', () => {
  test('reads as its log says, while the file stays as it is', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 24 * MiB, [{ offset: 5 * MiB, length: 9 * MiB }]);
    vhdxtool('mkdyn', dir.file('disk.raw'), dir.file('closed.vhdx'));
    vhdxtool('dirty', dir.file('closed.vhdx'), dir.file('disk.vhdx')); // its entry wraps around the ring's end
    const before = await fileHash(dir.file('disk.vhdx'));

    await using image = await openImage(dir.file('disk.vhdx'));

    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
    expect(image.facts.warnings).toEqual([expect.stringContaining('not closed cleanly')]);
    expect(await fileHash(dir.file('disk.vhdx'))).toBe(before);
  });

  test('gets the last of several writes, over zeros and over other sectors', async () => {
    const wrong = Buffer.from(table).fill(0xff);
    const entries: LogEntryPlan[] = [
      { sequence: 7n, at: 0, tail: 0, writes: [{ offset: LAYOUT.blocks, bytes: wrong }] },
      { sequence: 8n, at: 2 * SECTOR, tail: 0, writes: cleared() },
      { sequence: 9n, at: 3 * SECTOR, tail: 0, writes: right() },
    ];

    expect(await outcome(emptied, entries)).toBe(content);
    expect(await outcome(closed, entries.slice(0, 2))).toBe(nothing);
  });

  test('reads the same after qemu-img has applied the log for good', async () => {
    using dir = scratch();
    const open = Buffer.from(emptied);
    writeLog(open, [
      { sequence: 0xffff_ffffn, at: LOG_END - 3 * SECTOR, tail: LOG_END - 3 * SECTOR, writes: cleared() },
      { sequence: 0x1_0000_0000n, at: LOG_END - 2 * SECTOR, tail: LOG_END - 3 * SECTOR, writes: [] },
      { sequence: 0x1_0000_0001n, at: LOG_END - SECTOR, tail: LOG_END - 3 * SECTOR, writes: right() },
    ]);
    writeFileSync(dir.file('disk.vhdx'), open);
    copyFileSync(dir.file('disk.vhdx'), dir.file('applied.vhdx'));
    qemuImg('check', '-r', 'all', dir.file('applied.vhdx'));
    qemuImg('convert', '-O', 'raw', dir.file('applied.vhdx'), dir.file('applied.raw'));

    await using image = await openImage(dir.file('disk.vhdx'));

    expect(await contentHash(image)).toBe(content);
    expect(await fileHash(dir.file('applied.raw'))).toBe(content);
  });

  test('has its metadata read through the log too', async () => {
    const metadata = closed.subarray(LAYOUT.metadata, LAYOUT.metadata + SECTOR);
    const lost = Buffer.from(closed).fill(0xee, LAYOUT.metadata, LAYOUT.metadata + SECTOR);

    expect(
      await outcome(lost, [{ sequence: 1n, at: 0, tail: 0, writes: [{ offset: LAYOUT.metadata, bytes: metadata }] }]),
    ).toBe(content);
    expect(await outcome(lost, [{ sequence: 1n, at: 0, tail: 0, writes: [] }])).toBe('disk.damaged');
  });

  test('leaves out what was applied before, and what is left over from other times', async () => {
    const entries: LogEntryPlan[] = [
      { sequence: 4n, at: 20 * SECTOR, tail: 20 * SECTOR, writes: cleared() }, // older, and not in a row with the others
      { sequence: 7n, at: 0, tail: 0, writes: cleared() }, // in a row, but older than the tail
      { sequence: 8n, at: SECTOR, tail: 0, writes: right() },
      { sequence: 9n, at: 3 * SECTOR, tail: SECTOR, writes: [] },
    ];

    const strange = (image: Buffer): void => {
      writeLog(image, [{ sequence: 99n, at: 30 * SECTOR, tail: 30 * SECTOR, writes: cleared() }]);
      image.fill(0xab, LAYOUT.log + 30 * SECTOR + 32, LAYOUT.log + 30 * SECTOR + 48); // the GUID of another log
      seal(image, LAYOUT.log + 30 * SECTOR, SECTOR);
    };
    expect(await outcome(closed, entries)).toBe(content);
    expect(await outcome(closed, entries, strange)).toBe(content);
  });

  test('does not count an entry that was still being written', async () => {
    const entries: LogEntryPlan[] = [
      { sequence: 7n, at: 0, tail: 0, writes: right() },
      { sequence: 8n, at: 2 * SECTOR, tail: 0, writes: cleared() },
    ];
    const torn = (image: Buffer): void => void image.writeUInt8(1, LAYOUT.log + 3 * SECTOR - 1);

    expect(await outcome(emptied, entries)).toBe(nothing);
    expect(await outcome(emptied, entries, torn)).toBe(content);
  });

  test('that had grown when the host stopped has zeros where the file was not extended', async () => {
    const grown = Buffer.from(table);
    grown.writeBigUInt64LE((BigInt(closed.length / MiB) << 20n) | 6n, 5 * 8); // block 5 right behind the file's end
    const writes = [{ offset: LAYOUT.blocks, bytes: grown }];
    const open = Buffer.from(closed);
    writeLog(open, [{ sequence: 1n, at: 0, tail: 0, writes, last: closed.length + MiB }]);

    const image = await openMemory(open);

    expect(await contentHash(image)).toBe(content);
    expect((await extentsOf(image)).at(-1)).toEqual({ kind: 'zero', offset: 5 * MiB, length: MiB });
    expect(await outcome(closed, [{ sequence: 1n, at: 0, tail: 0, writes }])).toBe('disk.truncated');
  });
});

describe('a VHDX log that cannot be applied', () => {
  const three = (): LogEntryPlan[] => [
    { sequence: 7n, at: 0, tail: 0, writes: cleared() },
    { sequence: 8n, at: SECTOR, tail: 0, writes: right() },
    { sequence: 9n, at: 3 * SECTOR, tail: 0, writes: [] },
  ];

  const damages: readonly [string, string, (image: Buffer) => void][] = [
    [
      'a gap before its newest entry',
      'disk.damaged',
      (image: Buffer) => void image.writeUInt8(1, LAYOUT.log + 2 * SECTOR - 1),
    ],
    ['no entry at all', 'disk.damaged', (image: Buffer) => void image.fill(0, LAYOUT.log, LAYOUT.log + LOG_END)],
    [
      'only bytes that mean nothing',
      'disk.damaged',
      (image: Buffer) => void image.fill('loge', LAYOUT.log, LAYOUT.log + LOG_END),
    ],
    [
      'a version that nobody knows',
      'disk.unsupported',
      (image: Buffer) => inHeaders(image, (at) => image.writeUInt16LE(1, at + 64)),
    ],
    [
      'a length of 128 MiB',
      'disk.limit',
      (image: Buffer) => inHeaders(image, (at) => image.writeUInt32LE(128 * MiB, at + 68)),
    ],
    [
      'a length of half a MiB',
      'disk.damaged',
      (image: Buffer) => inHeaders(image, (at) => image.writeUInt32LE(MiB / 2, at + 68)),
    ],
    [
      'a place in the header',
      'disk.damaged',
      (image: Buffer) => inHeaders(image, (at) => image.writeBigUInt64LE(0n, at + 72)),
    ],
    [
      'a place behind the file',
      'disk.truncated',
      (image: Buffer) => inHeaders(image, (at) => image.writeBigUInt64LE(1n << 50n, at + 72)),
    ],
  ];
  test.each(damages)('has %s', async (_, code, change) => {
    expect(await outcome(emptied, three())).toBe(content);
    expect(await outcome(emptied, three(), change)).toBe(code);
  });

  test.each([
    ['a tail that no entry starts at', 'disk.damaged', { tail: 9 * SECTOR }],
    ['a newest entry that was written to a longer file', 'disk.truncated', { flushed: 1e9 }],
    ['a file size that no VHDX has', 'disk.limit', { last: 2 ** 60 }],
    [
      'a write behind the end of the file',
      'disk.damaged',
      { writes: [{ offset: 2 ** 50, bytes: Buffer.alloc(SECTOR) }] },
    ],
    ['a range to clear that never ends', 'disk.damaged', { writes: [{ offset: 0, zeros: 2 ** 62 }] }],
  ])('has %s', async (_, code, change) => {
    expect(await outcome(emptied, [{ sequence: 7n, at: 0, tail: 0, writes: [], ...change }])).toBe(code);
  });

  test('is missing the end of the file it was written for', async () => {
    using dir = scratch();
    const open = Buffer.from(closed);
    writeLog(open, [{ sequence: 1n, at: 0, tail: 0, writes: [] }]);
    writeFileSync(dir.file('disk.vhdx'), open);
    truncateSync(dir.file('disk.vhdx'), closed.length - 4096);

    await expect(openImage(dir.file('disk.vhdx'))).rejects.toMatchObject({ code: 'disk.truncated' });
  });
});

describe('a file with logged writes over it', () => {
  const SECTORS = 24;
  const write = fc.record({
    at: fc.integer({ min: 0, max: SECTORS - 1 }),
    sectors: fc.integer({ min: 0, max: 9 }),
    seed: fc.option(fc.integer({ min: 1, max: 250 })),
  });

  test('reads everywhere as if the writes had been made in their order', async () => {
    const property = fc.asyncProperty(
      fc.array(write),
      fc.nat(SECTOR * SECTORS),
      fc.nat(SECTOR * 6),
      async (plan, from, length) => {
        const onDisk = pattern(1, SECTOR * 20); // and four sectors that the log adds
        const model = Buffer.concat([onDisk, Buffer.alloc(4 * SECTOR)]);
        const writes = plan.map(({ at, sectors, seed }) => {
          const offset = at * SECTOR;
          const bytes = seed === null ? null : pattern(seed, SECTOR);
          const length = bytes?.length ?? Math.min(sectors, SECTORS - at) * SECTOR;
          model.fill(0, offset, offset + length);
          bytes?.copy(model, offset);
          return { offset, length, bytes };
        });
        const file = new ReplayedSource(memorySource(onDisk), model.length, writes);

        const got = Buffer.alloc(Math.min(length, model.length - from), 1);
        await file.read(got, from);

        expect(got.equals(model.subarray(from, from + got.length))).toBe(true);
        expect(model.subarray(file.storedBytes).every((byte) => byte === 0)).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });
});

describe('CRC-32C', () => {
  test.each([
    ['123456789', Buffer.from('123456789'), 0xe306_9283],
    ['32 zeros', Buffer.alloc(32), 0x8a91_36aa],
    ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8_ab43],
    ['nothing', Buffer.alloc(0), 0],
  ])('of %s is as published', (_, bytes, sum) => {
    expect(crc32c(bytes)).toBe(sum);
  });

  test('is the same in one go, in two, and bit by bit', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, at) => {
      const whole = crc32c(bytes);
      expect(whole).toBe(slowCrc(bytes));
      expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(whole);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

function inHeaders(image: Buffer, change: (at: number) => void): void {
  for (const at of [LAYOUT.header1, LAYOUT.header2]) {
    change(at);
    seal(image, at, SECTOR);
  }
}
