/** Reads the head of an HTTP/1.1 answer, and how the length of its body is told. */
import { StrangeAnswerError } from './errors.ts';

/** A server that sends more than this before the body is not one that Guts talks to. */
export const MOST_HEAD_BYTES = 64 * 1024;

export interface HttpHead {
  readonly status: number;
  /** By their names in lower case; of a header that comes several times, the values joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  /** `chunked`, or the body's bytes; null where only the end of the connection would tell. */
  readonly body: 'chunked' | number | null;
  readonly staysOpen: boolean;
}

/**
 * @param text the head without the empty line that ends it
 * @throws StrangeAnswerError where it is no HTTP/1.x, or its length cannot be relied on
 */
export function parseHead(text: string, server: string): HttpHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/.exec(first);
  if (status === null) throw new StrangeAnswerError(`${server} does not answer in HTTP: “${printable(first)}”.`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (header === null) throw new StrangeAnswerError(`${server} sends a malformed header: “${printable(line)}”.`);
    const name = (header[1] as string).toLowerCase(); // the groups are there when the expression matches
    const before = headers.get(name);
    headers.set(name, before === undefined ? (header[2] as string) : `${before}, ${header[2] as string}`);
  }
  const connection = headers.get('connection')?.toLowerCase() ?? '';
  const code = Number(status[2]);
  return {
    status: code,
    headers,
    body: code === 204 || code === 304 ? 0 : bodyOf(headers, server),
    staysOpen: status[1] === '1' ? !connection.includes('close') : connection.includes('keep-alive'),
  };
}

function bodyOf(headers: ReadonlyMap<string, string>, server: string): HttpHead['body'] {
  const encoding = headers.get('transfer-encoding');
  const length = headers.get('content-length');
  if (headers.get('content-encoding') !== undefined && headers.get('content-encoding') !== 'identity') {
    throw new StrangeAnswerError(`${server} sends the bytes encoded, which was not asked for.`);
  }
  if (encoding !== undefined) {
    if (encoding.toLowerCase() === 'chunked' && length === undefined) return 'chunked';
    throw new StrangeAnswerError(`${server} does not say clearly where its answer ends.`);
  }
  if (length === undefined) return null;
  if (!/^\d{1,15}$/.test(length)) {
    throw new StrangeAnswerError(`${server} sends a length that is none: “${printable(length)}”.`);
  }
  return Number(length);
}

/** What a server sent, fit for a message. */
export function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7E]/g, '?').slice(0, 80);
}
