/** One daemon per data folder: who has it, and where it can be reached by commands on the same machine. */
import { readFile, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { GutsError } from '../shared/errors.ts';
import { writeDurably } from './durable-file.ts';
import { refused } from './errors.ts';
import { sweepLeftovers } from './leftovers.ts';
import { isAlive, isHere, nameOf, ProcessMark, thisProcess } from './process-mark.ts';
import { asOnlyWriter } from './writer-lock.ts';

const Lock = ProcessMark.extend({ since: z.iso.datetime() });
type Lock = z.infer<typeof Lock>;

/** `daemon.json`: where a running daemon answers. */
export const DaemonFacts = ProcessMark.extend({
  startedAt: z.iso.datetime(),
  url: z.url(),
  /** SHA-256 of its certificate, in hexadecimal digits; null where it speaks without TLS. */
  fingerprint: z.string().nullable(),
  version: z.string(),
});
export type DaemonFacts = z.infer<typeof DaemonFacts>;

/** Another process keeps this data folder to itself. */
export class DataFolderHeldError extends GutsError {
  readonly code = 'store.held';
  readonly remedy: string;

  constructor(dataDir: string, holder: Lock, url: string | null) {
    const where = url === null ? '' : `, at ${url}`;
    super(`“${dataDir}” is in use by ${nameOf(holder)} since ${holder.since}${where}.`);
    this.remedy = isHere(holder)
      ? url === null
        ? 'It starts or stops: wait until it answers or has ended. If it hangs, end it; or use another data folder by GUTS_DATA_DIR.'
        : `Let that process do it (guts --server ${url}), stop it first, or use another data folder by GUTS_DATA_DIR.`
      : `Stop it there first. If that computer is gone, remove “${lockPath(dataDir)}”.`;
  }
}

export class DataLock implements AsyncDisposable {
  readonly #dataDir: string;
  readonly #lock: Lock;

  private constructor(dataDir: string, lock: Lock) {
    this.#dataDir = dataDir;
    this.#lock = lock;
  }

  /** Keeps the data folder until it is disposed; what a process that has died left is taken over. @throws DataFolderHeldError */
  static async take(dataDir: string): Promise<DataLock> {
    const lock: Lock = { ...thisProcess(), since: new Date().toISOString() };
    await asOnlyWriter(dataDir, async () => {
      const holder = await read(lockPath(dataDir), Lock);
      if (holder !== null && isAlive(holder))
        throw new DataFolderHeldError(dataDir, holder, await urlOf(dataDir, holder));
      await remove(daemonPath(dataDir));
      await sweepLeftovers(dataDir);
      await write(lockPath(dataDir), lock);
    });
    return new DataLock(dataDir, lock);
  }

  /** Tells commands on this machine where the daemon answers. */
  async announce({ url, fingerprint, version }: Pick<DaemonFacts, 'url' | 'fingerprint' | 'version'>): Promise<void> {
    const { since, ...mark } = this.#lock;
    const facts: DaemonFacts = { ...mark, startedAt: since, url, fingerprint, version };
    await asOnlyWriter(this.#dataDir, async () => await write(daemonPath(this.#dataDir), facts));
  }

  /** It answers no more, but has the folder still. */
  async unannounce(): Promise<void> {
    await asOnlyWriter(this.#dataDir, async () => await remove(daemonPath(this.#dataDir)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await asOnlyWriter(this.#dataDir, async () => {
      const holder = await read(lockPath(this.#dataDir), Lock);
      if (holder === null || !isSame(holder, this.#lock)) return; // somebody removed it, and another took it
      await remove(daemonPath(this.#dataDir));
      await remove(lockPath(this.#dataDir));
    });
  }
}

/**
 * The daemon that has this data folder and has said where it answers; null where none does. One that starts is waited for.
 * @throws DataFolderHeldError where one starts or stops and is not done in time, and where it runs on another computer, whose
 * loopback addresses lead nowhere from here
 */
export async function findDaemon(dataDir: string, patienceMs = PATIENCE_MS): Promise<DaemonFacts | null> {
  const giveUpMs = performance.now() + patienceMs;
  for (;;) {
    const facts = await read(daemonPath(dataDir), DaemonFacts);
    if (facts !== null && isAlive(facts)) {
      if (!isHere(facts)) throw new DataFolderHeldError(dataDir, { ...facts, since: facts.startedAt }, facts.url);
      return facts;
    }
    const holder = await read(lockPath(dataDir), Lock);
    if (holder === null || !isAlive(holder)) return null;
    if (performance.now() > giveUpMs) throw new DataFolderHeldError(dataDir, holder, null);
    await pause(LOOK_EVERY_MS);
  }
}

/** A daemon that starts says where it answers within seconds; one that stops parks what runs for a minute. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 100;

const lockPath = (dataDir: string): string => path.join(dataDir, 'daemon.lock');
const daemonPath = (dataDir: string): string => path.join(dataDir, 'daemon.json');

const isSame = (a: ProcessMark, b: ProcessMark): boolean =>
  a.pid === b.pid && a.processStart === b.processStart && a.host === b.host;

async function urlOf(dataDir: string, holder: ProcessMark): Promise<string | null> {
  const facts = await read(daemonPath(dataDir), DaemonFacts);
  return facts !== null && isSame(facts, holder) ? facts.url : null;
}

/** Null where there is none, and where it is not what Guts wrote: nobody who runs wrote that. */
async function read<T>(file: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && code !== 'ENOENT') throw refused('read', file, error);
    return null;
  }
}

async function write(file: string, value: unknown): Promise<void> {
  try {
    await writeDurably(file, `${JSON.stringify(value)}\n`, false);
  } catch (error) {
    throw refused('written', file, error);
  }
}

async function remove(file: string): Promise<void> {
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw refused('written', file, error);
  });
}
