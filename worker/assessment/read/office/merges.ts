/** Merged cells of a sheet: each row of such a block means what stands in its topmost. */
import { ExportLimitError } from '../errors.ts';
import type { Cell } from '../table.ts';

const MOST_MERGES = 50_000;
const MOST_TEXT_BYTES = 8 * 1024 * 1024;
const NEEDLE = Buffer.from('mergeCells');
/** Blocks that are open in one row, times rows: what is done at most for merged cells. */
const MOST_WORK = 50_000_000;

interface Block {
  readonly column: number;
  readonly top: number;
  readonly bottom: number;
}

export class Merges {
  /** Those of more than one row, by where they begin. */
  readonly #blocks: readonly Block[];
  readonly #where: string;
  #next = 0;
  #active: { readonly block: Block; readonly value: Cell }[] = [];
  #work = 0;

  private constructor(where: string, blocks: readonly Block[]) {
    this.#where = where;
    this.#blocks = blocks;
  }

  /** Looks for them at the end of the sheet, where they stand behind all cells. */
  static async find(bytes: AsyncIterable<Buffer>, where: string): Promise<Merges> {
    let tail: Buffer = Buffer.alloc(0);
    let found: Buffer[] | null = null;
    let length = 0;
    for await (const chunk of bytes) {
      if (found !== null) {
        found.push(chunk);
        length += chunk.length;
        if (length > MOST_TEXT_BYTES) throw new ExportLimitError(`${where} has more merged cells than Guts reads.`);
        continue;
      }
      const joined = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
      const at = joined.indexOf(NEEDLE);
      if (at >= 0) found = [joined.subarray(at)];
      tail = Buffer.from(joined.subarray(-NEEDLE.length));
    }
    const text = found === null ? '' : Buffer.concat(found).toString('latin1');
    const blocks: Block[] = [];
    for (const [, letters = '', top = '', bottom = ''] of text.matchAll(
      /\sref\s{0,9}=\s{0,9}["']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})["']/g,
    )) {
      if (Number(bottom) > Number(top))
        blocks.push({ column: columnOf(letters), top: Number(top), bottom: Number(bottom) });
      if (blocks.length > MOST_MERGES)
        throw new ExportLimitError(`${where} has more than ${MOST_MERGES} merged cells.`);
    }
    return new Merges(
      where,
      blocks.sort((a, b) => a.top - b.top),
    );
  }

  /** Puts into a row what merged cells above mean for it; rows come in their order. */
  fill(row: number, cells: (Cell | undefined)[]): void {
    if (this.#active.length > 0) {
      this.#work += this.#active.length;
      if (this.#work > MOST_WORK) throw new ExportLimitError(`${this.#where} has more merged cells than Guts reads.`);
      this.#active = this.#active.filter(({ block }) => block.bottom >= row);
      for (const { block, value } of this.#active) cells[block.column] ??= value;
    }
    for (
      let block = this.#blocks[this.#next];
      block !== undefined && block.top <= row;
      block = this.#blocks[this.#next]
    ) {
      this.#next += 1;
      const value = cells[block.column] ?? null;
      if (block.top === row && value !== null) this.#active.push({ block, value });
    }
  }
}

function columnOf(letters: string): number {
  let column = 0;
  for (const letter of letters) column = column * 26 + (letter.charCodeAt(0) - 64);
  return column - 1;
}
