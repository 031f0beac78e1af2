/** Which columns a table shows, in which order, and how wide: all of it by buttons, for whoever does not drag. */
import { ActionIcon, Button, Checkbox, Popover } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3, IconMinus, IconPlus } from '@tabler/icons-react';
import { t, type TextKey } from '../../texts/t.ts';
import type { Column } from './column.ts';
import { widthsOf } from './GridHead.tsx';
import { asMade, isShown, moved, resized, widthOf } from './layout.ts';
import classes from './Table.module.css';
import type { TableState } from './use-table.ts';

/** Pixels. */
const WIDTH_STEP = 24;

export function ColumnChooser<Row>({ table }: { readonly table: TableState<Row> }) {
  const { columns, shownColumns, layout } = table;
  const show = (id: string, isNow: boolean): void =>
    table.arrange({ ...layout, isShown: { ...layout.isShown, [id]: isNow } });
  const widen = (column: Column<Row>, by: number, at: Element): void => {
    const now = widthsOf(headOf(at));
    table.arrange(resized(layout, { ...now, [column.id]: (now[column.id] ?? widthOf(column, layout)) + by }));
  };
  const button = (key: TextKey, column: Column<Row>, Sign: typeof IconPlus, onClick: (at: Element) => void) => (
    <ActionIcon
      variant="subtle"
      size="sm"
      aria-label={t(key, { column: column.title })}
      onClick={({ currentTarget }) => onClick(currentTarget)}
    >
      <Sign size={14} aria-hidden="true" />
    </ActionIcon>
  );

  return (
    <Popover position="bottom-end" trapFocus withinPortal={false}>
      <Popover.Target>
        <ActionIcon variant="default" aria-label={t('table.columns')} title={t('table.columns')}>
          <IconColumns3 size={16} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('table.columns')}>
        <ul className={classes['chooser']}>
          {columns.map((column) => {
            const isOn = isShown(column, layout);
            return (
              <li key={column.id}>
                <Checkbox
                  size="xs"
                  label={column.title}
                  checked={isOn}
                  disabled={isOn && shownColumns.length === 1}
                  onChange={() => show(column.id, !isOn)}
                />
                <span className={classes['gap']} />
                {button('table.narrower', column, IconMinus, (at) => widen(column, -WIDTH_STEP, at))}
                {button('table.wider', column, IconPlus, (at) => widen(column, WIDTH_STEP, at))}
                {button('table.earlier', column, IconArrowUp, () =>
                  table.arrange(moved(table.columns, layout, column.id, -1)),
                )}
                {button('table.later', column, IconArrowDown, () =>
                  table.arrange(moved(table.columns, layout, column.id, 1)),
                )}
              </li>
            );
          })}
        </ul>
        <Button size="compact-sm" variant="default" mt="xs" onClick={() => table.arrange(asMade)}>
          {t('table.reset')}
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The head of the same table. */
const headOf = (at: Element): Element | null =>
  at.closest(`.${classes['table']}`)?.querySelector(`.${classes['headRow']}`) ?? null;
