/** Carries requests to a vSphere server and answers back, over one TLS policy; knows nothing of what is in them. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import * as https from 'node:https';
import { createGunzip } from 'node:zlib';
import { GutsError } from '../../../main/shared/errors.ts';
import type { Trust } from '../../../main/shared/trust.ts';
import { ConnectionLostError, StrangeAnswerError } from '../../net/errors.ts';
import { TrustingAgent } from '../../net/tls.ts';
import { UnavailableError } from './errors.ts';

/** After so long without a byte a connection counts as lost; a call that waits on purpose has to end before. */
const SILENCE_MS = 180_000;
const MOST_TEXT_BYTES = 64 * 1024 * 1024;

export interface VsphereServer {
  readonly host: string;
  readonly port: number;
  readonly trust: Trust;
  readonly proxy: string | null;
}

/** What goes with a request besides its body. */
export interface Sending {
  /** `vmware_soap_session=…`; null before there is one. */
  readonly cookie: string | null;
  /** What cannot be sent twice gets a connection of its own: a kept one may be dead already. */
  readonly onFresh: boolean;
  readonly signal: AbortSignal;
}

export class Transport implements Disposable {
  /** `host:port`, for messages. */
  readonly name: string;
  readonly #server: VsphereServer;
  readonly #kept: https.Agent;
  readonly #fresh: https.Agent;

  constructor(server: VsphereServer) {
    this.name = `${server.host}:${server.port}`;
    this.#server = server;
    this.#kept = new TrustingAgent(server.trust, server.proxy);
    this.#fresh = new TrustingAgent(server.trust, server.proxy, { keepAlive: false });
  }

  /**
   * Sends a request, or with a null body asks for a document where `method` says nothing else.
   * @returns the answer with its head read, whatever its status
   * @throws GutsError when no connection comes about or it breaks before the answer; the signal's reason
   */
  async send(
    path: string,
    body: string | null,
    how: Sending,
    headers: OutgoingHttpHeaders = {},
    method: 'GET' | 'POST' | 'DELETE' = body === null ? 'GET' : 'POST',
  ): Promise<IncomingMessage> {
    how.signal.throwIfAborted();
    return await new Promise<IncomingMessage>((resolve, reject) => {
      const request = https.request({
        host: this.#server.host,
        port: this.#server.port,
        path,
        method,
        agent: how.onFresh ? this.#fresh : this.#kept,
        signal: how.signal,
        headers: { ...(how.cookie === null ? {} : { Cookie: how.cookie }), ...headers },
      });
      const timer = setTimeout(() => request.destroy(this.#silence()), SILENCE_MS);
      request.on('response', (response) => {
        clearTimeout(timer);
        response.on('error', () => {}); // whoever reads it hears of it; nobody may be reading any more
        resolve(response);
      });
      request.on('error', (error) => {
        clearTimeout(timer);
        reject(this.#meaning(error, how.signal));
      });
      request.end(body ?? undefined);
    });
  }

  /** The answer's body, unpacked. Breaking off closes its connection. */
  async *chunks(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const isPacked = response.headers['content-encoding'] === 'gzip';
    const body = isPacked ? response.pipe(createGunzip()) : response;
    if (isPacked) response.once('error', (error) => body.destroy(error)); // `pipe` does not tell
    const iterator = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const timer = setTimeout(() => body.destroy(this.#silence()), SILENCE_MS);
        const next: IteratorResult<Uint8Array> = await iterator.next().finally(() => clearTimeout(timer));
        if (next.done === true) return;
        yield next.value;
      }
    } catch (error) {
      throw this.#meaning(error, signal);
    } finally {
      if (!response.readableEnded) response.destroy(); // also when all has come: unread, it would keep its connection
    }
  }

  /** The whole body of an answer that is not large. */
  async text(response: IncomingMessage, signal: AbortSignal): Promise<string> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of this.chunks(response, signal)) {
      length += part.byteLength;
      if (length > MOST_TEXT_BYTES) throw new StrangeAnswerError(`${this.name} sends an answer without end.`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  }

  /** A small document beside the API; null where the server has none. */
  async document(path: string, how: Sending): Promise<string | null> {
    const response = await this.send(path, null, how);
    const text = await this.text(response, how.signal);
    if (response.statusCode === 404) return null;
    if (response.statusCode !== 200) throw this.refusal(response);
    return text;
  }

  /** What an answer means that is not what was asked for, and no fault of vSphere either. */
  refusal(response: IncomingMessage): GutsError {
    const status = response.statusCode ?? 0;
    if ([429, 502, 503, 504].includes(status)) {
      const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
      return new UnavailableError(this.name, status, Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null);
    }
    const kind = response.headers['content-type']?.split(';')[0] ?? 'no type';
    return new StrangeAnswerError(
      `${this.name} answers with HTTP ${status} and ${kind}, which is not how vSphere speaks.`,
    );
  }

  [Symbol.dispose](): void {
    this.#kept.destroy();
    this.#fresh.destroy();
  }

  #silence(): ConnectionLostError {
    return new ConnectionLostError(`${this.name} has been silent for ${SILENCE_MS / 1000} s.`);
  }

  #meaning(error: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    if (error instanceof GutsError) return error;
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    return new ConnectionLostError(`The connection to ${this.name} broke off (${code}).`, { cause: error });
  }
}
