/** Giving up at once: signals joined for one call, and waiting that ends with them. */

/**
 * Aborts with the first of `signals`. As `AbortSignal.any`, which would hold something of every call for as long as the
 * longest of its signals lives, on the older runtimes; this one lets go when it is disposed of.
 */
export function joinedSignal(...signals: readonly (AbortSignal | undefined)[]): Disposable & {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
} {
  const joined = new AbortController();
  const undo = signals.flatMap((one) => {
    if (one === undefined) return [];
    const onAbort = (): void => joined.abort(one.reason);
    if (one.aborted) onAbort();
    one.addEventListener('abort', onAbort, { once: true });
    return [() => one.removeEventListener('abort', onAbort)];
  });
  return {
    signal: joined.signal,
    abort: (reason) => joined.abort(reason),
    [Symbol.dispose]: () => undo.forEach((one) => one()),
  };
}

/** @throws the signal's reason as soon as it aborts, whatever becomes of `promise` */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
