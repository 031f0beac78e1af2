/** VHDX images for tests: the lab's generator, and a log as a host leaves it behind when it stops in the middle of work. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { ByteSource } from '../../worker/disk/bytes.ts';
import { openBytes } from '../../worker/disk/open.ts';
import type { DiskImage, Neighbours } from '../../worker/disk/image.ts';
import { MissingFileError, TruncatedImageError } from '../../worker/disk/errors.ts';
import { KiB, MiB } from './disks.ts';

const LAB = path.resolve('test/peers/hyperv');

function python(...args: string[]): string {
  const env = {
    ...process.env,
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONPATH: LAB,
  };
  return execFileSync('/usr/bin/python3', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The lab's own tool, which shares no code with Guts; the head of the file says what it can do. */
export const vhdxtool = (...args: string[]): string => python(path.join(LAB, 'vhdxtool.py'), ...args);

/** Runs Python that knows the tool as `vx` and its arguments as `a`. */
export const withVhdxtool = (code: string, ...args: string[]): string =>
  python('-c', `import sys, struct, vhdxtool as vx\na = sys.argv[1:]\n${code}`, ...args);

/** Makes all disks of the simulated host in `folder`, with model.json and truth.json beside them. */
export const makeLabDisks = (folder: string): string => python(path.join(LAB, 'mkdisks.py'), folder);

/** Where the generator puts things. */
export const LAYOUT = {
  header1: 64 * KiB,
  header2: 128 * KiB,
  regions1: 192 * KiB,
  regions2: 256 * KiB,
  log: MiB,
  metadata: 2 * MiB,
  blocks: 3 * MiB,
};
/** The metadata items that every disk has, in the generator's order, and where its parent locator starts. */
export const ITEMS = {
  fileParameters: 0,
  diskSize: 8,
  diskId: 16,
  sectorSize: 32,
  physicalSectorSize: 36,
  locator: 40,
};
export const itemAt = (item: keyof typeof ITEMS): number => LAYOUT.metadata + 64 * KiB + ITEMS[item];

/** CRC-32C, bit by bit: slow, and not what is under test. */
export function slowCrc(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f6_3b78 : sum >>> 1;
  }
  return ~sum >>> 0;
}

/** Puts the right checksum into a structure that a test has changed. */
export function seal(image: Buffer, at: number, length: number): void {
  image.writeUInt32LE(0, at + 4);
  image.writeUInt32LE(slowCrc(image.subarray(at, at + length)), at + 4);
}

export interface LogEntryPlan {
  readonly sequence: bigint;
  /** Where in the log the entry starts, and what it names as the oldest one still to be applied. */
  readonly at: number;
  readonly tail: number;
  readonly writes: readonly ({ offset: number; bytes: Buffer } | { offset: number; zeros: number })[];
  readonly flushed?: number;
  readonly last?: number;
}

const LOG_GUID = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const LOG_BYTES = MiB;

/** Writes the entries into the log of `image` and marks it as not closed. Returns where each entry ends in the ring. */
export function writeLog(image: Buffer, entries: readonly LogEntryPlan[]): number[] {
  for (const [n, header] of [LAYOUT.header1, LAYOUT.header2].entries()) {
    LOG_GUID.copy(image, header + 48);
    image.writeBigUInt64LE(100n + BigInt(n), header + 8);
    seal(image, header, 4 * KiB);
  }
  return entries.map((plan) => writeEntry(image, plan));
}

function writeEntry(image: Buffer, { sequence, at, tail, writes, flushed, last }: LogEntryPlan): number {
  const dataAt = Math.ceil((64 + 32 * writes.length) / 4096) * 4096;
  const sectors = writes.filter((write) => 'bytes' in write);
  const entry = Buffer.alloc(dataAt + 4096 * sectors.length);
  entry.write('loge');
  entry.writeUInt32LE(entry.length, 8);
  entry.writeUInt32LE(tail, 12);
  entry.writeBigUInt64LE(sequence, 16);
  entry.writeUInt32LE(writes.length, 24);
  LOG_GUID.copy(entry, 32);
  entry.writeBigUInt64LE(BigInt(flushed ?? image.length), 48);
  entry.writeBigUInt64LE(BigInt(last ?? image.length), 56);
  for (const [n, write] of writes.entries()) {
    const descriptor = entry.subarray(64 + 32 * n, 96 + 32 * n);
    descriptor.writeBigUInt64LE(BigInt(write.offset), 16);
    descriptor.writeBigUInt64LE(sequence, 24);
    if ('zeros' in write) {
      descriptor.write('zero');
      descriptor.writeBigUInt64LE(BigInt(write.zeros), 8);
      continue;
    }
    const sector = entry.subarray(dataAt + 4096 * sectors.indexOf(write)).subarray(0, 4096);
    write.bytes.copy(sector);
    descriptor.write('desc');
    sector.copy(descriptor, 4, 4092);
    sector.copy(descriptor, 8, 0, 8);
    sector.write('data');
    sector.writeUInt32LE(Number(sequence >> 32n), 4);
    sector.writeUInt32LE(Number(sequence & 0xffff_ffffn), 4092);
  }
  seal(entry, 0, entry.length);
  for (let done = 0; done < entry.length; done += 4096) {
    entry.copy(image, LAYOUT.log + ((at + done) % LOG_BYTES), done, done + 4096);
  }
  return (at + entry.length) % LOG_BYTES;
}

/** Writes a copy of `from` that `change` has had its hands on. */
export function changed(from: string, to: string, change: (image: Buffer) => Buffer | void): string {
  const image = readFileSync(from);
  writeFileSync(to, change(image) ?? image);
  return to;
}

const nobody: Neighbours = {
  open: async (name) => await Promise.reject(new MissingFileError(`no “${name}” here`)),
  openParent: async (name) => await Promise.reject(new MissingFileError(`no “${name}” here`)),
};

export function memorySource(bytes: Buffer): ByteSource {
  return {
    name: 'memory',
    sizeBytes: bytes.length,
    async read(into, position) {
      if (position < 0 || position + into.byteLength > bytes.length) throw new TruncatedImageError('behind the end');
      bytes.copy(into, 0, position, position + into.byteLength);
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Opens an image that is in memory and has no neighbours: for thousands of damaged ones in a row. */
export async function openMemory(bytes: Buffer): Promise<DiskImage> {
  return await openBytes(memorySource(bytes), nobody);
}
