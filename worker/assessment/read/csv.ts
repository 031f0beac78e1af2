/** Tables in CSV files: separators, quotes and encodings are told by the file itself. */
import { DamagedExportError, ExportLimitError } from './errors.ts';
import { MOST_CELL_LETTERS, MOST_COLUMNS, MOST_ROWS, type Cell, type Row, type Table } from './table.ts';

/** Opens the file anew each time. */
export type Opens = (signal: AbortSignal) => AsyncIterable<Buffer>;

const MOST_BYTES = 1024 * 1024 * 1024;
const SEPARATORS = [';', '\t', ',', '|'] as const;
const SAMPLE_LETTERS = 256 * 1024;
const SAMPLE_LINES = 20;

export const csvTable = (name: string, open: Opens): Table => ({
  name,
  async *rows(_wanted, signal) {
    const encoding = await encodingOf(open(signal), name);
    const decoder = new TextDecoder(encoding);
    let parser: CsvParser | null = null;
    let sample = '';
    let bytes = 0;
    for await (const chunk of open(signal)) {
      signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new ExportLimitError(`“${name}” is larger than ${MOST_BYTES / 2 ** 20} MiB.`);
      let text = decoder.decode(chunk, { stream: true });
      if (parser === null) {
        sample += text;
        if (sample.length < SAMPLE_LETTERS) continue;
        parser = new CsvParser(name, separatorIn(sample));
        text = sample;
      }
      parser.write(text);
      yield parser.take();
    }
    const rest = decoder.decode();
    if (parser === null) {
      sample += rest;
      parser = new CsvParser(name, separatorIn(sample));
      parser.write(sample);
    } else parser.write(rest);
    parser.end();
    yield parser.take();
  },
});

/** By the mark at the beginning; else UTF-8 where all of it is that, else what Windows writes in the west. */
async function encodingOf(
  bytes: AsyncIterable<Buffer>,
  name: string,
): Promise<'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  let isFirst = true;
  let isWestern = false;
  for await (const chunk of bytes) {
    if (isFirst && chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le';
    if (isFirst && chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be';
    if (isFirst && chunk.length > 3 && chunk[1] === 0 && chunk[3] === 0) return 'utf-16le';
    if (isFirst && chunk.length > 3 && chunk[0] === 0 && chunk[2] === 0) return 'utf-16be';
    isFirst = false;
    if (chunk.includes(0)) throw new DamagedExportError(`“${name}” is no text: there are zeros in it.`);
    if (isWestern) continue;
    try {
      strict.decode(chunk, { stream: true });
    } catch {
      isWestern = true;
    }
  }
  return isWestern ? 'windows-1252' : 'utf-8';
}

/** What parts the most cells in the first lines; Excel may say it in a line `sep=;`. */
function separatorIn(sample: string): string {
  const said = /^\ufeff?sep=(.)\r?\n/i.exec(sample)?.[1];
  if (said !== undefined) return said;
  const lines = sample
    .replaceAll(/"[^"]*"/g, '')
    .split(/\r?\n|\r/, SAMPLE_LINES + 1)
    .slice(0, SAMPLE_LINES);
  const counted = SEPARATORS.map((separator) => ({
    separator,
    count: lines.reduce((sum, line) => sum + line.split(separator).length - 1, 0),
  }));
  return counted.reduce((best, other) => (other.count > best.count ? other : best)).separator;
}

const QUOTE = '"';

class CsvParser {
  readonly #name: string;
  readonly #separator: string;
  #rows: Row[] = [];
  #cells: (Cell | undefined)[] = [];
  #number = 0;
  #cell = '';
  /** Within quotes; behind the quote that may end them; at the beginning of a cell; or in a cell without quotes. */
  #state: 'begin' | 'plain' | 'quoted' | 'closing' = 'begin';
  #isAfterReturn = false;
  #isFirst = true;

  constructor(name: string, separator: string) {
    this.#name = name;
    this.#separator = separator;
  }

  take(): Row[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  write(text: string): void {
    let from = 0;
    let at = 0;
    if (this.#isFirst && text.length > 0) {
      this.#isFirst = false;
      if (text.startsWith('\ufeff')) from = at = 1;
    }
    for (; at < text.length; at++) {
      const letter = text.charAt(at);
      if (this.#isAfterReturn) {
        this.#isAfterReturn = false;
        if (letter === '\n') {
          from = at + 1;
          continue;
        }
      }
      if (this.#state === 'quoted') {
        if (letter !== QUOTE) continue;
        this.#keep(text, from, at);
        from = at + 1;
        this.#state = 'closing';
      } else if (letter === this.#separator || letter === '\n' || letter === '\r') {
        this.#keep(text, from, at);
        from = at + 1;
        this.#endCell();
        if (letter === this.#separator) continue;
        this.#isAfterReturn = letter === '\r';
        this.#endRow();
      } else if (letter === QUOTE && this.#state === 'begin') {
        from = at + 1;
        this.#state = 'quoted';
      } else if (letter === QUOTE && this.#state === 'closing') {
        from = at; // two of them within quotes are one
        this.#state = 'quoted';
      } else if (this.#state !== 'plain' && letter !== ' ') this.#state = 'plain';
    }
    this.#keep(text, from, text.length);
  }

  end(): void {
    if (this.#state === 'quoted')
      throw new DamagedExportError(`“${this.#name}”: a quotation mark in row ${this.#number + 1} is never closed.`);
    if (this.#cell !== '' || this.#cells.length > 0) {
      this.#endCell();
      this.#endRow();
    }
  }

  #keep(text: string, from: number, to: number): void {
    if (to > from) this.#cell += text.slice(from, to);
    if (this.#cell.length > 2 * MOST_CELL_LETTERS)
      throw new ExportLimitError(
        `“${this.#name}” has a cell of more than ${MOST_CELL_LETTERS} letters in row ${this.#number + 1}; a quotation mark may be missing.`,
      );
  }

  #endCell(): void {
    const cell = this.#cell.trim();
    this.#cells.push(cell === '' ? null : cell);
    if (this.#cells.length > MOST_COLUMNS)
      throw new ExportLimitError(`“${this.#name}” has more than ${MOST_COLUMNS} columns.`);
    this.#cell = '';
    this.#state = 'begin';
  }

  #endRow(): void {
    this.#number += 1;
    if (this.#number > MOST_ROWS) throw new ExportLimitError(`“${this.#name}” has more than ${MOST_ROWS} rows.`);
    if (this.#cells.some((cell) => cell !== null)) this.#rows.push({ number: this.#number, cells: this.#cells });
    this.#cells = [];
  }
}
