/**
 * Which rows are shown, and in which order. While somebody is in the table, rows change in place: none moves away from
 * under the pointer, what is new comes last, what is gone is gone.
 */

export interface Question<Row> {
  /** Of the same identity while nobody asked for something else. */
  readonly asked: object;
  readonly isWanted: (row: Row) => boolean;
  readonly inOrder: (rows: readonly Row[]) => readonly Row[];
}

export class ShownOrder<Row> {
  #asked: object | null = null;
  #keys: readonly string[] = [];

  /** @param isHeld whether somebody is in the table */
  of(rows: readonly Row[], keyOf: (row: Row) => string, question: Question<Row>, isHeld: boolean): readonly Row[] {
    const isSame = this.#asked === question.asked && this.#keys.length > 0;
    const shown = isHeld && isSame ? this.#inPlace(rows, keyOf, question) : answered(rows, question);
    this.#asked = question.asked;
    this.#keys = shown.map(keyOf);
    return shown;
  }

  #inPlace(rows: readonly Row[], keyOf: (row: Row) => string, question: Question<Row>): readonly Row[] {
    const left = new Map(rows.map((row) => [keyOf(row), row]));
    const before: Row[] = [];
    for (const key of this.#keys) {
      const row = left.get(key);
      if (row === undefined) continue;
      before.push(row);
      left.delete(key);
    }
    return [...before, ...answered([...left.values()], question)];
  }
}

const answered = <Row>(rows: readonly Row[], { isWanted, inOrder }: Question<Row>): readonly Row[] =>
  inOrder(rows.filter(isWanted));
