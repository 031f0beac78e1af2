/** Carrying compressed blocks into a qcow2 whose tables stand at a place that was guessed: any guess must do. */
import { createHash } from 'node:crypto';
import { openSync, readFileSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openFile, streamOf } from '../../worker/disk/bytes.ts';
import { carryOver } from '../../worker/engine/carry-over.ts';
import { copyMemory } from '../../worker/engine/copy.ts';
import { LanePool } from '../../worker/engine/lane/pool.ts';
import type { Sink } from '../../worker/engine/sink.ts';
import { WINDOW_BYTES, WINDOWS } from '../../worker/engine/stream-windows.ts';
import { makeRaw, qemuImg, scratch } from '../support/disks.ts';

const MiB = 2 ** 20;
/** Not a multiple of a block: the last one is short, and is stored plain. */
const sizeBytes = 64 * MiB - 512;

/** A file that is only ever appended to. */
class FileEnd implements Sink {
  position = 0;
  readonly #fd: number;

  constructor(file: string) {
    this.#fd = openSync(file, 'w');
  }

  async append(bytes: Uint8Array): Promise<void> {
    const at = this.position;
    this.position += bytes.byteLength;
    writeSync(this.#fd, bytes, 0, bytes.byteLength, at);
  }

  async zeros(length: number): Promise<void> {
    if (length > 0) await this.append(new Uint8Array(length));
  }
}

/** The stream of a disk whose data does not shrink much, and the disk. */
async function made(folder: ReturnType<typeof scratch>): Promise<{ readonly raw: string; readonly vmdk: string }> {
  const raw = folder.file('disk.raw');
  await makeRaw(raw, sizeBytes, [
    { offset: 0, length: 9 * MiB, seed: 1 },
    { offset: 20 * MiB, length: 11 * MiB, seed: 2 },
    { offset: sizeBytes - 70_000, length: 70_000, seed: 3 },
  ]);
  const vmdk = folder.file('disk.vmdk');
  qemuImg('convert', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, vmdk);
  return { raw, vmdk };
}

async function carried(vmdk: string, qcow2: string, likelyBytes: number, mostBytes?: number): Promise<string> {
  await using source = await openFile(vmdk);
  using memory = copyMemory(1, false, WINDOWS, WINDOW_BYTES);
  await using pool = new LanePool(1, memory);
  const { sha512 } = await carryOver({
    source: streamOf(source),
    mostBytes: mostBytes ?? source.sizeBytes,
    likelyBytes,
    virtualSizeBytes: sizeBytes,
    sink: new FileEnd(qcow2),
    memory,
    check: null,
    digest: null,
    hashLane: pool.idlest(),
    onWindow: async () => {},
    meter: { readBytes: 0, writtenBytes: 0, doneBytes: 0 },
    doneBytesOf: () => 0,
    signal: new AbortController().signal,
  });
  return sha512;
}

describe('a carried disk', () => {
  test.each([0, 1, 3 * MiB, 12.5 * MiB, 19 * MiB, 1024 * MiB])(
    'is right when %d bytes were likely, and its hash is that of what was sent',
    async (likelyBytes) => {
      using folder = scratch();
      const { raw, vmdk } = await made(folder);
      const qcow2 = folder.file('disk.qcow2');

      const sha512 = await carried(vmdk, qcow2, likelyBytes, 2048 * MiB);

      qemuImg('check', qcow2);
      qemuImg('compare', raw, qcow2);
      expect(sha512).toBe(createHash('sha512').update(readFileSync(qcow2)).digest('hex'));
    },
  );

  test('that holds more than it could is an error and not a wrong image', async () => {
    using folder = scratch();
    const { vmdk } = await made(folder);

    await expect(carried(vmdk, folder.file('disk.qcow2'), MiB, 2 * MiB)).rejects.toMatchObject({
      code: 'disk.bound-exceeded',
    });
  });
});
