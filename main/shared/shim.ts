/** The few globals that the oldest runtime (Electron 25's Node 18.15) lacks; every entry imports this file first. */

const symbols = Symbol as unknown as { dispose?: symbol; asyncDispose?: symbol }; // both are writable where they are missing
if (symbols.dispose === undefined) Object.defineProperty(Symbol, 'dispose', { value: Symbol('Symbol.dispose') });
if (symbols.asyncDispose === undefined) {
  Object.defineProperty(Symbol, 'asyncDispose', { value: Symbol('Symbol.asyncDispose') });
}

/** The standard `AbortSignal.any`: aborts with the first reason among `signals`. */
function anySignal(signals: Iterable<AbortSignal>): AbortSignal {
  const joined = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) {
      joined.abort(signal.reason);
      break;
    }
    signal.addEventListener('abort', () => joined.abort(signal.reason), { once: true, signal: joined.signal });
  }
  return joined.signal;
}
if (typeof AbortSignal.any !== 'function') Object.defineProperty(AbortSignal, 'any', { value: anySignal });
