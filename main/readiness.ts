/** What keeps a daemon from working although it answers, for whoever decides whether to send it work. */
import { open, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import type { NodeFacts } from './shared/schedule.ts';
import { FILE_MODE } from './store/durable-file.ts';
import type { Vault } from './vault/vault.ts';

export interface ReadinessParts {
  readonly dataDir: string;
  readonly vault: Vault;
  readonly nodes: () => Promise<readonly NodeFacts[]>;
  /** The database that has the state cannot be asked. */
  readonly isStateAway: () => boolean;
}

/** Anybody may ask, and the answer takes a write: it is looked at once in so long, however often it is asked for. */
const HOLDS_MS = 1000;

/** A function that tells why not, in words that name no place on this machine; nothing where it is ready. */
export function readinessOf(parts: ReadinessParts): () => Promise<readonly string[]> {
  let last: { readonly atMs: number; readonly reasons: Promise<readonly string[]> } | undefined;
  return async () => {
    const nowMs = performance.now();
    if (last === undefined || nowMs - last.atMs > HOLDS_MS) last = { atMs: nowMs, reasons: reasonsNow(parts) };
    return await last.reasons;
  };
}

async function reasonsNow({ dataDir, vault, nodes, isStateAway }: ReadinessParts): Promise<readonly string[]> {
  const [folder, isLocked, known] = await Promise.all([whyNotWritten(dataDir), vault.isLocked(), nodes()]);
  return [
    ...(folder === null ? [] : [`its data folder cannot be written (${folder})`]),
    ...(isLocked ? ['its vault is sealed, and nobody has given the passphrase'] : []),
    ...(isStateAway() ? ['the database with its state cannot be reached'] : []),
    ...(known.some(({ isAlive }) => isAlive) ? [] : ['no node answers on which migrations could run']),
  ];
}

/** Only writing shows it: a full disk, or one that was made read-only, looks like any other. */
async function whyNotWritten(dataDir: string): Promise<string | null> {
  const file = path.join(dataDir, `ready.${process.pid}.part`);
  try {
    const handle = await open(file, 'w', FILE_MODE);
    try {
      await handle.writeFile('.'.repeat(4096));
      await handle.datasync();
    } finally {
      await handle.close();
      await unlink(file);
    }
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown reason';
  }
}
