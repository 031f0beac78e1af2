/** The lines of a chart between their axes; pointing at it tells the moment that is meant. */
import { useLayoutEffect, useMemo, useRef, useState, type PointerEvent } from 'react';
import { clockText, timeText } from '../texts/format.ts';
import classes from './Chart.module.css';
import { PLOT_HEIGHT, PlotScale } from './plot-scale.ts';

interface PlotProps {
  /** In milliseconds. */
  readonly times: readonly number[];
  readonly lines: readonly (readonly number[])[];
  /** The look of each line. */
  readonly looks: readonly LineLook[];
  readonly valueText: (value: number) => string;
  /** The place in `times` that is pointed at; null is none. */
  readonly pointed: number | null;
  readonly onPoint: (at: number | null) => void;
}

export interface LineLook {
  /** One of the colours of charts. */
  readonly colour: number;
  readonly isDashed: boolean;
}

export function Plot({ times, lines, looks, valueText, pointed, onPoint }: PlotProps) {
  const place = useRef<SVGSVGElement>(null);
  const width = useWidth(place);
  const scale = useMemo(() => new PlotScale(width, times, lines), [width, times, lines]);
  const paths = useMemo(() => lines.map((values) => pathOf(scale, times, values)), [scale, times, lines]);
  const { left, right, top, bottom } = scale;
  const { at, stepSeconds } = scale.moments();
  const pointedMs = pointed === null ? undefined : times[pointed];
  const point = ({ clientX, currentTarget }: PointerEvent): void =>
    onPoint(scale.nearest(clientX - currentTarget.getBoundingClientRect().left, times));

  return (
    <svg
      ref={place}
      className={classes['plot']}
      height={PLOT_HEIGHT}
      aria-hidden="true"
      onPointerMove={point}
      onPointerLeave={() => onPoint(null)}
    >
      {scale.values().map((value) => (
        <g key={value}>
          <line className={classes['grid']} x1={left} x2={right} y1={scale.y(value)} y2={scale.y(value)} />
          <text x={left - 8} y={scale.y(value) + 4} textAnchor="end">
            {valueText(value)}
          </text>
        </g>
      ))}
      {at.map((ms) => (
        <g key={ms}>
          <line className={classes['grid']} x1={scale.x(ms)} x2={scale.x(ms)} y1={top} y2={bottom} />
          <text x={scale.x(ms)} y={bottom + 17} textAnchor="middle">
            {stepSeconds < 60 ? timeText(ms) : clockText(ms)}
          </text>
        </g>
      ))}
      {paths.map((path, index) => (
        <path
          key={index}
          className={classes['line']}
          data-colour={looks[index]?.colour}
          d={path}
          strokeDasharray={looks[index]?.isDashed === true ? '6 4' : undefined}
        />
      ))}
      {pointedMs !== undefined && (
        <line className={classes['pointed']} x1={scale.x(pointedMs)} x2={scale.x(pointedMs)} y1={top} y2={bottom} />
      )}
    </svg>
  );
}

const pathOf = (scale: PlotScale, times: readonly number[], values: readonly number[]): string =>
  times
    .map((ms, at) => `${at === 0 ? 'M' : 'L'}${scale.x(ms).toFixed(1)} ${scale.y(values[at] ?? 0).toFixed(1)}`)
    .join('');

function useWidth(place: { readonly current: SVGSVGElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current: element } = place;
    if (element === null) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, [place]);
  return width;
}
