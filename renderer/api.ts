/** The Guts that this page works with: its operations, and what it tells. */
import { ApiClient } from '../main/shared/client/client.ts';
import type { RowOf, PagedName } from '../main/shared/client/client.ts';
import type { InputOf, OperationName, OutputOf } from '../main/shared/operations.ts';

/** Rows of a page that does not hold up anything while it is read. */
const PAGE_ROWS = 500;

let client = clientFor(null);

function clientFor(token: string | null): ApiClient {
  return new ApiClient(async (request) => await fetch(request), { baseUrl: globalThis.location?.origin ?? '', token });
}

/** @param token null in the desktop program, which signs what its window asks */
export function signInWith(token: string | null): void {
  client = clientFor(token);
}

/** @throws RemoteError with Guts' own words, and why no answer came */
export async function call<K extends OperationName>(
  name: K,
  input: InputOf<K>,
  signal?: AbortSignal,
): Promise<OutputOf<K>> {
  return await client.call(name, input, signal);
}

/** Every row of every page. */
export async function allRows<K extends PagedName>(
  name: K,
  input: InputOf<K>,
  signal?: AbortSignal,
): Promise<RowOf<K>[]> {
  const rows: RowOf<K>[] = [];
  for await (const row of client.all(name, { limit: PAGE_ROWS, ...input }, signal)) rows.push(row);
  return rows;
}

export const events = (signal: AbortSignal): ReturnType<ApiClient['events']> => client.events(undefined, signal);
