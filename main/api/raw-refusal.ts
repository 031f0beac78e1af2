/** Refuses what never became a request: headers that are too large or too slow, and what is not HTTP. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { GutsError } from '../shared/errors.ts';
import { kindOf } from './codes.ts';
import { problemOf } from './problem.ts';
import { PROBLEM_TYPE } from '../shared/client/words.ts';

class LargeHeadersError extends GutsError {
  readonly code = 'api.large-headers';
  readonly remedy = 'Send fewer or shorter headers.';
}

class SlowRequestError extends GutsError {
  readonly code = 'api.slow-request';
  readonly remedy = 'Ask again over a better connection, or send less at once.';
  override readonly retryable = true;
}

class NoHttpError extends GutsError {
  readonly code = 'api.no-http';
  readonly remedy = 'Send HTTP/1.1.';
}

export function refuseRaw({ code }: NodeJS.ErrnoException, socket: Socket, instance: string): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(errorOf(code), instance);
  const body = JSON.stringify(problem);
  const { status } = kindOf(problem);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: ${PROBLEM_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function errorOf(code: string | undefined): GutsError {
  if (code === 'HPE_HEADER_OVERFLOW') return new LargeHeadersError('The headers of the request are too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new SlowRequestError('The request took too long to arrive.');
  return new NoHttpError('That is not HTTP, or not in a form that is understood here.');
}
