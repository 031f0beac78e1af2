/** What the rules of the local route look at, gathered before a byte is copied. */
import { access, statfs } from 'node:fs/promises';
import * as path from 'node:path';
import type { ImageFacts } from '../../main/shared/disk.ts';
import { GutsError, toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import type { VmFacts } from '../../main/shared/vm.ts';
import type { DiskImage } from '../disk/image.ts';

/** A disk that could be opened, or why it could not. */
export type DiskFact = {
  readonly name: string;
  /** Bytes of the file that holds it; null where there is none, such as a disk that is delivered blank. */
  readonly storedBytes: number | null;
} & ({ readonly image: ImageFacts; readonly error: null } | { readonly image: null; readonly error: ErrorInfo });

export type ManifestFact =
  | { readonly state: 'none-expected' }
  | { readonly state: 'missing' }
  /** Held against the bytes while they are copied. */
  | { readonly state: 'present' }
  | { readonly state: 'differs'; readonly error: ErrorInfo };

export interface LocalRouteFacts {
  /** Null for a bare disk image. */
  readonly vm: VmFacts | null;
  readonly disks: readonly DiskFact[];
  readonly manifest: ManifestFact;
  readonly destination: {
    readonly folder: string;
    /** Null where the file system does not say. */
    readonly freeBytes: number | null;
    /** The files that will be written and are there already. */
    readonly existing: readonly string[];
    /** Whether the operator said that files which are there may be replaced. */
    readonly mayReplace: boolean;
  };
}

export interface LocalRoutePlan {
  readonly vm: VmFacts | null;
  readonly disks: readonly {
    readonly name: string;
    readonly storedBytes: number | null;
    /** Opened for its facts and closed again. */
    open(): Promise<DiskImage>;
  }[];
  readonly manifest: ManifestFact;
  /** Absolute paths of everything that will be written. */
  readonly outputs: readonly string[];
  readonly folder: string;
  readonly mayReplace: boolean;
}

/**
 * Opens every disk, one after the other, and asks the destination's file system. What a disk's reader throws becomes a
 * fact; anything else is a fault and rises.
 */
export async function gatherLocalRoute(plan: LocalRoutePlan, signal?: AbortSignal): Promise<LocalRouteFacts> {
  const disks: DiskFact[] = [];
  for (const disk of plan.disks) {
    signal?.throwIfAborted();
    const { name, storedBytes } = disk;
    try {
      await using image = await disk.open();
      disks.push({ name, storedBytes, image: image.facts, error: null });
    } catch (error) {
      if (!(error instanceof GutsError)) throw error;
      disks.push({ name, storedBytes, image: null, error: toErrorInfo(error) });
    }
  }
  const { vm, manifest, folder, mayReplace } = plan;
  const there = await Promise.all(plan.outputs.map(exists));
  const existing = plan.outputs.filter((_, index) => there[index]);
  return { vm, disks, manifest, destination: { folder, freeBytes: await freeBytes(folder), existing, mayReplace } };
}

/** Bytes that the process may still write into the folder, or into the nearest one above it that exists. */
async function freeBytes(folder: string): Promise<number | null> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const stat = await statfs(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && at !== path.dirname(at)) return undefined;
      return null;
    });
    if (stat === null) return null;
    if (stat !== undefined) return stat.bavail * stat.bsize;
  }
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT', // a file that cannot be looked at is in the way, too
  );
}
