/** Tables for a terminal: aligned, and cut to its width, without what would steer it. */
import { printable } from './terminal.ts';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Aligned to the right. */
  readonly isNumber?: boolean;
  /** Never cut: people copy it. */
  readonly isWhole?: boolean;
  /** Cut when nothing else can be: names are typed again. */
  readonly isLastCut?: boolean;
}

const GAP = '  ';
const LEAST_WIDTH = 4;

/** The columns that the terminal has; endless where the output is no terminal. */
const outputWidth = (): number => (process.stdout.isTTY === true ? process.stdout.columns : Infinity);

/** @param none is said instead of a table without rows */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  none: string,
  width = outputWidth(),
): string {
  if (rows.length === 0) return `${none}\n`;
  const cells = rows.map((row) => columns.map(({ cell }) => oneLine(cell(row))));
  const widths = columns.map(({ title }, i) => {
    let widest = widthOf(title);
    for (const row of cells) widest = Math.max(widest, widthOf(row[i] ?? ''));
    return widest;
  });
  fit(widths, columns, width);
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => padded(cut(text, widths[i] ?? 0), widths[i] ?? 0, columns[i]?.isNumber === true))
      .join(GAP)
      .trimEnd();
  return `${[line(columns.map(({ title }) => title)), ...cells.map(line)].join('\n')}\n`;
}

/** Label and text, line by line; texts of several lines are indented. */
export function sheet(lines: readonly (readonly [label: string, text: string])[]): string {
  const labelWidth = Math.max(...lines.map(([label]) => label.length));
  return lines.map(([label, text]) => `${label.padEnd(labelWidth)}  ${oneLine(text)}\n`).join('');
}

/** Takes from the widest column that may be cut until the line fits, or nothing more can be taken. */
function fit(widths: number[], columns: readonly Column<never>[], width: number): void {
  const gaps = GAP.length * (widths.length - 1);
  for (let tooMuch = widths.reduce((sum, one) => sum + one, gaps) - width; tooMuch > 0; tooMuch--) {
    const at = widest(widths, (i) => columns[i]?.isWhole !== true && columns[i]?.isLastCut !== true);
    const cut = at >= 0 ? at : widest(widths, (i) => columns[i]?.isWhole !== true);
    if (cut < 0) return;
    widths[cut] = (widths[cut] ?? 0) - 1;
  }
}

/** @returns -1 where none of them can be cut */
function widest(widths: readonly number[], mayCut: (column: number) => boolean): number {
  let found = -1;
  for (const [i, one] of widths.entries()) if (one > LEAST_WIDTH && one > (widths[found] ?? 0) && mayCut(i)) found = i;
  return found;
}

/** Names may hold line ends and tabs too. */
export const oneLine = (text: string): string => printable(text).replace(/[\t\n]+/g, ' ');

function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const letter of text) {
    if (widthOf(kept + letter) > width - 1) break;
    kept += letter;
  }
  return `${kept}…`;
}

function padded(text: string, width: number, isNumber: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return isNumber ? blanks + text : text + blanks;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200f\ufeff]/u;

/** Cells of the terminal that the text takes. */
function widthOf(text: string): number {
  // oxlint-disable-next-line no-control-regex -- plain ASCII is measured at once
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const letter of text) width += NO_WIDTH.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1;
  return width;
}
