/** Unpacking one compressed unit: exactly what was packed, or an error; never more memory than the unit. */
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DamagedImageError } from '../../worker/disk/errors.ts';
import { unpack } from '../../worker/disk/unpack.ts';
import { zstdFrameBytes } from '../../worker/disk/zstd.ts';
import { MiB } from '../support/disks.ts';

const pack = {
  zlib: (bytes: Uint8Array) => zlib.deflateSync(bytes),
  deflate: (bytes: Uint8Array) => zlib.deflateRawSync(bytes),
  zstd: (bytes: Uint8Array) => zlib.zstdCompressSync(bytes),
};
const codecs = ['zlib', 'deflate', 'zstd'] as const;
/** Bytes as disks have them: noise, text, and one byte over and over. */
const content = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 5000 }),
  fc.string({ minLength: 1, maxLength: 3000 }).map((text) => new TextEncoder().encode(text)),
  fc
    .tuple(fc.nat(255), fc.integer({ min: 1, max: 300_000 }))
    .map(([byte, length]) => new Uint8Array(length).fill(byte)),
);

describe.each(codecs)('unpacking %s', (codec) => {
  test('gives back what was packed, whatever follows it in its last sector', () => {
    fc.assert(
      fc.property(content, fc.uint8Array({ maxLength: 600 }), (bytes, behind) => {
        const stored = Buffer.concat([pack[codec](bytes), behind]);
        expect(unpack(codec, stored, bytes.length, 'disk').equals(bytes)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('refuses a unit of another length than it should have', () => {
    fc.assert(
      fc.property(content, fc.integer({ min: 1, max: 200_000 }), (bytes, length) => {
        fc.pre(length !== bytes.length);
        expect(() => unpack(codec, pack[codec](bytes), length, 'disk')).toThrow(DamagedImageError);
      }),
      { numRuns: 100 },
    );
  });

  test('refuses a unit whose end is missing', () => {
    fc.assert(
      fc.property(content, fc.nat(), (bytes, where) => {
        const stored = pack[codec](bytes);
        const kept = stored.subarray(0, where % stored.length);
        expect(() => unpack(codec, kept, bytes.length, 'disk')).toThrow(DamagedImageError);
      }),
      { numRuns: 100 },
    );
  });

  test('stops a bomb at the size of the unit', () => {
    const bomb = pack[codec](Buffer.alloc(256 * MiB));
    const before = process.memoryUsage().rss;

    expect(() => unpack(codec, bomb, 65_536, 'disk')).toThrow(DamagedImageError);

    expect(process.memoryUsage().rss - before).toBeLessThan(64 * MiB);
  });
});

describe('a zstd frame', () => {
  test('ends where its blocks and its checksum do', () => {
    fc.assert(
      fc.property(content, fc.boolean(), fc.boolean(), (bytes, hasChecksum, hasSize) => {
        const frame = zlib.zstdCompressSync(bytes, {
          params: {
            [zlib.constants.ZSTD_c_checksumFlag]: hasChecksum ? 1 : 0,
            [zlib.constants.ZSTD_c_contentSizeFlag]: hasSize ? 1 : 0,
          },
        });
        expect(zstdFrameBytes(Buffer.concat([frame, frame]))).toBe(frame.length);
        expect(zstdFrameBytes(frame.subarray(0, frame.length - 1))).toBeNull();
      }),
    );
  });

  test('is not found in what is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        fc.pre(bytes[0] !== 0x28);
        expect(zstdFrameBytes(bytes)).toBeNull();
      }),
    );
  });

  test('that wants a window of 128 MiB is refused', () => {
    const params = { [zlib.constants.ZSTD_c_contentSizeFlag]: 0 };
    const stored = zlib.zstdCompressSync(Buffer.alloc(65_536, 7), { params });
    expect(unpack('zstd', stored, 65_536, 'disk')).toHaveLength(65_536);
    stored[5] = (27 - 10) << 3; // the window descriptor

    expect(() => unpack('zstd', stored, 65_536, 'disk')).toThrow(DamagedImageError);
  });
});
