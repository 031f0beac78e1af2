/** The canvas of a chart. Its colours are those of the moment in which it is made: another theme takes another one. */
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { clockText, timeText } from '../texts/format.ts';

interface PlotProps {
  /** In milliseconds. */
  readonly times: readonly number[];
  readonly lines: readonly (readonly number[])[];
  /** The look of each line. */
  readonly looks: readonly LineLook[];
  readonly valueText: (value: number) => string;
  /** The place in `times` that is pointed at; null is none. */
  readonly onPoint: (at: number | null) => void;
}

export interface LineLook {
  /** One of the colours of charts. */
  readonly colour: number;
  readonly isDashed: boolean;
}

export const PLOT_HEIGHT = 190;
const LEAST_TOP = 1e6;
/** Seconds between two marks of the axis; the last ones are hours. */
const STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

export function Plot({ times, lines, looks, valueText, onPoint }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);

  useEffect(() => {
    const { current: element } = place;
    if (element === null) return;
    const made = new uPlot(optionsOf(element, looks, valueText, onPoint), [[], ...looks.map(() => [])], element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: PLOT_HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [looks, valueText, onPoint]);

  useEffect(() => {
    plot.current?.setData([times.map((ms) => ms / 1000), ...lines.map((values) => [...values])]);
  }, [times, lines]);

  return <div ref={place} aria-hidden="true" />;
}

/** @param stepSeconds between two marks of the axis */
const momentOf = (seconds: number, stepSeconds: number): string =>
  stepSeconds < 60 ? timeText(seconds * 1000) : clockText(seconds * 1000);

function optionsOf(
  element: HTMLElement,
  looks: readonly LineLook[],
  valueText: (value: number) => string,
  onPoint: (at: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--guts-quiet'),
    grid: { stroke: colour('--guts-line'), width: 1 },
    ticks: { stroke: colour('--guts-line'), width: 1 },
    font: `11px ${style.fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height: PLOT_HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(LEAST_TOP, most * 1.1)] } },
    axes: [
      {
        ...axis,
        space: 80,
        size: 34,
        incrs: STEPS,
        values: (_plot, moments, _axis, _space, step) => moments.map((one) => momentOf(one, step)),
      },
      { ...axis, size: 76, values: (_plot, values) => values.map((one) => valueText(one)) },
    ],
    series: [
      {},
      ...looks.map(({ colour: number, isDashed }): uPlot.Series => ({
        stroke: colour(`--guts-chart-${number}`),
        width: 1.8,
        points: { show: false },
        ...(isDashed ? { dash: [6, 4] } : {}),
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
}
