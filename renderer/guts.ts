/** The only file of the window that knows there is another process. */
import type { Ask, Bridge, Input, Output, Tell, Told } from '../main/shared/contract.ts';
import { RemoteError } from '../main/shared/errors.ts';

declare global {
  interface Window {
    readonly guts: Bridge;
  }
}

/** @throws RemoteError with the code and remedy of what went wrong on the other side. */
export async function ask<K extends Ask>(name: K, input: Input<K>): Promise<Output<K>> {
  const reply = await window.guts.ask(name, input);
  if (!reply.ok) throw new RemoteError(reply.error);
  return reply.value as Output<K>; // the handler for K could return nothing else
}

/** Calls `hear` whenever the main process tells `name`; the function that it returns ends that. */
export function listen<K extends Tell>(name: K, hear: (value: Told<K>) => void): () => void {
  return window.guts.listen(name, (value) => hear(value as Told<K>)); // tell() sends nothing else
}
