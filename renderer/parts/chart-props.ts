/** What a chart is told. */

export interface ChartLine {
  readonly name: string;
  readonly values: readonly number[];
}

export interface ChartProps {
  readonly label: string;
  /** What is to be seen, in one sentence. */
  readonly summary: string;
  /** In milliseconds, one for each value. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  /** The same function from one drawing to the next. */
  readonly valueText: (value: number) => string;
}
