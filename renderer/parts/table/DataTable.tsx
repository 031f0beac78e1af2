/** A table of anything: sorted, filtered, chosen from; one tab stop with arrows, many rows at no cost. */
import type { ReactNode } from 'react';
import type { Column, RowAction } from './column.ts';

export interface DataTableProps<Row> {
  /** Under which its layout is kept. */
  readonly id: string;
  /** What it is a table of, for screen readers and exports. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Enter or a double click. */
  readonly onOpen?: (row: Row) => void;
  /** For the selection bar and the row menu; called with what they are about. */
  readonly actions?: (rows: readonly Row[]) => readonly RowAction<Row>[];
  readonly firstSort?: { readonly column: string; readonly isDown: boolean };
  /** Shown where there are no rows at all; filtered to nothing is something else. */
  readonly empty: ReactNode;
  /** Beside the filter. */
  readonly tools?: ReactNode;
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (keys: ReadonlySet<string>) => void;
}

export function DataTable<Row>({ label, columns, rows, keyOf, onOpen, empty, tools }: DataTableProps<Row>) {
  if (rows.length === 0) return empty;
  const shown = columns.filter(({ isExtra }) => isExtra !== true);
  return (
    <>
      {tools}
      <table aria-label={label}>
        <thead>
          <tr>
            {shown.map(({ id, title }) => (
              <th key={id} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} onDoubleClick={() => onOpen?.(row)}>
              {shown.map((column) => (
                <td key={column.id}>{contentOf(column, row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const contentOf = <Row,>(column: Column<Row>, row: Row): ReactNode =>
  column.cell?.(row) ?? column.text?.(row) ?? column.value(row);
