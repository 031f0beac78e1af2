/** Lines over time, in our own colours; for those who do not see them, a summary and a table. */
import { Button, Collapse, Group } from '@mantine/core';
import { useMemo, useState } from 'react';
import { clockText } from '../texts/format.ts';
import { t } from '../texts/t.ts';
import classes from './Chart.module.css';
import type { ChartProps } from './chart-props.ts';
import { ChartTable } from './ChartTable.tsx';
import { Plot, type LineLook } from './Plot.tsx';

const COLOURS = 6;

/** Every other line is dashed: colour alone tells nothing to some. */
const lookOf = (at: number): LineLook => ({ colour: (at % COLOURS) + 1, isDashed: at % 2 === 1 });

export function Chart(props: ChartProps) {
  const { label, summary, times, lines, valueText } = props;
  const [pointed, setPointed] = useState<number | null>(null);
  const [isTable, setIsTable] = useState(false);
  const count = lines.length;
  const looks = useMemo(() => Array.from({ length: count }, (_, at) => lookOf(at)), [count]);
  const values = useMemo(() => lines.map((line) => line.values), [lines]);

  const at = pointed === null || pointed >= times.length ? times.length - 1 : pointed;
  return (
    <figure className={classes['figure']} aria-label={label}>
      <div className={classes['place']}>
        <Plot times={times} lines={values} looks={looks} valueText={valueText} pointed={pointed} onPoint={setPointed} />
      </div>
      <Group justify="space-between" gap="sm">
        <ul className={classes['legend']}>
          {lines.map((line, index) => (
            <li key={line.name}>
              <Swatch look={lookOf(index)} />
              {line.name} <strong>{valueText(line.values[at] ?? 0)}</strong>
            </li>
          ))}
          {pointed !== null && <li className="guts-quiet">{clockText(times[at] ?? 0)}</li>}
        </ul>
        <Button size="compact-xs" variant="subtle" aria-expanded={isTable} onClick={() => setIsTable(!isTable)}>
          {isTable ? t('chart.hideTable') : t('chart.showTable')}
        </Button>
      </Group>
      <figcaption className={classes['summary']}>{summary}</figcaption>
      <Collapse expanded={isTable}>{isTable && <ChartTable {...props} />}</Collapse>
    </figure>
  );
}

function Swatch({ look: { colour, isDashed } }: { readonly look: LineLook }) {
  const dashes = isDashed ? { strokeDasharray: '5 3' } : {};
  return (
    <svg width="22" height="8" aria-hidden="true">
      <line className={classes['swatch']} data-colour={colour} {...dashes} x1="0" y1="4" x2="22" y2="4" />
    </svg>
  );
}
