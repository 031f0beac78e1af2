/** The streamOptimized parser and writer: what comes out is what went in, however the network cuts it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync, inflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../worker/disk/open.ts';
import { StreamOptimizedLayout } from '../../worker/disk/vmdk/stream-writer.ts';
import type { GrainRef } from '../../worker/disk/vmdk/grain-ref.ts';
import { StreamOptimizedParser } from '../../worker/disk/vmdk/stream.ts';
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
import { descriptorText, streamOf } from '../support/vmdk.ts';

const GRAIN = 64 * KiB;

/** The grains of a stream that comes in chunks of these sizes (the last size again and again). */
function parse(
  stream: Uint8Array,
  chunkSizes: readonly number[] = [stream.byteLength],
): { grains: GrainRef[]; parser: StreamOptimizedParser } {
  const grains: GrainRef[] = [];
  let received = 0;
  const parser = new StreamOptimizedParser(
    'disk.vmdk',
    () => {},
    (grain) => {
      expect(grain.streamPosition + grain.storedBytes).toBeLessThanOrEqual(received); // all of it is there
      grains.push(grain);
    },
  );
  for (let i = 0; received < stream.byteLength; i++) {
    const start = received;
    received = Math.min(stream.byteLength, start + (chunkSizes[Math.min(i, chunkSizes.length - 1)] ?? 1));
    // A copy that is wiped afterwards: the parser must not look back.
    const chunk = Uint8Array.from(stream.subarray(start, received));
    parser.push(chunk);
    chunk.fill(0xff);
  }
  parser.finish();
  return { grains, parser };
}

/** The disk as its grains show it. */
function unpacked(stream: Uint8Array): Buffer {
  const { grains, parser } = parse(stream);
  const disk = Buffer.alloc(parser.header?.capacityBytes ?? 0);
  for (const { offset, streamPosition, storedBytes } of grains) {
    inflateSync(stream.subarray(streamPosition, streamPosition + storedBytes)).copy(disk, offset);
  }
  return disk;
}

/** What our writer makes of a disk of which these grains hold `pattern(number)`. */
function written(
  capacityBytes: number,
  numbers: readonly number[],
  storedBytes = (number: number): Uint8Array => deflateSync(pattern(number, GRAIN)),
): Buffer {
  const layout = new StreamOptimizedLayout();
  const pieces = [layout.head(capacityBytes, { cid: 0x1234, adapterType: 'lsilogic' })];
  for (const number of numbers) pieces.push(...layout.grain(number * GRAIN, storedBytes(number)));
  return Buffer.concat([...pieces, ...layout.tail()]);
}

describe('the stream parser', () => {
  test('reads what qemu-img, VMDKstream and Guts write as their source', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 70 * MiB, [
      { offset: 100, length: MiB },
      { offset: 33 * MiB, length: 3 * MiB },
      { offset: 69 * MiB, length: MiB },
    ]);
    const raw = readFileSync(dir.file('disk.raw'));
    qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', dir.file('disk.raw'), dir.file('qemu.vmdk'));
    run(
      '/usr/bin/python3',
      '-c',
      'import sys, VMDKstream; VMDKstream.convert_to_stream(sys.argv[1], sys.argv[2])',
      dir.file('disk.raw'),
      dir.file('py.vmdk'),
    );

    for (const file of ['qemu.vmdk', 'py.vmdk'])
      expect(unpacked(readFileSync(dir.file(file))).equals(raw), file).toBe(true);
  });

  test('reads an empty disk of every writer', () => {
    using dir = scratch();
    qemuImg('create', '-f', 'vmdk', '-o', 'subformat=streamOptimized', dir.file('qemu.vmdk'), '40M');

    for (const stream of [readFileSync(dir.file('qemu.vmdk')), written(40 * MiB, [])]) {
      const { grains, parser } = parse(stream);
      expect(grains).toEqual([]);
      expect(parser.header).toEqual({ capacityBytes: 40 * MiB, grainBytes: GRAIN });
    }
  });

  test('finds the same grains however the stream is cut', () => {
    using dir = scratch();
    writeFileSync(
      dir.file('disk.raw'),
      Buffer.concat([Buffer.alloc(33 * MiB), pattern(3, 5 * GRAIN), Buffer.alloc(MiB), pattern(4, 1000)]),
    );
    qemuImg(
      'convert',
      '-f',
      'raw',
      '-O',
      'vmdk',
      '-o',
      'subformat=streamOptimized',
      dir.file('disk.raw'),
      dir.file('disk.vmdk'),
    );
    const streams = [written(80 * MiB, [0, 1, 7, 511, 512, 513, 1279]), readFileSync(dir.file('disk.vmdk'))];

    for (const stream of streams) {
      const whole = parse(stream).grains;
      expect(whole.length).toBeGreaterThan(5);
      const sizes = fc.array(
        fc.oneof(
          fc.integer({ min: 1, max: 40 }),
          fc.integer({ min: 400, max: 700 }),
          fc.integer({ min: 1, max: 200_000 }),
        ),
        { minLength: 1, maxLength: 60 },
      );
      fc.assert(
        fc.property(sizes, fc.integer({ min: 300, max: 100_000 }), (first, rest) => {
          expect(parse(stream, [...first, rest]).grains).toEqual(whole);
        }),
        { numRuns: 40 },
      );
    }
    const { grains } = parse(streams[0] ?? Buffer.alloc(0), [1]); // byte by byte
    expect(grains.map(({ offset }) => offset / GRAIN)).toEqual([0, 1, 7, 511, 512, 513, 1279]);
  });

  test('takes grains in any order, and none twice', () => {
    const grains = [9, 2, 300, 0].map((number) => [number, pattern(number, GRAIN)] as const);

    expect(parse(streamOf(20 * MiB, grains)).grains.map(({ offset }) => offset / GRAIN)).toEqual([9, 2, 300, 0]);
    expect(() => parse(streamOf(20 * MiB, [...grains, [2, pattern(5, GRAIN)]]))).toThrow(/twice/);
  });

  test('notices at whatever byte a stream stops', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 40 * MiB, [
      { offset: 0, length: 3 * GRAIN },
      { offset: 36 * MiB, length: GRAIN },
    ]);
    qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', dir.file('disk.raw'), dir.file('qemu.vmdk'));
    const fromQemu = readFileSync(dir.file('qemu.vmdk'));
    const lastByte = fromQemu.findLastIndex((byte) => byte !== 0);

    for (const [stream, end] of [
      [written(40 * MiB, [0, 5, 600]), Infinity],
      [fromQemu, lastByte],
    ] as const) {
      const most = Math.min(end, stream.length - 1);
      const lengths = fc.oneof(
        fc.integer({ min: 0, max: most }),
        fc.integer({ min: 0, max: Math.floor(most / 512) }).map((sectors) => sectors * 512),
      );
      fc.assert(
        fc.property(lengths, (length) => {
          expect(() => parse(stream.subarray(0, length))).toThrow(expect.objectContaining({ code: 'disk.truncated' }));
        }),
        { numRuns: 150, examples: [[21 * 512 + 16 + 512], [0x27 * 512], [0x2b * 512]] },
      );
    }
  });

  test('notices a change in any marker, table or directory', () => {
    const stream = written(80 * MiB, [0, 1, 600, 601]);
    const footer = stream.length - 1024;
    const { grains } = parse(stream);
    const places = grains.flatMap(({ streamPosition: at }) => [at - 12, at - 11, at - 8, at - 3, at - 2, at, at + 1]);
    const afterGrains = stream.indexOf(Buffer.from([4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]), 64 * KiB); // the first table's marker
    expect(afterGrains).toBeGreaterThan(0);
    for (let at = afterGrains; at < stream.length; at++) {
      // A marker's count of sectors is believed where it is possible; the footer repeats some things that nobody needs.
      const isUsed = at < footer - 512 || [-500, 4, 12, 20, 44, 56, 77].includes(at - footer);
      const isGrain = grains.some(
        ({ streamPosition: from, storedBytes }) => at >= from - 12 && at < from + storedBytes,
      );
      if (stream[at] !== 0 && isUsed && !isGrain) places.push(at);
    }
    expect(places.length).toBeGreaterThan(40);

    for (const at of places) {
      const damaged = Buffer.from(stream);
      damaged[at] = (stream[at] ?? 0) ^ 0x90;
      expect(() => parse(damaged), `byte ${at}`).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^disk\.(damaged|truncated|limit|unsupported)$/) }),
      );
    }
  });

  test('refuses a delta and a disk that is not streamOptimized, with the way out', () => {
    using dir = scratch();
    qemuImg('create', '-f', 'vmdk', dir.file('sparse.vmdk'), '8M');
    const delta = written(8 * MiB, [3]);
    const text = descriptorText({
      createType: 'streamOptimized',
      cid: '2',
      parentCid: '1',
      parent: 'base.vmdk',
      extents: ['RW 16384 SPARSE "x.vmdk"'],
    });
    delta.fill(0, 512, 64 * KiB).write(text, 512);

    expect(() => parse(readFileSync(dir.file('sparse.vmdk')))).toThrow(
      expect.objectContaining({ code: 'disk.unsupported', remedy: expect.stringContaining('file') }),
    );
    expect(() => parse(delta)).toThrow(
      expect.objectContaining({ code: 'disk.unsupported', remedy: expect.stringContaining('snapshots') }),
    );
  });
});

describe('the stream writer', () => {
  test.each([MiB, 32 * MiB, 70 * MiB, 40 * MiB + 512, 2 * MiB + 65_024])(
    'makes a disk of %i bytes that every program at hand reads alike',
    async (size) => {
      using dir = scratch();
      await makeRaw(dir.file('disk.raw'), size, [
        { offset: 0, length: 2 * GRAIN },
        { offset: Math.floor(size / 2), length: MiB / 4 },
        { offset: size - 512, length: 512 },
      ]);
      const raw = readFileSync(dir.file('disk.raw'));
      const grainAt = (number: number): Buffer => raw.subarray(number * GRAIN, (number + 1) * GRAIN);
      const numbers = Array.from({ length: Math.ceil(size / GRAIN) }, (_, number) => number).filter((number) =>
        grainAt(number).some((byte) => byte !== 0),
      );
      writeFileSync(
        dir.file('disk.vmdk'),
        written(size, numbers, (number) => deflateSync(grainAt(number), { level: 1 })),
      );

      await using image = await openImage(dir.file('disk.vmdk'));

      expect(image.facts).toMatchObject({
        variant: 'streamOptimized',
        virtualSizeBytes: size,
        creator: 'Guts',
        warnings: [],
      });
      expect(image.identity).toBe('00001234');
      expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
      expect(unpacked(readFileSync(dir.file('disk.vmdk'))).equals(raw)).toBe(true);
      expect(qemuImg('check', '-f', 'vmdk', dir.file('disk.vmdk'))).toContain('No errors');
      expect(qemuImg('compare', '-f', 'raw', '-F', 'vmdk', dir.file('disk.raw'), dir.file('disk.vmdk'))).toContain(
        'identical',
      );
      expect(run('vmdkinfo', dir.file('disk.vmdk'))).toContain('Stream optimized');
    },
  );

  test('makes the same bytes for any set of grains as they are read back', () => {
    const sets = fc
      .uniqueArray(fc.integer({ min: 0, max: 1999 }), { maxLength: 30 })
      .map((numbers) => numbers.sort((a, b) => a - b));
    fc.assert(
      fc.property(sets, (numbers) => {
        const stream = written(2000 * GRAIN, numbers, (number) => deflateSync(Buffer.alloc(GRAIN, number)));
        const { grains } = parse(stream);

        expect(grains.map(({ offset }) => offset / GRAIN)).toEqual(numbers);
        expect(stream.length % 512).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test('makes a disk of 8 TiB whose tables are a few kilobytes', async () => {
    using dir = scratch();
    const numbers = [0, 1, 1_000_000, 134_217_727];
    writeFileSync(dir.file('disk.vmdk'), written(8192 * GiB, numbers));

    await using image = await openImage(dir.file('disk.vmdk'));
    const packed = (await extentsOf(image)).filter(({ kind }) => kind === 'packed');

    expect(packed.map(({ offset }) => offset / GRAIN)).toEqual(numbers);
    expect(parse(readFileSync(dir.file('disk.vmdk')), [MiB]).grains).toHaveLength(4);
    expect(execFileSync('qemu-img', ['info', dir.file('disk.vmdk')], { encoding: 'utf8' })).toContain('8 TiB');
  });

  test('refuses grains out of order, off their place or behind the end', () => {
    const layout = new StreamOptimizedLayout();
    layout.head(4 * MiB, { cid: 1, adapterType: 'ide' });
    const stored = deflateSync(pattern(1, GRAIN));
    layout.grain(5 * GRAIN, stored);

    for (const offset of [5 * GRAIN, 4 * GRAIN, 6 * GRAIN + 512, 4 * MiB, -GRAIN])
      expect(() => layout.grain(offset, stored), `${offset}`).toThrow(RangeError);
  });
});
