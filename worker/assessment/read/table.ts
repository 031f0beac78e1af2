/** A table as it comes out of a workbook's sheet or a CSV file: rows of cells, each row with its number in the file. */

/** A cell that holds something, which is no value: an error of a formula, a formula that nobody has worked out. */
export interface Unreadable {
  readonly unreadable: string;
}

export type Cell = string | number | boolean | Date | Unreadable | null;

export interface Row {
  /** As a spreadsheet program counts, from 1. */
  readonly number: number;
  /** By column from 0; what is missing is null or undefined. */
  readonly cells: (Cell | undefined)[];
}

/** Which columns are wanted; null until that is known. Others may be left out of the rows. */
export interface Wanted {
  columns: ReadonlySet<number> | null;
}

export interface Table {
  /** Of the sheet or of the file. */
  readonly name: string;
  /**
   * The rows that hold something, in their order, some at a time.
   * @throws DamagedExportError, ExportLimitError, UnsupportedExportError
   */
  rows(wanted: Wanted, signal: AbortSignal): AsyncIterable<readonly Row[]>;
}

/** A table's columns and what of a cell is too much: what Excel has at most. */
export const MOST_COLUMNS = 16_384;
export const MOST_ROWS = 1_048_576;
export const MOST_CELL_LETTERS = 32_767;
