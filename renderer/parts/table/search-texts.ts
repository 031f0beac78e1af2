/**
 * The words of each row in lower case, made once for a row: what is typed into the filter is looked for in 10,000 of them.
 * Numbers are no words: they are looked for by their column.
 */
import { textOf } from './cells.ts';
import type { Column } from './column.ts';

/** Between two cells, so that no word is found across them. */
const BETWEEN = '\n';
/** Rows that are prepared in one go, some milliseconds' worth. */
const AT_ONCE = 500;
/** While the page is idle; and on a busy computer, where it never is, that often all the same. */
const WHEN = { timeout: 50 };

export class SearchTexts<Row extends object> {
  readonly #columns: readonly Column<Row>[];
  readonly #texts = new WeakMap<Row, string>();

  constructor(columns: readonly Column<Row>[]) {
    this.#columns = columns.filter(({ isNumber }) => isNumber !== true);
  }

  of(row: Row): string {
    const known = this.#texts.get(row);
    if (known !== undefined) return known;
    const text = this.#columns
      .map((column) => textOf(column, row))
      .join(BETWEEN)
      .toLowerCase();
    this.#texts.set(row, text);
    return text;
  }

  /** Makes them while the page is idle; the function that it returns ends that. */
  prepare(rows: readonly Row[]): () => void {
    let at = 0;
    const work = (): void => {
      for (const end = Math.min(rows.length, at + AT_ONCE); at < end; at++) {
        const row = rows[at];
        if (row !== undefined) this.of(row);
      }
      if (at < rows.length) idle = requestIdleCallback(work, WHEN);
    };
    let idle = requestIdleCallback(work, WHEN);
    return () => cancelIdleCallback(idle);
  }
}
