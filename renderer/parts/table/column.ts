/** What a table is told of its columns, and of what can be done with its rows. */
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** By which it is sorted, filtered and exported; null is nothing, and comes last. */
  readonly value: (row: Row) => string | number | null;
  /** The value as people read it; the value itself where it is not said. */
  readonly text?: (row: Row) => string;
  /** For what is more than text. Rows are many: nothing of a library in here, except icons. */
  readonly cell?: (row: Row) => ReactNode;
  /** Pixels at first. */
  readonly width?: number;
  /** Stands at the right, and is no word that is looked for: the filter finds it by its column. */
  readonly isNumber?: boolean;
  /** Not shown until it is chosen. */
  readonly isExtra?: boolean;
  /** Other words for it in the filter, in lower case, beside its id and its title: `os` in `os:windows`. */
  readonly also?: readonly string[];
  /** What a bare number in the filter counts in: 2 ** 30 where values are bytes and `disk>500` means GiB. */
  readonly unit?: number;
  /** Few different values, by which the table can be narrowed with a button above it. */
  readonly isFacet?: boolean;
}

export interface RowAction<Row> {
  readonly id: string;
  /** A verb with its object: “Cut over 3 VMs”. */
  readonly title: string;
  readonly isDangerous?: boolean;
  /** Why it cannot be done now; said where it is pointed at. */
  readonly isOff?: string | null;
  readonly run: (rows: readonly Row[]) => void;
}
