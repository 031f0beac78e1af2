/** A data folder is a daemon's or a worker's: what each leaves in it keeps the other one out. */
import * as path from 'node:path';
import { GutsError } from '../shared/errors.ts';
import { isThere, writeDurably } from './durable-file.ts';
import { refused } from './errors.ts';

const WORKERS = 'worker.json';
/** One of these is there as soon as a daemon has begun. */
const DAEMONS = ['queue.jsonl', 'shared-state.json'] as const;

/** What one keeps there would be taken for what the other one does. */
export class OtherRoleError extends GutsError {
  readonly code = 'store.other-role';
  readonly remedy = 'Give this one a data folder of its own (--data-dir, or GUTS_DATA_DIR).';

  constructor(dataDir: string, role: 'daemon' | 'worker', name: string) {
    super(`“${dataDir}” is the data folder of a ${role} (“${name}” is in it).`);
  }
}

/** @throws OtherRoleError where a worker has it */
export async function demandNoWorker(dataDir: string): Promise<void> {
  if (await isThere(path.join(dataDir, WORKERS))) throw new OtherRoleError(dataDir, 'worker', WORKERS);
}

/** Takes it for a worker. @throws OtherRoleError where a daemon has it */
export async function takeForWorker(dataDir: string, node: string): Promise<void> {
  for (const name of DAEMONS)
    if (await isThere(path.join(dataDir, name))) throw new OtherRoleError(dataDir, 'daemon', name);
  const file = path.join(dataDir, WORKERS);
  try {
    await writeDurably(file, `${JSON.stringify({ schemaVersion: 1, node })}\n`, false);
  } catch (error) {
    throw refused('written', file, error);
  }
}
