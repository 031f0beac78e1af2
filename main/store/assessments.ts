/** The assessments that are kept: a file of lines for each and for what was judged, which is there whole or not at all and never changes. */
import { open, readdir, readFile, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import type { z } from 'zod';
import { AssessedMachine, AssessmentId, type Assessment, type AssessmentSummary } from '../shared/assessment.ts';
import { AssessmentEnd, AssessmentHead } from '../shared/assessment-lines.ts';
import { GutsError } from '../shared/errors.ts';
import type { KeptEstate } from '../shared/estate.ts';
import { EstateEnd, EstateHead } from '../shared/estate-lines.ts';
import { InventoryVm } from '../shared/inventory.ts';
import { Breather } from './breather.ts';
import { randomLetters } from './connections.ts';
import { refused, StoreDamagedError } from './errors.ts';

const NAME = /^(asm_[0-9a-z]{12})\.jsonl$/;
const PIECE_BYTES = 64 * 1024;

export class UnknownAssessmentError extends GutsError {
  readonly code = 'assessment.unknown';
  readonly remedy = 'Look which there are, and judge again where it is gone.';

  constructor(id: string) {
    super(`There is no assessment “${id}”.`);
  }
}

export class NoEstateError extends GutsError {
  readonly code = 'assessment.no-estate';
  readonly remedy = 'Judge the export again: what an older Guts judged was not kept without names.';

  constructor(id: string) {
    super(`Of the assessment “${id}” no data centre without names is kept.`);
  }
}

export class AssessmentStore {
  readonly #folder: string;
  readonly #summaries = new Map<AssessmentId, AssessmentSummary>();
  /** The one that was read last: its pages are asked for one after another. */
  #last: { readonly id: AssessmentId; readonly assessment: Assessment } | null = null;

  constructor(dataDir: string) {
    this.#folder = path.join(dataDir, 'assessments');
  }

  /** A new name, and where the files of it belong. */
  place(): { readonly id: AssessmentId; readonly files: { readonly assessment: string; readonly estate: string } } {
    const id = AssessmentId.parse(`asm_${randomLetters()}`);
    return { id, files: { assessment: this.#fileOf(id), estate: this.#estateFileOf(id) } };
  }

  /** Newest first. One that is damaged is left out, and told when it is asked for. */
  async list(): Promise<{ readonly id: AssessmentId; readonly summary: AssessmentSummary }[]> {
    const names = await readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw refused('read', this.#folder, error);
    });
    const all: { id: AssessmentId; summary: AssessmentSummary }[] = [];
    for (const name of names) {
      const id = AssessmentId.safeParse(NAME.exec(name)?.[1]);
      if (!id.success) continue;
      const summary = await this.summary(id.data).catch((error: unknown) => {
        if (error instanceof UnknownAssessmentError || error instanceof StoreDamagedError) return null;
        throw error;
      });
      if (summary !== null) all.push({ id: id.data, summary });
    }
    return all.sort((a, b) => b.summary.madeAt.localeCompare(a.summary.madeAt) || a.id.localeCompare(b.id));
  }

  /** @throws UnknownAssessmentError, StoreDamagedError */
  async summary(id: AssessmentId): Promise<AssessmentSummary> {
    const known = this.#summaries.get(id);
    if (known !== undefined) return known;
    const file = this.#fileOf(id);
    const line = await this.#firstLine(id);
    const { summary } = this.#parsed(file, () => AssessmentHead.parse(JSON.parse(line)));
    this.#summaries.set(id, summary);
    return summary;
  }

  /** With all of its machines. @throws UnknownAssessmentError, StoreDamagedError */
  async read(id: AssessmentId): Promise<Assessment> {
    if (this.#last?.id === id) return this.#last.assessment;
    const { head, rows, end } = await this.#lines(this.#fileOf(id), {
      head: AssessmentHead,
      row: AssessedMachine,
      end: AssessmentEnd,
      gone: () => new UnknownAssessmentError(id),
    });
    if (rows.length !== end.machines) throw damaged(this.#fileOf(id), undefined);
    const assessment = { ...head.summary, machines: rows };
    this.#last = { id, assessment };
    return assessment;
  }

  /** What was judged, without names. @throws UnknownAssessmentError, NoEstateError, StoreDamagedError */
  async estate(id: AssessmentId): Promise<KeptEstate> {
    await this.summary(id);
    const file = this.#estateFileOf(id);
    const { head, rows, end } = await this.#lines(file, {
      head: EstateHead,
      row: InventoryVm,
      end: EstateEnd,
      gone: () => new NoEstateError(id),
    });
    if (rows.length !== end.vms) throw damaged(file, undefined);
    return { ...head, vms: rows };
  }

  /** @throws UnknownAssessmentError */
  async remove(id: AssessmentId): Promise<void> {
    const file = this.#fileOf(id);
    await unlink(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new UnknownAssessmentError(id);
      throw refused('written', file, error);
    });
    await unlink(this.#estateFileOf(id)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw refused('written', this.#estateFileOf(id), error);
    });
    this.#summaries.delete(id);
    if (this.#last?.id === id) this.#last = null;
  }

  async #lines<H, R, E>(file: string, { head, row, end, gone }: Lines<H, R, E>) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? gone() : refused('read', file, error);
    });
    const breather = new Breather();
    const [first = '', ...rest] = text.split('\n');
    const last = rest.at(-2) ?? ''; // the last line is empty
    const rows: R[] = [];
    for (const line of rest.slice(0, -2)) {
      if (breather.isDue) await breather.breathe();
      rows.push(this.#parsed(file, () => row.parse(JSON.parse(line))));
    }
    return {
      head: this.#parsed(file, () => head.parse(JSON.parse(first))),
      rows,
      end: this.#parsed(file, () => end.parse(JSON.parse(last))),
    };
  }

  /** Without the machines behind it, which may be many. */
  async #firstLine(id: AssessmentId): Promise<string> {
    const file = this.#fileOf(id);
    const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new UnknownAssessmentError(id);
      throw refused('read', file, error);
    });
    try {
      const pieces: Buffer[] = [];
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, null);
        const end = buffer.subarray(0, bytesRead).indexOf(10);
        pieces.push(buffer.subarray(0, end < 0 ? bytesRead : end));
        if (end >= 0 || bytesRead === 0) return Buffer.concat(pieces).toString('utf8');
      }
    } finally {
      await handle.close();
    }
  }

  #parsed<T>(file: string, parse: () => T): T {
    try {
      return parse();
    } catch (cause) {
      throw damaged(file, cause);
    }
  }

  #fileOf(id: AssessmentId): string {
    return path.join(this.#folder, `${id}.jsonl`);
  }

  #estateFileOf(id: AssessmentId): string {
    return path.join(this.#folder, `${id}.estate.jsonl`);
  }
}

/** What the lines of a file are, and what is thrown where there is none. */
interface Lines<H, R, E> {
  readonly head: z.ZodType<H>;
  readonly row: z.ZodType<R>;
  readonly end: z.ZodType<E>;
  readonly gone: () => GutsError;
}

const damaged = (file: string, cause: unknown): StoreDamagedError =>
  new StoreDamagedError(file, 'It is not what was written.', 'Delete this assessment, and judge again.', { cause });
