/** One row. It draws again only when its own thing, its choice or the columns change; nothing of a library is in it. */
import { IconDots } from '@tabler/icons-react';
import { memo } from 'react';
import { t } from '../../texts/t.ts';
import { textOf } from './cells.ts';
import type { Column } from './column.ts';
import classes from './Table.module.css';
import { CHOOSE, MENU } from './use-active-cell.ts';

interface GridRowProps<Row> {
  readonly rowKey: string;
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly at: number;
  readonly top: number;
  readonly height: number;
  /** Null where nothing can be chosen. */
  readonly isChosen: boolean | null;
  /** Null where the keyboard is in another row. */
  readonly activeColumn: string | null;
}

const nothing = (): void => {};

function OneRow<Row>({ rowKey, row, columns, at, top, height, isChosen, activeColumn }: GridRowProps<Row>) {
  const [first] = columns;
  const name = first === undefined ? rowKey : textOf(first, row);
  const stop = (column: string) =>
    activeColumn === column ? ({ tabIndex: 0, 'data-active': '' } as const) : ({ tabIndex: -1 } as const);
  return (
    <div
      role="row"
      className={classes['row']}
      aria-rowindex={at + 2}
      aria-selected={isChosen ?? undefined}
      data-row={rowKey}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      {isChosen !== null && (
        <div role="gridcell" className={classes['choose']} data-column={CHOOSE} {...stop(CHOOSE)}>
          <label className={classes['box']}>
            <input
              type="checkbox"
              tabIndex={-1}
              checked={isChosen}
              onChange={nothing}
              aria-label={t('table.choose', { name })}
            />
          </label>
        </div>
      )}
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={classes['cell']}
          data-column={column.id}
          data-number={column.isNumber}
          {...stop(column.id)}
        >
          {column.cell === undefined ? <Plain text={textOf(column, row)} /> : column.cell(row)}
        </div>
      ))}
      <div role="gridcell" className={classes['more']} data-column={MENU} {...stop(MENU)}>
        <button type="button" tabIndex={-1} data-menu="" aria-haspopup="menu" aria-label={t('table.menu', { name })}>
          <IconDots size={16} aria-hidden="true" />
        </button>
      </div>
    </div>
  );
}

const Plain = ({ text }: { readonly text: string }) => <span title={text}>{text}</span>;

export const GridRow = memo(OneRow) as typeof OneRow; // memo forgets that it takes any kind of row
