/** Waits until somebody wants this process to end. */
import { onInterrupt } from './interrupts.ts';

/** The second one ends the process at once, as it does where nobody listens. */
export async function signalled(): Promise<string> {
  return await new Promise((resolve) => void onInterrupt(resolve));
}
