/** A table of anything: sorted, filtered, chosen from; one tab stop with arrows, many rows at no cost. */
import { useMemo, useState } from 'react';
import { Grid } from './Grid.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { chosenNone, type Chosen } from './selection.ts';
import classes from './Table.module.css';
import type { DataTableProps } from './table-props.ts';
import { TableBar } from './TableBar.tsx';
import { Unknown } from './Unknown.tsx';
import { useTable } from './use-table.ts';

export type { DataTableProps } from './table-props.ts';

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  if (props.rows.length > 0) return <FullTable {...props} />;
  return (
    <>
      {props.tools}
      {props.empty}
    </>
  );
}

function FullTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, rows, keyOf, actions, tools, selected, onSelect, example } = props;
  const [isHeld, setIsHeld] = useState(false);
  const table = useTable(props, isHeld);
  const [own, setOwn] = useState<Chosen>(chosenNone);
  const chosen = selected === undefined ? own : { keys: selected, anchor: own.anchor };
  const choose = (next: Chosen): void => {
    setOwn(next);
    if (next.keys !== chosen.keys) onSelect?.(next.keys);
  };
  const { keys } = chosen;
  const chosenRows = useMemo(() => rows.filter((row) => keys.has(keyOf(row))), [rows, keys, keyOf]);
  const canChoose = actions !== undefined || onSelect !== undefined;

  return (
    <div className={classes['table']}>
      <TableBar label={label} example={example} table={table} chosen={chosenRows} tools={tools} />
      <Unknown table={table} />
      <Grid
        {...props}
        table={table}
        chosen={chosen}
        chosenRows={chosenRows}
        onChoose={canChoose ? choose : null}
        onHeld={setIsHeld}
      />
      {canChoose && (
        <SelectionBar
          rows={chosenRows}
          shownKeys={table.keys}
          keyOf={keyOf}
          actions={actions?.(chosenRows) ?? []}
          onClear={() => choose(chosenNone)}
        />
      )}
    </div>
  );
}
