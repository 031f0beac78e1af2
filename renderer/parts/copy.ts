/** Puts a text into the clipboard: by the desktop program, or by the browser. */
import { ask, isDesktop } from '../bridge.ts';

export async function copyText(text: string): Promise<void> {
  if (isDesktop()) await ask('clipboard.write', { text });
  else await navigator.clipboard.writeText(text);
}
