/** Below a filter that finds nothing: which column it asks for that the table does not have, and which it has. */
import { t } from '../../texts/t.ts';
import { columnNames, unknownColumns } from './filter.ts';
import classes from './Table.module.css';
import type { TableState } from './use-table.ts';

export function Unknown<Row extends object>({ table }: { readonly table: TableState<Row> }) {
  const { shown, typed, columns } = table;
  const [unknown] = shown.length > 0 ? [] : unknownColumns(typed, columns);
  return (
    <output className={classes['unknown']}>
      {unknown !== undefined && t('table.noColumn', { name: unknown, columns: columnNames(columns).join(', ') })}
    </output>
  );
}
