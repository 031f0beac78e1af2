/** What a table shows of its rows: filter, facets, order, columns, and the views that were saved of all that. */
import { useEffect, useMemo, useState } from 'react';
import { textOf } from './cells.ts';
import type { Column } from './column.ts';
import type { DataTableProps } from './table-props.ts';
import { filterOf } from './filter.ts';
import { inOrder, isShown, keep, keptOf, type Kept, type Layout, type View } from './layout.ts';
import { SearchTexts } from './search-texts.ts';
import { ShownOrder } from './shown-order.ts';
import { sorted, sortedNext, type SortBy } from './sort.ts';

export type Facets = Readonly<Record<string, readonly string[]>>;

export interface TableState<Row> {
  readonly all: readonly Row[];
  readonly shown: readonly Row[];
  readonly keys: readonly string[];
  /** All columns in the order in which they are shown, if they are. */
  readonly columns: readonly Column<Row>[];
  readonly shownColumns: readonly Column<Row>[];
  readonly layout: Layout;
  /** Another one whenever filter, facets or order are. */
  readonly asked: object;
  readonly typed: string;
  readonly facets: Facets;
  readonly sorts: readonly SortBy[];
  readonly views: readonly View[];
  type(filter: string): void;
  choose(column: string, values: readonly string[]): void;
  /** All rows. */
  clear(): void;
  sortBy(column: string, isMore: boolean): void;
  arrange(layout: Layout): void;
  saveView(name: string): void;
  showView(view: View): void;
  dropView(name: string): void;
}

/** @param isHeld whether somebody is in the table: then rows stay where they are */
export function useTable<Row extends object>(props: DataTableProps<Row>, isHeld: boolean): TableState<Row> {
  const { id, columns, rows, keyOf, firstSort } = props;
  const [kept, setKept] = useState(() => keptOf(id));
  const [typed, type] = useState('');
  const [facets, setFacets] = useState<Facets>({});
  const [sorts, setSorts] = useState<readonly SortBy[]>(firstSort === undefined ? [] : [firstSort]);
  const [order] = useState(() => new ShownOrder<Row>());
  const texts = useMemo(() => new SearchTexts(columns), [columns]);
  useEffect(() => texts.prepare(rows), [texts, rows]);

  const asked = useMemo(() => ({ typed, facets, sorts }), [typed, facets, sorts]);
  const question = useMemo(() => questionOf(asked, columns, texts), [asked, columns, texts]);
  const shown = useMemo(
    () => order.of(rows, keyOf, { ...question, asked }, isHeld),
    [order, rows, keyOf, question, asked, isHeld],
  );
  const keys = useMemo(() => shown.map(keyOf), [shown, keyOf]);
  const { layout, views } = kept;
  const arranged = useMemo(() => inOrder(columns, layout), [columns, layout]);
  const shownColumns = useMemo(() => arranged.filter((one) => isShown(one, layout)), [arranged, layout]);

  const change = (next: Partial<Kept>): void => {
    const all = { ...kept, ...next };
    setKept(all);
    keep(id, all);
  };
  return {
    all: rows,
    shown,
    keys,
    columns: arranged,
    shownColumns,
    layout,
    asked,
    typed,
    facets,
    sorts,
    views,
    type,
    choose: (column, values) => setFacets({ ...facets, [column]: values }),
    clear: () => {
      type('');
      setFacets({});
    },
    sortBy: (column, isMore) => setSorts(sortedNext(sorts, column, isMore)),
    arrange: (next) => change({ layout: next }),
    saveView: (name) => {
      const view: View = {
        name,
        filter: typed,
        facets: Object.fromEntries(Object.entries(facets).map(([column, values]) => [column, [...values]])),
        sorts: [...sorts],
        layout,
      };
      change({ views: [...views.filter((one) => one.name !== name), view] });
    },
    showView: (view) => {
      type(view.filter);
      setFacets(view.facets);
      setSorts(view.sorts);
      change({ layout: view.layout });
    },
    dropView: (name) => change({ views: views.filter((one) => one.name !== name) }),
  };
}

function questionOf<Row extends object>(
  { typed, facets, sorts }: { typed: string; facets: Facets; sorts: readonly SortBy[] },
  columns: readonly Column<Row>[],
  texts: SearchTexts<Row>,
) {
  const fits = filterOf(typed, columns, (row: Row) => texts.of(row));
  const chosen = columns.flatMap((column) => {
    const values = facets[column.id] ?? [];
    return values.length === 0 ? [] : [{ column, values: new Set(values) }];
  });
  return {
    isWanted: (row: Row): boolean => chosen.every(({ column, values }) => values.has(textOf(column, row))) && fits(row),
    inOrder: (rows: readonly Row[]): readonly Row[] => (sorts.length === 0 ? rows : sorted(rows, sorts, columns)),
  };
}
