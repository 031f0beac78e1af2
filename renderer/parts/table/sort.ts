/** The order of a table's rows: by several columns, as people count, what has no value last. */
import type { Column } from './column.ts';

export interface SortBy {
  readonly column: string;
  readonly isDown: boolean;
}

/** web-9 before web-10. */
const inOrder = new Intl.Collator(undefined, { numeric: true });

export function sorted<Row>(rows: readonly Row[], by: readonly SortBy[], columns: readonly Column<Row>[]): Row[] {
  const keys = by.flatMap(({ column: id, isDown }) => {
    const column = columns.find((one) => one.id === id);
    return column === undefined ? [] : [{ isDown, values: rows.map((row) => column.value(row)) }];
  });
  const order = rows.map((_, at) => at);
  order.sort((a, b) => {
    for (const { isDown, values } of keys) {
      const difference = compare(values[a] ?? null, values[b] ?? null, isDown);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  return order.flatMap((at) => rows[at] ?? []);
}

function compare(a: string | number | null, b: string | number | null, isDown: boolean): number {
  if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
  const difference = typeof a === 'number' && typeof b === 'number' ? a - b : inOrder.compare(String(a), String(b));
  return isDown ? -difference : difference;
}

/** By this column, the other way round where it was that already; `isMore` keeps the others, and a third time lets go of it. */
export function sortedNext(by: readonly SortBy[], column: string, isMore: boolean): readonly SortBy[] {
  const before = by.find((one) => one.column === column);
  if (!isMore) return [{ column, isDown: before !== undefined && by.length === 1 && !before.isDown }];
  if (before === undefined) return [...by, { column, isDown: false }];
  if (before.isDown) return by.filter((one) => one !== before);
  return by.map((one) => (one === before ? { column, isDown: true } : one));
}
