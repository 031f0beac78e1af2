/** Rows as a text with a line for each: CSV for files, TSV for the clipboard. No cell becomes a formula where it is opened. */
import { textOf } from './cells.ts';
import type { Column } from './column.ts';

/** So that spreadsheets read it as UTF-8. */
const MARK = '\uFEFF';

export function csvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map((column) => column.value(row) ?? '')),
  ];
  return MARK + lines.map((cells) => cells.map(quoted).join(',')).join('\r\n') + '\r\n';
}

/** As people read it; what would break a line or a cell becomes a space. */
export function tsvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map((one) => textOf(one, row)))];
  return lines.map((cells) => cells.map((cell) => harmless(cell.replaceAll(/[\t\r\n]+/g, ' '))).join('\t')).join('\n');
}

function quoted(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  const text = harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
