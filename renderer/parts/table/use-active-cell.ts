/** The one cell of a grid that the keyboard is at: by the key of its row, so that it stays while rows come and go. */
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { Place } from './steps.ts';

/** Columns that every table has. */
export const CHOOSE = '#choose';
export const MENU = '#menu';
/** In the place of a row's key: the head. */
export const HEAD = '#head';

export interface CellName {
  readonly row: string;
  readonly column: string;
}

/** With the place of its row, for when that is gone. */
interface Wanted extends CellName {
  readonly wasAt: number;
}

export interface ActiveCell {
  readonly at: CellName;
  readonly place: Place;
  /** Brings the keyboard there. */
  go(cell: CellName): void;
  /** Something in the grid has got the focus, by a click or by Tab. */
  hear(target: Element): void;
  /** Something else has the focus. A row that goes away does not say so. */
  leave(): void;
}

export function useActiveCell(
  scroller: RefObject<HTMLElement | null>,
  keys: readonly string[],
  columnIds: readonly string[],
): ActiveCell {
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const hasFocus = useRef(false);
  const at = cellOf(wanted, keys, columnIds);
  const row = at.row === HEAD ? -1 : keys.indexOf(at.row);

  const go = (cell: CellName): void => setWanted({ ...cell, wasAt: Math.max(0, keys.indexOf(cell.row)) });

  useLayoutEffect(() => {
    if (wanted === null) return;
    const cell = scroller.current?.querySelector<HTMLElement>('[data-active]');
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [scroller, wanted]);

  // The row that had the focus is gone: the keyboard goes on from where it was.
  useLayoutEffect(() => {
    const isLost = hasFocus.current && document.activeElement === document.body;
    if (isLost) scroller.current?.querySelector<HTMLElement>('[data-active]')?.focus({ preventScroll: true });
    hasFocus.current = scroller.current?.contains(document.activeElement) ?? false;
  });

  return {
    at,
    place: { row, column: Math.max(0, columnIds.indexOf(at.column)) },
    go,
    leave: () => {
      hasFocus.current = false;
    },
    hear: (target) => {
      hasFocus.current = true;
      const cell = target.closest<HTMLElement>('[data-column]');
      const owner = cell?.closest<HTMLElement>('[data-row]');
      const [column, key] = [cell?.dataset['column'], owner?.dataset['row']];
      if (column === undefined || key === undefined || (key === at.row && column === at.column)) return;
      go({ row: key, column });
    },
  };
}

/** What is there of what is wanted. */
function cellOf(wanted: Wanted | null, keys: readonly string[], columnIds: readonly string[]): CellName {
  const firstColumn = columnIds.find((id) => id !== CHOOSE) ?? MENU;
  const column = wanted !== null && columnIds.includes(wanted.column) ? wanted.column : firstColumn;
  if (wanted !== null && (wanted.row === HEAD || keys.includes(wanted.row))) return { row: wanted.row, column };
  return { row: keys[Math.min(wanted?.wasAt ?? 0, keys.length - 1)] ?? HEAD, column };
}
