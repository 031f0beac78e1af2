/** What stands in a cell, as text. */
import type { Column } from './column.ts';

export function textOf<Row>({ text, value }: Column<Row>, row: Row): string {
  if (text !== undefined) return text(row);
  return String(value(row) ?? '');
}
