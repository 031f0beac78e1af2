/** A part of a report or a long page that is one table, called as the part is. */
import type { ReactNode } from 'react';
import { Rows, Section, type Cell, type Column } from './Section.tsx';

interface ListingProps {
  readonly title: string;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Cell[])[];
  /** Instead of the table where there are no rows; the whole part is left out where it is not said. */
  readonly empty?: ReactNode;
  /** Before the table. */
  readonly children?: ReactNode;
}

export function Listing({ title, columns, rows, empty, children }: ListingProps) {
  if (rows.length === 0 && empty === undefined) return null;
  return (
    <Section title={title}>
      {children}
      {rows.length === 0 ? <p>{empty}</p> : <Rows label={title} columns={columns} rows={rows} />}
    </Section>
  );
}
