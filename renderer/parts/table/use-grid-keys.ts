/** The keys of a grid: arrows, choosing, opening, the row's menu, and letters that go to a name. */
import { useRef } from 'react';
import { textOf } from './cells.ts';
import { chosenAll, chosenToo, chosenUpTo, type Chosen } from './selection.ts';
import { stepped } from './steps.ts';
import { CHOOSE, HEAD, MENU, type ActiveCell } from './use-active-cell.ts';
import type { TableState } from './use-table.ts';

interface GridKeys<Row> {
  readonly table: TableState<Row>;
  readonly active: ActiveCell;
  readonly columnIds: readonly string[];
  readonly pageRows: () => number;
  readonly chosen: Chosen;
  readonly onChoose: ((next: Chosen) => void) | null;
  readonly onToggleAll: () => void;
  readonly onClear: () => void;
  readonly onOpen: (key: string) => void;
  readonly onMenu: (key: string) => void;
  readonly onCopy: (key: string) => void;
}

/** Letters that come faster than this belong together. */
const WORD_MS = 700;

export function useGridKeys<Row>(grid: GridKeys<Row>): (event: React.KeyboardEvent) => void {
  const word = useRef({ letters: '', at: 0 });
  return (event) => {
    if (event.altKey || (event.target as Element).closest('a, input:not([type=checkbox]), textarea') !== null) return;
    if (step(grid, event) || act(grid, event) || spell(grid, event, word.current)) event.preventDefault();
  };
}

/** Whether the key led somewhere. */
function step<Row>(grid: GridKeys<Row>, event: React.KeyboardEvent): boolean {
  const { active, columnIds, table, pageRows, chosen, onChoose } = grid;
  const { keys } = table;
  const isControl = event.ctrlKey || event.metaKey;
  const extent = { rows: keys.length, columns: columnIds.length, page: pageRows() };
  const to = stepped(active.place, event.key, isControl, extent);
  if (to === null) return false;
  const row = keys[to.row] ?? HEAD;
  active.go({ row, column: columnIds[to.column] ?? MENU });
  if (event.shiftKey && onChoose !== null && row !== HEAD && active.at.row !== HEAD)
    onChoose(chosenUpTo({ ...chosen, anchor: chosen.anchor ?? active.at.row }, row, keys, isControl));
  return true;
}

/** Whether the key did something. */
function act<Row>(grid: GridKeys<Row>, { key, ctrlKey, metaKey, shiftKey }: React.KeyboardEvent): boolean {
  const { active, table, chosen, onChoose } = grid;
  const { row, column } = active.at;
  const isControl = ctrlKey || metaKey;
  if (isControl && key.toLowerCase() === 'a') onChoose?.(chosenAll(chosen, table.keys));
  else if (isControl && key.toLowerCase() === 'c' && row !== HEAD) {
    if (document.getSelection()?.isCollapsed === false) return false; // a text is copied
    grid.onCopy(row);
  } else if (key === 'Escape') {
    if (chosen.keys.size === 0) return false;
    grid.onClear();
  } else if (key === 'ContextMenu' || (key === 'F10' && shiftKey)) {
    if (row !== HEAD) grid.onMenu(row);
  } else if (key === ' ') {
    if (row !== HEAD) onChoose?.(chosenToo(chosen, row));
    else if (column === CHOOSE) grid.onToggleAll();
    else if (column !== MENU) table.sortBy(column, shiftKey);
  } else if (key === 'Enter') {
    if (row !== HEAD) (column === MENU ? grid.onMenu : grid.onOpen)(row);
    else if (column === CHOOSE) grid.onToggleAll();
    else if (column !== MENU) table.sortBy(column, shiftKey);
  } else return false;
  return true;
}

/** Goes to the next row whose first column begins with what is typed. */
function spell<Row>(
  { active, table }: GridKeys<Row>,
  { key, ctrlKey, metaKey, timeStamp }: React.KeyboardEvent,
  word: { letters: string; at: number },
): boolean {
  const [first] = table.shownColumns;
  if ([...key].length !== 1 || key === '/' || key === '?' || ctrlKey || metaKey || first === undefined) return false;
  const isMore = timeStamp - word.at < WORD_MS;
  word.letters = (isMore ? word.letters : '') + key.toLowerCase();
  word.at = timeStamp;
  const { shown, keys } = table;
  const from = Math.max(0, active.place.row) + (word.letters.length > 1 ? 0 : 1);
  for (let i = 0; i < shown.length; i++) {
    const at = (from + i) % shown.length;
    const [row, to] = [shown[at], keys[at]];
    if (row === undefined || to === undefined) continue;
    if (!textOf(first, row).toLowerCase().startsWith(word.letters)) continue;
    active.go({ row: to, column: active.at.column });
    return true;
  }
  return true;
}
