/**
 * What the doctor makes to look (a snapshot, a lease, an image), written down before it is made: removed at the end, and where
 * the process was killed, by the next run that looks at the same connection.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import { toErrorInfo } from '../../main/shared/errors.ts';
import { LedgerItem, TAG_PREFIX } from '../../main/shared/migration.ts';
import type { Ledger, Undoer } from '../drivers.ts';
import { isAlive, thisProcess } from '../engine/process-mark.ts';

const FOLDER = 'doctor';
/** Folding a busy machine's changes back takes its time. */
const UNDO_TIMEOUT_MS = 35 * 60_000;

const Kept = z.object({
  kind: z.literal('doctor'),
  connection: z.string(),
  process: z.object({ pid: z.number(), processStart: z.string() }),
  tag: z.string(),
  /** The run has ended and could not remove these, although its process goes on. */
  isOver: z.boolean(),
  items: z.array(LedgerItem),
});
type Kept = z.infer<typeof Kept>;

export class DoctorLedger implements Ledger {
  /** As those of migrations begin, so that whoever tidies finds what carries it. */
  readonly tag: string;
  readonly #folder: string;
  readonly #file: string;
  readonly #connection: string;
  #items: LedgerItem[];
  #isOver = false;

  /** @param connection the id of the one on which things are made */
  constructor(dataDir: string, connection: string, kept: Pick<Kept, 'tag' | 'items'> | null = null) {
    this.tag = kept?.tag ?? `${TAG_PREFIX}${randomTail()}`;
    this.#items = [...(kept?.items ?? [])];
    this.#connection = connection;
    this.#folder = path.join(dataDir, FOLDER);
    this.#file = path.join(this.#folder, `${connection}.${this.tag}.json`);
  }

  /** Those of runs that are over, and could not remove what they had made. */
  static async leftOf(dataDir: string, connection: string): Promise<DoctorLedger[]> {
    const folder = path.join(dataDir, FOLDER);
    const names = await readdir(folder).catch(() => []); // nothing was ever made
    const left: DoctorLedger[] = [];
    for (const name of names.filter((one) => one.startsWith(`${connection}.`) && one.endsWith('.json'))) {
      const kept = Kept.safeParse(parsed(await readFile(path.join(folder, name), 'utf8').catch(() => '')));
      const isLeft = kept.success && (kept.data.isOver || !isAlive(kept.data.process));
      if (isLeft) left.push(new DoctorLedger(dataDir, connection, kept.data));
    }
    return left;
  }

  get items(): readonly LedgerItem[] {
    return this.#items;
  }

  async make<T extends { readonly id: string }>(item: Omit<LedgerItem, 'id'>, create: () => Promise<T>): Promise<T> {
    await this.#put({ ...item, id: null });
    const made = await create();
    await this.#put({ ...item, id: made.id });
    return made;
  }

  async settle(key: string): Promise<void> {
    if (!this.#items.some((item) => item.key === key)) return;
    this.#items = this.#items.filter((item) => item.key !== key);
    await this.#keep();
  }

  /** The run is over: whatever is still in it is left to the next one. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#keep();
  }

  /** Removes everything that it names, the last first, also where whoever asked has left. @returns what is still there, and why */
  async undoAll(side: Undoer): Promise<string[]> {
    const left: string[] = [];
    for (const item of [...this.#items].reverse()) {
      try {
        await side.undo(item, AbortSignal.timeout(UNDO_TIMEOUT_MS));
        await this.settle(item.key);
      } catch (error) {
        left.push(`${item.kind} “${item.name}”: ${toErrorInfo(error).message}`);
      }
    }
    return left;
  }

  async #put(item: LedgerItem): Promise<void> {
    this.#items = [...this.#items.filter(({ key }) => key !== item.key), item];
    await this.#keep();
  }

  /** On disk before anything is made; gone when nothing is left. */
  async #keep(): Promise<void> {
    const part = `${this.#file}.part`;
    if (this.#items.length === 0) {
      await unlink(this.#file).catch(() => {}); // it may never have come to be
      await unlink(part).catch(() => {}); // of a process that was killed while it wrote
      return;
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const kept: Kept = {
      kind: 'doctor',
      connection: this.#connection,
      process: thisProcess(),
      tag: this.tag,
      isOver: this.#isOver,
      items: this.#items,
    };
    const file = await open(part, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(kept));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, this.#file);
  }
}

function randomTail(): string {
  return [...randomBytes(12)].map((byte) => (byte % 36).toString(36)).join('');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // torn before anything was made
  }
}
