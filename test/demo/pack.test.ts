/** The demo's package: what others read out of it, and that the same machine makes the same package. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openContainer } from '../../worker/containers/open.ts';
import { expectedDigest } from '../../worker/demo/expected-digest.ts';
import { demoMachine } from '../../worker/demo/machine.ts';
import { packOva } from '../../worker/demo/pack.ts';
import { fileHash, MiB, qemuImg, run, scratch } from '../support/disks.ts';
import { writeRaw } from './lab.ts';

const small = { systemBytes: 256 * MiB, dataBytes: 64 * MiB };
const forever = new AbortController().signal;

describe('packing the demo machine', () => {
  test('makes an archive that tar unpacks, whose manifest holds, and whose disks qemu-img finds equal to the machine’s', async () => {
    using temp = scratch();
    const machine = demoMachine(5, small);
    const packed = await packOva(machine, temp.dir, forever);
    expect(readdirSync(temp.dir)).toEqual(['guts-demo.ova']);
    run('tar', '-xf', temp.file('guts-demo.ova'), '-C', temp.dir);

    expect(packed.sha256).toBe(await fileHash(temp.file('guts-demo.ova')));
    const manifest = readFileSync(temp.file('guts-demo.mf'), 'utf8');
    for (const { name, sha256 } of packed.files) {
      expect(manifest).toContain(`SHA256(${name})= ${sha256}\n`);
      expect(await fileHash(temp.file(name))).toBe(sha256);
    }
    for (const disk of machine.disks) {
      await writeRaw(disk, temp.file('made.raw'));
      qemuImg('compare', '-F', 'vmdk', temp.file('made.raw'), temp.file(disk.file)); // throws where they differ
    }
  });

  test('tells the machine’s facts, and gives the same bytes for the same machine', async () => {
    using temp = scratch();
    mkdirSync(temp.file('again'));
    const machine = demoMachine(6, small);
    const first = await packOva(machine, temp.dir, forever);
    const second = await packOva(demoMachine(6, small), temp.file('again'), forever);
    await using container = await openContainer(temp.file('guts-demo.ova'));

    expect(container.vm).toEqual(machine.vm);
    expect(second).toEqual(first);
  });

  test('stops where it is cancelled, for whoever waits', async () => {
    using temp = scratch();

    await expect(packOva(demoMachine(7, small), temp.dir, AbortSignal.abort('operator cancelled'))).rejects.toBe(
      'operator cancelled',
    );
    expect(readdirSync(temp.dir)).not.toContain('guts-demo.ova');
  });
});

describe('the digest that a demo disk must have', () => {
  test('is what its definition gives for the disk as a whole', async () => {
    using temp = scratch();
    const [, disk] = demoMachine(8, small).disks;
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
