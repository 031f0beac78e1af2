/** qcow2 disks as QEMU writes them: every variant reads as its source, alone and on backing files. */
import { renameSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openFile, type ByteSource } from '../../worker/disk/bytes.ts';
import { readGuest } from '../../worker/disk/extents.ts';
import { FolderNeighbours } from '../../worker/disk/neighbours.ts';
import { openImage } from '../../worker/disk/open.ts';
import { openQcow2 } from '../../worker/disk/qcow2.ts';
import {
  contentHash,
  extentsOf,
  fileHash,
  makeRaw,
  pattern,
  qemuImg,
  run,
  scratch,
  GiB,
  KiB,
  MiB,
} from '../support/disks.ts';

const qemuIo = (file: string, ...commands: string[]): string =>
  run('qemu-io', '-f', 'qcow2', ...commands.flatMap((command) => ['-c', command]), file);

/** What qemu-img says the disk holds. */
function asRaw(dir: { file(name: string): string }, image: string, format = 'qcow2'): string {
  const raw = dir.file('expected.raw');
  qemuImg('convert', '-f', format, '-O', 'raw', image, raw);
  return raw;
}

describe('a qcow2 disk', () => {
  const odd = 21 * MiB + 5 * 512;
  test.each([
    ['as it comes', '', false, odd],
    ['of version 2', 'compat=0.10', false, odd],
    ['of version 2, compressed', 'compat=0.10', true, odd],
    ['with the smallest clusters', 'cluster_size=512', false, 3 * MiB + 512],
    ['with the smallest clusters, compressed', 'cluster_size=512', true, MiB + 512],
    ['with small clusters', 'cluster_size=4k', false, odd],
    ['with the largest clusters', 'cluster_size=2M', false, odd],
    ['with the largest clusters, compressed', 'cluster_size=2M', true, odd],
    ['with its tables laid out ahead', 'preallocation=metadata', false, odd],
    ['with its space set aside', 'preallocation=falloc', false, odd],
    ['written in full', 'preallocation=full', false, odd],
    ['compressed with deflate', 'compression_type=zlib', true, odd],
    ['compressed with zstd', 'compression_type=zstd', true, odd],
    ['compressed with zstd in large clusters', 'compression_type=zstd,cluster_size=1M', true, odd],
    ['with divided clusters', 'extended_l2=on,cluster_size=64k', false, odd],
    ['with divided clusters, compressed', 'extended_l2=on,cluster_size=128k', true, odd],
    ['with lazy reference counts', 'lazy_refcounts=on', false, odd],
    ['with narrow reference counts', 'refcount_bits=1', false, odd],
  ])('%s (%s) reads as its source', async (_what, options, isCompressed, sizeBytes) => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), sizeBytes, [
      { offset: 0, length: 100 * KiB },
      { offset: 300 * KiB, length: 5 * KiB },
      { offset: MiB / 2, length: MiB / 4 },
      { offset: sizeBytes - 1536, length: 1536 },
    ]);
    const flags = [...(isCompressed ? ['-c'] : []), ...(options === '' ? [] : ['-o', options])];
    qemuImg('convert', '-O', 'qcow2', ...flags, dir.file('disk.raw'), dir.file('disk.qcow2'));

    await using image = await openImage(dir.file('disk.qcow2'));

    expect(image.facts).toMatchObject({ format: 'qcow2', virtualSizeBytes: sizeBytes, warnings: [] });
    expect((await extentsOf(image)).some(({ kind }) => kind === 'packed')).toBe(isCompressed);
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw'))); // tables that are known are not clashes
  });

  test('tells what was zeroed from what was never written', async () => {
    using dir = scratch();
    const file = dir.file('disk.qcow2');
    qemuImg('create', '-f', 'qcow2', file, '4M');
    qemuIo(file, 'write -P 1 0 192k', 'write -z 64k 64k', 'write -zu 1M 128k');

    await using image = await openImage(file);

    expect((await extentsOf(image)).map(({ kind, offset, length }) => [kind, offset / KiB, length / KiB])).toEqual([
      ['data', 0, 64],
      ['zero', 64, 64],
      ['data', 128, 64],
      ['hole', 192, 832],
      ['zero', 1024, 128],
      ['hole', 1152, 2944],
    ]);
  });

  test('can be read anywhere without reading what comes before', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 64 * MiB, [{ offset: 33 * MiB, length: MiB, seed: 7 }]);
    qemuImg('convert', '-c', '-O', 'qcow2', dir.file('disk.raw'), dir.file('disk.qcow2'));
    await using image = await openImage(dir.file('disk.qcow2'));

    const bytes = Buffer.alloc(100 * KiB);
    await readGuest(image, 33 * MiB + 1000, bytes);

    expect(bytes.equals(pattern(7, MiB).subarray(1000, 1000 + bytes.length))).toBe(true);
  });

  test('of one tebibyte costs the tables in use and no more', async () => {
    using dir = scratch();
    const file = dir.file('huge.qcow2');
    qemuImg('create', '-f', 'qcow2', file, '1T');
    qemuIo(file, 'write -P 1 5G 64k', 'write -P 2 900G 1M');
    const { source, seen } = counted(await openFile(file));

    await using image = await openQcow2(source, new FolderNeighbours(file, [], openNothing));
    const extents = await extentsOf(image);

    expect(extents.filter(({ kind }) => kind === 'data').map(({ offset }) => offset)).toEqual([5 * GiB, 900 * GiB]);
    expect(seen.bytes).toBeLessThan(512 * KiB); // the header's cluster, 16 KiB of level 1, two tables, the counts
  });

  test('with internal snapshots reads as it stands now, and says so', async () => {
    using dir = scratch();
    const file = dir.file('disk.qcow2');
    qemuImg('create', '-f', 'qcow2', file, '4M');
    qemuIo(file, 'write -P 1 0 1M');
    qemuImg('snapshot', '-c', 'before', file);
    qemuIo(file, 'write -P 2 512k 1M');

    await using image = await openImage(file);

    expect(image.facts.warnings).toEqual([expect.stringContaining('1 internal snapshot')]);
    expect(await contentHash(image)).toBe(await fileHash(asRaw(dir, file)));
  });

  test('that its last writer did not close is read, with a warning', async () => {
    using dir = scratch();
    const file = dir.file('disk.qcow2');
    qemuImg('create', '-f', 'qcow2', '-o', 'lazy_refcounts=on', file, '4M');
    qemuIo(file, 'write -P 5 0 1M', 'flush');
    run('sh', '-c', `printf '\\001' | dd of="$1" bs=1 seek=79 conv=notrunc status=none`, 'sh', file);

    await using image = await openImage(file);

    expect(image.facts.warnings).toEqual([expect.stringContaining('not closed')]);
    expect((await extentsOf(image))[0]).toMatchObject({ kind: 'data', length: MiB });
  });
});

describe('a qcow2 disk on backing files', () => {
  test('shows three generations at once, whatever their cluster sizes', async () => {
    using dir = scratch();
    const [base, middle, top] = [dir.file('base.raw'), dir.file('middle.qcow2'), dir.file('top.qcow2')];
    await makeRaw(base, 8 * MiB, [{ offset: 0, length: 6 * MiB }]);
    qemuImg('create', '-f', 'qcow2', '-o', 'cluster_size=512', '-b', 'base.raw', '-F', 'raw', middle);
    qemuIo(middle, 'write -P 3 1000k 3k', 'write -z 2M 100k', 'write -P 4 7M 1k');
    qemuImg('create', '-f', 'qcow2', '-o', 'extended_l2=on', '-b', 'middle.qcow2', '-F', 'qcow2', top, '11M');
    qemuIo(top, 'write -P 5 1001k 1k', 'write -z 3M 7k', 'write -P 6 5M 70k', 'write -P 7 10M 512');

    await using image = await openImage(top);

    expect(image.facts.chain.map(({ name, format }) => [name, format])).toEqual([
      [top, 'qcow2'],
      [middle, 'qcow2'],
      [base, 'raw'],
    ]);
    expect(await contentHash(image)).toBe(await fileHash(asRaw(dir, top)));
  });

  test.each([
    ['longer', '8M', 3 * MiB + 512],
    ['shorter', '2M', 3 * MiB],
  ])('that is %s than its backing file (%s) reads as under qemu-img', async (_what, size, backingBytes) => {
    using dir = scratch();
    await makeRaw(dir.file('base.raw'), backingBytes, [{ offset: 0, length: backingBytes }]);
    qemuImg('create', '-f', 'qcow2', '-b', 'base.raw', '-F', 'raw', dir.file('top.qcow2'), size);
    qemuIo(dir.file('top.qcow2'), 'write -P 9 1M 64k');

    await using image = await openImage(dir.file('top.qcow2'));

    expect(await contentHash(image)).toBe(await fileHash(asRaw(dir, dir.file('top.qcow2'))));
  });

  test('takes backing of another format, by QEMU’s name for it', async () => {
    using dir = scratch();
    await makeRaw(dir.file('base.raw'), 4 * MiB, [{ offset: MiB, length: MiB }]);
    qemuImg('convert', '-O', 'vdi', dir.file('base.raw'), dir.file('base.vdi'));
    qemuImg('create', '-f', 'qcow2', '-b', 'base.vdi', '-F', 'vdi', dir.file('top.qcow2'));

    await using image = await openImage(dir.file('top.qcow2'));

    expect(await contentHash(image)).toBe(await fileHash(dir.file('base.raw')));
  });

  test('never looks into backing that it declares raw: the guest could have written a header there', async () => {
    using dir = scratch();
    qemuImg('create', '-f', 'qcow2', dir.file('secret.qcow2'), '1M');
    qemuImg('create', '-f', 'qcow2', '-b', 'secret.qcow2', '-F', 'qcow2', dir.file('guest.raw'));
    qemuImg('create', '-f', 'qcow2', '-b', 'guest.raw', '-F', 'raw', dir.file('top.qcow2'));

    await using image = await openImage(dir.file('top.qcow2'));

    expect(image.facts.chain.map(({ format }) => format)).toEqual(['qcow2', 'raw']);
    expect(await contentHash(image)).toBe(await fileHash(asRaw(dir, dir.file('guest.raw'), 'raw')));
  });

  test('whose format nobody declared is opened by what it holds, but may name nothing further', async () => {
    using dir = scratch();
    await makeRaw(dir.file('base.raw'), 2 * MiB, [{ offset: 0, length: MiB }]);
    qemuImg('convert', '-O', 'qcow2', dir.file('base.raw'), dir.file('base.qcow2'));
    undeclared(dir.file('top.qcow2'), 'base.qcow2', dir);
    undeclared(dir.file('tower.qcow2'), 'top.qcow2', dir);

    await using image = await openImage(dir.file('top.qcow2'));

    expect(await contentHash(image)).toBe(await fileHash(dir.file('base.raw')));
    await expect(openImage(dir.file('tower.qcow2'))).rejects.toMatchObject({ code: 'disk.unsupported' });
  });

  test('needs its backing file, by name, beside it', async () => {
    using dir = scratch();
    qemuImg('create', '-f', 'qcow2', dir.file('base.qcow2'), '1M');
    qemuImg('create', '-f', 'qcow2', '-b', 'base.qcow2', '-F', 'qcow2', dir.file('top.qcow2'));
    renameSync(dir.file('base.qcow2'), dir.file('gone.qcow2'));

    await expect(openImage(dir.file('top.qcow2'))).rejects.toMatchObject({
      code: 'disk.file-missing',
      message: expect.stringContaining('base.qcow2'),
    });
  });

  test('may not be its own ancestor', async () => {
    using dir = scratch();
    qemuImg('create', '-f', 'qcow2', dir.file('a.qcow2'), '1M');
    qemuImg('create', '-f', 'qcow2', '-b', 'a.qcow2', '-F', 'qcow2', dir.file('b.qcow2'));
    qemuImg('rebase', '-u', '-b', 'b.qcow2', '-F', 'qcow2', '-f', 'qcow2', dir.file('a.qcow2'));

    await expect(openImage(dir.file('a.qcow2'))).rejects.toMatchObject({ code: 'disk.damaged' });
  });

  test.each([
    ['nbd://127.0.0.1:1/disk', 'qcow2', 'disk.unsupported'],
    ['http://127.0.0.1/disk', 'raw', 'disk.unsupported'],
    ['json:{"driver":"file","filename":"/etc/passwd"}', 'raw', 'disk.unsupported'],
    ['fat:rw:/etc', 'raw', 'disk.unsupported'],
    ['base.luks', 'luks', 'disk.unsupported'],
    ['/etc/passwd', 'raw', 'disk.file-missing'],
    ['../../../../../../etc/passwd', 'raw', 'disk.file-missing'],
    ['..', 'raw', 'disk.damaged'],
  ])('does not follow “%s” (%s)', async (name, format, code) => {
    using dir = scratch();
    qemuImg('create', '-u', '-f', 'qcow2', '-b', name, '-F', format, dir.file('top.qcow2'), '1M');

    await expect(openImage(dir.file('top.qcow2'))).rejects.toMatchObject({ code });
  });
});

const openNothing = async (): Promise<never> => {
  throw new Error('this image has no neighbours');
};

/** Passes reads through and sums up their lengths. */
function counted(source: ByteSource): { source: ByteSource; seen: { bytes: number } } {
  const seen = { bytes: 0 };
  const wrapped: ByteSource = {
    name: source.name,
    sizeBytes: source.sizeBytes,
    async read(into, position, signal) {
      seen.bytes += into.byteLength;
      await source.read(into, position, signal);
    },
    [Symbol.asyncDispose]: async () => await source[Symbol.asyncDispose](),
  };
  return { source: wrapped, seen };
}

/** An empty child of `backing` that does not say of what format that is, as qemu-img no longer makes them. */
function undeclared(file: string, backing: string, dir: { file(name: string): string }): void {
  qemuImg('create', '-u', '-f', 'qcow2', '-o', 'compat=0.10', '-b', backing, '-F', 'qcow2', file, '2M');
  const bytes = Buffer.from(run('sh', '-c', 'base64 -w0 "$1"', 'sh', file), 'base64');
  bytes.fill(0, 72, 80); // the first extension, which tells the format, becomes the end of all extensions
  writeFileSync(dir.file('undeclared'), bytes);
  renameSync(dir.file('undeclared'), file);
}
