/**
 * Ctrl-C and SIGTERM. They are listened for from the first one who wants to hear them until the process ends: where listeners come and
 * go, Node drops a signal that has come in while the last of them is taken away.
 */

type Hear = (signal: NodeJS.Signals) => void;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const hearers = new Set<Hear>();
let isListening = false;

/** Hears one of them, once, until it is disposed. Where nobody hears it, or not any more, it ends the process as it always does. */
export function onInterrupt(hear: Hear): Disposable {
  const own: Hear = (signal) => hear(signal); // the same one may hear twice
  hearers.add(own);
  if (!isListening) for (const signal of SIGNALS) process.on(signal, interrupted);
  isListening = true;
  return { [Symbol.dispose]: () => void hearers.delete(own) };
}

function interrupted(signal: NodeJS.Signals): void {
  const called = [...hearers];
  hearers.clear();
  for (const hear of called) hear(signal);
  if (called.length > 0) return;
  for (const one of SIGNALS) process.off(one, interrupted);
  process.kill(process.pid, signal);
}
