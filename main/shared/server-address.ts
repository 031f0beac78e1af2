/** Which addresses of a Guts server a token may travel to: encrypted ones, and those of this very computer. */

/** Null for what is no address of a server: `https://HOST[:PORT]`, or `http://` of any host. */
export function serverUrlOf(text: string): URL | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
}

/** Whether what is sent there stays on this computer. */
export function isLoopback({ hostname }: Pick<URL, 'hostname'>): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Whether nobody on the way can read it. */
export const isPrivate = (url: Pick<URL, 'protocol' | 'hostname'>): boolean =>
  url.protocol === 'https:' || isLoopback(url);
