/** One signed-in connection to a WinRM service: envelopes go there and come back, sealed where there is no TLS. */
import { randomBytes } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Trust } from '../../../../main/shared/trust.ts';
import { ConnectionLostError, StrangeAnswerError } from '../../../net/errors.ts';
import { PlainAgent } from '../../../net/plain.ts';
import { TrustingAgent } from '../../../net/tls.ts';
import type { Account } from '../ntlm/keys.ts';
import { authenticateMessage, negotiateMessage, parsedChallenge } from '../ntlm/messages.ts';
import { SealStream } from '../ntlm/seal.ts';
import { channelBindingsOf } from './channel-bindings.ts';
import { BasicInTheClearError, HostLoginRefusedError, HostUnavailableError, MethodRefusedError } from './errors.ts';
import { openedBody, PLAIN_TYPE, SEALED_TYPE, sealedBody } from './sealed-body.ts';

/** What a host keeps an answer below ([MS-WSMV]: MaxEnvelopeSizekb, 500 by default, many times over). */
const MOST_BYTES = 16 * 1024 * 1024;
const PATH = '/wsman';
/** What a server says that has no time, or is in the middle of a restart. */
const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export interface WinrmServer {
  readonly host: string;
  readonly port: number;
  /** Null is plain HTTP, whose messages are sealed. */
  readonly trust: Trust | null;
  readonly proxy: string | null;
  /** Basic has no sealing, and so goes through TLS only. */
  readonly method: 'basic' | 'ntlm';
}

/** Told what goes over the wire, without secrets and without what is said. */
export type WinrmTrace = (says: string) => void;

export interface WinrmAnswer {
  readonly status: number;
  readonly text: string;
}

interface Seals {
  readonly sending: SealStream;
  readonly hearing: SealStream;
}

/** One at a time: sealed messages are numbered, and belong to their connection. */
export class WinrmChannel implements Disposable {
  readonly name: string;
  readonly #server: WinrmServer;
  readonly #account: Account;
  readonly trace: WinrmTrace;
  readonly #agent: http.Agent;
  /** The connection that has signed in. */
  #signedIn: object | null = null;
  #seals: Seals | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws BasicInTheClearError */
  constructor(server: WinrmServer, account: Account, trace: WinrmTrace = () => {}) {
    this.trace = trace;
    this.name = `${server.host}:${server.port}`;
    if (server.method === 'basic' && server.trust === null) throw new BasicInTheClearError(this.name);
    this.#server = server;
    this.#account = account;
    const options = { keepAlive: true, maxSockets: 1 };
    this.#agent =
      server.trust === null
        ? new PlainAgent(server.proxy, options)
        : new TrustingAgent(server.trust, server.proxy, options);
  }

  /**
   * @param waitMs how long the server may take, which is longer than what it was told to wait
   * @throws HostLoginRefusedError, HostUnavailableError, MethodRefusedError, ConnectionLostError, NtlmSealError; the signal's reason
   */
  async send(envelope: string, waitMs: number, signal: AbortSignal): Promise<WinrmAnswer> {
    const turn = this.#last.then(async () => await this.#send(Buffer.from(envelope), waitMs, signal));
    this.#last = turn.catch(() => {});
    return await turn;
  }

  async #send(envelope: Buffer, waitMs: number, signal: AbortSignal): Promise<WinrmAnswer> {
    for (let tries = 0; ; tries++) {
      if (this.#server.method === 'ntlm' && this.#signedIn === null) await this.#signIn(waitMs, signal);
      const before = this.#signedIn;
      const { headers, body } = this.#outgoing(envelope);
      const answer = await this.#exchange(headers, body, waitMs, signal).catch((error: unknown) => {
        this.#signedIn = null; // with its connection; what else was sealed for it, nobody could open
        throw error;
      });
      // A kept connection may have been closed meanwhile: what went through a new one was said by nobody.
      const isOther = this.#server.method === 'ntlm' && answer.connection !== before;
      if (answer.status === 401 && isOther && tries === 0) {
        this.#signedIn = null;
        continue;
      }
      if (answer.status === 401) throw new HostLoginRefusedError(this.name, this.#account.user);
      return { status: answer.status, text: this.#opened(answer).toString('utf8') };
    }
  }

  #outgoing(envelope: Buffer): { readonly headers: http.OutgoingHttpHeaders; readonly body: Buffer } {
    if (this.#server.method === 'basic') {
      const { user, password } = this.#account;
      const secret = Buffer.from(`${user}:${password}`).toString('base64');
      return { headers: { 'content-type': PLAIN_TYPE, authorization: `Basic ${secret}` }, body: envelope };
    }
    if (this.#seals === null) return { headers: { 'content-type': PLAIN_TYPE }, body: envelope };
    return { headers: { 'content-type': SEALED_TYPE }, body: sealedBody(this.#seals.sending, envelope) };
  }

  #opened({ body, type }: Received): Buffer {
    if (this.#seals === null || body.length === 0) return body;
    if (!type.toLowerCase().startsWith('multipart/encrypted'))
      throw new StrangeAnswerError(`${this.name} answers a sealed message with one that is not sealed.`);
    return openedBody(this.#seals.hearing, body, this.name);
  }

  /** Both messages go without a body, so that nothing is said before it can be sealed. */
  async #signIn(waitMs: number, signal: AbortSignal): Promise<void> {
    const { trust, host } = this.#server;
    this.#seals = null;
    const negotiate = negotiateMessage();
    const token = (bytes: Buffer): http.OutgoingHttpHeaders => ({
      authorization: `Negotiate ${bytes.toString('base64')}`,
    });
    const first = await this.#exchange(token(negotiate), Buffer.alloc(0), waitMs, signal);
    this.trace(`NTLM, first message: HTTP ${first.status}, offers ${offersOf(first.challenges)}`);
    const offered = /^Negotiate ([A-Za-z0-9+/=]+)$/m.exec(first.challenges);
    if (first.status !== 401 || offered === null) throw new MethodRefusedError(this.name, 'NTLM', first.challenges);
    const sessionKey = randomBytes(16);
    const { message } = authenticateMessage({
      account: this.#account,
      negotiate,
      challenge: parsedChallenge(Buffer.from(offered[1] ?? '', 'base64')),
      channelBindings: first.certificate === null ? null : channelBindingsOf(first.certificate),
      targetName: `HTTP/${host}`,
      clientChallenge: randomBytes(8),
      sessionKey,
      nowMs: Date.now(),
    });
    const second = await this.#exchange(token(message), Buffer.alloc(0), waitMs, signal);
    this.trace(`NTLM, third message: HTTP ${second.status}`);
    if (second.status === 401) throw new HostLoginRefusedError(this.name, this.#account.user);
    if (second.connection !== first.connection)
      throw new ConnectionLostError(`${this.name} closed the connection while signing in.`);
    this.#signedIn = second.connection;
    this.trace(trust === null ? 'signed in; what follows is sealed' : 'signed in');
    if (trust !== null) return;
    this.#seals = {
      sending: new SealStream(sessionKey, 'client-to-server'),
      hearing: new SealStream(sessionKey, 'server-to-client'),
    };
  }

  async #exchange(
    headers: http.OutgoingHttpHeaders,
    body: Buffer,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Received> {
    signal.throwIfAborted();
    const { host, port, trust } = this.#server;
    return await new Promise<Received>((resolve, reject) => {
      const request = (trust === null ? http : https).request({
        host,
        port,
        path: PATH,
        method: 'POST',
        agent: this.#agent,
        signal,
        headers: { ...headers, 'content-length': body.length },
      });
      const fail = (error: unknown): void => {
        clearTimeout(timer);
        this.trace(`the connection failed: ${(error as Error).message}`);
        reject(signal.aborted ? signal.reason : meaning(error, this.name));
      };
      const timer = setTimeout(
        () => request.destroy(new ConnectionLostError(`${this.name} has not answered for ${waitMs / 1000} s.`)),
        waitMs,
      );
      request.on('error', fail);
      request.on('response', (response) => {
        const { socket } = response;
        const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : null;
        const parts: Buffer[] = [];
        let length = 0;
        response.on('data', (part: Buffer) => {
          parts.push(part);
          length += part.length;
          if (length > MOST_BYTES)
            response.destroy(new StrangeAnswerError(`${this.name} sends an answer without end.`));
        });
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(timer);
          const status = response.statusCode ?? 0;
          if (BUSY.has(status)) {
            reject(new HostUnavailableError(this.name, status));
            return;
          }
          resolve({
            status,
            type: response.headers['content-type'] ?? '',
            challenges: [response.headers['www-authenticate'] ?? ''].flat().join('\n').replaceAll(', ', '\n'),
            body: Buffer.concat(parts),
            connection: socket,
            certificate,
          });
        });
      });
      request.end(body);
    });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

interface Received {
  readonly status: number;
  readonly type: string;
  /** The ways to sign in that are offered, one a line. */
  readonly challenges: string;
  readonly body: Buffer;
  readonly connection: object;
  readonly certificate: Buffer | null;
}

/** The ways' names alone: what follows them may be a token. */
const offersOf = (challenges: string): string => {
  const names = challenges.split('\n').flatMap((line) => line.split(' ')[0] || []);
  return names.length === 0 ? 'nothing' : [...new Set(names)].join(', ');
};

function meaning(error: unknown, server: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === 'string' && /^(?:ECONNRESET|EPIPE|ETIMEDOUT|HPE_)/.test(code)
    ? new ConnectionLostError(`The connection to ${server} broke off (${code}).`, { cause: error })
    : error;
}
