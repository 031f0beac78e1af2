/** The desktop program around the window; a browser has none. The only file of the window that knows there is one. */
import type { Ask, Bridge, Input, Output, Tell, Told } from '../main/shared/contract.ts';
import { RemoteError } from '../main/shared/errors.ts';

declare global {
  interface Window {
    readonly guts?: Bridge;
  }
}

export const isDesktop = (): boolean => window.guts !== undefined;

/** @throws RemoteError with the code and remedy of what went wrong on the other side. */
export async function ask<K extends Ask>(name: K, input: Input<K>): Promise<Output<K>> {
  const reply = await bridge().ask(name, input);
  if (!reply.ok) throw new RemoteError(reply.error);
  return reply.value as Output<K>; // the handler for K could return nothing else
}

/** Calls `hear` whenever the desktop program tells `name`; the function that it returns ends that. */
export function listen<K extends Tell>(name: K, hear: (value: Told<K>) => void): () => void {
  return bridge().listen(name, (value) => hear(value as Told<K>)); // tell() sends nothing else
}

function bridge(): Bridge {
  if (window.guts === undefined) throw new Error('There is no desktop program around this page.');
  return window.guts;
}
