/** What the page asks, on its way to a Guts: to another address, and by somebody who has a token for it. */

/** The same request, to `url`, by somebody who has the token. */
export function signed(request: Request, url: string, token: string | null, signal = request.signal): Request {
  const headers = new Headers(request.headers);
  for (const name of ['host', 'origin', 'referer', 'cookie']) headers.delete(name);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  const { method, body } = request;
  // Half duplex is what a body that streams takes; the types of this Node do not know the word.
  return new Request(url, {
    method,
    headers,
    signal,
    ...(body === null ? {} : { body, duplex: 'half' }),
  } as RequestInit);
}
