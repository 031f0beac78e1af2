/** A part of the migration's page under a heading, and the facts that stand in it. */
import type { ReactNode } from 'react';
import classes from './Migration.module.css';

export function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="guts-card" aria-label={title}>
      <h2 className={classes['title']}>{title}</h2>
      {children}
    </section>
  );
}

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
  /** Why it was chosen. */
  readonly why?: string;
}

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={classes['facts']}>
      {facts.map(({ name, value, why }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            {why !== undefined && <small className="guts-quiet"> {why}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
