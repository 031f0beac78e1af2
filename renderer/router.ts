/** Places of the window: every page has an address behind the “#”, which the program, links and the back button share. */
import { useSyncExternalStore } from 'react';

/** “/migrations/mig_…”; “/” where nothing is said. */
export const place = (): string => location.hash.slice(1) || '/';

/** The address of a place: `pathOf('vm', source, ref)` is “/vm/…/…”, whatever letters the parts have. */
export const pathOf = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;

/** Goes there; what was before is one step back. */
export function go(path: string): void {
  location.hash = path;
}

/** Takes the place of where the window is, without a step. */
export function goInstead(path: string): void {
  history.replaceState(null, '', `#${path}`);
  globalThis.dispatchEvent(new HashChangeEvent('hashchange'));
}

const subscribe = (hear: () => void): (() => void) => {
  globalThis.addEventListener('hashchange', hear);
  return () => globalThis.removeEventListener('hashchange', hear);
};

export const usePlace = (): string => useSyncExternalStore(subscribe, place);

/** What stands for `:name` in the pattern; null where the path is another. */
export function matched(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const is = given[at] ?? '';
    if (!part.startsWith(':')) {
      if (part !== is) return null;
      continue;
    }
    const value = decoded(is);
    if (value === '') return null;
    found[part.slice(1)] = value;
  }
  return found;
}

/** Empty for what somebody typed that encodes nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
