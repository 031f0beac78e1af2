/**
 * Idempotency keys: what was asked twice with the same key is done once, also where the server was killed in between.
 *
 * A key is on the disk before anything is done for it, in a file of its own under `idempotency/`; afterwards the answer is
 * in there. The last 20,000 are kept, for a day.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readdir, stat, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import type { Caller } from '../shared/access.ts';
import { toErrorInfo } from '../shared/errors.ts';
import { operations, type OperationName } from '../shared/operations.ts';
import { DurableFile, makeFolder } from '../store/durable-file.ts';
import { refused } from '../store/errors.ts';
import { BadRequestError } from './errors.ts';
import { KeyConflictError, OutcomeUnknownError, ToldOnceError } from './idempotency-errors.ts';
import type { Input } from './input.ts';
import type { Answer } from './answer.ts';

const KEEP_MS = 24 * 3_600_000;
const MOST_KEYS = 20_000;
const SWEEP_EVERY_MS = 3_600_000;
/** Longer answers, of plans with thousands of machines, are not kept; that they were given is. */
const MOST_ANSWER_LETTERS = 256 * 1024;
/** Answers with a secret that is told once and kept nowhere. */
const TOLD_ONCE: readonly OperationName[] = ['tokens.create'];
const KEY = /^[\x21-\x7e]{1,255}$/;
const ENDING = '.json';

const Kept = z.object({
  schemaVersion: z.literal(1),
  /** Of the operation and its input, without secrets. */
  print: z.string(),
  state: z.enum(['begun', 'done', 'told']),
  status: z.number().int(),
  /** Empty where it was not kept. */
  text: z.string(),
});
type Kept = z.infer<typeof Kept>;

export interface Once {
  readonly caller: Caller;
  readonly key: string;
  readonly name: OperationName;
  readonly input: Input;
}

interface UnderWay {
  readonly exactPrint: string;
  readonly answer: Promise<Answer>;
}

export class KeptAnswers implements Disposable {
  readonly #folder: string;
  readonly #underWay = new Map<string, UnderWay>();
  /** When each key was first used, oldest first. */
  readonly #places = new Map<string, number>();
  /** With secrets, by a key that ends with this process: no file may help to guess a password. */
  readonly #exactPrints = new Map<string, string>();
  readonly #runKey = randomBytes(32);
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;

  private constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
    this.#timer = setInterval(() => void this.#sweep().catch(() => {}), SWEEP_EVERY_MS).unref(); // the next one will do
  }

  static async open(dataDir: string, now: () => number = Date.now): Promise<KeptAnswers> {
    const folder = path.join(dataDir, 'idempotency');
    const kept = new KeptAnswers(folder, now);
    try {
      await makeFolder(folder);
      await kept.#load();
      await kept.#sweep();
    } catch (error) {
      kept[Symbol.dispose]();
      throw refused('written', folder, error);
    }
    return kept;
  }

  /**
   * Does it, or gives the answer of the first time. Who asks while it is being done waits for that.
   * @throws KeyConflictError, OutcomeUnknownError, ToldOnceError, BadRequestError, and what doing it throws
   */
  async once(asked: Once, run: () => Promise<Answer>): Promise<Answer> {
    if (!KEY.test(asked.key))
      throw new BadRequestError([{ path: 'Idempotency-Key', says: 'it has 1 to 255 letters without spaces' }]);
    const { name, project } = asked.caller;
    const place = createHash('sha256')
      .update(JSON.stringify([name, project, asked.key]))
      .digest('hex');
    const exactPrint = createHmac('sha256', this.#runKey)
      .update(JSON.stringify([asked.name, asked.input]))
      .digest('hex');
    const before = this.#underWay.get(place);
    if (before !== undefined) {
      if (before.exactPrint !== exactPrint) throw new KeyConflictError();
      return await before.answer;
    }
    const answer = this.#first(place, exactPrint, asked, run);
    this.#underWay.set(place, { exactPrint, answer });
    try {
      return await answer;
    } finally {
      this.#underWay.delete(place);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #first(place: string, exactPrint: string, { name, input }: Once, run: () => Promise<Answer>): Promise<Answer> {
    const file = this.#fileOf(place);
    const print = createHash('sha256')
      .update(JSON.stringify([name, withoutSecrets(name, input)]))
      .digest('hex');
    const firstUse = this.#places.get(place);
    const kept = firstUse !== undefined && this.#now() - firstUse < KEEP_MS ? await file.read() : null;
    if (kept !== null) {
      const exactBefore = this.#exactPrints.get(place) ?? exactPrint;
      if (kept.print !== print || exactBefore !== exactPrint) throw new KeyConflictError();
      return answered(kept);
    }
    await file.write({ schemaVersion: 1, print, state: 'begun', status: 0, text: '' });
    this.#places.delete(place);
    this.#places.set(place, this.#now());
    this.#exactPrints.set(place, exactPrint);
    let answer: Answer;
    try {
      answer = await run();
    } catch (error) {
      if (!mayBeDone(error)) await this.#forget(place); // the same key may be used for another try
      throw error;
    }
    const isKept = !TOLD_ONCE.includes(name) && answer.text.length <= MOST_ANSWER_LETTERS;
    const { status } = answer;
    await file.write({
      schemaVersion: 1,
      print,
      state: isKept ? 'done' : 'told',
      status,
      text: isKept ? answer.text : '',
    });
    if (this.#places.size > MOST_KEYS) await this.#sweep();
    return answer;
  }

  #fileOf(place: string): DurableFile<Kept> {
    const file = path.join(this.#folder, place + ENDING);
    return new DurableFile({ file, schema: Kept, schemaVersion: 1, keepsBackup: false });
  }

  async #load(): Promise<void> {
    const found: [place: string, atMs: number][] = [];
    for (const name of await readdir(this.#folder)) {
      if (!name.endsWith(ENDING)) continue;
      const { mtimeMs } = await stat(path.join(this.#folder, name));
      found.push([name.slice(0, -ENDING.length), mtimeMs]);
    }
    for (const [place, atMs] of found.sort(([, a], [, b]) => a - b)) this.#places.set(place, atMs);
  }

  async #sweep(): Promise<void> {
    for (const [place, atMs] of this.#places) {
      if (this.#places.size <= MOST_KEYS && this.#now() - atMs < KEEP_MS) return;
      if (!this.#underWay.has(place)) await this.#forget(place);
    }
  }

  async #forget(place: string): Promise<void> {
    this.#places.delete(place);
    this.#exactPrints.delete(place);
    await unlink(path.join(this.#folder, place + ENDING)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw refused('written', this.#folder, error);
    });
  }
}

/** @throws OutcomeUnknownError, ToldOnceError */
function answered({ state, status, text }: Kept): Answer {
  if (state === 'begun') throw new OutcomeUnknownError();
  if (state === 'told') throw new ToldOnceError();
  return { status, text };
}

/** A fault of Guts, and an audit log that could not be written, may come after the deed. */
const mayBeDone = (error: unknown): boolean => ['guts.bug', 'audit.not-written'].includes(toErrorInfo(error).code);

function withoutSecrets(name: OperationName, input: Input): Input {
  const { shape } = operations[name].input;
  return Object.fromEntries(
    Object.entries(input).filter(([field]) => {
      const schema = (shape as Record<string, z.ZodType>)[field];
      return schema?.meta()?.['writeOnly'] !== true;
    }),
  );
}
