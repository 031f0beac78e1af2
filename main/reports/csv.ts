/** A sheet as CSV by RFC 4180, for spreadsheets and programs: UTF-8 with its mark, and no text that counts as a formula. */
import { harmless, type Cell, type Sheet } from './rows.ts';

/** Without it, spreadsheets on Windows read UTF-8 as something else. */
const MARK = '\ufeff';

export function csvOf({ columns, rows }: Sheet): string {
  const lines = [columns, ...rows].map((row) => row.map(field).join(','));
  return `${MARK}${lines.join('\r\n')}\r\n`;
}

function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = cell instanceof Date ? cell.toISOString() : harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
