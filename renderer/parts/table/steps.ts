/** Where a key leads in a grid: cells by row and column, from 0; the head is row -1. */

export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are seen at once. */
  readonly page: number;
}

/** Null where the key leads nowhere. */
export function stepped({ row, column }: Place, key: string, isControl: boolean, extent: Extent): Place | null {
  const { rows, columns, page } = extent;
  const last = { row: rows - 1, column: columns - 1 };
  const to = (nextRow: number, nextColumn: number): Place => ({
    row: Math.max(-1, Math.min(last.row, nextRow)),
    column: Math.max(0, Math.min(last.column, nextColumn)),
  });
  switch (key) {
    case 'ArrowDown':
      return to(row + 1, column);
    case 'ArrowUp':
      return to(row - 1, column);
    case 'ArrowLeft':
      return to(row, column - 1);
    case 'ArrowRight':
      return to(row, column + 1);
    case 'PageDown':
      return to(row + page, column);
    case 'PageUp':
      return to(row < 0 ? row : Math.max(0, row - page), column);
    case 'Home':
      return to(isControl ? Math.min(0, last.row) : row, 0);
    case 'End':
      return to(isControl ? last.row : row, last.column);
    default:
      return null;
  }
}
