/** What can be done with a row, or with all that are chosen: where the pointer is, or below the cell. */
import { Menu } from '@mantine/core';
import { IconAlertTriangle, IconCopy, IconExternalLink } from '@tabler/icons-react';
import { t } from '../../texts/t.ts';
import type { RowAction } from './column.ts';
import { harmlessFirst } from './SelectionBar.tsx';
import classes from './Table.module.css';

export interface MenuAt<Row> {
  readonly x: number;
  readonly y: number;
  readonly rows: readonly Row[];
}

interface RowMenuProps<Row> {
  readonly at: MenuAt<Row>;
  readonly onOpen: ((row: Row) => void) | null;
  readonly actions: readonly RowAction<Row>[];
  readonly onCopy: (rows: readonly Row[]) => void;
  readonly onClose: () => void;
}

export function RowMenu<Row>({ at, onOpen, actions, onCopy, onClose }: RowMenuProps<Row>) {
  const { x, y, rows } = at;
  const [row] = rows;
  return (
    <Menu
      opened
      onClose={onClose}
      position="bottom-start"
      returnFocus={false}
      clickOutsideEvents={['mousedown', 'touchstart']} // the key that opens it is still on its way
    >
      <Menu.Target>
        <span className={classes['menuPlace']} style={{ left: x, top: y }} />
      </Menu.Target>
      <Menu.Dropdown>
        {onOpen !== null && row !== undefined && rows.length === 1 && (
          <Menu.Item leftSection={<IconExternalLink size={16} aria-hidden="true" />} onClick={() => onOpen(row)}>
            {t('table.open')}
          </Menu.Item>
        )}
        {[...actions].sort(harmlessFirst).map(({ id, title, isDangerous = false, isOff = null, run }) => (
          <Menu.Item
            key={id}
            {...(isDangerous ? { color: 'danger' } : {})}
            leftSection={isDangerous ? <IconAlertTriangle size={16} aria-hidden="true" /> : undefined}
            closeMenuOnClick={isOff === null}
            {...(isOff === null
              ? { onClick: () => run(rows) }
              : { className: classes['off'] ?? '', 'aria-disabled': true })}
          >
            {title}
            {isOff !== null && <small className={classes['why']}>{isOff}</small>}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconCopy size={16} aria-hidden="true" />} onClick={() => onCopy(rows)}>
          {t('table.copyRows', { count: rows.length })}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
