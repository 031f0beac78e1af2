/** Work that is done one piece after the other, in the order in which it was handed over. */
export class Line {
  #last = Promise.resolve();

  /** Takes its place at once, whenever it is awaited; a piece that fails stops all that come after it. */
  async join(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work);
    this.#last.catch(() => {}); // whoever comes next, or waits for this one, is told
    await this.#last;
  }

  /** Waits for all that was handed over. */
  async end(): Promise<void> {
    await this.#last;
  }
}
