/** Narrows a table to some of the values of one column; says how many rows have each. */
import { Button, Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { textOf } from './cells.ts';
import type { Column } from './column.ts';
import classes from './Table.module.css';
import type { TableState } from './use-table.ts';

interface FacetMenuProps<Row> {
  readonly column: Column<Row>;
  readonly table: TableState<Row>;
}

/** More would be no help. */
const MOST_VALUES = 40;

export function FacetMenu<Row>({ column, table }: FacetMenuProps<Row>) {
  const [isOpen, setIsOpen] = useState(false);
  const chosen = table.facets[column.id] ?? [];
  const toggle = (value: string): void =>
    table.choose(column.id, chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);

  return (
    <Menu opened={isOpen} onChange={setIsOpen} closeOnItemClick={false} position="bottom-start">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant={chosen.length === 0 ? 'default' : 'light'}
          rightSection={<IconChevronDown size={14} aria-hidden="true" />}
        >
          {chosen.length === 0 ? column.title : t('table.facetChosen', { column: column.title, count: chosen.length })}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes['list'] ?? ''}>
        {isOpen &&
          valuesOf(column, table.all).map(([value, count]) => (
            <Menu.CheckboxItem
              key={value}
              checked={chosen.includes(value)}
              rightSection={<span className="guts-quiet">{numberText(count)}</span>}
              onChange={() => toggle(value)}
            >
              {value === '' ? t('table.noValue') : value}
            </Menu.CheckboxItem>
          ))}
        <Menu.Divider />
        <Menu.Item disabled={chosen.length === 0} onClick={() => table.choose(column.id, [])}>
          {t('table.facetAll')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** The most frequent ones, and how many rows have each. */
function valuesOf<Row>(column: Column<Row>, rows: readonly Row[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const text = textOf(column, row);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_VALUES);
}
