/** Puts an export into files and has it read. */
import { writeFileSync } from 'node:fs';
import { Estate } from '../../main/shared/estate.ts';
import { readEstate } from '../../worker/assessment/read/read-estate.ts';
import { scratch } from './disks.ts';
import type { MadeCell, MadeSheet } from './workbook.ts';

/** @param files by name */
export async function readFiles(files: Readonly<Record<string, Uint8Array | string>>): Promise<Estate> {
  using folder = scratch();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(folder.file(name), bytes);
  const paths = Object.keys(files).map((name) => folder.file(name));
  return Estate.parse(await readEstate(paths, new AbortController().signal));
}

export const readBook = async (bytes: Uint8Array): Promise<Estate> => await readFiles({ 'export.xlsx': bytes });

/** A sheet as the text of a CSV file, every cell in quotes. */
export const csvOf = ({ rows }: MadeSheet, separator = ','): string =>
  rows.map((row) => row.map((cell) => `"${wordOf(cell).replaceAll('"', '""')}"`).join(separator)).join('\r\n');

const wordOf = (cell: MadeCell): string => (cell === null || typeof cell === 'object' ? '' : String(cell));
