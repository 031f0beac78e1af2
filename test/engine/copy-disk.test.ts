/** A disk of a source into an image, judged by qemu-img: whatever was guessed of it, it is whole, and its hash is what was sent. */
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { makeRates, setRate } from '../../main/shared/rates.ts';
import { openFile, streamOf, type ByteSource, type ByteStream } from '../../worker/disk/bytes.ts';
import type { DiskImage, Extent } from '../../worker/disk/image.ts';
import type { ImageUpload, ReadableDisk } from '../../worker/drivers.ts';
import { RateLimit } from '../../worker/engine/rate-limit.ts';
import { copyDisk } from '../../worker/engine/migrate/copy-disk.ts';
import { likelyBytes } from '../../worker/engine/migrate/likely-size.ts';
import { makeRaw, MiB, qemuImg, scratch } from '../support/disks.ts';

const { signal } = new AbortController();
/** Not a multiple of a block: the last one is short. */
const sizeBytes = 96 * MiB - 512;
const written = [
  { offset: 0, length: 9 * MiB, seed: 1 },
  { offset: 20 * MiB + 512, length: 37 * MiB, seed: 2 },
  { offset: sizeBytes - 70_000, length: 70_000, seed: 3 },
];

/** An image service that keeps what it is sent in a file. */
function uploadTo(file: string): ImageUpload {
  const fd = openSync(file, 'w');
  let position = 0;
  const append = async (bytes: Uint8Array): Promise<void> => {
    const at = position;
    position += bytes.byteLength;
    writeSync(fd, bytes, 0, bytes.byteLength, at);
  };
  return {
    imageId: file,
    get position() {
      return position;
    },
    append,
    zeros: async (length) => await append(Buffer.alloc(length)),
    finish: async () => ({ evidence: 'it is in the file' }),
    [Symbol.asyncDispose]: async () => closeSync(fd),
  };
}

/** The disk as a lease gives it, or by ranges of which the file's holes are left out, or none. */
async function readable(
  folder: ReturnType<typeof scratch>,
  reading: 'lease' | 'areas' | 'ranges',
  likelyDataBytes: number | null,
): Promise<ReadableDisk> {
  const raw = folder.file('disk.raw');
  await makeRaw(raw, sizeBytes, written);
  const base = { key: '2000', name: 'web: Hard disk 1', sizeBytes, likelyDataBytes };
  if (reading === 'lease') {
    const vmdk = folder.file('disk.vmdk');
    qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, vmdk);
    const bytes = readFileSync(vmdk);
    const sha1 = createHash('sha1').update(bytes).digest('hex');
    return {
      ...base,
      kind: 'stream',
      open: async () => {
        const source = await openFile(vmdk);
        return { ...streamOf(source), [Symbol.asyncDispose]: async () => await source[Symbol.asyncDispose]() };
      },
      manifest: async () => ({ algorithm: 'sha1', hex: sha1, sizeBytes: bytes.byteLength }),
    };
  }
  return {
    ...base,
    kind: 'extents',
    way: 'over TLS',
    openImage: async () => {
      const source = await openFile(raw);
      async function* extents(): AsyncGenerator<Extent, void, void> {
        const spans = reading === 'areas' ? written : [{ offset: 0, length: sizeBytes }];
        for (const { offset, length } of spans) yield { kind: 'data', offset, length, source, position: offset };
      }
      return {
        identity: null,
        facts: {
          format: 'raw',
          variant: 'flat',
          virtualSizeBytes: sizeBytes,
          allocatedBytes: null,
          sectorSizeBytes: 512,
          creator: null,
          chain: [],
          warnings: [],
        },
        extents,
        [Symbol.asyncDispose]: async () => await source[Symbol.asyncDispose](),
      };
    },
  };
}

/** The same, but that it cannot be read beyond so many bytes: that shows when something has come about. */
function failing(disk: ReadableDisk, afterBytes: number, cause: Promise<void>): ReadableDisk {
  const reach = async (end: number): Promise<void> => {
    if (end <= afterBytes) return;
    await cause;
    throw new Error('the disk cannot be read');
  };
  if (disk.kind === 'stream') {
    const open = async (stop: AbortSignal): Promise<ByteStream> => {
      const stream = await disk.open(stop);
      let position = 0;
      const readOn: ByteStream['read'] = async (into, given) => {
        const got = await stream.read(into, given);
        await reach((position += got));
        return got;
      };
      return { name: stream.name, read: readOn, [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose]() };
    };
    return { ...disk, open };
  }
  const openImage = async (stop: AbortSignal): Promise<DiskImage> => {
    const image = await disk.openImage(stop);
    async function* extents(...span: Parameters<DiskImage['extents']>): AsyncGenerator<Extent, void, void> {
      for await (const extent of image.extents(...span)) {
        if (!('source' in extent)) continue;
        const { source } = extent;
        const read: ByteSource['read'] = async (into, position, given) => {
          await reach(position + into.byteLength);
          await source.read(into, position, given);
        };
        const { name, sizeBytes: length } = source;
        yield { ...extent, source: { name, sizeBytes: length, read, [Symbol.asyncDispose]: async () => {} } };
      }
    }
    return { ...image, extents };
  };
  return { ...disk, openImage };
}

async function copied(
  disk: ReadableDisk,
  image: string,
  format: 'qcow2' | 'raw',
  limit: RateLimit | null = null,
): Promise<Awaited<ReturnType<typeof copyDisk>>> {
  await using upload = uploadTo(image);
  return await copyDisk({
    disk,
    planned: {
      key: disk.key,
      label: 'Hard disk 1',
      sizeBytes,
      sizeGiB: 1,
      reading: { value: 'lease', reason: '' },
      imageFormat: { value: format, reason: '' },
      volumeType: null,
      bootIndex: 0,
    },
    upload,
    lanes: 2,
    limit,
    of: { diskIndex: 0, disks: 1 },
    tell: () => {},
    signal,
  });
}

describe('a disk on its way into an image', () => {
  const guesses = { lease: [null, 0, 2 ** 40], areas: [0, 46 * MiB], ranges: [null, 0, 100_000, 12 * MiB, sizeBytes] };
  const ways = (['lease', 'areas', 'ranges'] as const).flatMap((reading) =>
    guesses[reading].map((likely) => ({ reading, likely })),
  );

  test.each(ways)('by $reading is whole when $likely bytes of data were likely', async ({ reading, likely }) => {
    using folder = scratch();
    const image = folder.file('image.qcow2');

    const moved = await copied(await readable(folder, reading, likely), image, 'qcow2');

    qemuImg('check', image);
    qemuImg('compare', '-F', 'qcow2', '-f', 'raw', folder.file('disk.raw'), image);
    const bytes = readFileSync(image);
    expect(moved.sentBytes).toBe(bytes.byteLength);
    expect(moved.sha512).toBe(createHash('sha512').update(bytes).digest('hex'));
  });

  test.each(['lease', 'areas'] as const)('by %s is whole in a raw image', async (reading) => {
    using folder = scratch();
    const image = folder.file('image.raw');

    const moved = await copied(await readable(folder, reading, null), image, 'raw');

    const bytes = readFileSync(image);
    expect(bytes.subarray(0, sizeBytes).equals(readFileSync(folder.file('disk.raw')))).toBe(true);
    expect(moved.sha512).toBe(createHash('sha512').update(bytes).digest('hex'));
  });

  test.each(['lease', 'ranges'] as const)(
    'by %s says at once that it cannot be read, however slowly it is sent',
    async (reading) => {
      using folder = scratch();
      const disk = await readable(folder, reading, null);
      const rates = makeRates(1);
      setRate(rates, 0, 1);
      const waiting = new EventEmitter();
      const isWaiting = once(waiting, 'waits').then(() => {});
      const limit = new RateLimit(rates, [0], {
        now: () => process.hrtime.bigint(),
        wait: async (ms, stop) => {
          waiting.emit('waits');
          await pause(ms, undefined, { signal: stop });
        },
      });

      const copying = copied(failing(disk, 4 * MiB, isWaiting), folder.file('image'), 'raw', limit);

      await expect(copying).rejects.toThrow('the disk cannot be read');
    },
  );

  test('sends no zeros to speak of where the guess is good', async () => {
    using folder = scratch();
    const data = written.reduce((sum, { length }) => sum + length, 0);

    const good = await copied(await readable(folder, 'ranges', data), folder.file('good.qcow2'), 'qcow2');
    const most = await copied(await readable(folder, 'ranges', sizeBytes), folder.file('most.qcow2'), 'qcow2');

    expect(good.sentBytes).toBeLessThan(data + 2 * MiB);
    expect(most.sentBytes).toBeGreaterThan(sizeBytes);
  });
});

describe('the room in front of the tables', () => {
  const base = { mostBytes: 1000, sizeBytes: 1000, isPacked: false };

  test('is what is likely, but no more than can come', () => {
    expect(likelyBytes({ ...base, likelyDataBytes: 400 }, Infinity)).toBe(400);
    expect(likelyBytes({ ...base, likelyDataBytes: 4000 }, Infinity)).toBe(1000);
    expect(likelyBytes({ ...base, likelyDataBytes: 400, isPacked: true }, Infinity)).toBeLessThan(400);
    expect(likelyBytes({ ...base, likelyDataBytes: null }, Infinity)).toBeLessThan(500);
  });

  test('is so much that the rest has room on this machine while it waits', () => {
    expect(likelyBytes({ ...base, likelyDataBytes: 400 }, 100)).toBe(900);
    expect(likelyBytes({ ...base, likelyDataBytes: 400 }, 0)).toBe(1000);
  });

  test('is no more than the source counts, with something to spare, on a large disk that holds little', () => {
    const large = { ...base, mostBytes: 1_000_000, sizeBytes: 1_000_000, likelyDataBytes: 400, mostDataBytes: 500 };

    expect(likelyBytes(large, 2000)).toBe(400);
    expect(likelyBytes(large, 100)).toBe(900);
    expect(likelyBytes({ ...large, mostDataBytes: 900_000 }, 100)).toBe(999_900);
  });
});
