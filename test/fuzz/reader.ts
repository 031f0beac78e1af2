/** The process that reads damaged images for the fuzzer, so that a crash, a hang or a leak is its own and can be seen. */
import { readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { verifySource } from '../../worker/containers/manifest.ts';
import { openContainer } from '../../worker/containers/open.ts';
import { GutsError } from '../../main/shared/errors.ts';
import { readExtent, readGuest } from '../../worker/disk/extents.ts';
import type { DiskImage, Extent } from '../../worker/disk/image.ts';
import { openImage } from '../../worker/disk/open.ts';
import { ContentDigest } from '../../worker/engine/content-digest.ts';
import type { Outcome, ReadReply, ReadRequest, Stored } from './messages.ts';
import { Random } from './random.ts';

const BLOCK_BYTES = 64 * 1024;
const PIECE_BYTES = 1024 * 1024;
const MOST_STORED = 10_000;

class BrokenPromise extends Error {}

const zeroBlock = Buffer.alloc(BLOCK_BYTES);

/** The content digest of a disk that may be huge and nearly empty: holes and zeros are stepped over, not read. */
class BlockSums {
  readonly #digest = new ContentDigest();
  readonly #block = Buffer.alloc(BLOCK_BYTES);
  #at = -1;

  add(offset: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const at = offset + done - ((offset + done) % BLOCK_BYTES);
      if (at !== this.#at) this.#close(at);
      const length = Math.min(bytes.length - done, at + BLOCK_BYTES - offset - done);
      this.#block.set(bytes.subarray(done, done + length), offset + done - at);
      done += length;
    }
  }

  finish(sizeBytes: number): string {
    if (this.#at >= 0) this.#sum(Math.min(BLOCK_BYTES, sizeBytes - this.#at));
    return this.#digest.finish(sizeBytes);
  }

  #close(next: number): void {
    if (this.#at >= 0) this.#sum(BLOCK_BYTES);
    this.#block.fill(0);
    this.#at = next;
  }

  #sum(length: number): void {
    const bytes = this.#block.subarray(0, length);
    if (bytes.equals(zeroBlock.subarray(0, length))) return;
    this.#digest.add(this.#at, createHash('sha256').update(bytes).digest());
  }
}

/** Walks and reads the whole disk, and holds the extents to what `DiskImage` promises of them. */
async function readAll(image: DiskImage): Promise<{ digest: string; stored: Stored[] }> {
  const sizeBytes = image.facts.virtualSizeBytes;
  const sums = new BlockSums();
  const stored: Stored[] = [];
  let at = 0;
  for await (const extent of image.extents(0, sizeBytes)) {
    const { offset, length } = extent;
    if (offset !== at || !(length > 0))
      throw new BrokenPromise(`extent of ${length} bytes at ${offset}, expected at ${at}`);
    at += length;
    if (at % 512 !== 0 && at !== sizeBytes) throw new BrokenPromise(`extent ends at ${at}, inside a sector`);
    if (extent.kind === 'data' || extent.kind === 'packed') {
      const { kind, position, source } = extent;
      const kept = kind === 'data' ? length : extent.storedBytes;
      if (stored.length < MOST_STORED) stored.push({ file: source.name, position, length: kept, kind });
    }
    await readPieces(extent, sums);
  }
  if (at !== sizeBytes) throw new BrokenPromise(`extents end at ${at} of ${sizeBytes}`);
  return { digest: sums.finish(sizeBytes), stored };
}

async function readPieces(extent: Extent, sums: BlockSums): Promise<void> {
  if (extent.kind === 'hole' || extent.kind === 'zero') return;
  if (extent.kind === 'packed') {
    const bytes = Buffer.alloc(extent.length, 0xee);
    await readExtent(extent, bytes);
    sums.add(extent.offset, bytes);
    return;
  }
  for (let done = 0; done < extent.length; done += PIECE_BYTES) {
    const bytes = Buffer.allocUnsafe(Math.min(PIECE_BYTES, extent.length - done));
    await extent.source.read(bytes, extent.position + done);
    sums.add(extent.offset + done, bytes);
  }
}

/** Small disks only: any range reads as the same bytes of the whole. */
async function checkRanges(image: DiskImage, count: number): Promise<void> {
  const whole = Buffer.alloc(image.facts.virtualSizeBytes);
  await readGuest(image, 0, whole);
  const random = new Random(count, whole.length);
  for (let i = 0; i < count; i++) {
    const from = random.below(whole.length);
    const bytes = Buffer.alloc(1 + random.below(Math.min(300_000, whole.length - from)), 0xee);
    await readGuest(image, from, bytes);
    if (!bytes.equals(whole.subarray(from, from + bytes.length))) {
      throw new BrokenPromise(`${bytes.length} bytes at ${from} read otherwise than as part of the whole`);
    }
  }
}

/** The machine's facts and all of its disks as one digest, after everything has been held against the manifest. */
async function readContainer(file: string): Promise<Outcome> {
  await using container = await openContainer(file);
  for (const { member } of container.disks) {
    if (member?.manifest) await verifySource(member.source, member.name, member.manifest);
  }
  for (const { name, manifest, open } of container.otherFiles) {
    await using source = await open();
    await verifySource(source, name, manifest);
  }
  const { warnings: _, ...facts } = container.vm;
  const hash = createHash('sha256').update(JSON.stringify(facts));
  let sizeBytes = 0;
  for (const disk of container.disks) {
    await using image = await disk.openImage();
    hash.update((await readAll(image)).digest);
    sizeBytes += image.facts.virtualSizeBytes;
  }
  return { kind: 'read', sizeBytes, digest: hash.digest('hex'), stored: [], isProved: container.manifest !== null };
}

async function reply({ file, format, ranges }: ReadRequest): Promise<Outcome> {
  try {
    if (format === 'container') return await readContainer(file);
    await using image = await openImage(file, { format });
    const { digest, stored } = await readAll(image);
    if (ranges !== undefined) await checkRanges(image, ranges);
    return { kind: 'read', sizeBytes: image.facts.virtualSizeBytes, digest, stored, isProved: false };
  } catch (error) {
    if (error instanceof GutsError && error.message !== '' && error.remedy !== '') {
      return { kind: 'refused', code: error.code, message: error.message };
    }
    return { kind: 'broke', what: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const openFiles = (): number => readdirSync('/proc/self/fd').length;
const baseMiB = process.resourceUsage().maxRSS / 1024;

process.on('message', (request: ReadRequest) => {
  const filesBefore = openFiles();
  const cpu = process.cpuUsage();
  void reply(request).then((outcome) => {
    const { user, system } = process.cpuUsage(cpu);
    const answer: ReadReply = {
      ...outcome,
      cpuMs: (user + system) / 1000,
      extraMiB: process.resourceUsage().maxRSS / 1024 - baseMiB,
      leaked: openFiles() - filesBefore,
    };
    process.send?.(answer);
  });
});
process.once('disconnect', () => process.exit(0));
