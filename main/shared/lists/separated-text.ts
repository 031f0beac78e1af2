/** Reads a pasted or dropped table: tabs, semicolons or commas between cells, with quotes where a cell needs them. */

export interface Line {
  /** In the text, from 1; where it begins. Of a sheet, the row. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Which of them, from 0, say in words that they hold no value: a sheet's formulas that failed. */
  readonly errors?: readonly number[];
}

/** Empty lines are left out. */
export function cellsOf(text: string): readonly Line[] {
  const plain = text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n');
  const between = betweenOf(plain);
  const lines: Line[] = [];
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  let line = 1;
  let begin = 1;
  const endCell = (): void => {
    cells.push(cell.trim());
    cell = '';
  };
  const endLine = (): void => {
    endCell();
    if (cells.some((one) => one !== '')) lines.push({ line: begin, cells });
    cells = [];
    begin = line + 1;
  };
  for (let at = 0; at < plain.length; at++) {
    const letter = plain.charAt(at);
    if (isQuoted) {
      if (letter === '"' && plain.charAt(at + 1) === '"') cell += plain.charAt(at++);
      else if (letter === '"') isQuoted = false;
      else cell += letter;
    } else if (letter === '"' && cell.trim() === '') {
      isQuoted = true;
      cell = '';
    } else if (letter === between) endCell();
    else if (letter === '\n') endLine();
    else cell += letter;
    if (letter === '\n') line++;
  }
  endLine();
  return lines;
}

/** What the first line has most of; names hold none of these. */
function betweenOf(text: string): string {
  const [first = ''] = text.split('\n', 1);
  const counts = ['\t', ';', ','].map((sign) => ({ sign, count: first.split(sign).length - 1 }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).sign;
}
