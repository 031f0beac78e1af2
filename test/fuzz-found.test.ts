/** What test/fuzz has found and what has been mended since, each as small as it can be told. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openImage } from '../worker/disk/open.ts';
import { pattern, scratch, MiB } from './support/disks.ts';
import { FREE, writeVdi } from './support/vdi.ts';
import { writeCowd, writeDescriptor } from './support/vmdk.ts';

// The reader took a delta without a parent's name and ID for a disk of its own: zeros where the parent had data.
test('a VMDK delta whose lines about its parent are both unreadable is refused', async () => {
  using dir = scratch();
  writeCowd(dir.file('delta.vmdk'), { capacitySectors: 2048, grainSectors: 1, grains: [[3, pattern(3, 512)]] });
  const extents = ['RW 2048 VMFSSPARSE "delta.vmdk"'];
  writeDescriptor(dir.file('disk.vmdk'), {
    createType: 'vmfsSparse',
    parentCid: '12345678',
    parent: 'base.vmdk',
    extents,
  });
  const text = readFileSync(dir.file('disk.vmdk'), 'latin1');
  const damaged = text.replace('parentCID', 'parentJID').replace('parentFile', 'p\x9arentFile');
  writeFileSync(dir.file('disk.vmdk'), damaged, 'latin1');

  await expect(openImage(dir.file('disk.vmdk'))).rejects.toMatchObject({ code: 'disk.damaged' });
});

// A block map overwritten with ones read as an empty disk, although the header knew better.
test('a VDI whose map lost blocks that its header counts is refused', async () => {
  using dir = scratch();
  const image = writeVdi(dir.file('disk.vdi'), {
    sizeBytes: 2 * MiB,
    blockBytes: MiB,
    blocks: [pattern(1, MiB), FREE],
  });
  image.fill(0xff, 512, 520);
  writeFileSync(dir.file('disk.vdi'), image);

  await expect(openImage(dir.file('disk.vdi'))).rejects.toMatchObject({ code: 'disk.damaged' });
});
