/** A part of a machine's page, and the table of the few things in one. */
import { Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import classes from './Machine.module.css';

interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, aside, children }: SectionProps) {
  const id = useId();
  return (
    <section className="guts-card" aria-labelledby={id}>
      <div className={classes['head']}>
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        {aside}
      </div>
      {children}
    </section>
  );
}

interface ShortTableProps {
  readonly label: string;
  readonly head: readonly string[];
  /** Each with a key before its cells. */
  readonly rows: readonly (readonly [string, readonly ReactNode[]])[];
  readonly empty: string;
}

/** For the few things of one machine. */
export function ShortTable({ label, head, rows, empty }: ShortTableProps) {
  if (rows.length === 0) return <p className="guts-quiet">{empty}</p>;
  return (
    <div className={classes['wide']}>
      <table className={classes['table']} aria-label={label}>
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, cells]) => (
            <tr key={key}>
              {cells.map((cell, at) => (
                <td key={head[at]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
