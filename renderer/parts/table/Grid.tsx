/** Head and rows as an ARIA grid: one tab stop, arrows from cell to cell; only rows that are seen are in the page. */
import { useCallback, useLayoutEffect, useRef, useState } from 'react';
import { copyText } from '../copy.ts';
import { usePreferences } from '../../state/preferences.ts';
import { t } from '../../texts/t.ts';
import type { DataTableProps } from './table-props.ts';
import { GridBody } from './GridBody.tsx';
import { GridHead } from './GridHead.tsx';
import { widthOf } from './layout.ts';
import { RowMenu, type MenuAt } from './RowMenu.tsx';
import { chosenAll, chosenNone, chosenOnly, chosenToo, chosenUpTo, chosenWithout, type Chosen } from './selection.ts';
import { tsvOf } from './separated.ts';
import classes from './Table.module.css';
import { CHOOSE, HEAD, MENU, useActiveCell } from './use-active-cell.ts';
import { useGridKeys } from './use-grid-keys.ts';
import { useRoom } from './use-room.ts';
import type { TableState } from './use-table.ts';

export interface GridProps<Row extends object> extends DataTableProps<Row> {
  readonly table: TableState<Row>;
  readonly chosen: Chosen;
  readonly chosenRows: readonly Row[];
  /** Null where nothing can be chosen. */
  readonly onChoose: ((next: Chosen) => void) | null;
  /** Somebody is in the table, or has left it. */
  readonly onHeld: (isHeld: boolean) => void;
}

const ROW_HEIGHT = { compact: 32, wide: 44 };

export function Grid<Row extends object>(props: GridProps<Row>) {
  const { label, keyOf, onOpen, actions, maxHeight, table, chosen, chosenRows, onChoose, onHeld } = props;
  const { shown, keys, shownColumns, layout } = table;
  const isCompact = usePreferences((wish) => wish.isCompact);
  const rowHeight = isCompact ? ROW_HEIGHT.compact : ROW_HEIGHT.wide;
  const scroller = useRef<HTMLDivElement>(null);
  /** The same, for what is in it: that is there before it. */
  const [viewport, setViewport] = useState<HTMLDivElement | null>(null);
  const attach = useCallback((element: HTMLDivElement | null) => {
    scroller.current = element;
    setViewport(element);
  }, []);
  const [menu, setMenu] = useState<MenuAt<Row> | null>(null);
  useRoom(scroller);

  const columnIds = [...(onChoose === null ? [] : [CHOOSE]), ...shownColumns.map(({ id }) => id), MENU];
  const active = useActiveCell(scroller, keys, columnIds);
  const isIn = useRef({ pointer: false, focus: false });
  const hold = (who: 'pointer' | 'focus', isNow: boolean): void => {
    isIn.current[who] = isNow;
    onHeld(isIn.current.pointer || isIn.current.focus);
  };

  const rowOf = (key: string): Row | undefined => shown[keys.indexOf(key)];
  const about = (key: string): readonly Row[] => {
    const row = rowOf(key);
    if (chosen.keys.has(key)) return chosenRows;
    return row === undefined ? [] : [row];
  };
  const openMenu = (key: string, x: number, y: number): void => {
    active.go({ row: key, column: active.at.column });
    setMenu({ x, y, rows: about(key) });
  };
  const toggleAll = (): void => {
    const isAll = keys.every((key) => chosen.keys.has(key));
    onChoose?.(isAll ? chosenWithout(chosen, keys) : chosenAll(chosen, keys));
  };
  const click = (key: string, column: string, how: React.MouseEvent): void => {
    active.go({ row: key, column });
    if (column === MENU) {
      const { left, bottom } = (how.target as Element).getBoundingClientRect(); // what is clicked is one
      openMenu(key, left, bottom);
      return;
    }
    if (onChoose === null) return;
    const isMore = how.ctrlKey || how.metaKey || column === CHOOSE;
    if (how.shiftKey) onChoose(chosenUpTo(chosen, key, keys, isMore));
    else onChoose(isMore ? chosenToo(chosen, key) : chosenOnly(key));
  };
  const onKeyDown = useGridKeys({
    table,
    active,
    columnIds,
    pageRows: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2),
    chosen,
    onChoose,
    onToggleAll: toggleAll,
    onClear: () => onChoose?.(chosenNone),
    onOpen: (key) => {
      const row = rowOf(key);
      if (row !== undefined) onOpen?.(row);
    },
    onMenu: (key) => {
      const cell = scroller.current?.querySelector('[data-active]')?.getBoundingClientRect();
      openMenu(key, (cell?.left ?? 0) + 12, cell?.bottom ?? 0);
    },
    onCopy: (key) => void copyText(tsvOf(about(key), shownColumns)),
  });

  const { asked } = table;
  const askedBefore = useRef(asked);
  useLayoutEffect(() => {
    if (askedBefore.current !== asked) scroller.current?.scrollTo({ top: 0 });
    askedBefore.current = asked;
  }, [asked]);

  const isSized = Object.keys(layout.widths).length > 0;
  const tracks = [
    ...(onChoose === null ? [] : ['2.25rem']),
    ...shownColumns.map((column) => {
      const width = widthOf(column, layout);
      return isSized ? `${width}px` : `minmax(${width}px, ${width}fr)`;
    }),
    isSized ? 'minmax(2.5rem, 1fr)' : '2.5rem',
  ];
  const leastWidth = shownColumns.reduce((sum, column) => sum + widthOf(column, layout), 0);
  useLayoutEffect(() => {
    scroller.current?.style.setProperty('--tracks', tracks.join(' '));
    scroller.current?.style.setProperty('--columns', `calc(${leastWidth}px + ${onChoose === null ? 2.5 : 4.75}rem)`);
  });

  return (
    <>
      <div
        ref={attach}
        className={classes['scroller']}
        style={maxHeight === undefined ? undefined : { maxHeight }}
        role="grid"
        aria-label={label}
        aria-rowcount={shown.length + 1}
        aria-colcount={columnIds.length}
        aria-multiselectable={onChoose !== null}
        onKeyDown={onKeyDown}
        onPointerEnter={() => hold('pointer', true)}
        onPointerLeave={() => hold('pointer', false)}
        onFocus={(event) => {
          hold('focus', true);
          active.hear(event.target);
        }}
        onBlur={({ relatedTarget }) => {
          if (scroller.current?.contains(relatedTarget)) return;
          active.leave();
          hold('focus', false);
        }}
      >
        <GridHead
          table={table}
          activeColumn={active.at.row === HEAD ? active.at.column : null}
          chosen={onChoose === null ? null : { isAll: isAllOf(keys, chosen.keys), isSome: chosenRows.length > 0 }}
          onToggleAll={toggleAll}
          onActive={(column) => active.go({ row: HEAD, column })}
        />
        <GridBody
          viewport={viewport}
          rows={shown}
          keyOf={keyOf}
          rowKeys={keys}
          columns={shownColumns}
          rowHeight={rowHeight}
          activeRow={active.at.row}
          activeColumn={active.at.column}
          chosen={onChoose === null ? null : chosen.keys}
          onClick={click}
          onOpen={onOpen === undefined ? null : onOpen}
          onMenu={openMenu}
        />
        {shown.length === 0 && (
          <div className={classes['nothing']} role="row">
            <div role="gridcell">
              {t('table.nothing')}{' '}
              <button type="button" className={classes['link']} onClick={table.clear}>
                {t('table.showAll')}
              </button>
            </div>
          </div>
        )}
      </div>
      {menu !== null && (
        <RowMenu
          at={menu}
          onOpen={onOpen ?? null}
          actions={actions?.(menu.rows) ?? []}
          onCopy={(rows) => void copyText(tsvOf(rows, shownColumns))}
          onClose={() => {
            setMenu(null);
            active.go(active.at);
          }}
        />
      )}
    </>
  );
}

const isAllOf = (keys: readonly string[], chosen: ReadonlySet<string>): boolean =>
  keys.length > 0 && keys.length <= chosen.size && keys.every((key) => chosen.has(key));
