/** What a chart shows, as numbers: a dozen moments of it. */
import { clockText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import classes from './Chart.module.css';
import type { ChartProps } from './chart-props.ts';

const MOMENTS = 12;

export function ChartTable({ label, times, lines, valueText }: ChartProps) {
  const span = Math.max(1, Math.ceil(times.length / MOMENTS));
  const starts = Array.from({ length: Math.ceil(times.length / span) }, (_, at) => at * span);
  const average = (values: readonly number[], from: number): number => {
    const part = values.slice(from, from + span);
    return part.reduce((sum, one) => sum + one, 0) / Math.max(1, part.length);
  };
  return (
    <table className={classes['table']} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t('chart.from')}</th>
          {lines.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {starts.map((from) => (
          <tr key={times[from]}>
            <th scope="row">{clockText(times[from] ?? 0)}</th>
            {lines.map(({ name, values }) => (
              <td key={name}>{valueText(average(values, from))}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
