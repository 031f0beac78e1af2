/** The virtual machine that `guts demo` moves: two disks with real content, the same for the same seed on every computer. */
import { bootSectors, foldSum, type CheckedRange } from './boot-sector.ts';
import { accessLog, letter, noise, PAGE_BYTES, records, text, zeros, type Content } from './content.ts';
import { ext2Regions, type DemoFile } from './ext2.ts';
import { randomOf } from './random.ts';
import { BLOCK_BYTES, blocksOf, held, type DemoExtent, type Region } from './regions.ts';

export { RUNNING_LINE, VERIFIED_LINE, WRONG_LINE } from './boot-sector.ts';
export type { DemoExtent } from './regions.ts';

export interface DemoDisk {
  /** A multiple of 64 KiB. */
  readonly sizeBytes: number;
  /** What was ever written, zeros included: whole 64 KiB blocks in order, each in a buffer of its own, made when asked for. */
  extents(): Iterable<DemoExtent>;
}

export interface DemoMachine {
  readonly name: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** In vSphere's words. */
  readonly guestOsId: string;
  readonly guestOsName: string;
  /** Of its only network card. */
  readonly mac: string;
  /** In the order of their controllers: the guest boots from the first. */
  readonly disks: readonly DemoDisk[];
}

export interface DemoSizes {
  /** Multiples of 1 MiB; the system disk has at least 128 MiB, the data disk at least 64. */
  readonly systemBytes: number;
  readonly dataBytes: number;
}

const MiB = 1024 * 1024;
const KiB = 1024;
const PARTITION_START = 1 * MiB;
const LINUX_PARTITION = 0x83;
/** 1 March 2026, 12:00 UTC. */
const WHEN_SECONDS = 1_772_366_400;

/** Makes the machine of `seed`. Takes a second: the boot sector carries sums of all content, so all of it is made once. */
export function demoMachine(
  seed: number,
  sizes: DemoSizes = { systemBytes: 256 * MiB, dataBytes: 128 * MiB },
): DemoMachine {
  const random = randomOf(seed, 1);
  const uuid = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) uuid.writeUInt32LE(random.next(), at);
  uuid[6] = ((uuid[6] ?? 0) & 0x0f) | 0x40; // a random UUID says so
  uuid[8] = ((uuid[8] ?? 0) & 0x3f) | 0x80;
  const signature = random.next();

  const partition = { type: LINUX_PARTITION, offset: PARTITION_START, length: sizes.systemBytes - PARTITION_START };
  const fileSystem = ext2Regions({
    sizeBytes: partition.length,
    label: 'guts-demo',
    uuid,
    seconds: WHEN_SECONDS,
    files: demoFiles(seed),
  }).map((region) => moved(region, PARTITION_START));
  const data = dataRegions(seed, sizes.dataBytes);

  const ranges = [
    ...checkedRanges(0x80, fileSystem, PARTITION_START, sizes.systemBytes),
    ...checkedRanges(0x81, data, 0, sizes.dataBytes),
  ];
  const system = [held(0, bootSectors(signature, [partition], ranges)), ...fileSystem];

  const disks = [
    { sizeBytes: sizes.systemBytes, extents: () => blocksOf(system) },
    { sizeBytes: sizes.dataBytes, extents: () => blocksOf(data) },
  ];
  return {
    name: 'guts-demo',
    cpus: 1,
    memoryBytes: 256 * MiB,
    guestOsId: 'debian12_64Guest',
    guestOsName: 'Debian GNU/Linux 12 (64-bit)',
    mac: macOf(random.next()),
    disks,
  };
}

function demoFiles(seed: number): DemoFile[] {
  const letters = Array.from({ length: 40 }, (_, index) => {
    const size = 2 * KiB + randomOf(seed, 2, index).below(60 * KiB);
    return {
      path: `/home/demo/letters/letter-${String(index + 1).padStart(2, '0')}.txt`,
      content: letter(seed + index, size),
    };
  });
  return [
    { path: '/README.txt', content: text(readme) },
    { path: '/etc/hostname', content: text('guts-demo\n') },
    { path: '/etc/os-release', content: text('NAME="Guts demo"\nID=guts-demo\nVERSION_ID=1\n') },
    { path: '/etc/fstab', content: text('LABEL=guts-demo / ext2 defaults 0 1\n') },
    ...letters,
    { path: '/srv/log/access.log', content: accessLog(seed, 12 * MiB - 700), gapBlocks: 90 },
    { path: '/srv/db/ledger.tbl', content: records(seed, 10 * MiB), gapBlocks: 1500 },
    { path: '/srv/photos/harbour.raw', content: noise(seed, 3 * MiB + 123), gapBlocks: 700 },
    { path: '/srv/photos/garden.raw', content: noise(seed + 1, 3 * MiB), gapBlocks: 16_000 },
  ];
}

const readme = `This disk belongs to the machine that Guts moves in its demo.

The files are made from a seed, so they are the same everywhere. The boot sector reads
both disks when the machine starts, sums them up, and says whether all of it arrived.
`;

/** A disk without a file system, as databases use them: content, holes, zeros that were written, content up to the last block. */
function dataRegions(seed: number, sizeBytes: number): Region[] {
  const head = text('Guts demo, data disk: tables, zeros that were written, holes, and an end that counts.\n');
  return [
    placed(0, { ...head, sizeBytes: PAGE_BYTES }),
    placed(1 * MiB, records(seed + 7, 8 * MiB)),
    placed(9 * MiB, zeros(4 * MiB)),
    placed(16 * MiB + 128 * KiB, accessLog(seed + 8, 4 * MiB)),
    placed(sizeBytes / 2, noise(seed + 9, 2 * MiB)),
    placed(sizeBytes / 2 + 2 * MiB + 64 * KiB, zeros(1 * MiB)),
    placed(sizeBytes - 192 * KiB, letter(seed + 10, 192 * KiB)),
  ];
}

/** Content, whose size is a multiple of a page, straight on the disk. */
function placed(offset: number, content: Content): Region {
  return {
    offset,
    length: content.sizeBytes,
    fill(into, at) {
      for (let done = 0; done < into.byteLength; done += PAGE_BYTES) {
        content.page((at + done) / PAGE_BYTES, into.subarray(done, done + PAGE_BYTES));
      }
    },
  };
}

function moved(region: Region, by: number): Region {
  return { offset: region.offset + by, length: region.length, fill: (into, at) => region.fill(into, at) };
}

/** All that was written from `from` on, and the end of every hole: a copy that is too short or slipped cannot pass. */
function checkedRanges(drive: number, regions: readonly Region[], from: number, sizeBytes: number): CheckedRange[] {
  const ranges: { drive: number; offset: number; length: number; sum: number }[] = [];
  let end = from;
  const checkHole = (until: number): void => {
    const length = Math.min(until - end, 1 * MiB);
    if (length > 0) ranges.push({ drive, offset: until - length, length, sum: 0 }); // zeros sum up to 0
  };
  for (const { offset, bytes } of blocksOf(regions)) {
    const last = ranges.at(-1);
    if (last !== undefined && offset === end) {
      last.sum = foldSum(last.sum, bytes);
      last.length += BLOCK_BYTES;
    } else {
      checkHole(offset);
      ranges.push({ drive, offset, length: BLOCK_BYTES, sum: foldSum(0, bytes) });
    }
    end = offset + BLOCK_BYTES;
  }
  checkHole(sizeBytes);
  return ranges;
}

function macOf(number: number): string {
  const octets = [0x00, 0x50, 0x56, (number >>> 16) & 0x3f, (number >>> 8) & 0xff, number & 0xff];
  return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':');
}
