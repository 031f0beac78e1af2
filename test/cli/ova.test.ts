/** An OVA in, one image per disk out: streamed from the archive, held against its manifest. */
import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ConvertResult, InspectResult } from '../../main/shared/jobs.ts';
import { guts } from '../support/guts.ts';
import { MiB, qemuImg, scratch } from '../support/disks.ts';
import { packedOva } from '../support/ova.ts';

const disks = [
  { sizeBytes: 16 * MiB, writes: [{ offset: 0, length: 3 * MiB }] },
  { sizeBytes: 8 * MiB, writes: [{ offset: 8 * MiB - 512, length: 512 }] },
];

test.each([[[]], [['--compress']], [['--to', 'raw']]])(
  'every disk of an OVA becomes an image (%s)',
  async (options) => {
    using tmp = scratch();
    await packedOva(tmp.file('vm.ova'), disks, { keepRaw: true });
    await mkdir(tmp.file('out'));

    const done = await guts(tmp.file('state'), 'convert', tmp.file('vm.ova'), tmp.file('out'), ...options, '--json');

    expect(done, done.stderr).toMatchObject({ code: 0 });
    const result = ConvertResult.parse(JSON.parse(done.stdout));
    expect(result.vm).toMatchObject({ name: 'vm', cpus: 2, memoryBytes: 1024 * MiB });
    expect(result.disks).toHaveLength(2);
    for (const [i, disk] of result.disks.entries()) {
      expect(disk.proofs.map((proof) => proof.claim).join(' ')).toContain('manifest');
      qemuImg('compare', tmp.file(`vm.ova.disk${i + 1}.raw`), disk.output);
    }
  },
);

test('a manifest that says otherwise stops the conversion, and no disk gets its name', async () => {
  using tmp = scratch();
  await packedOva(tmp.file('vm.ova'), disks, { wrongManifest: true });

  for (const options of [[], ['--compress']]) {
    const done = await guts(tmp.file('state'), 'convert', tmp.file('vm.ova'), tmp.file('out.qcow2'), ...options);
    expect(done).toMatchObject({ code: 1 });
    expect(done.stderr).toMatch(/container\.manifest-mismatch[^]*What to do/);
  }
  expect(readdirSync(tmp.dir).toSorted()).toEqual(['state', 'vm.ova']);
});

test('inspect tells the machine and its disks without reading them', async () => {
  using tmp = scratch();
  await packedOva(tmp.file('vm.ova'), disks);

  const done = await guts(tmp.file('state'), 'inspect', tmp.file('vm.ova'), '--json');

  const result = InspectResult.parse(JSON.parse(done.stdout));
  expect(result.kind).toBe('ova');
  expect(result.disks.map(({ image }) => [image.variant, image.virtualSizeBytes])).toEqual([
    ['streamOptimized', 16 * MiB],
    ['streamOptimized', 8 * MiB],
  ]);
});
