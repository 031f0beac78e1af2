/** The Guts that this page works with: its operations, and what it tells. */
import { ApiClient } from '../main/shared/client/client.ts';
import type { RowOf, PagedName } from '../main/shared/client/client.ts';
import { RemoteError } from '../main/shared/errors.ts';
import type { ReportFormat } from '../main/shared/report-formats.ts';
import type { UploadedFile } from '../main/shared/uploads.ts';
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

/** Codes by which a server says that it does not know this caller any more. */
const STRANGER = ['access.not-signed-in', 'access.token-refused'];
let hearStranger = (_error: RemoteError): void => {};

/** Calls `hear` when the server says, of whatever was asked, that it does not know this caller any more. */
export function whenStranger(hear: (error: RemoteError) => void): void {
  hearStranger = hear;
}

function noticed(error: unknown): unknown {
  if (error instanceof RemoteError && STRANGER.includes(error.code)) hearStranger(error);
  return error;
}

/** @throws RemoteError with Guts' own words, and why no answer came */
export async function call<K extends OperationName>(
  name: K,
  input: InputOf<K>,
  signal?: AbortSignal,
): Promise<OutputOf<K>> {
  try {
    return await client.call(name, input, signal);
  } catch (error) {
    throw noticed(error);
  }
}

/** The answer of a GET as a file in one of its other forms. */
export async function file<K extends OperationName>(name: K, input: InputOf<K>, format: ReportFormat): Promise<Blob> {
  try {
    return await client.file(name, input, format);
  } catch (error) {
    throw noticed(error);
  }
}

/** Sends a file, to be named in what is asked next. */
export async function upload(content: File): Promise<UploadedFile> {
  try {
    // As bytes: in the desktop program a file as such arrives empty (Electron gives a protocol no blobs).
    return await client.upload(content.name, new Uint8Array(await content.arrayBuffer()));
  } catch (error) {
    throw noticed(error);
  }
}

/** Every row of every page. */
export async function allRows<K extends PagedName>(
  name: K,
  input: InputOf<K>,
  signal?: AbortSignal,
): Promise<RowOf<K>[]> {
  const rows: RowOf<K>[] = [];
  try {
    for await (const row of client.all(name, { limit: PAGE_ROWS, ...input }, signal)) rows.push(row);
  } catch (error) {
    throw noticed(error);
  }
  return rows;
}

export async function* events(signal: AbortSignal): ReturnType<ApiClient['events']> {
  try {
    yield* client.events(undefined, signal);
  } catch (error) {
    throw noticed(error);
  }
}
