/** The rows that are seen, and the one that the keyboard is at. */
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { Column } from './column.ts';
import { GridRow } from './GridRow.tsx';
import classes from './Table.module.css';
import { CHOOSE } from './use-active-cell.ts';

interface GridBodyProps<Row> {
  readonly viewport: HTMLElement | null;
  readonly rows: readonly Row[];
  readonly rowKeys: readonly string[];
  readonly keyOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly rowHeight: number;
  readonly activeRow: string;
  readonly activeColumn: string;
  /** Null where nothing can be chosen. */
  readonly chosen: ReadonlySet<string> | null;
  readonly onClick: (key: string, column: string, how: React.MouseEvent) => void;
  readonly onOpen: ((row: Row) => void) | null;
  readonly onMenu: (key: string, x: number, y: number) => void;
}

/** Rows beyond what is seen, on either side. */
const OVERSCAN = 6;

export function GridBody<Row extends object>(props: GridBodyProps<Row>) {
  const { viewport, rows, rowKeys, columns, rowHeight, activeRow, activeColumn, chosen, onClick, onOpen, onMenu } =
    props;
  const activeAt = rowKeys.indexOf(activeRow);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range);
      return activeAt < 0 || seen.includes(activeAt) ? seen : [...seen, activeAt].sort((a, b) => a - b);
    },
  });
  const sized = useRef(rowHeight);
  if (sized.current !== rowHeight) {
    sized.current = rowHeight;
    virtual.measure();
  }

  return (
    <div
      role="rowgroup"
      className={classes['body']}
      style={{ height: virtual.getTotalSize() }}
      onMouseDown={(event) => {
        if (event.shiftKey || event.detail > 1) event.preventDefault(); // no text is meant
      }}
      onClick={(event) => {
        const target = event.target as Element; // what is clicked is one
        if (target.closest('label') !== null && !(target instanceof HTMLInputElement)) return; // its box is told next
        if (target.closest('a, button:not([data-menu])') !== null) return; // has its own meaning
        const where = whereIs(target);
        if (where !== null && document.getSelection()?.isCollapsed !== false) onClick(where.key, where.column, event);
      }}
      onDoubleClick={({ target }) => {
        const where = whereIs(target as Element); // what is clicked is one
        const row = where === null || where.column === CHOOSE ? undefined : rows[rowKeys.indexOf(where.key)];
        if (row !== undefined) onOpen?.(row);
      }}
      onContextMenu={(event) => {
        const where = whereIs(event.target as Element); // what is clicked is one
        if (where === null) return;
        event.preventDefault();
        onMenu(where.key, event.clientX, event.clientY);
      }}
    >
      {virtual.getVirtualItems().map(({ index, start }) => {
        const [row, key] = [rows[index], rowKeys[index]];
        if (row === undefined || key === undefined) return null;
        return (
          <GridRow
            key={key}
            rowKey={key}
            row={row}
            columns={columns}
            at={index}
            top={start}
            height={rowHeight}
            isChosen={chosen === null ? null : chosen.has(key)}
            activeColumn={key === activeRow ? activeColumn : null}
          />
        );
      })}
    </div>
  );
}

function whereIs(target: Element): { readonly key: string; readonly column: string } | null {
  const cell = target.closest<HTMLElement>('[data-column]');
  const key = cell?.closest<HTMLElement>('[data-row]')?.dataset['row'];
  const column = cell?.dataset['column'];
  return key === undefined || column === undefined ? null : { key, column };
}
