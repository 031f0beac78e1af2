/** One after the other, in the order in which they came. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Returns when all before are over; disposed when this one is. */
  async next(): Promise<AsyncDisposable> {
    const before = this.#last;
    let end = (): void => {};
    this.#last = new Promise((resolve) => (end = resolve));
    await before;
    return { [Symbol.asyncDispose]: async () => await Promise.resolve(end()) };
  }
}
