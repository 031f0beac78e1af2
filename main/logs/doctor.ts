/** What whoever mends Guts asks first: which program on which machine, with which data folder, vault and daemon. */
import { stat, statfs } from 'node:fs/promises';
import { arch, availableParallelism, freemem, release, tmpdir, totalmem, type, uptime } from 'node:os';
import * as path from 'node:path';
import { toErrorInfo, type ErrorInfo } from '../shared/errors.ts';
import { dataFile, namesIn } from '../store/data-files.ts';
import { findDaemon } from '../store/data-lock.ts';
import type { Vault } from '../vault/vault.ts';

/** Names by which Linux tells file systems apart; others stay numbers. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs',
  0x6969: 'nfs',
  0x2fc12fc1: 'zfs',
  0x794c7630: 'overlay',
  0xff534d42: 'cifs',
};

export interface DoctorOptions {
  readonly dataDir: string;
  readonly vault: Vault;
  readonly version: string;
}

export async function doctorFacts({ dataDir, vault, version }: DoctorOptions): Promise<object> {
  return {
    at: new Date().toISOString(),
    versions: { guts: version, ...process.versions },
    machine: {
      system: `${type()} ${release()}`,
      architecture: arch(),
      processors: availableParallelism(),
      memoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      upSeconds: Math.round(uptime()),
    },
    dataFolder: await orError(async () => await folderFacts(dataDir)),
    temporaryFolder: await orError(async () => await spaceOf(tmpdir())),
    vault: await orError(async () => await vault.status()),
    daemon: await orError(async () => await findDaemon(dataDir)),
    files: await orError(async () => await filesIn(dataDir)),
  };
}

async function folderFacts(dataDir: string): Promise<object> {
  const { mode, uid } = await stat(dataDir);
  const isOwn = process.getuid === undefined || process.getuid() === uid;
  return { folder: dataDir, mode: (mode & 0o777).toString(8), isOwn, ...(await spaceOf(dataDir)) };
}

async function spaceOf(folder: string): Promise<object> {
  const { type, bsize, blocks, bavail, ffree } = await statfs(folder);
  return {
    fileSystem: FILE_SYSTEMS[type] ?? type,
    totalBytes: blocks * bsize,
    freeBytes: bavail * bsize,
    freeFiles: ffree,
  };
}

/** Their sizes and ages; damaged ones that were set aside are among them. */
async function filesIn(dataDir: string): Promise<object[]> {
  const files = [];
  for (const name of await namesIn(dataDir)) {
    const facts = await stat(path.join(dataDir, name)).catch(() => null); // gone meanwhile
    if (facts === null) continue;
    const modifiedAt = facts.mtime.toISOString();
    files.push({ name, what: dataFile(name)?.what ?? null, bytes: facts.size, modifiedAt });
  }
  return files;
}

async function orError<T>(ask: () => Promise<T>): Promise<T | { readonly error: ErrorInfo }> {
  try {
    return await ask();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const info = toErrorInfo(error);
    return { error: info.code === 'guts.bug' && code !== undefined ? { ...info, message: code } : info };
  }
}
