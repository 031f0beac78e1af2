/** Above a table: its filter, how much of it is shown, what narrows it, and what is done with all of it. */
import { CloseButton, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { useRef, type ReactNode } from 'react';
import { numberText } from '../../texts/format.ts';
import { t } from '../../texts/t.ts';
import { ColumnChooser } from './ColumnChooser.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { FacetMenu } from './FacetMenu.tsx';
import classes from './Table.module.css';
import type { TableState } from './use-table.ts';
import { ViewMenu } from './ViewMenu.tsx';

interface TableBarProps<Row> {
  readonly label: string;
  readonly example: string | undefined;
  readonly table: TableState<Row>;
  readonly chosen: readonly Row[];
  readonly tools: ReactNode;
}

export function TableBar<Row extends object>({ label, example, table, chosen, tools }: TableBarProps<Row>) {
  const filter = useRef<HTMLInputElement>(null);
  const goThere = (): void => {
    if (document.querySelector('[data-table-filter]') === filter.current) filter.current?.select();
  };
  useHotkeys([['mod+F', goThere]], []);
  useHotkeys([['/', goThere]]);
  const count = { shown: numberText(table.shown.length), all: numberText(table.all.length) };

  return (
    <div className={classes['bar']}>
      <TextInput
        ref={filter}
        size="xs"
        className={classes['filter'] ?? ''}
        data-table-filter=""
        aria-label={t('table.filter', { table: label })}
        aria-keyshortcuts="Control+F /"
        placeholder={example === undefined ? t('table.filterWords') : t('table.filterHint', { example })}
        leftSection={<IconFilter size={16} aria-hidden="true" />}
        rightSection={
          table.typed !== '' && (
            <CloseButton size="sm" aria-label={t('table.clearFilter')} onClick={() => table.type('')} />
          )
        }
        value={table.typed}
        onChange={({ currentTarget }) => table.type(currentTarget.value)}
        onKeyDown={({ key }) => {
          if (key === 'Escape') table.type('');
        }}
      />
      <output className="guts-quiet" data-count="">
        {table.shown.length === table.all.length
          ? t('table.countAll', { count: table.all.length, all: count.all })
          : t('table.count', count)}
      </output>
      {table.columns
        .filter(({ isFacet }) => isFacet)
        .map((column) => (
          <FacetMenu key={column.id} column={column} table={table} />
        ))}
      {tools}
      <span className={classes['end']}>
        <ViewMenu table={table} />
        <ColumnChooser table={table} />
        <ExportMenu label={label} table={table} chosen={chosen} />
      </span>
    </div>
  );
}
