/** Disks without a checksum: what comes wrong once is put right, and what never comes the same is not believed. */
import { expect, test } from 'vitest';
import { readExtent } from '../../worker/disk/extents.ts';
import { openRaw } from '../../worker/disk/raw.ts';
import type { Neighbours } from '../../worker/disk/image.ts';
import { readTwice, type TwiceReadImage } from '../../worker/engine/migrate/read-twice.ts';
import { extentsOf, MiB, pattern } from '../support/disks.ts';

const bytes = pattern(1, 3 * MiB);
const alone: Neighbours = {
  open: async () => Promise.reject(new Error('a raw disk has no neighbours')),
  openParent: async () => Promise.reject(new Error('a raw disk has no parents')),
};

/** A disk of which the given reads, counted from 0, come with one byte changed. */
async function disk(spoils: (read: number) => boolean): Promise<TwiceReadImage> {
  let reads = 0;
  const source = {
    name: 'disk',
    sizeBytes: bytes.byteLength,
    async read(into: Uint8Array, position: number) {
      into.set(bytes.subarray(position, position + into.byteLength));
      const read = reads++;
      if (spoils(read)) into[read % into.byteLength] = 1 + (into[read % into.byteLength] ?? 0);
    },
    async [Symbol.asyncDispose]() {},
  };
  return readTwice(await openRaw(source, alone), 'over TLS');
}

async function contentOf(image: TwiceReadImage): Promise<Buffer> {
  const all = Buffer.alloc(bytes.byteLength);
  for (const extent of await extentsOf(image))
    if (extent.kind === 'data') await readExtent(extent, all.subarray(extent.offset, extent.offset + extent.length));
  return all;
}

test.each([[[]], [[0]], [[1]], [[3]]])('are read right when the reads %j come wrong', async (wrong: number[]) => {
  await using image = await disk((read) => wrong.includes(read));

  expect((await contentOf(image)).equals(bytes)).toBe(true);
  const { evidence } = image.proof();
  expect(evidence).toContain(`${bytes.byteLength} bytes`);
  expect(evidence.includes('differed')).toBe(wrong.length > 0);
});

test('are not believed when they come differently each time', async () => {
  await using image = await disk(() => true);

  await expect(contentOf(image)).rejects.toMatchObject({ code: 'source.reads-differ', retryable: true });
});
