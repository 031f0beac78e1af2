/** A part of a report or a long page: its title, and a table or some words. */
import { useId, type ReactElement, type ReactNode } from 'react';
import classes from './Section.module.css';

interface SectionProps {
  readonly title: string;
  readonly children: ReactNode;
}

export function Section({ title, children }: SectionProps) {
  const id = useId();
  return (
    <section className={classes['section']} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** Something, and under it something smaller. */
interface Two {
  readonly main: ReactNode;
  readonly under: ReactNode;
}

export type Cell = string | ReactElement | Two;
export const two = (main: ReactNode, under: ReactNode): Two => ({ main, under });

/** What is never broken, such as the id of a rule. */
export const whole = (text: string): ReactElement => <span className={classes['whole']}>{text}</span>;

interface RowsProps {
  readonly label: string;
  readonly columns: readonly Column[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Cell[])[];
}

export function Rows({ label, columns, rows }: RowsProps) {
  return (
    <div className={classes['wide']}>
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" data-is-number={isNumber}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {columns.map(({ title, isNumber }, index) =>
                index === 0 ? (
                  <th key={title} scope="row">
                    {shown(row[0])}
                  </th>
                ) : (
                  <td key={title} data-is-number={isNumber}>
                    {shown(row[index])}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function shown(cell: Cell | undefined): ReactNode {
  if (typeof cell !== 'object' || !('main' in cell)) return wrapped(cell);
  return (
    <>
      {wrapped(cell.main)}
      <small>{wrapped(cell.under)}</small>
    </>
  );
}

/** Longer than words are: what may be broken anywhere. */
const LONG = /(\S{24,})/;

/** Words stay whole; only what no column has room for is broken. */
function wrapped(text: ReactNode): ReactNode {
  if (typeof text !== 'string' || !LONG.test(text)) return text;
  return text.split(LONG).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <span key={index} className={classes['long']}>
        {part}
      </span>
    ),
  );
}
