/** A few large figures side by side: name, value, a few words more. */
import classes from './Figures.module.css';

export type Figure = readonly [name: string, value: string, more: string];

export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className={classes['figures']}>
      {figures.map(([name, value, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span>{value}</span>
            <small>{more}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
