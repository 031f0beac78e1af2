/** The content digest: one number for a disk, whatever holds it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DigestResult } from '../../main/shared/jobs.ts';
import { guts } from '../support/guts.ts';
import { KiB, makeRaw, MiB, qemuImg, scratch } from '../support/disks.ts';

/** The definition, written a second time and without the engine. */
function digestOf(file: string): string {
  const bytes = readFileSync(file);
  const hash = createHash('sha256');
  const u64 = (value: number): Buffer => {
    const field = Buffer.alloc(8);
    field.writeBigUInt64BE(BigInt(value));
    return field;
  };
  for (let at = 0; at < bytes.byteLength; at += 64 * KiB) {
    const block = bytes.subarray(at, at + 64 * KiB);
    if (block.some((byte) => byte !== 0)) hash.update(u64(at)).update(createHash('sha256').update(block).digest());
  }
  return hash.update(u64(bytes.byteLength)).digest('hex');
}

test('it is what its definition says, and the same for every format of one disk', async () => {
  using tmp = scratch();
  const writes = [
    { offset: 512, length: 100 * KiB },
    { offset: 5 * MiB, length: 2 * MiB },
    { offset: 9 * MiB + 512, length: 512 },
  ];
  await makeRaw(tmp.file('disk.raw'), 9 * MiB + 1024, writes);
  const expected = digestOf(tmp.file('disk.raw'));
  const formats = [
    ['disk.raw'],
    ['disk.qcow2', '-O', 'qcow2', '-c'],
    ['disk.vmdk', '-O', 'vmdk', '-o', 'subformat=streamOptimized'],
    ['disk.vdi', '-O', 'vdi'],
  ];
  for (const [name = '', ...options] of formats) {
    if (options.length > 0) qemuImg('convert', ...options, tmp.file('disk.raw'), tmp.file(name));

    const done = await guts(tmp.file('state'), 'digest', tmp.file(name), '--json');

    expect(DigestResult.parse(JSON.parse(done.stdout)).disks[0]?.contentDigest).toBe(expected);
  }
});
