/** Work that several may ask for at the same time and that is done once: who comes later joins, and who has gone is not waited for. */

interface Work<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

export class Joint<K, T> {
  readonly #works = new Map<K, Work<T>>();

  /** @param work is told to stop when nobody waits for it any more. @throws what it throws, or the signal's reason */
  async join(key: K, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    let one = this.#works.get(key);
    while (one?.stop.signal.aborted === true) {
      await one.result.catch(() => {}); // whoever gave it up is told; it has to be out of the way
      one = this.#works.get(key);
    }
    return await waited(one ?? this.#begin(key, work), signal);
  }

  #begin(key: K, work: (signal: AbortSignal) => Promise<T>): Work<T> {
    const stop = new AbortController();
    const result = work(stop.signal).finally(() => this.#works.delete(key));
    const one = { result, stop, waiting: 0 };
    this.#works.set(key, one);
    return one;
  }
}

/** The last to leave waits until the work has stopped. */
async function waited<T>(one: Work<T>, signal: AbortSignal): Promise<T> {
  one.waiting += 1;
  let leave = (): void => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      one.waiting -= 1;
      if (one.waiting === 0) one.stop.abort(signal.reason);
      else reject(signal.reason as Error);
    };
  });
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([one.result, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
