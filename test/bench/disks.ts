/** The disks of the benchmark: real files in a real file system, and the same data spread over far larger disks. */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import * as path from 'node:path';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
/** Of each disk, for every GiB of it. */
const DATA_MIB = 400;
const NOISE_MIB = 30;

/** Runs qemu-img, mke2fs and the like. */
export function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** An ext4 disk of `sizeGiB` with 400 MiB of this machine's /usr and 30 MiB of noise for each GiB; made once. */
export function fullDisk(dir: string, sizeGiB: number): string {
  const disk = path.join(dir, `disk-${sizeGiB}.raw`);
  if (existsSync(disk)) return disk;
  const tree = path.join(dir, 'tree');
  mkdirSync(tree, { recursive: true });
  const wanted = sizeGiB * DATA_MIB * MiB;
  const took = gather('/usr', tree, wanted);
  if (took < wanted)
    process.stderr.write(`bench: /usr gave only ${Math.round(took / MiB)} MiB; noise fills up the rest\n`);
  writeNoise(path.join(tree, 'noise'), sizeGiB * NOISE_MIB * MiB + Math.max(0, wanted - took));
  truncated(`${disk}.new`, sizeGiB * GiB);
  run('mke2fs', '-q', '-t', 'ext4', '-F', '-d', tree, `${disk}.new`);
  rmSync(tree, { recursive: true });
  execFileSync('mv', [`${disk}.new`, disk]);
  return disk;
}

/** Copies files of at least 4 KiB, in the order of their names, until there is enough. */
function gather(from: string, to: string, wantedBytes: number): number {
  let took = 0;
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (took >= wantedBytes) return;
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(file);
      else if (entry.isFile()) {
        const { size } = statSync(file);
        if (size < 4096) continue;
        const target = path.join(to, path.relative(from, file));
        mkdirSync(path.dirname(target), { recursive: true });
        copyFileSync(file, target);
        took += size;
      }
    }
  };
  visit(from);
  return took;
}

function writeNoise(file: string, bytes: number): void {
  const fd = openSync(file, 'w');
  const block = Buffer.alloc(MiB);
  for (let left = bytes; left > 0; left -= MiB) writeSync(fd, randomFillSync(block), 0, Math.min(MiB, left));
  closeSync(fd);
}

function truncated(file: string, sizeBytes: number): void {
  closeSync(openSync(file, 'w'));
  truncateSync(file, sizeBytes);
}

/** `dataBytes` of `from`, in pieces of 16 MiB spread evenly over a disk of `sizeBytes`. */
export function spreadDisk(from: string, file: string, sizeBytes: number, dataBytes: number): string {
  if (existsSync(file)) return file;
  truncated(`${file}.new`, sizeBytes);
  const input = openSync(from, 'r');
  const output = openSync(`${file}.new`, 'r+');
  const piece = Buffer.alloc(16 * MiB);
  const pieces = dataBytes / piece.byteLength;
  const step = Math.floor(sizeBytes / pieces / MiB) * MiB;
  // The middle of the big disk is full of files; its start and end are tables and empty space.
  const start = Math.floor((statSync(from).size * 0.02) / MiB) * MiB;
  for (let i = 0; i < pieces; i++) {
    readSync(input, piece, 0, piece.byteLength, start + i * piece.byteLength);
    writeSync(output, piece, 0, piece.byteLength, i * step);
  }
  closeSync(input);
  closeSync(output);
  execFileSync('mv', [`${file}.new`, file]);
  return file;
}

/**
 * Removes a file, then writes and removes `bytes` beside it: a virtual machine's host takes back memory that is free, and
 * how long it takes to give it again changes from run to run (measured: 0.35 to 1.6 s per GiB). Whoever runs next finds
 * memory that is there.
 */
export function removeAndWarm(file: string, bytes: number): void {
  rmSync(file, { force: true });
  const warm = `${file}.warm`;
  const fd = openSync(warm, 'w');
  const block = Buffer.alloc(MiB, 1);
  for (let left = bytes; left > 0; left -= MiB) writeSync(fd, block);
  closeSync(fd);
  rmSync(warm);
}

export function made(file: string, make: (to: string) => void): string {
  if (!existsSync(file)) {
    make(`${file}.new`);
    execFileSync('mv', [`${file}.new`, file]);
  }
  return file;
}
