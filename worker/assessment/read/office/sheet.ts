/** The rows of one sheet of a workbook, as its XML comes. */
import { attributeOf } from '../../../xml/attributes.ts';
import { XmlReader, type XmlEvents } from '../../../xml/xml-reader.ts';
import { DamagedExportError, damagedXml, ExportLimitError } from '../errors.ts';
import { MOST_CELL_LETTERS, MOST_COLUMNS, MOST_ROWS, type Cell, type Row, type Wanted } from '../table.ts';
import { dateOfSerial } from './dates.ts';
import type { Merges } from './merges.ts';
import type { SharedStrings } from './shared-strings.ts';

export interface Book {
  readonly strings: SharedStrings | null;
  /** Cell styles that show a number as a date. */
  readonly dateStyles: ReadonlySet<number>;
  readonly is1904: boolean;
}

/** In one sheet; 20,000 machines have about two million in the widest. */
const MOST_CELLS = 40_000_000;

export async function* sheetRows(
  bytes: AsyncIterable<Buffer>,
  { where, book, merges, wanted }: { where: string; book: Book; merges: Merges; wanted: Wanted },
): AsyncGenerator<readonly Row[], void> {
  const parser = new SheetParser(where, book, merges, wanted);
  const reader = new XmlReader(parser, damagedXml(where));
  for await (const chunk of bytes) {
    reader.write(chunk);
    const rows = parser.take();
    if (rows.length > 0) yield rows;
  }
  reader.end();
  const rows = parser.take();
  if (rows.length > 0) yield rows;
}

class SheetParser implements XmlEvents {
  readonly #where: string;
  readonly #book: Book;
  readonly #merges: Merges;
  readonly #wanted: Wanted;
  #rows: Row[] = [];
  #cells: (Cell | undefined)[] = [];
  #row = 0;
  #column = -1;
  #cellCount = 0;
  #type = '';
  #style = -1;
  #hasFormula = false;
  /** What the text belongs to: the value, an inline text, or nothing that matters. */
  #into: 'value' | 'inline' | null = null;
  #value = '';
  #inPhonetic = false;
  #inData = false;
  #isSkipped = false;

  constructor(where: string, book: Book, merges: Merges, wanted: Wanted) {
    this.#where = where;
    this.#book = book;
    this.#merges = merges;
    this.#wanted = wanted;
  }

  take(): Row[] {
    const rows = this.#rows;
    if (rows.length > 0) this.#rows = [];
    return rows;
  }

  open(name: string, source: string): boolean {
    switch (name) {
      case 'c':
        if (!this.#inData) break;
        this.#openCell(source);
        return !this.#isSkipped;
      case 'v':
        this.#into = 'value';
        break;
      case 't':
        this.#into = this.#inPhonetic || this.#type !== 'inlineStr' ? null : 'inline';
        break;
      case 'f':
        this.#hasFormula = true;
        return false;
      case 'row':
        if (this.#inData) this.#openRow(source);
        break;
      case 'rPh':
        this.#inPhonetic = true;
        break;
      case 'sheetData':
        this.#inData = true;
        break;
      default:
    }
    return true;
  }

  text(text: string): void {
    if (this.#into === null) return;
    this.#value = this.#value === '' ? text : this.#value + text;
    if (this.#value.length > 2 * MOST_CELL_LETTERS)
      throw new ExportLimitError(
        `${this.#where} has a cell of more than ${MOST_CELL_LETTERS} letters in row ${this.#row}.`,
      );
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#into = null;
    else if (name === 'c' && this.#inData) this.#closeCell();
    else if (name === 'row' && this.#inData) this.#closeRow();
    else if (name === 'rPh') this.#inPhonetic = false;
    else if (name === 'sheetData') this.#inData = false;
  }

  #openRow(source: string): void {
    const written = attributeOf(source, 'r');
    const number = written === undefined ? this.#row + 1 : Number(written);
    if (!Number.isInteger(number) || number <= this.#row)
      throw new DamagedExportError(`${this.#where} has a row “${written ?? ''}” after row ${this.#row}.`);
    if (number > MOST_ROWS) throw new ExportLimitError(`${this.#where} has more than ${MOST_ROWS} rows.`);
    this.#row = number;
    this.#column = -1;
    this.#cells = [];
  }

  #openCell(source: string): void {
    const place = attributeOf(source, 'r');
    this.#column = place === undefined ? this.#column + 1 : columnOf(place);
    if (this.#column < 0)
      throw new DamagedExportError(`${this.#where} has a cell “${place ?? ''}” in row ${this.#row}.`);
    if (this.#column >= MOST_COLUMNS)
      throw new ExportLimitError(`${this.#where} has more than ${MOST_COLUMNS} columns.`);
    this.#cellCount += 1;
    if (this.#cellCount > MOST_CELLS) throw new ExportLimitError(`${this.#where} has more than ${MOST_CELLS} cells.`);
    this.#isSkipped = this.#wanted.columns?.has(this.#column) === false;
    if (this.#isSkipped) return;
    this.#value = '';
    this.#hasFormula = false;
    this.#type = attributeOf(source, 't') ?? 'n';
    const style = attributeOf(source, 's');
    this.#style = style === undefined ? -1 : Number(style);
  }

  #closeCell(): void {
    const value = this.#cell();
    if (value !== null) this.#cells[this.#column] = value;
  }

  #cell(): Cell {
    const text = this.#value;
    if (text === '') return this.#hasFormula ? { unreadable: 'a formula without a result' } : null;
    switch (this.#type) {
      case 's': {
        const index = /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : -1;
        if (index < 0 || this.#book.strings === null)
          throw new DamagedExportError(
            `${this.#where} names a shared text “${text.slice(0, 20)}” in row ${this.#row}.`,
          );
        return this.#book.strings.at(index) || null;
      }
      case 'b':
        return text.trim() === '1' || text.trim() === 'true';
      case 'e':
        return { unreadable: `the error ${text.slice(0, 40)}` };
      case 'd': {
        const date = new Date(text);
        return Number.isNaN(date.getTime()) ? { unreadable: `the date “${text.slice(0, 40)}”` } : date;
      }
      case 'n': {
        const number = Number(text);
        if (!Number.isFinite(number)) return { unreadable: `the number “${text.slice(0, 40)}”` };
        return this.#book.dateStyles.has(this.#style) ? dateOfSerial(number, this.#book.is1904) : number;
      }
      default:
        return text;
    }
  }

  #closeRow(): void {
    this.#merges.fill(this.#row, this.#cells);
    if (this.#cells.length > 0) this.#rows.push({ number: this.#row, cells: this.#cells });
  }
}

/** `AB12` → 27; -1 where it is no place. */
function columnOf(place: string): number {
  let column = 0;
  let at = 0;
  for (; at < place.length && at < 4; at++) {
    const letter = place.charCodeAt(at) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column - 1;
}
