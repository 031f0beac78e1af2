/** The tables in files, folders and zip archives that somebody gave, whatever these are called. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { things } from '../../../main/shared/figures.ts';
import { csvTable } from './csv.ts';
import { UnreadableExportError, UnsupportedExportError } from './errors.ts';
import { kindOfFile } from './office/kind.ts';
import { isWorkbook, workbookTables } from './office/workbook.ts';
import { ZipArchive } from './office/zip.ts';
import type { Table } from './table.ts';

const MOST_FILES = 1000;
const TEXT = /\.(?:csv|tsv|txt)$/i;
const ANY = /\.(?:csv|tsv|txt|xlsx|xlsm|xls|zip)$/i;

export class Sources implements AsyncDisposable {
  readonly tables: Table[] = [];
  /** What people call the files; a folder of several is called by its own name. */
  readonly names: string[] = [];
  readonly #archives: ZipArchive[] = [];
  #workbooks = 0;
  #texts = 0;

  /** @throws UnsupportedExportError, DamagedExportError, ExportLimitError */
  static async open(files: readonly string[], signal: AbortSignal): Promise<Sources> {
    const sources = new Sources();
    try {
      for (const file of files) await sources.#add(file, signal);
      sources.#judge(files);
      return sources;
    } catch (error) {
      await sources[Symbol.asyncDispose]();
      throw error;
    }
  }

  get hasText(): boolean {
    return this.#texts > 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const archive of this.#archives) await archive[Symbol.asyncDispose]();
  }

  async #add(file: string, signal: AbortSignal): Promise<void> {
    const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
      throw new UnreadableExportError(file, cause);
    });
    if (!found.isDirectory()) {
      await this.#addFile(file, signal);
      return;
    }
    const inside = (await readdir(file, { withFileTypes: true })).filter(
      (entry) => entry.isFile() && ANY.test(entry.name) && !/^[.~]/.test(entry.name),
    );
    const before = this.names.length;
    for (const { name } of inside.slice(0, MOST_FILES).sort((a, b) => a.name.localeCompare(b.name)))
      await this.#addFile(path.join(file, name), signal);
    if (inside.length > 1) this.names.splice(before, inside.length, path.basename(path.resolve(file)));
  }

  async #addFile(file: string, signal: AbortSignal): Promise<void> {
    const name = path.basename(file);
    this.names.push(name);
    if ((await kindOfFile(file, name)) === 'text') {
      this.#texts += 1;
      this.tables.push(csvTable(name, (stop) => createReadStream(file, { signal: stop })));
      return;
    }
    const zip = await ZipArchive.open(file, name, signal);
    this.#archives.push(zip);
    if (isWorkbook(zip)) {
      this.#workbooks += 1;
      this.tables.push(...(await workbookTables(zip, signal)));
      return;
    }
    const members = zip.names.filter((member) => !/(?:^|\/)(?:__MACOSX\/|\.)/.test(member));
    const nested = members.find((member) => /\.(?:zip|xlsx|xlsm|xls|7z|rar|gz)$/i.test(member));
    if (nested !== undefined)
      throw new UnsupportedExportError(
        `“${nested}” in “${name}” is packed itself.`,
        'Unpack the archive, and give what is in it.',
      );
    for (const member of members.filter((one) => TEXT.test(one))) {
      this.#texts += 1;
      this.tables.push(csvTable(path.posix.basename(member), (stop) => zip.read(member, stop)));
    }
  }

  #judge(given: readonly string[]): void {
    if (this.#workbooks + this.#texts === 0)
      throw new UnsupportedExportError(
        `There is no workbook and no CSV file in “${given
          .slice(0, 10)
          .map((one) => path.basename(one))
          .join('”, “')}”.`,
        'Give the workbook that RVTools writes (.xlsx), a folder or a zip archive with its CSV files, or the CSV files of Hyper-V.',
      );
    if (this.#workbooks > 1 || (this.#workbooks > 0 && this.#texts > 0))
      throw new UnsupportedExportError(
        `There is more than one export, ${things(this.#workbooks, 'workbook')} and ${things(this.#texts, 'CSV file')}, and nothing says which of them counts.`,
        'Give one workbook, or the CSV files of one export. Two exports, of which one is older, are compared (--compare OLDER, or “Compare with…” in the window).',
      );
  }
}

/** The first rows of a table, to see what it is. */
export async function firstRows(table: Table, signal: AbortSignal): Promise<readonly (readonly string[])[]> {
  const MOST = 50;
  const found: string[][] = [];
  for await (const rows of table.rows({ columns: null }, signal)) {
    for (const { cells } of rows)
      if (found.length < MOST) found.push(cells.map((cell) => (typeof cell === 'string' ? cell : '')));
    if (found.length >= MOST) break;
  }
  return found;
}
