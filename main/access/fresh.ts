/** What a file or document says, read again whenever it is another one than before. */

export class Fresh<T> {
  readonly #mark: () => Promise<string>;
  readonly #read: () => Promise<T>;
  #last: { readonly mark: string; readonly value: Promise<T> } | undefined;

  /**
   * @param mark of its generation
   * @param read is asked once for every generation, also for the one in which it is not there
   */
  constructor(mark: () => Promise<string>, read: () => Promise<T>) {
    this.#mark = mark;
    this.#read = read;
  }

  /** @throws what `read` throws */
  async get(): Promise<T> {
    const mark = await this.#mark();
    if (this.#last?.mark !== mark) this.#last = { mark, value: this.#read() };
    const { value } = this.#last;
    try {
      return await value;
    } catch (error) {
      this.#last = undefined; // what went wrong may be over, with the same file
      throw error;
    }
  }
}
