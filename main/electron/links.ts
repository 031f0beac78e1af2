/** Which addresses may be opened outside of the window: pages of servers that an operator has set up, and nothing else. */
import type { ApiClient } from '../shared/client/client.ts';
import { GutsError } from '../shared/errors.ts';

class ForeignLinkError extends GutsError {
  readonly code = 'window.foreign-link';
  readonly remedy = 'Open it in a browser yourself, if you trust it.';

  constructor() {
    super('Guts opens pages of servers that are set up as source or destination, and no others.');
  }
}

/** @param hosts names or addresses, without ports */
export function isOpenable(text: string, hosts: ReadonlySet<string>): boolean {
  const url = parsed(text);
  return (
    url !== null && url.protocol === 'https:' && url.username === '' && url.password === '' && hosts.has(url.hostname)
  );
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** @throws ForeignLinkError, and why Guts could not be asked */
export async function openLink(
  client: Pick<ApiClient, 'call'>,
  url: string,
  open: (url: string) => Promise<void>,
): Promise<void> {
  const { sources } = await client.call('sources.list', {});
  const { destinations } = await client.call('destinations.list', {});
  const places = [...sources.map((one) => one.url), ...destinations.map((one) => one.authUrl)];
  const hosts = new Set(places.flatMap((place) => parsed(place)?.hostname ?? []));
  if (!isOpenable(url, hosts)) throw new ForeignLinkError();
  await open(new URL(url).href);
}
