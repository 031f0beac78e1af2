/** Open things that are closed together, and kept open together once all went well. */
export class Held implements AsyncDisposable {
  #things: AsyncDisposable[] = [];

  /** Closes `thing` when this is disposed. */
  hold<T extends AsyncDisposable>(thing: T): T {
    this.#things.push(thing);
    return thing;
  }

  /** Hands everything held over to the answer; disposing this then closes nothing. */
  release(): AsyncDisposable {
    const next = new Held();
    next.#things = this.#things;
    this.#things = [];
    return next;
  }

  /** Last opened first; every one is tried, and the first failure is told. */
  async [Symbol.asyncDispose](): Promise<void> {
    const things = this.#things.reverse();
    this.#things = [];
    const failures: unknown[] = [];
    for (const thing of things) {
      try {
        await thing[Symbol.asyncDispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
