/** VMDK disks of several programs: what they hold, how they are described, and what is refused with a way out. */
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readGuest } from '../../worker/disk/extents.ts';
import { openImage } from '../../worker/disk/open.ts';
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
import { descriptorText, writeDescriptor } from '../support/vmdk.ts';

const CONTENT = [
  { offset: 0, length: 100 * KiB },
  { offset: 3 * MiB - 512, length: MiB + 1024 },
  { offset: 33 * MiB, length: 5 * MiB },
];
const vmdkstream = (from: string, to: string): string =>
  run(
    '/usr/bin/python3',
    '-c',
    'import sys, VMDKstream; VMDKstream.convert_to_stream(sys.argv[1], sys.argv[2])',
    from,
    to,
  );

/** A disk with content and the VMDK that qemu-img makes of it. */
async function converted(dir: ReturnType<typeof scratch>, subformat: string, sizeBytes = 48 * MiB): Promise<string> {
  await makeRaw(dir.file('disk.raw'), sizeBytes, [...CONTENT, { offset: sizeBytes - 512, length: 512 }]);
  qemuImg(
    'convert',
    '-f',
    'raw',
    '-O',
    'vmdk',
    '-o',
    `subformat=${subformat}`,
    dir.file('disk.raw'),
    dir.file('disk.vmdk'),
  );
  return dir.file('disk.vmdk');
}

describe('a VMDK', () => {
  test.each(
    ['monolithicSparse', 'monolithicFlat', 'twoGbMaxExtentSparse', 'twoGbMaxExtentFlat', 'streamOptimized'].flatMap(
      (subformat) => [48 * MiB, 48 * MiB - 5 * KiB].map((size) => [subformat, size] as const),
    ),
  )('that qemu-img wrote as %s of %i bytes reads as its source', async (subformat, size) => {
    using dir = scratch();
    const file = await converted(dir, subformat, size);

    await using image = await openImage(file);

    expect(image.facts).toMatchObject({
      format: 'vmdk',
      variant: subformat,
      virtualSizeBytes: size,
      sectorSizeBytes: 512,
      warnings: [],
    });
    expect(image.identity).toMatch(/^[0-9a-f]{8}$/);
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test.each([48 * MiB, 48 * MiB - 5 * KiB])('that VMDKstream wrote of %i bytes reads as its source', async (size) => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), size, [...CONTENT, { offset: size - 512, length: 512 }]);
    vmdkstream(dir.file('disk.raw'), dir.file('disk.vmdk'));

    await using image = await openImage(dir.file('disk.vmdk'));

    expect(image.facts).toMatchObject({ variant: 'streamOptimized', virtualSizeBytes: size, creator: 'VMDKstream' });
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test('is found without reading what is not stored: zeros and holes come as long stretches', async () => {
    using dir = scratch();
    await using image = await openImage(await converted(dir, 'monolithicSparse'));

    const extents = await extentsOf(image);

    expect(extents.map(({ kind, offset, length }) => [kind, offset / KiB, length / KiB])).toEqual([
      ['data', 0, 128],
      ['hole', 128, 3 * KiB - 128 - 64],
      ['data', 3 * KiB - 64, KiB + 128],
      ['hole', 4 * KiB + 64, 29 * KiB - 64],
      ['data', 33 * KiB, 5 * KiB],
      ['hole', 38 * KiB, 10 * KiB - 64],
      ['data', 48 * KiB - 64, 64],
    ]);
  });

  test.each(['monolithicSparse', 'streamOptimized', 'monolithicFlat'])(
    'as %s gives any range of itself',
    async (subformat) => {
      using dir = scratch();
      await using image = await openImage(await converted(dir, subformat));
      const raw = readFileSync(dir.file('disk.raw'));

      for (const [offset, length] of [
        [0, 1],
        [511, 2],
        [64 * KiB - 1, 3],
        [3 * MiB - 700, 900],
        [33 * MiB + 12_345, 2 * MiB],
        [48 * MiB - 1000, 1000],
      ] as const) {
        const bytes = Buffer.alloc(length, 0xee);
        await readGuest(image, offset, bytes);
        expect(bytes.equals(raw.subarray(offset, offset + length)), `${length} bytes at ${offset}`).toBe(true);
      }
    },
  );

  test('tells grains of zeros from holes', async () => {
    using dir = scratch();
    const file = dir.file('disk.vmdk');
    qemuImg('create', '-f', 'vmdk', '-o', 'zeroed_grain=on', file, '8M');
    run('qemu-io', '-f', 'vmdk', '-c', 'write -P 7 1M 128k', '-c', 'write -z 2M 128k', file);

    await using image = await openImage(file);

    expect((await extentsOf(image)).map(({ kind, offset, length }) => [kind, offset / KiB, length / KiB])).toEqual([
      ['hole', 0, 1024],
      ['data', 1024, 128],
      ['hole', 1152, 896],
      ['zero', 2048, 128],
      ['hole', 2176, 6016],
    ]);
  });

  test.each([
    ['monolithicSparse', 'data', ''],
    ['streamOptimized', 'packed', '-c'],
  ])('of 1 TiB with little in it (%s) is read by its tables alone, in little memory', async (subformat, kind, how) => {
    using dir = scratch();
    const file = dir.file('disk.vmdk');
    qemuImg('create', '-f', 'vmdk', '-o', `subformat=${subformat}`, file, '1T');
    const writes = ['-P 1 0 64k', '-P 2 500G 64k', '-P 3 1099511562240 64k'];
    run('qemu-io', '-f', 'vmdk', ...writes.flatMap((write) => ['-c', `write ${how} ${write}`]), file);
    await using image = await openImage(file);
    const before = process.memoryUsage.rss();

    const extents = await extentsOf(image);

    expect(extents.map((extent) => [extent.kind, extent.offset, extent.length])).toEqual([
      [kind, 0, 64 * KiB],
      ['hole', 64 * KiB, 500 * GiB - 64 * KiB],
      [kind, 500 * GiB, 64 * KiB],
      ['hole', 500 * GiB + 64 * KiB, 524 * GiB - 128 * KiB],
      [kind, 1024 * GiB - 64 * KiB, 64 * KiB],
    ]);
    expect(process.memoryUsage.rss() - before).toBeLessThan(60 * MiB);
  });

  test('split at 2 GiB is put together again', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 5 * GiB, [
      { offset: 2 * GiB - MiB, length: 2 * MiB, seed: 1 },
      { offset: 5 * GiB - 4096, length: 4096, seed: 2 },
    ]);
    qemuImg(
      'convert',
      '-O',
      'vmdk',
      '-o',
      'subformat=twoGbMaxExtentSparse',
      dir.file('disk.raw'),
      dir.file('disk.vmdk'),
    );
    await using image = await openImage(dir.file('disk.vmdk'));

    const across = Buffer.alloc(2 * MiB);
    await readGuest(image, 2 * GiB - MiB, across);
    const last = Buffer.alloc(4096);
    await readGuest(image, 5 * GiB - 4096, last);

    expect(image.facts.virtualSizeBytes).toBe(5 * GiB);
    expect(across.equals(pattern(1, 2 * MiB))).toBe(true);
    expect(last.equals(pattern(2, 4096))).toBe(true);
  });

  test('as vSphere lays it out names a flat file beside it, and may mix in stretches of zeros', async () => {
    using dir = scratch();
    writeFileSync(dir.file('vm-flat.vmdk'), pattern(5, 4 * MiB));
    writeDescriptor(dir.file('vm.vmdk'), {
      createType: 'vmfs',
      extents: ['RW 4096 VMFS "vm-flat.vmdk"', 'RW 2048 ZERO', 'RW 4096 VMFS "vm-flat.vmdk" 4096'],
      more: ['ddb.virtualHWVersion = "13"', 'ddb.toolsVersion = "10304"'],
    });

    await using image = await openImage(dir.file('vm.vmdk'));

    expect(image.facts).toMatchObject({
      variant: 'vmfs',
      virtualSizeBytes: 5 * MiB,
      allocatedBytes: 4 * MiB,
      creator: 'VMware hardware 13, tools 10304',
    });
    expect((await extentsOf(image)).map(({ kind, offset, length }) => [kind, offset, length])).toEqual([
      ['data', 0, 2 * MiB],
      ['zero', 2 * MiB, MiB],
      ['data', 3 * MiB, 2 * MiB],
    ]);
  });

  test('whose file names are not ASCII is read by the encoding that the descriptor names', async () => {
    using dir = scratch();
    writeFileSync(dir.file('Büro-flat.vmdk'), pattern(5, MiB));
    const text = descriptorText({ createType: 'monolithicFlat', extents: ['RW 2048 FLAT "Büro-flat.vmdk" 0'] }).replace(
      'version=1',
      'version=1\nencoding="windows-1252"',
    );
    writeFileSync(dir.file('Büro.vmdk'), Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1'));

    await using image = await openImage(dir.file('Büro.vmdk'));

    expect(await contentHash(image)).toBe(await fileHash(dir.file('Büro-flat.vmdk')));
  });

  test('with padding behind its footer is still a stream with a footer', async () => {
    using dir = scratch();
    await makeRaw(dir.file('disk.raw'), 8 * MiB, [{ offset: MiB, length: MiB }]);
    vmdkstream(dir.file('disk.raw'), dir.file('disk.vmdk'));
    appendFileSync(dir.file('disk.vmdk'), Buffer.alloc(20 * 512));

    await using image = await openImage(dir.file('disk.vmdk'));

    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test('whose header rounds its capacity up to whole grains, as VirtualBox does, loses nothing', async () => {
    using dir = scratch();
    const file = await converted(dir, 'monolithicSparse');
    writeFileSync(
      file,
      readFileSync(file, 'latin1').replace(`RW ${(48 * MiB) / 512} `, `RW ${(48 * MiB) / 512 - 3} `),
      'latin1',
    );

    await using image = await openImage(file);

    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });

  test('that was not closed properly is read with a warning', async () => {
    using dir = scratch();
    const file = await converted(dir, 'monolithicSparse');
    const bytes = readFileSync(file);
    bytes[72] = 1;
    writeFileSync(file, bytes);

    await using image = await openImage(file);

    expect(image.facts.warnings).toEqual([expect.stringContaining('was not closed properly')]);
    expect(await contentHash(image)).toBe(await fileHash(dir.file('disk.raw')));
  });
});

describe('a VMDK kept from an earlier day', () => {
  // All hold 1 MiB with “Guts reads this.” at 70,000 and “The end.” at its end.
  test.each([
    ['qemu-img-7.2-monolithicSparse', 'monolithicSparse'],
    ['qemu-img-7.2-streamOptimized', 'streamOptimized'],
    ['vmdkstream-0.2', 'streamOptimized'],
  ])('(%s) still reads the same', async (name, variant) => {
    using dir = scratch();
    const kept = new URL(`../fixtures/vmdk/${name}.vmdk.gz`, import.meta.url);
    writeFileSync(dir.file('disk.vmdk'), gunzipSync(readFileSync(kept)));

    await using image = await openImage(dir.file('disk.vmdk'));
    const text = Buffer.alloc(16);
    await readGuest(image, 70_000, text);

    expect(image.facts.variant).toBe(variant);
    expect(text.toString()).toBe('Guts reads this.');
    expect(await contentHash(image)).toBe('5acd0785515a573ec6184c07f31e91e1de1b64f6674641c2e40788b6c23d3d38');
  });
});

describe('a VMDK that Guts does not read', () => {
  test.each(['fullDevice', 'partitionedDevice', 'vmfsRDM', 'vmfsPassthroughRawDeviceMap', 'vmfsRawDeviceMap'])(
    'because it is a %s says what to do',
    async (createType) => {
      using dir = scratch();
      writeFileSync(dir.file('vm-rdm.vmdk'), pattern(1, MiB));
      writeDescriptor(dir.file('vm.vmdk'), { createType, extents: ['RW 2048 VMFSRDM "vm-rdm.vmdk"'] });

      await expect(openImage(dir.file('vm.vmdk'))).rejects.toMatchObject({
        code: 'disk.unsupported',
        remedy: expect.stringContaining('convert the raw device mapping'),
      });
    },
  );

  test.each([
    ['custom', 'RW 2048 VMFSRDM "vm-rdm.vmdk"', 'raw device'],
    ['vmfs', 'RW 2048 VMFS "vsan://4d6f6465-6c2d-7465"', 'object store'],
    ['vmfs', 'NOACCESS 2048 FLAT "vm-rdm.vmdk" 0', 'access'],
    ['vmfs', 'RW 2048 NEWKIND "vm-rdm.vmdk"', 'unknown kind'],
    ['someFutureType', 'RW 2048 FLAT "vm-rdm.vmdk" 0', 'unknown kind'],
  ])('(%s, %s) names its reason: %s', async (createType, extent, reason) => {
    using dir = scratch();
    writeFileSync(dir.file('vm-rdm.vmdk'), pattern(1, MiB));
    writeDescriptor(dir.file('vm.vmdk'), { createType, extents: [extent] });

    await expect(openImage(dir.file('vm.vmdk'))).rejects.toMatchObject({
      code: 'disk.unsupported',
      message: expect.stringContaining(reason),
    });
  });

  test('because it is one part of a split disk says to open the descriptor', async () => {
    using dir = scratch();
    await converted(dir, 'twoGbMaxExtentSparse');

    await expect(openImage(dir.file('disk-s001.vmdk'))).rejects.toMatchObject({
      code: 'disk.unsupported',
      remedy: expect.stringContaining('descriptor'),
    });
  });

  test('may not read files that lie outside its folder', async () => {
    using dir = scratch();
    using elsewhere = scratch();
    writeFileSync(elsewhere.file('secret'), pattern(1, MiB));
    writeDescriptor(dir.file('vm.vmdk'), {
      createType: 'monolithicFlat',
      extents: [`RW 2048 FLAT "${elsewhere.file('secret')}" 0`],
    });

    await expect(openImage(dir.file('vm.vmdk'))).rejects.toMatchObject({
      code: 'disk.file-missing',
      message: expect.stringContaining('outside'),
    });
    await using allowed = await openImage(dir.file('vm.vmdk'), { allowFrom: [elsewhere.dir] });
    expect(allowed.facts.virtualSizeBytes).toBe(MiB);
  });

  test('because a file of its own is missing names that file', async () => {
    using dir = scratch();
    await converted(dir, 'monolithicFlat');
    copyFileSync(dir.file('disk.vmdk'), dir.file('alone.vmdk'));
    writeFileSync(
      dir.file('alone.vmdk'),
      readFileSync(dir.file('disk.vmdk'), 'latin1').replace('disk-flat', 'gone-flat'),
    );

    await expect(openImage(dir.file('alone.vmdk'))).rejects.toMatchObject({
      code: 'disk.file-missing',
      message: expect.stringContaining('gone-flat.vmdk'),
    });
  });
});
