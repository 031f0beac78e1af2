/** Lays headings, texts and tables out on pages, one under the other; a table that goes on has its head again. */
import { encoded, widthOf, type Font } from './font.ts';
import { fontKey, pdfOf, type PageSize } from './document.ts';
import { wrapped } from './wrap.ts';

export type Tone = 'text' | 'quiet' | 'good' | 'bad' | 'wait';

/** A cell: its text, and under it something smaller. */
export type PdfCell =
  | string
  | { readonly text: string; readonly note?: string; readonly tone?: Tone; readonly font?: Font };

export interface PdfColumn {
  readonly title: string;
  /** Of the table’s width, in parts: columns of 2 and 1 share it two to one. */
  readonly parts: number;
  readonly isNumber?: boolean;
}

/** Red, green, blue from 0 to 1: those of the window on white. */
const colours: Readonly<Record<Tone | 'line' | 'ground', string>> = {
  text: '0.106 0.125 0.153',
  quiet: '0.337 0.376 0.439',
  good: '0.098 0.439 0.247',
  bad: '0.663 0.141 0.173',
  wait: '0.478 0.322 0',
  line: '0.867 0.882 0.906',
  ground: '0.945 0.953 0.965',
};
const MARGIN = 42;
const FOOT = 40;
const LEADING = 1.35;
const PAD = 4;
/** Under a heading. */
const HEADING_GAP = 3;

interface Line {
  readonly text: string;
  readonly font: Font;
  readonly size: number;
  readonly tone: Tone;
}

export class Layout {
  readonly #size: PageSize;
  readonly #pages: string[][] = [];
  /** From the bottom, as PDF counts. */
  #y = 0;
  /** A heading that waits for what stands under it, so that it is never alone at the end of a page. */
  #heading: readonly Line[] = [];

  constructor(size: PageSize) {
    this.#size = size;
    this.#turn();
  }

  heading(text: string, level: 1 | 2): void {
    const size = { 1: 19, 2: 12.5 }[level];
    this.gap(level === 1 ? 0 : 10);
    this.#heading = this.#broken(text, 'bold', size, 'text');
  }

  text(text: string, tone: Tone = 'text', size = 9.5, font: Font = 'plain'): void {
    for (const line of this.#broken(text, font, size, tone)) {
      this.#room(line.size * LEADING);
      this.#lines([line], MARGIN);
    }
  }

  /** Leaves room before what comes next. */
  gap(points: number): void {
    this.#room(0);
    this.#y -= points;
  }

  newPage(): void {
    this.#room(0);
    this.#turn();
  }

  table(columns: readonly PdfColumn[], rows: readonly (readonly PdfCell[])[], size = 8.5): void {
    const widths = widthsOf(columns, this.#width, size);
    const head = columns.map(({ title }, index) =>
      wrapped(title, 'bold', size, this.#inner(widths, index)).map((text): Line => ({
        text,
        font: 'bold',
        size,
        tone: 'quiet',
      })),
    );
    const headHeight = heightOf(head);
    const pieces = rows.flatMap((row) =>
      this.#split(columns.map((_, index) => this.#cell(row[index] ?? '', size, this.#inner(widths, index)))),
    );
    this.#room(headHeight + heightOf(pieces[0] ?? []));
    this.#row(columns, widths, head, headHeight);
    for (const piece of pieces) {
      const height = heightOf(piece);
      if (!this.#fits(height)) {
        this.#turn();
        this.#row(columns, widths, head, headHeight);
      }
      this.#row(columns, widths, piece, height);
    }
    this.gap(4);
  }

  /** The whole, with the number of each page. */
  done(title: string, producer: string): Uint8Array {
    this.#room(0);
    const pages = this.#pages.map((operators, index) => {
      const number = `${index + 1} / ${this.#pages.length}`;
      const x = this.#size.width - MARGIN - widthOf(number, 'plain', 8);
      const foot = [
        shown(wrapped(title, 'plain', 8, this.#width - 80)[0] ?? '', 'plain', 8, 'quiet', MARGIN, 24),
        shown(number, 'plain', 8, 'quiet', x, 24),
      ];
      return [...operators, ...foot].join('\n');
    });
    return pdfOf({ title, producer, size: this.#size, pages });
  }

  get #width(): number {
    return this.#size.width - 2 * MARGIN;
  }

  #inner(widths: readonly number[], index: number): number {
    return (widths[index] ?? 0) - 2 * PAD;
  }

  #cell(cell: PdfCell, size: number, width: number): Line[] {
    const { text, note = '', tone = 'text', font = 'plain' } = typeof cell === 'string' ? { text: cell } : cell;
    const lines = wrapped(text, font, size, width).map((line): Line => ({ text: line, font, size, tone }));
    if (note === '') return lines;
    return [
      ...lines,
      ...wrapped(note, 'plain', size - 1, width).map((line): Line => ({
        text: line,
        font: 'plain',
        size: size - 1,
        tone: 'quiet',
      })),
    ];
  }

  /** A row that is higher than a page, in parts that fit. */
  #split(cells: readonly (readonly Line[])[]): (readonly (readonly Line[])[])[] {
    const most = Math.max(
      1,
      Math.floor((this.#size.height - MARGIN - FOOT - 60) / (cells[0]?.[0]?.size ?? 9) / LEADING),
    );
    const longest = Math.max(...cells.map((lines) => lines.length));
    if (longest <= most) return [cells];
    const parts = Math.ceil(longest / most);
    return Array.from({ length: parts }, (_, part) =>
      cells.map((lines) => lines.slice(part * most, (part + 1) * most)),
    );
  }

  #row(
    columns: readonly PdfColumn[],
    widths: readonly number[],
    cells: readonly (readonly Line[])[],
    height: number,
  ): void {
    let x = MARGIN;
    const top = this.#y;
    for (const [index, lines] of cells.entries()) {
      const width = widths[index] ?? 0;
      this.#y = top - PAD;
      for (const line of lines) {
        const own = columns[index]?.isNumber === true ? width - PAD - widthOf(line.text, line.font, line.size) : PAD;
        this.#lines([line], x + own);
      }
      x += width;
    }
    this.#y = top - height;
    this.#draw(
      `${colours.line} RG 0.6 w ${MARGIN} ${fixed(this.#y)} m ${fixed(MARGIN + this.#width)} ${fixed(this.#y)} l S`,
    );
  }

  #broken(text: string, font: Font, size: number, tone: Tone): Line[] {
    return wrapped(text, font, size, this.#width).map((line) => ({ text: line, font, size, tone }));
  }

  #lines(lines: readonly Line[], x: number): void {
    for (const { text, font, size, tone } of lines) {
      this.#y -= size * LEADING;
      this.#draw(shown(text, font, size, tone, x, this.#y + size * (LEADING - 1)));
    }
  }

  #fits(height: number): boolean {
    return this.#y - height >= FOOT;
  }

  #room(height: number): void {
    const heading = this.#heading;
    this.#heading = [];
    const own = heading.length === 0 ? 0 : linesHeight(heading) + HEADING_GAP;
    if (!this.#fits(own + height)) this.#turn();
    if (heading.length === 0) return;
    this.#lines(heading, MARGIN);
    this.#y -= HEADING_GAP;
  }

  #turn(): void {
    this.#pages.push([]);
    this.#y = this.#size.height - MARGIN;
  }

  #draw(operators: string): void {
    this.#pages.at(-1)?.push(operators);
  }
}

const linesHeight = (lines: readonly Line[]): number => lines.reduce((sum, { size }) => sum + size * LEADING, 0);

/** By their parts, but none so narrow that a word of its title is broken: what that takes, the others give. */
function widthsOf(columns: readonly PdfColumn[], width: number, size: number): number[] {
  const least = columns.map(
    ({ title }) => 2 * PAD + Math.max(...title.split(' ').map((word) => widthOf(word, 'bold', size))),
  );
  const narrow = new Set<number>();
  for (;;) {
    const taken = [...narrow].reduce((sum, index) => sum + (least[index] ?? 0), 0);
    const parts = columns.reduce((sum, column, index) => sum + (narrow.has(index) ? 0 : column.parts), 0);
    const widths = columns.map((column, index) =>
      narrow.has(index) ? (least[index] ?? 0) : ((width - taken) * column.parts) / parts,
    );
    const more = widths.findIndex((own, index) => !narrow.has(index) && own < (least[index] ?? 0));
    if (more < 0) return widths;
    narrow.add(more);
  }
}

const heightOf = (cells: readonly (readonly Line[])[]): number => 2 * PAD + Math.max(0, ...cells.map(linesHeight));

const fixed = (points: number): string => points.toFixed(2);

const shown = (text: string, font: Font, size: number, tone: Tone, x: number, y: number): string =>
  `BT ${colours[tone]} rg ${fontKey(font)} ${fixed(size)} Tf ${fixed(x)} ${fixed(y)} Td ${encoded(text)} Tj ET`;
