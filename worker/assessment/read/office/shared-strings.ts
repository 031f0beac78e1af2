/** The texts that a workbook's cells share, kept as bytes outside the heap: each becomes a string when it is asked for. */
import { DamagedExportError, damagedXml, ExportLimitError } from '../errors.ts';
import { MOST_CELL_LETTERS } from '../table.ts';
import { XmlReader, type XmlEvents } from '../../../xml/xml-reader.ts';

const MiB = 1024 * 1024;
/** A hundred bytes for each of a million and a half texts: several times what 20,000 machines have. */
const MOST_BYTES = 160 * MiB;
const MOST_TEXTS = 3_000_000;
const SEGMENT_BYTES = 4 * MiB;

export class SharedStrings {
  readonly #segments: Buffer[] = [];
  /** Where each text begins, counted over all segments; a text lies within one of them. */
  #starts = new Uint32Array(4096);
  #lengths = new Uint32Array(4096);
  #count = 0;
  #end = 0;

  /** @throws DamagedExportError, ExportLimitError */
  static async read(bytes: AsyncIterable<Buffer>, where: string): Promise<SharedStrings> {
    const strings = new SharedStrings();
    let text = '';
    let inText = false;
    let phonetic = 0;
    const events: XmlEvents = {
      open: (name) => {
        if (name === 'si') text = '';
        else if (name === 't') inText = phonetic === 0;
        else if (name === 'rPh') phonetic += 1;
        return true;
      },
      text: (run) => {
        if (!inText) return;
        text += run;
        if (text.length > 2 * MOST_CELL_LETTERS)
          throw new ExportLimitError(`${where} has a text of more than ${MOST_CELL_LETTERS} letters.`);
      },
      close: (name) => {
        if (name === 'si') strings.#add(text, where);
        else if (name === 't') inText = false;
        else if (name === 'rPh') phonetic -= 1;
      },
    };
    const reader = new XmlReader(events, damagedXml(where));
    for await (const chunk of bytes) reader.write(chunk);
    reader.end();
    return strings;
  }

  /** @throws DamagedExportError where there is no such text */
  at(index: number): string {
    const start = index < this.#count ? this.#starts[index] : undefined;
    const segment = start === undefined ? undefined : this.#segments[Math.floor(start / SEGMENT_BYTES)];
    if (start === undefined || segment === undefined)
      throw new DamagedExportError(`A cell names the shared text ${index}, and there are ${this.#count}.`);
    const from = start % SEGMENT_BYTES;
    return segment.toString('utf8', from, from + (this.#lengths[index] ?? 0));
  }

  #add(text: string, where: string): void {
    if (this.#count >= MOST_TEXTS) throw new ExportLimitError(`${where} has more than ${MOST_TEXTS} texts.`);
    const length = Buffer.byteLength(text);
    if ((this.#end % SEGMENT_BYTES) + length > SEGMENT_BYTES) this.#end = this.#segments.length * SEGMENT_BYTES;
    if (this.#end + length > MOST_BYTES)
      throw new ExportLimitError(`${where} has more than ${MOST_BYTES / MiB} MiB of texts.`);
    const number = Math.floor(this.#end / SEGMENT_BYTES);
    const segment = (this.#segments[number] ??= Buffer.allocUnsafeSlow(SEGMENT_BYTES));
    segment.write(text, this.#end % SEGMENT_BYTES, 'utf8');
    if (this.#count === this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#lengths = grown(this.#lengths);
    }
    this.#starts[this.#count] = this.#end;
    this.#lengths[this.#count] = length;
    this.#count += 1;
    this.#end += length;
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
