/** The head of a table: sorts by a click, by several with Shift; its edges change the widths. */
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { t } from '../../texts/t.ts';
import type { Column } from './column.ts';
import { resized } from './layout.ts';
import classes from './Table.module.css';
import { CHOOSE, HEAD, MENU } from './use-active-cell.ts';
import type { TableState } from './use-table.ts';

interface GridHeadProps<Row> {
  readonly table: TableState<Row>;
  /** Null where the keyboard is in a row. */
  readonly activeColumn: string | null;
  readonly chosen: { readonly isAll: boolean; readonly isSome: boolean } | null;
  readonly onToggleAll: () => void;
  readonly onActive: (column: string) => void;
}

export function GridHead<Row>({ table, activeColumn, chosen, onToggleAll, onActive }: GridHeadProps<Row>) {
  const head = useRef<HTMLDivElement>(null);
  const stop = (column: string) =>
    activeColumn === column ? ({ tabIndex: 0, 'data-active': '' } as const) : ({ tabIndex: -1 } as const);
  return (
    <div role="rowgroup" className={classes['head']}>
      <div ref={head} role="row" className={classes['headRow']} aria-rowindex={1} data-row={HEAD}>
        {chosen !== null && (
          <div role="columnheader" className={classes['choose']} data-column={CHOOSE} {...stop(CHOOSE)}>
            <AllBox isAll={chosen.isAll} isSome={chosen.isSome} onToggle={onToggleAll} />
          </div>
        )}
        {table.shownColumns.map((column) => {
          const at = table.sorts.findIndex((one) => one.column === column.id);
          const isDown = table.sorts[at]?.isDown === true;
          return (
            <div
              key={column.id}
              role="columnheader"
              className={classes['title']}
              aria-sort={at < 0 ? 'none' : isDown ? 'descending' : 'ascending'}
              data-column={column.id}
              data-number={column.isNumber}
              title={t('table.sortHint', { column: column.title })}
              {...stop(column.id)}
              onClick={({ shiftKey }) => {
                onActive(column.id);
                table.sortBy(column.id, shiftKey);
              }}
              onMouseDown={(event) => {
                if (event.shiftKey) event.preventDefault(); // no text is meant
              }}
            >
              <span>{column.title}</span>
              {at >= 0 &&
                (isDown ? (
                  <IconArrowDown size={14} aria-hidden="true" />
                ) : (
                  <IconArrowUp size={14} aria-hidden="true" />
                ))}
              {at >= 0 && table.sorts.length > 1 && <small>{at + 1}</small>}
              <Edge column={column} table={table} headRow={head} />
            </div>
          );
        })}
        <div
          role="columnheader"
          className={classes['more']}
          data-column={MENU}
          aria-label={t('table.menus')}
          {...stop(MENU)}
        />
      </div>
    </div>
  );
}

interface AllBoxProps {
  readonly isAll: boolean;
  readonly isSome: boolean;
  readonly onToggle: () => void;
}

function AllBox({ isAll, isSome, onToggle }: AllBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = isSome && !isAll;
  });
  return (
    <label className={classes['box']}>
      <input
        ref={box}
        type="checkbox"
        tabIndex={-1}
        checked={isAll}
        onChange={onToggle}
        aria-label={t('table.chooseShown')}
      />
    </label>
  );
}

interface EdgeProps<Row> {
  readonly column: Column<Row>;
  readonly table: TableState<Row>;
  readonly headRow: React.RefObject<HTMLDivElement | null>;
}

/** For the pointer; the list of columns does the same by buttons. */
function Edge<Row>({ column, table, headRow }: EdgeProps<Row>) {
  const begin = (event: React.PointerEvent<HTMLSpanElement>): void => {
    event.preventDefault();
    const edge = event.currentTarget;
    const widths = widthsOf(headRow.current);
    const from = event.clientX;
    const before = widths[column.id] ?? 0;
    edge.setPointerCapture(event.pointerId);
    const drag = ({ clientX }: PointerEvent): void =>
      table.arrange(resized(table.layout, { ...widths, [column.id]: before + clientX - from }));
    edge.addEventListener('pointermove', drag);
    edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', drag), { once: true });
  };
  return (
    <span
      className={classes['edge']}
      aria-hidden="true"
      onPointerDown={begin}
      onClick={(event) => event.stopPropagation()}
    />
  );
}

/** As they are now: from then on each has its own. */
export const widthsOf = (head: Element | null): Record<string, number> =>
  Object.fromEntries(
    [...(head?.querySelectorAll<HTMLElement>('[data-column]') ?? [])].flatMap((cell) => {
      const id = cell.dataset['column'] ?? '';
      return id === CHOOSE || id === MENU ? [] : [[id, cell.getBoundingClientRect().width]];
    }),
  );
