/** Sends bytes from front to back in one chunked PUT, and hears at once when the server does not want them. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import { GutsError } from '../../main/shared/errors.ts';
import type { Trust } from '../../main/shared/trust.ts';
import { ConnectionLostError, StrangeAnswerError } from './errors.ts';
import { PlainAgent } from './plain.ts';
import { TrustingAgent } from './tls.ts';

/** What the server said, its body cut where nobody reads on. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export interface UploadTarget {
  /** Without secrets; it appears in messages. */
  readonly url: string;
  readonly trust: Trust;
  readonly proxy: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** What any answer but success means. */
  readonly explain: (answer: Answer) => Error;
  /** How long neither a byte may leave nor an answer come while one is due. */
  readonly stallMs?: number;
}

/** Memory: so much is handed to the network and not yet taken; the buffers are the callers'. */
const MOST_UNFLUSHED_BYTES = 8 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;
const MOST_ANSWER_BYTES = 64 * 1024;
const STALL_MS = 10 * 60_000;
/** A server that does not know `Expect` says nothing, and is sent the bytes all the same. */
const GO_AHEAD_MS = 1_000;
const ONCE = { keepAlive: false };
const LATE_MS = 500;
const ZEROS = new Uint8Array(PIECE_BYTES);

/** One PUT under way. Disposing it before `end` breaks the connection, so that the server knows that it is not whole. */
export class Upload implements AsyncDisposable {
  /** Bytes accepted so far, in order. */
  position = 0;
  readonly #target: UploadTarget;
  readonly #request: http.ClientRequest;
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.#fail(this.#signal.reason);
  readonly #stall: NodeJS.Timeout;
  /** Rejects with the first thing that goes wrong, and resolves with the answer to the whole. */
  readonly #answered: Promise<Answer>;
  #settle: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void } | null = null;
  #failure: { readonly error: unknown } | null = null;
  #isWhole = false;
  #isAnswered = false;
  #unflushed = 0;
  #room: (() => void) | null = null;
  /** Those who wait for their bytes to leave. */
  readonly #waiting = new Set<(error: unknown) => void>();
  /** The end of the line of appends. */
  #last: Promise<void>;

  /**
   * Connects and asks the server whether it wants the bytes, before any of them leaves.
   * @throws UnreachableError, UntrustedServerError, CertificateChangedError, or what `explain` makes of a refusal
   */
  static async open(target: UploadTarget, signal: AbortSignal): Promise<Upload> {
    const upload = new Upload(target, signal);
    await upload.#last;
    return upload;
  }

  private constructor(target: UploadTarget, signal: AbortSignal) {
    this.#target = target;
    this.#signal = signal;
    this.#answered = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.#answered.catch(() => {}); // whoever appends or ends is told
    this.#stall = setTimeout(() => this.#onStall(), target.stallMs ?? STALL_MS);
    this.#request = requestTo(target);
    this.#request.on('socket', tellWritesLate);
    this.#request.on('response', (response) => void this.#hear(response));
    this.#request.on('error', (cause) => this.#onLost(cause));
    this.#request.on('close', () => this.#onLost({ code: 'ECONNRESET' }));
    if (signal.aborted) this.#fail(signal.reason);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#last = this.#goAhead();
    this.#last.catch(() => {}); // `open` tells
  }

  /**
   * Takes the next bytes; may be called before earlier calls are done, and keeps their order.
   * @returns once the network has them and their buffer may be used again
   * @throws GutsError as soon as the server has refused, with its reason
   */
  async append(bytes: Uint8Array): Promise<void> {
    this.position += bytes.byteLength;
    await this.#inLine(bytes.byteLength, (at, length) => bytes.subarray(at, at + length));
  }

  /** So many zero bytes; they do travel. */
  async zeros(length: number): Promise<void> {
    this.position += length;
    await this.#inLine(length, (_at, piece) => ZEROS.subarray(0, piece));
  }

  /** Says that this was all, and waits for the answer. @throws what `explain` makes of any but a 2xx */
  async end(): Promise<Answer> {
    await this.#last;
    this.#isWhole = true;
    this.#stall.refresh();
    this.#request.end();
    return await this.#answered;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(new ConnectionLostError(`The upload to ${this.#target.url} was broken off.`));
  }

  /** Waits for the word to go on, for a refusal, or for a silence that means the server does not know the question. */
  async #goAhead(): Promise<void> {
    this.#request.flushHeaders();
    let timer: NodeJS.Timeout | undefined;
    const go = new Promise<void>((resolve) => {
      this.#request.once('continue', resolve);
      this.#request.once('socket', () => (timer = setTimeout(resolve, GO_AHEAD_MS)));
    });
    try {
      await Promise.race([go, this.#answered]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a run of bytes in pieces, behind everything that is in the line already. */
  async #inLine(length: number, piece: (at: number, length: number) => Uint8Array): Promise<void> {
    let flushed = Promise.resolve(); // of the last piece, and so of all: they leave in order
    const turn = this.#last.then(async () => {
      for (let at = 0; at < length; at += PIECE_BYTES) {
        const bytes = piece(at, Math.min(PIECE_BYTES, length - at));
        while (this.#failure === null && this.#unflushed + bytes.byteLength > MOST_UNFLUSHED_BYTES)
          await this.#someRoom();
        if (this.#failure !== null) throw this.#failure.error;
        flushed = this.#write(bytes);
      }
    });
    this.#last = turn;
    turn.catch(() => {}); // whoever comes next, or waits for this one, is told
    await turn;
    await flushed;
  }

  #write(bytes: Uint8Array): Promise<void> {
    this.#unflushed += bytes.byteLength;
    const flushed = new Promise<void>((resolve, reject) => {
      this.#waiting.add(reject);
      this.#request.write(bytes, (error) => {
        this.#unflushed -= bytes.byteLength;
        this.#stall.refresh();
        this.#room?.();
        if (error) return; // an event tells why, and `#fail` whoever waits
        this.#waiting.delete(reject);
        setImmediate(resolve); // a refusal that has come is read before more is written
      });
    });
    flushed.catch(() => {}); // `append` tells, once it has handed over all of its pieces
    return flushed;
  }

  async #someRoom(): Promise<void> {
    await new Promise<void>((resolve) => (this.#room = resolve));
    this.#room = null;
  }

  async #hear(response: http.IncomingMessage): Promise<void> {
    this.#isAnswered = true;
    const pieces: Buffer[] = [];
    let length = 0;
    try {
      for await (const piece of response as AsyncIterable<Buffer>) {
        length += piece.byteLength;
        pieces.push(piece);
        if (length > MOST_ANSWER_BYTES) break;
      }
    } catch {
      // its status says more than how its words were cut
    }
    const text = Buffer.concat(pieces).subarray(0, MOST_ANSWER_BYTES).toString('utf8');
    const answer = { status: response.statusCode ?? 0, headers: response.headers, text };
    if (answer.status < 200 || answer.status > 299) this.#fail(this.#target.explain(answer));
    else if (!this.#isWhole)
      this.#fail(
        new StrangeAnswerError(`${this.#target.url} answered ${answer.status} before it had all of the bytes.`),
      );
    else {
      this.#close();
      this.#settle?.resolve(answer);
    }
  }

  #onStall(): void {
    if (this.#unflushed === 0 && !this.#isWhole) this.#stall.refresh(); // it is the caller who takes so long
    else this.#fail(new ConnectionLostError(`${this.#target.url} has taken nothing, and said nothing, for too long.`));
  }

  #onLost(cause: unknown): void {
    if (this.#isAnswered) return; // what it says counts
    if (cause instanceof GutsError) {
      this.#fail(cause); // no connection was made
      return;
    }
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    const message = `The connection to ${this.#target.url} broke off after ${this.position} bytes of the upload (${code}).`;
    this.#fail(new ConnectionLostError(message, { cause }));
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#close();
    this.#settle?.reject(error);
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
    this.#room?.();
  }

  #close(): void {
    clearTimeout(this.#stall);
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#request.destroy();
  }
}

/**
 * A server that has had enough answers and closes at once, so that a write may fail while its answer waits to be read.
 * Here a failed write is told only when there was time to read.
 */
function tellWritesLate(socket: Socket): void {
  const late = (callback: (error?: Error | null) => void) => (error?: Error | null) => {
    if (error) setTimeout(callback, LATE_MS, error);
    else callback();
  };
  const one = socket._write.bind(socket);
  socket._write = (chunk, encoding, callback) => one(chunk, encoding, late(callback));
  const many = socket._writev?.bind(socket);
  if (many !== undefined) socket._writev = (chunks, callback) => many(chunks, late(callback));
}

function requestTo({ url, trust, proxy, headers }: UploadTarget): http.ClientRequest {
  const options = {
    method: 'PUT',
    headers: { ...headers, 'Transfer-Encoding': 'chunked', Expect: '100-continue' },
  };
  return new URL(url).protocol === 'https:'
    ? https.request(url, { ...options, agent: new TrustingAgent(trust, proxy, ONCE) })
    : http.request(url, { ...options, agent: new PlainAgent(proxy, ONCE) });
}
