/** Giving up at once: signals joined for one call. */

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
