/** A real file system of a few MiB, to be filled up and made read-only; Linux lets only root have one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { MiB, run, scratch } from './disks.ts';

/** Null where it can be had, else why not. */
export const whyNoSmallDisk: string | null = (() => {
  if (process.platform !== 'linux') return 'only Linux mounts a file as a disk';
  if (process.getuid?.() !== 0) return 'only root may mount a file system';
  using tmp = scratch();
  try {
    using _disk = smallDisk(tmp.dir);
    return null;
  } catch (error) {
    return `this machine does not mount one: ${String(error)}`;
  }
})();

export interface SmallDisk extends Disposable {
  /** Where it is mounted. */
  readonly dir: string;
  /** Leaves no room, not for one byte. */
  fill(): void;
  /** Gives the room back that `fill` took. */
  drain(): void;
  makeReadOnly(): void;
  makeWritable(): void;
}

/** An ext4 of 4 MiB. @param folder where the disk's image and mount point go */
export function smallDisk(folder: string): SmallDisk {
  const image = `${folder}/small-disk.img`;
  const dir = `${folder}/small-disk`;
  writeFileSync(image, '');
  truncateSync(image, 4 * MiB);
  run('mkfs.ext4', '-q', '-F', '-m', '0', image);
  mkdirSync(dir);
  run('mount', '-o', 'loop', image, dir);
  const ballast = `${dir}/ballast`;
  return {
    dir,
    fill: () => {
      // Only when it has found places for what was written does the file system know how much is left.
      for (let free = 1; free > 0; free = statfsSync(dir).bavail) {
        for (let size = MiB; size >= 1; size = Math.floor(size / 2)) fillBy(ballast, size);
        run('sync', '--file-system', dir);
      }
    },
    drain: () => rmSync(ballast),
    makeReadOnly: () => void run('mount', '-o', 'remount,ro', dir),
    makeWritable: () => void run('mount', '-o', 'remount,rw', dir),
    [Symbol.dispose]: () => {
      spawnSync('umount', ['--lazy', dir]);
      rmSync(image);
    },
  };
}

function fillBy(file: string, size: number): void {
  const bytes = Buffer.alloc(size, 1);
  try {
    for (;;) writeFileSync(file, bytes, { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
