/** Downloads one file as a stream, with as little work per byte as Node allows (see docs/performance.md). */
import type { ByteStream } from '../disk/bytes.ts';
import { BulkConnection } from './bulk-connection.ts';
import { StrangeAnswerError } from './errors.ts';
import { HttpStatusError } from './http-errors.ts';
import { printable, type HttpHead } from './http-head.ts';
import type { Peer } from './tls.ts';

const MOST_WORDS_BYTES = 512;

/** Where bytes are, and how they are asked for. */
export interface BulkFile {
  readonly peer: Peer;
  /** Path and query, encoded. It may be a secret itself, as a lease's is, so it stands in no message. */
  readonly path: string;
  /** For messages. */
  readonly name: string;
  /** Asked for anew with each request, as a session's cookie changes. */
  headers?(): Readonly<Record<string, string>>;
}

export interface Download extends ByteStream {
  /** Null where the server does not say how long the file is. */
  readonly sizeBytes: number | null;
  /** Breaks it off; whoever reads is told `reason`. */
  destroy(reason: unknown): void;
}

/**
 * Asks for a whole file. The stream ends in a `ConnectionLostError`, and never early, when the connection does.
 * @param idleMs without a byte, while one is waited for, after which the connection counts as lost
 * @throws HttpStatusError, StrangeAnswerError (a redirect too), UnreachableError, UntrustedServerError …
 */
export async function openDownload(file: BulkFile, signal?: AbortSignal, idleMs?: number): Promise<Download> {
  const connection = await BulkConnection.open(file.peer, signal, idleMs);
  try {
    const head = await connection.get(file.path, { ...file.headers?.(), Connection: 'close' }, signal);
    await mustBeStatus(200, head, connection, file.name, signal);
    if (head.body === null)
      throw new StrangeAnswerError(`“${file.name}”: the server does not say where its bytes end.`);
    return {
      name: file.name,
      sizeBytes: head.body === 'chunked' ? null : head.body,
      read: (into, stop) => connection.read(into, stop),
      destroy: (reason) => connection.destroy(reason),
      async [Symbol.asyncDispose]() {
        connection.destroy();
      },
    };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** @throws HttpStatusError with the beginning of what the server says of it; StrangeAnswerError for a redirect */
export async function mustBeStatus(
  wanted: number,
  head: HttpHead,
  connection: BulkConnection,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  if (head.status === wanted) return;
  if (head.status < 300) throw new StrangeAnswerError(`“${name}”: the server answers ${head.status}, not ${wanted}.`);
  if (head.status < 400)
    throw new StrangeAnswerError(`“${name}”: the server sends Guts elsewhere (HTTP ${head.status}).`);
  let says = '';
  if (head.headers.get('content-type')?.startsWith('text/plain') === true) {
    const words = Buffer.alloc(MOST_WORDS_BYTES);
    says = printable(words.toString('latin1', 0, await connection.read(words, signal)).trim());
  }
  const after = /^\d{1,5}$/.exec(head.headers.get('retry-after') ?? '')?.[0];
  throw new HttpStatusError(name, head.status, says, after === undefined ? null : Number(after));
}
