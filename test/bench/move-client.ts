/**
 * Moves disks as the engine's thread does, by its own copying, reading and uploading: what the benchmark of moves measures.
 * What to move is in the thread's `workerData`.
 */
import '../../main/shared/shim.ts';
import { workerData } from 'node:worker_threads';
import { z } from 'zod';
import type { ImageUpload, ReadableDisk } from '../../worker/drivers.ts';
import type { DiskImage, Extent } from '../../worker/disk/image.ts';
import { copyDisk } from '../../worker/engine/migrate/copy-disk.ts';
import { endIdleLanes } from '../../worker/engine/lane/idle.ts';
import { openDownload } from '../../worker/net/bulk-get.ts';
import { RangeSource } from '../../worker/net/range-source.ts';
import { Upload } from '../../worker/net/upload.ts';

const Server = z.object({ port: z.number(), sha256: z.string() });
const Span = z.object({ offset: z.number(), length: z.number() });
const Move = z.object({
  lanes: z.number(),
  source: Server,
  sink: Server,
  disks: z.array(
    z.object({
      /** On the source, and where the sink takes it. */
      from: z.string(),
      to: z.string(),
      sizeBytes: z.number(),
      /** What is guessed of the data before it comes. */
      likelyDataBytes: z.number().nullable(),
      /** Of the whole stream; null for a disk that is read by ranges. */
      sha1: z.string().nullable(),
      streamBytes: z.number(),
      areas: z.array(Span).nullable(),
    }),
  ),
});
type Move = z.infer<typeof Move>;
type Disk = Move['disks'][number];

const move = Move.parse((workerData as { readonly move: unknown }).move);
const { signal } = new AbortController();
const source = {
  host: '127.0.0.1',
  port: move.source.port,
  trust: { kind: 'pinned', sha256: move.source.sha256 },
  proxy: null,
} as const;

function readable(disk: Disk, key: string): ReadableDisk {
  const { from: name, sizeBytes, likelyDataBytes, sha1 } = disk;
  const file = { peer: source, path: name, name };
  const base = { key, name, sizeBytes, likelyDataBytes };
  if (sha1 === null) return { ...base, kind: 'extents', way: 'over TLS', openImage: async () => await imageOf(disk) };
  return {
    ...base,
    kind: 'stream',
    open: async (stop) => await openDownload(file, stop),
    manifest: async () => ({ algorithm: 'sha1', hex: sha1, sizeBytes: disk.streamBytes }),
  };
}

async function imageOf({ from: name, sizeBytes, areas }: Disk): Promise<DiskImage> {
  const bytes = await RangeSource.open({ peer: source, path: name, name }, signal);
  async function* extents(): AsyncGenerator<Extent, void, void> {
    for (const { offset, length } of areas ?? [{ offset: 0, length: sizeBytes }])
      yield { kind: 'data', offset, length, source: bytes, position: offset };
  }
  return {
    identity: null,
    facts: {
      format: 'raw',
      variant: 'flat',
      virtualSizeBytes: sizeBytes,
      allocatedBytes: null,
      sectorSizeBytes: 512,
      creator: null,
      chain: [{ name, format: 'raw', variant: 'flat' }],
      warnings: [],
    },
    extents,
    [Symbol.asyncDispose]: async () => await bytes[Symbol.asyncDispose](),
  };
}

async function uploadTo(path: string): Promise<ImageUpload> {
  const url = `https://127.0.0.1:${move.sink.port}${path}`;
  const trust = { kind: 'pinned', sha256: move.sink.sha256 } as const;
  const explain = ({ status }: { readonly status: number }): Error => new Error(`the sink said ${status}`);
  const upload = await Upload.open({ url, trust, proxy: null, headers: {}, explain }, signal);
  return {
    imageId: path,
    get position() {
      return upload.position;
    },
    append: async (bytes) => await upload.append(bytes),
    zeros: async (length) => await upload.zeros(length),
    finish: async () => {
      await upload.end();
      return { evidence: 'none' };
    },
    [Symbol.asyncDispose]: async () => await upload[Symbol.asyncDispose](),
  };
}

async function moveOne(disk: Disk, diskIndex: number): Promise<object> {
  const key = String(diskIndex);
  await using upload = await uploadTo(disk.to);
  const chosen = <T>(value: T) => ({ value, reason: '' });
  const { sentBytes, readBytes, seconds } = await copyDisk({
    disk: readable(disk, key),
    planned: {
      key,
      label: disk.from,
      sizeBytes: disk.sizeBytes,
      sizeGiB: Math.ceil(disk.sizeBytes / 2 ** 30),
      reading: chosen('lease'),
      imageFormat: chosen('qcow2'),
      volumeType: null,
      bootIndex: 0,
    },
    upload,
    limit: null,
    lanes: move.lanes,
    of: { diskIndex, disks: move.disks.length },
    tell: () => {},
    signal,
  });
  return { sentBytes, readBytes, seconds };
}

async function moveAll(): Promise<void> {
  const moved = await Promise.all(move.disks.map(moveOne));
  process.stdout.write(`${JSON.stringify(moved)}\n`);
  await endIdleLanes();
}

void moveAll();
