/** Puts the demo machine's disks into files, and says which programs of the test are missing. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import * as path from 'node:path';
import type { DemoDisk } from '../../worker/demo/machine.ts';

/** Writes the disk as a sparse raw file: only what was ever written is stored. */
export async function writeRaw(disk: Pick<DemoDisk, 'sizeBytes' | 'extents'>, file: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.truncate(disk.sizeBytes);
    for (const { offset, bytes } of disk.extents()) await handle.write(bytes, 0, bytes.byteLength, offset);
  } finally {
    await handle.close();
  }
}

/** Overwrites bytes of a file. */
export async function poke(file: string, offset: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.write(bytes, 0, bytes.byteLength, offset);
  } finally {
    await handle.close();
  }
}

/** True, after saying so, where `command` cannot be started: what needs it is then skipped. */
export function isMissing(command: string, ...args: string[]): boolean {
  const missing = spawnSync(command, args, { stdio: 'ignore' }).error !== undefined;
  if (missing) process.stderr.write(`skipped: ${command} is not installed\n`);
  return missing;
}

/** The built command with other variables around it. */
export async function gutsWith(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ code: number; stdout: string }> {
  const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [code] = (await once(child, 'close')) as [number]; // it ends by itself
  return { code, stdout };
}
