/** The disks of the simulated Hyper-V host, as its virtual machines name them, against what each of them must read as. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGuest } from '../../worker/disk/extents.ts';
import { openImage } from '../../worker/disk/open.ts';
import type { DiskImage } from '../../worker/disk/image.ts';
import { contentHash, extentsOf, MiB, scratch } from '../support/disks.ts';
import { makeLabDisks } from '../support/vhdx.ts';

const BLOCK = 2 * MiB;

interface Model {
  readonly vms: readonly { readonly Name: string; readonly Disks: readonly { readonly Path: string }[] }[];
}
interface DiskTruth {
  readonly raw: string;
  readonly size: number;
  /** Null for the disk of 40 GiB, which says instead where its blocks of 2 MiB are. */
  readonly sha256: string | null;
  readonly data_at: readonly number[] | null;
}
type Truth = Readonly<Record<string, DiskTruth>>;

const missing = ['sfdisk', 'mkfs.ext4', 'mkfs.vfat', 'qemu-img'].filter(
  (tool) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${tool}`]).status !== 0,
);
if (missing.length > 0) console.warn(`The lab's disks are not made: ${missing.join(', ')} not installed.`);

describe.runIf(missing.length === 0)('the disks of the Hyper-V lab', () => {
  test('read as they should: chains, snapshots, a dirty log, 4096-byte sectors, 40 GiB, and names in Japanese', async () => {
    using dir = scratch();
    makeLabDisks(dir.dir);
    const model = JSON.parse(readFileSync(dir.file('model.json'), 'utf8')) as Model; // written by the line above
    const truth = JSON.parse(readFileSync(dir.file('truth.json'), 'utf8')) as Truth;
    const seen: string[] = [];

    for (const vm of model.vms) {
      for (const [n, { Path }] of vm.Disks.entries()) {
        const key = `${vm.Name}/${n}`;
        const want = truth[key];
        if (want === undefined) continue; // shared, missing and pass-through disks have no truth
        const file = path.join(dir.dir, 'drives', Path.replace(':', '').replaceAll('\\', '/'));
        await using image = await openImage(file, { allowFrom: [dir.file('drives/D/Templates')] });

        expect([key, image.facts.virtualSizeBytes]).toEqual([key, want.size]);
        if (want.sha256 === null) await expectSame(image, dir.file(want.raw), want.data_at ?? []);
        else expect([key, await contentHash(image)]).toEqual([key, want.sha256]);
        seen.push(key);
      }
    }
    expect(seen).toHaveLength(Object.keys(truth).length);
  });
});

/** The image has data where it should and nowhere else, and there it has what the raw disk has. */
async function expectSame(image: DiskImage, rawFile: string, dataAt: readonly number[]): Promise<void> {
  await using raw = await openImage(rawFile, { format: 'raw' });
  const data = (await extentsOf(image)).filter((extent) => extent.kind === 'data');
  expect(data.reduce((total, { length }) => total + length, 0)).toBe(dataAt.length * BLOCK);
  for (const at of dataAt) {
    const [got, want] = [Buffer.alloc(BLOCK, 1), Buffer.alloc(BLOCK, 2)];
    await readGuest(image, at, got);
    await readGuest(raw, at, want);
    expect([at, got.equals(want)]).toEqual([at, true]);
  }
}
