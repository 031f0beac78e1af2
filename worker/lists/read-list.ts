/** The job that reads a list of machines from a file: the first sheet of a workbook, or a text in whatever encoding. */
import { createReadStream } from 'node:fs';
import * as path from 'node:path';
import { GutsError } from '../../main/shared/errors.ts';
import { ReadListJob } from '../../main/shared/list-jobs.ts';
import type { Line } from '../../main/shared/lists/separated-text.ts';
import { headOf, wantedIn, type MachineList } from '../../main/shared/lists/vm-list.ts';
import { textOf } from '../assessment/read/cells.ts';
import { csvTable } from '../assessment/read/csv.ts';
import { ExportLimitError } from '../assessment/read/errors.ts';
import { kindOfFile } from '../assessment/read/office/kind.ts';
import { isWorkbook, workbookTables } from '../assessment/read/office/workbook.ts';
import { ZipArchive } from '../assessment/read/office/zip.ts';
import { StrangeFileError } from '../assessment/read/strange.ts';
import type { Row, Table, Wanted } from '../assessment/read/table.ts';
import type { JobContext } from '../engine/job-context.ts';

/** More machines than any data centre of one source has. */
const MOST_LINES = 100_000;
/** Rows that are read whole, to find the titles among them. */
const ROWS_BEFORE_TITLES = 20;

export class ListFileError extends GutsError {
  readonly code = 'plan.list-unreadable';
  readonly remedy =
    'Give a workbook (.xlsx) with the list in its first sheet, a CSV or TSV file, or a text with a name in each line.';
}

class ListTooLongError extends GutsError {
  readonly code = 'plan.list-too-long';
  readonly remedy = 'Give the list in parts.';
}

/** @throws GutsError */
export async function readList(request: unknown, { signal }: Pick<JobContext, 'signal'>): Promise<MachineList> {
  const { file } = ReadListJob.parse(request);
  const name = path.basename(file);
  if ((await kindOfList(file, name)) === 'text') {
    const table = csvTable(name, (stop) => createReadStream(file, { signal: stop }));
    return { sheet: null, machines: wantedIn(await linesOf(table, name, signal)) };
  }
  await using zip = await ZipArchive.open(file, name, signal);
  if (!isWorkbook(zip)) throw new ListFileError(`“${name}” is a zip archive, and no list of machines.`);
  const [first] = await workbookTables(zip, signal);
  const lines = first === undefined ? [] : await linesOf(first, name, signal);
  if (first === undefined || lines.length === 0)
    throw new ListFileError(`The first sheet of “${name}”${first === undefined ? '' : `, “${first.name}”,`} is empty.`);
  return { sheet: first.name, machines: wantedIn(lines) };
}

async function kindOfList(file: string, name: string): Promise<'zip' | 'text'> {
  try {
    return await kindOfFile(file, name);
  } catch (error) {
    if (error instanceof StrangeFileError) throw new ListFileError(error.message, { cause: error });
    throw error;
  }
}

async function linesOf(table: Table, name: string, signal: AbortSignal): Promise<readonly Line[]> {
  const wanted: Wanted = { columns: null };
  const lines: Line[] = [];
  try {
    for await (const rows of table.rows(wanted, signal)) {
      signal.throwIfAborted();
      for (const row of rows) lines.push(lineOf(row, wanted));
      if (lines.length > MOST_LINES) throw new ListTooLongError(`“${name}” has more than ${MOST_LINES} lines.`);
      if (wanted.columns === null && lines.length >= ROWS_BEFORE_TITLES) wanted.columns = columnsIn(lines);
    }
  } catch (error) {
    if (error instanceof ExportLimitError) throw new ListTooLongError(error.message, { cause: error });
    throw error;
  }
  return lines;
}

/** Columns that say something, which alone are kept of the rest; null where nothing says which they are. */
function columnsIn(lines: readonly Line[]): ReadonlySet<number> | null {
  const head = headOf(lines);
  return head === null ? null : new Set(head.fields.flatMap((field, at) => (field === null ? [] : [at])));
}

function lineOf({ number, cells }: Row, { columns }: Wanted): Line {
  const errors: number[] = [];
  const texts = Array.from(cells, (cell, at) => {
    if (columns?.has(at) === false) return '';
    const text = textOf(cell);
    if (text !== undefined) return text ?? '';
    errors.push(at);
    return typeof cell === 'object' && cell !== null && 'unreadable' in cell ? cell.unreadable : 'something else';
  });
  return { line: number, cells: texts, ...(errors.length === 0 ? {} : { errors }) };
}
