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

  constructor(size: PageSize) {
    this.#size = size;
    this.#turn();
  }

  heading(text: string, level: 1 | 2): void {
    const size = { 1: 19, 2: 12.5 }[level];
    this.gap(level === 1 ? 0 : 10);
    this.#room(size * LEADING + 40); // never alone at the end of a page
    this.#lines(this.#broken(text, 'bold', size, 'text'), MARGIN);
    this.gap(3);
  }

  text(text: string, tone: Tone = 'text', size = 9.5, font: Font = 'plain'): void {
    for (const line of this.#broken(text, font, size, tone)) {
      this.#room(line.size * LEADING);
      this.#lines([line], MARGIN);
    }
  }

  /** Leaves room before what comes next. */
  gap(points: number): void {
    this.#y -= points;
  }

  newPage(): void {
    this.#turn();
  }

  table(columns: readonly PdfColumn[], rows: readonly (readonly PdfCell[])[], size = 8.5): void {
    const sum = columns.reduce((parts, column) => parts + column.parts, 0);
    const widths = columns.map(({ parts }) => (this.#width * parts) / sum);
    const head = columns.map(({ title }, index) =>
      wrapped(title, 'bold', size, this.#inner(widths, index)).map((text): Line => ({
        text,
        font: 'bold',
        size,
        tone: 'quiet',
      })),
    );
    const headHeight = heightOf(head);
    this.#room(headHeight + 2.5 * size * LEADING);
    this.#row(columns, widths, head, headHeight);
    for (const row of rows) {
      const cells = columns.map((_, index) => this.#cell(row[index] ?? '', size, this.#inner(widths, index)));
      for (const piece of this.#split(cells)) {
        const height = heightOf(piece);
        if (!this.#fits(height)) {
          this.#turn();
          this.#row(columns, widths, head, headHeight);
        }
        this.#row(columns, widths, piece, height);
      }
    }
    this.gap(4);
  }

  /** The whole, with the number of each page. */
  done(title: string, producer: string): Uint8Array {
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
    if (!this.#fits(height)) this.#turn();
  }

  #turn(): void {
    this.#pages.push([]);
    this.#y = this.#size.height - MARGIN;
  }

  #draw(operators: string): void {
    this.#pages.at(-1)?.push(operators);
  }
}

const heightOf = (cells: readonly (readonly Line[])[]): number =>
  2 * PAD + Math.max(...cells.map((lines) => lines.reduce((sum, { size }) => sum + size * LEADING, 0)));

const fixed = (points: number): string => points.toFixed(2);

const shown = (text: string, font: Font, size: number, tone: Tone, x: number, y: number): string =>
  `BT ${colours[tone]} rg ${fontKey(font)} ${fixed(size)} Tf ${fixed(x)} ${fixed(y)} Td ${encoded(text)} Tj ET`;
