/** Sheets as one workbook for Excel and its kin. */
import type { SheetData } from 'write-excel-file/node';
import { harmless, type Cell, type Sheet } from './rows.ts';

/** What a cell of Excel holds at most. */
const MOST_LETTERS = 32_767;
const NARROWEST = 9;
const WIDEST = 60;

export async function xlsxOf(sheets: readonly Sheet[]): Promise<Uint8Array> {
  const { default: write } = await import('write-excel-file/node'); // only who wants a workbook waits for it
  const book = write(
    sheets.map(({ name, columns, rows }) => ({
      sheet: name,
      data: [
        columns.map((title) => ({ value: title, fontWeight: 'bold' as const })),
        ...rows.map((row) => row.map(cellOf)),
      ] satisfies SheetData,
      columns: columns.map((title, index) => ({
        width: widthOf(
          title,
          rows.map((row) => row[index] ?? null),
        ),
      })),
      stickyRowsCount: 1,
    })),
  );
  return await book.toBuffer();
}

function cellOf(cell: Cell): SheetData[number][number] {
  if (cell === null) return null;
  if (typeof cell === 'number') return { type: Number, value: cell };
  if (cell instanceof Date) return { type: Date, value: cell, format: 'yyyy-mm-dd hh:mm:ss' };
  return { type: String, value: printable(harmless(cell)).slice(0, MOST_LETTERS) };
}

/** XML has no way to write these. */
const printable = (text: string): string =>
  text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');

function widthOf(title: string, cells: readonly Cell[]): number {
  const longest = cells.reduce<number>((most, cell) => Math.max(most, lettersOf(cell)), title.length);
  return Math.min(WIDEST, Math.max(NARROWEST, longest + 2));
}

const lettersOf = (cell: Cell): number => (cell === null ? 0 : cell instanceof Date ? 19 : String(cell).length);
