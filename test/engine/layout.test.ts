/** The qcow2 layout, judged by qemu-img: valid when written strictly in order, and when the head comes last. */
import { open } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLUSTER_BYTES, Qcow2Layout } from '../../worker/disk/qcow2/layout.ts';
import { DamagedImageError } from '../../worker/disk/errors.ts';
import { makeRaw, pattern, qemuImg, scratch } from '../support/disks.ts';

interface Placed {
  readonly cluster: number;
  readonly isPacked: boolean;
}
const clustersOnDisk = 20_000; // more than one L2 table

/** Writes an image with these clusters in this order; `isBounded` writes every byte in order, without going back. */
async function write(file: string, placed: readonly Placed[], isBounded: boolean, spareBytes: number): Promise<void> {
  const bodies = placed.map(({ cluster, isPacked }) => {
    const bytes = pattern(cluster, CLUSTER_BYTES);
    return isPacked ? deflateRawSync(bytes, { level: 1 }) : bytes;
  });
  const bound = bodies.length * 2 * CLUSTER_BYTES + spareBytes;
  const layout = new Qcow2Layout({
    virtualSizeBytes: clustersOnDisk * CLUSTER_BYTES,
    dataBytes: isBounded ? bound : null,
  });
  const handle = await open(file, 'w');
  let at = 0;
  const append = async (bytes: Uint8Array, position: number): Promise<void> => {
    if (isBounded) expect(position).toBeGreaterThanOrEqual(at);
    await handle.write(bytes, 0, bytes.byteLength, position);
    at = position + bytes.byteLength;
  };
  if (isBounded) await append(layout.boundedHead(), 0);
  for (const [i, { cluster, isPacked }] of placed.entries()) {
    const body = bodies[i] ?? Buffer.alloc(0);
    const offset = cluster * CLUSTER_BYTES;
    await append(body, isPacked ? layout.packed(offset, body.byteLength) : layout.plain(offset, 1));
  }
  const { head, position, tail, sizeBytes } = layout.finish();
  let end = position;
  for (const stretch of tail) {
    if ('bytes' in stretch) await append(stretch.bytes, end);
    end += 'bytes' in stretch ? stretch.bytes.byteLength : stretch.zeros;
  }
  expect(end).toBe(sizeBytes);
  if (!isBounded) await handle.write(head, 0, head.byteLength, 0);
  else expect(head.equals(layout.boundedHead())).toBe(true);
  await handle.truncate(sizeBytes);
  await handle.close();
}

describe('a qcow2 that Guts lays out', () => {
  test('is sound and reads as what was placed, in any order, packed or plain, with the head first or last', async () => {
    const clusters = fc.uniqueArray(fc.record({ cluster: fc.nat(clustersOnDisk - 1), isPacked: fc.boolean() }), {
      selector: ({ cluster }) => cluster,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(
        clusters,
        fc.boolean(),
        fc.constantFrom(0, CLUSTER_BYTES, 7 * CLUSTER_BYTES + 5),
        async (placed, isBounded, spareBytes) => {
          using tmp = scratch();
          await write(tmp.file('out.qcow2'), placed, isBounded, spareBytes);

          expect(qemuImg('check', tmp.file('out.qcow2'))).toContain('No errors were found');
          const writes = placed.map(({ cluster }) => ({
            offset: cluster * CLUSTER_BYTES,
            length: CLUSTER_BYTES,
            seed: cluster,
          }));
          await makeRaw(tmp.file('expected.raw'), clustersOnDisk * CLUSTER_BYTES, writes);
          expect(qemuImg('compare', tmp.file('expected.raw'), tmp.file('out.qcow2'))).toContain('identical');
        },
      ),
      { numRuns: 25 },
    );
  });

  test('refuses to place a cluster twice', () => {
    const layout = new Qcow2Layout({ virtualSizeBytes: 10 * CLUSTER_BYTES, dataBytes: null });
    layout.plain(3 * CLUSTER_BYTES, 2);
    layout.plain(4 * CLUSTER_BYTES, 1);

    expect(() => layout.finish()).toThrow(DamagedImageError);
  });
});
