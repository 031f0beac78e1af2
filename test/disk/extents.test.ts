/** What holds for extents of any disk: cutting, joining and laying over one another changes no byte the guest sees. */
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ByteSource } from '../../worker/disk/bytes.ts';
import { cut, joined, overlaid, readExtent } from '../../worker/disk/extents.ts';
import type { DiskImage, Extent } from '../../worker/disk/image.ts';
import { pattern } from '../support/disks.ts';

const stored = pattern(11, 64 * 1024);
const packedAt = stored.length;
const unit = pattern(12, 4096);
const packedUnit = deflateRawSync(unit);
const file = sourceOf(Buffer.concat([stored, packedUnit]));

function sourceOf(bytes: Buffer): ByteSource {
  return {
    name: 'memory',
    sizeBytes: bytes.length,
    async read(into, position) {
      if (bytes.copy(into, 0, position, position + into.byteLength) !== into.byteLength) throw new Error('short');
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Disks of up to 12 stretches, some of which continue their neighbour in the file. */
const stretches: fc.Arbitrary<Extent[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('hole', 'zero', 'data', 'packed', 'more'),
      sectors: fc.integer({ min: 1, max: 8 }),
      at: fc.nat(100),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((plan) => {
    const extents: Extent[] = [];
    let offset = 0;
    for (const { kind, sectors, at } of plan) {
      const length = sectors * 512;
      const last = extents.at(-1);
      if (kind === 'hole' || kind === 'zero') extents.push({ kind, offset, length });
      else if (kind === 'packed') {
        extents.push({
          kind,
          offset,
          length,
          codec: 'deflate',
          source: file,
          position: packedAt,
          storedBytes: packedUnit.length,
          unpackedBytes: unit.length,
          skipBytes: unit.length - length,
        });
      } else {
        const position = kind === 'more' && last?.kind === 'data' ? last.position + last.length : at * 512;
        extents.push({ kind: 'data', offset, length, source: file, position });
      }
      offset += length;
    }
    return extents;
  });

const sizeOf = (extents: readonly Extent[]): number => extents.reduce((sum, { length }) => sum + length, 0);

async function* asStream(extents: readonly Extent[]): AsyncGenerator<Extent, void, void> {
  yield* extents;
}

async function listed(extents: AsyncIterable<Extent>): Promise<Extent[]> {
  const all: Extent[] = [];
  for await (const extent of extents) all.push(extent);
  return all;
}

async function bytesOf(extents: readonly Extent[]): Promise<Buffer> {
  const parts = extents.map(async (extent) => {
    const into = Buffer.alloc(extent.length, 0xee);
    await readExtent(extent, into);
    return into;
  });
  return Buffer.concat(await Promise.all(parts));
}

/** The part [from, to) of a disk, as every format gives it. */
const within = (extents: readonly Extent[], from: number, to: number): Extent[] =>
  extents.filter(({ offset, length }) => offset < to && offset + length > from).map((extent) => cut(extent, from, to));

function imageOf(extents: readonly Extent[]): DiskImage {
  return {
    identity: null,
    facts: {
      format: 'raw',
      variant: 'test',
      virtualSizeBytes: sizeOf(extents),
      allocatedBytes: null,
      sectorSizeBytes: 512,
      creator: null,
      chain: [{ name: 'test', format: 'raw', variant: 'test' }],
      warnings: [],
    },
    extents: (from, to) => asStream(within(extents, from, to)),
    async [Symbol.asyncDispose]() {},
  };
}

describe('extents', () => {
  test('read the same after being cut at any place', async () => {
    await fc.assert(
      fc.asyncProperty(stretches, fc.nat(), fc.nat(), async (extents, a, b) => {
        const size = sizeOf(extents);
        const [from = 0, to = 0] = [a % (size + 1), b % (size + 1)].sort((x, y) => x - y);
        const whole = await bytesOf(extents);
        expect((await bytesOf(within(extents, from, to))).equals(whole.subarray(from, to))).toBe(true);
      }),
    );
  });

  test('read the same when joined, and leave no neighbours to join', async () => {
    await fc.assert(
      fc.asyncProperty(stretches, async (extents) => {
        const result = await listed(joined(extents));

        expect((await bytesOf(result)).equals(await bytesOf(extents))).toBe(true);
        expect(await listed(joined(asStream(result)))).toEqual(result);
        let at = 0;
        for (const { offset, length } of result) {
          expect(offset).toBe(at);
          at += length;
        }
        expect(at).toBe(sizeOf(extents));
      }),
    );
  });

  test('of a child show the parent where the child has holes, and zeros where neither has bytes', async () => {
    await fc.assert(
      fc.asyncProperty(stretches, stretches, async (child, parent) => {
        const own = await bytesOf(child);
        const below = await bytesOf(parent);
        const expected = Buffer.from(own);
        for (const { kind, offset, length } of child) {
          if (kind === 'hole') below.subarray(offset, offset + length).copy(expected, offset);
        }

        const result = await listed(overlaid(asStream(child), imageOf(parent)));

        expect((await bytesOf(result)).equals(expected)).toBe(true);
        expect(sizeOf(result)).toBe(sizeOf(child));
      }),
    );
  });
});
