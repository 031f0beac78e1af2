/** What could not be understood, in words: the first of each kind with tab and row, and how many there were. */

const MOST_OF_A_KIND = 100;
const MOST_KINDS = 200;

export class Warnings {
  readonly #kinds = new Map<string, { readonly first: string[]; count: number }>();

  /** @param kind the same for all that are alike: of them the first hundred are told */
  add(kind: string, text: string): void {
    const key = this.#kinds.has(kind) || this.#kinds.size < MOST_KINDS ? kind : 'others';
    const told = this.#kinds.get(key) ?? { first: [], count: 0 };
    this.#kinds.set(key, told);
    told.count += 1;
    if (told.first.length < MOST_OF_A_KIND) told.first.push(text);
  }

  list(): string[] {
    return [...this.#kinds].flatMap(([kind, { first, count }]) =>
      count > first.length ? [...first, `${kind}: ${count - first.length} more like these, ${count} in all.`] : first,
    );
  }
}
