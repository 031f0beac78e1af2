/** The demo machine: the same for everyone, a file system that others accept, a boot sector that finds out whether all arrived. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bootCode, bootSectors, foldSum } from '../../worker/demo/boot-sector.ts';
import { letter, noise, text, type Content } from '../../worker/demo/content.ts';
import { expectedDigest } from '../../worker/demo/expected-digest.ts';
import { ext2Regions } from '../../worker/demo/ext2.ts';
import { demoMachine, type DemoDisk } from '../../worker/demo/machine.ts';
import { blocksOf } from '../../worker/demo/regions.ts';
import { KiB, MiB, run, scratch } from '../support/disks.ts';
import { isMissing, writeRaw } from './lab.ts';

const noE2fsprogs = isMissing('e2fsck', '-V') || isMissing('debugfs', '-V');
const noObjdump = isMissing('objdump', '--version');

function hashOf(disk: DemoDisk): string {
  const hash = createHash('sha256');
  for (const { offset, bytes } of disk.extents()) hash.update(String(offset)).update(bytes);
  return hash.digest('hex');
}

function bytesOf(content: Content): Buffer {
  const bytes = Buffer.alloc(Math.ceil(content.sizeBytes / 4096) * 4096);
  for (let at = 0; at < bytes.length; at += 4096) content.page(at / 4096, bytes.subarray(at, at + 4096));
  return bytes.subarray(0, content.sizeBytes);
}

describe('the demo machine', () => {
  test('is the same for the same seed, another for another', () => {
    const hashes = [7, 7, 8].map((seed) => demoMachine(seed).disks.map(hashOf));

    expect(hashes[0]).toEqual(hashes[1]);
    expect(hashes[0]?.[0]).not.toBe(hashes[2]?.[0]);
    expect(hashes[0]?.[1]).not.toBe(hashes[2]?.[1]);
  });

  test('gives its disks block by block: in order, aligned, inside the disk, with zeros that were written and holes between', () => {
    const { disks } = demoMachine(1);

    for (const disk of disks) {
      let end = 0;
      let blocks = 0;
      let zeroBlocks = 0;
      for (const { offset, bytes } of disk.extents()) {
        expect(offset % (64 * KiB) === 0 && offset >= end && bytes.byteLength === 64 * KiB).toBe(true);
        end = offset + bytes.byteLength;
        blocks++;
        if (bytes.every((byte) => byte === 0)) zeroBlocks++;
      }
      expect(end).toBeLessThanOrEqual(disk.sizeBytes);
      expect(blocks).toBeGreaterThan(200);
      expect(blocks * 64 * KiB).toBeLessThan(disk.sizeBytes / 2);
      const isData = disk === disks[1];
      expect(zeroBlocks * 64 * KiB).toBeGreaterThanOrEqual(isData ? 5 * MiB : 64 * KiB); // inode tables are mostly zeros
      expect(end === disk.sizeBytes).toBe(isData);
    }
  });

  test('has content that compresses about as real disks do', () => {
    const { disks } = demoMachine(1);
    let plain = 0;
    let packed = 0;
    for (const disk of disks) {
      for (const { bytes } of disk.extents()) {
        if (bytes.every((byte) => byte === 0)) continue;
        plain += bytes.byteLength;
        packed += deflateSync(bytes, { level: 1 }).byteLength;
      }
    }

    expect(packed / plain).toBeGreaterThan(0.3);
    expect(packed / plain).toBeLessThan(0.7);
  });

  test('starts with a master boot record whose one partition reaches to the end of the disk', () => {
    const [disk] = demoMachine(1).disks;
    const [first] = disk?.extents() ?? [];
    const record = Buffer.from(first?.bytes.subarray(0, 512) ?? []);

    expect(record.readUInt16LE(510)).toBe(0xaa55);
    expect([record[446], record[450]]).toEqual([0x80, 0x83]);
    expect([record.readUInt32LE(454), record.readUInt32LE(458)]).toEqual([2048, (disk?.sizeBytes ?? 0) / 512 - 2048]);
    expect(record.subarray(462, 510).every((byte) => byte === 0)).toBe(true);
  });

  test.skipIf(noE2fsprogs)(
    'holds a file system that e2fsck finds clean and whose files debugfs reads back',
    async () => {
      using temp = scratch();
      const [disk] = demoMachine(3).disks;
      if (disk === undefined) throw new Error('The machine has no disk.');
      await writeRaw(disk, temp.file('disk.raw'));
      const partition = `${temp.file('disk.raw')}?offset=1048576`; // as e2fsprogs spells a file system inside a disk

      expect(run('e2fsck', '-fn', partition)).toContain('guts-demo: 6'); // 6x files
      expect(run('debugfs', '-R', 'cat /etc/hostname', partition)).toBe('guts-demo\n');
      expect(run('debugfs', '-R', 'ls /home/demo/letters', partition)).toContain('letter-40.txt');
      run('debugfs', '-R', `dump /srv/photos/harbour.raw ${temp.file('photo')}`, partition);
      expect(readFileSync(temp.file('photo')).equals(bytesOf(noise(3, 3 * MiB + 123)))).toBe(true);
    },
  );
});

describe('the digest that a demo disk must have', () => {
  test('is what its definition gives for the disk as a whole', async () => {
    using temp = scratch();
    const [, disk] = demoMachine(8, { systemBytes: 256 * MiB, dataBytes: 64 * MiB }).disks;
    if (disk === undefined) throw new Error('The machine has one disk.');
    await writeRaw(disk, temp.file('disk.raw'));
    const bytes = readFileSync(temp.file('disk.raw'));
    const hash = createHash('sha256');
    const number = Buffer.alloc(8);
    for (let at = 0; at < bytes.byteLength; at += 65_536) {
      const block = bytes.subarray(at, at + 65_536);
      if (block.equals(Buffer.alloc(65_536))) continue;
      number.writeBigUInt64BE(BigInt(at));
      hash.update(number).update(createHash('sha256').update(block).digest());
    }
    number.writeBigUInt64BE(BigInt(bytes.byteLength));

    expect(expectedDigest(disk)).toBe(hash.update(number).digest('hex'));
  });
});

describe('the ext2 layout', () => {
  test.skipIf(noE2fsprogs)(
    'keeps every byte of files that need no, one and two levels of indirect blocks, in two groups',
    async () => {
      using temp = scratch();
      const contents = [
        text(''),
        letter(1, 1),
        letter(2, 12 * 4096),
        noise(3, 12 * 4096 + 1),
        noise(4, 4 * MiB + 48 * KiB),
        noise(5, 9 * MiB + 5),
      ];
      const files = contents.map((content, index) => ({
        path: `/a/b/file${index}`,
        content,
        gapBlocks: index === 5 ? 32_000 : 3,
      }));
      const regions = ext2Regions({
        sizeBytes: 160 * MiB,
        label: 'test',
        uuid: Buffer.alloc(16, 0x5a),
        seconds: 1_700_000_000,
        files,
      });
      const disk = { sizeBytes: 160 * MiB, extents: () => blocksOf(regions) };
      await writeRaw(disk, temp.file('fs'));

      run('e2fsck', '-fn', temp.file('fs'));
      contents.forEach((content, index) => {
        run('debugfs', '-R', `dump /a/b/file${index} ${temp.file('out')}`, temp.file('fs'));
        expect(readFileSync(temp.file('out')).equals(bytesOf(content))).toBe(true);
      });
    },
  );

  test.skipIf(noE2fsprogs)('makes folders of many entries that span blocks', async () => {
    using temp = scratch();
    const files = Array.from({ length: 500 }, (_, index) => ({
      path: `/many/${'n'.repeat(index % 60)}-${index}`,
      content: text(String(index)),
    }));
    const regions = ext2Regions({
      sizeBytes: 16 * MiB,
      label: 'many',
      uuid: Buffer.alloc(16, 1),
      seconds: 1_700_000_000,
      files,
    });
    await writeRaw({ sizeBytes: 16 * MiB, extents: () => blocksOf(regions) }, temp.file('fs'));

    run('e2fsck', '-fn', temp.file('fs'));
    expect(run('debugfs', '-R', `cat /many/${'n'.repeat(19)}-499`, temp.file('fs'))).toBe('499');
  });

  test('says so when the files do not fit', () => {
    const files = [{ path: '/big', content: noise(1, 20 * MiB) }];
    const options = { sizeBytes: 16 * MiB, label: 'full', uuid: Buffer.alloc(16), seconds: 0, files };

    expect(() => ext2Regions(options)).toThrow('do not fit');
  });
});

describe('the boot sector', () => {
  test.skipIf(noObjdump)('is the code that its comments claim', () => {
    using temp = scratch();
    writeFileSync(temp.file('code'), bootCode());
    const listing = execFileSync(
      'objdump',
      ['-D', '-b', 'binary', '-mi386', '-Maddr16,data16,intel', '--adjust-vma=0x7c00', temp.file('code')],
      { encoding: 'utf8' },
    );
    const mnemonics = [...listing.matchAll(/^ +[0-9a-f]+:\t[0-9a-f ]+\t(\w+)/gm)].map(([, word]) => word);

    // A byte too many or too few anywhere would shift everything behind it into other instructions.
    expect(mnemonics.slice(0, 12)).toEqual([
      'cli',
      'jmp',
      'xor',
      'mov',
      'mov',
      'mov',
      'mov',
      'sti',
      'cld',
      'mov',
      'xor',
      'int',
    ]);
    expect(mnemonics.join(' ')).toContain('lods xor imul rol loop pop add pop loop cmp jne add jmp');
    expect(mnemonics.join(' ')).toContain('call pop out cli hlt jmp mov mov int ret push lods test je');
    expect(mnemonics.join(' ')).toContain('in test je mov mov out jmp ret');
  });

  test('leaves room for the partition table, and refuses more than it can hold', () => {
    expect(bootCode().byteLength).toBeLessThanOrEqual(440);
    const range = { drive: 0x80, offset: 0, length: 32 * KiB, sum: 0 };
    expect(() =>
      bootSectors(
        1,
        [],
        Array.from({ length: 42 }, () => range),
      ),
    ).toThrow('no room');
    expect(
      bootSectors(
        1,
        [],
        Array.from({ length: 41 }, () => range),
      ).byteLength,
    ).toBe(1024);
  });

  test('sums so that zeros weigh nothing, and any changed, lost or swapped word shows', () => {
    const bytes = bytesOf(noise(1, 4096));
    const changed = Buffer.from(bytes);
    changed.writeUInt8((changed[4095] ?? 0) ^ 0x80, 4095);
    const swapped = Buffer.concat([bytes.subarray(512, 1024), bytes.subarray(0, 512), bytes.subarray(1024)]);
    const sums = [bytes, changed, swapped, bytes.subarray(4)].map((some) => foldSum(0, some));

    expect(foldSum(0, Buffer.alloc(4096))).toBe(0);
    expect(new Set(sums).size).toBe(4);
    expect(foldSum(foldSum(0, bytes.subarray(0, 512)), bytes.subarray(512))).toBe(sums[0]);
  });
});
