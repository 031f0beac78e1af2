/** Reads an address that somebody typed. */

/** Null for what is no address. The oldest Node has no `URL.canParse`. */
export function urlOf(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
