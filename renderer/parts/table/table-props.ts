/** What a table is told. */
import type { ReactNode } from 'react';
import type { Column, RowAction } from './column.ts';

export interface DataTableProps<Row> {
  /** Under which its layout is kept. */
  readonly id: string;
  /** What it is a table of, for screen readers and exports. */
  readonly label: string;
  /** The same from one drawing to the next (`useMemo`): the words of all rows are prepared by them. */
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
  /** Of what can be typed into the filter about these columns; none where words are enough. */
  readonly example?: string;
  /** Beside the filter. */
  readonly tools?: ReactNode;
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (keys: ReadonlySet<string>) => void;
  /** The most that it takes of the page's height, as CSS; by itself it ends where the window does. */
  readonly maxHeight?: string;
}
