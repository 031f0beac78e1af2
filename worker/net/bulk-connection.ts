/** One HTTP/1.1 connection for bulk answers: what arrives goes straight to where the reader wants it. */
import type * as net from 'node:net';
import * as tls from 'node:tls';
import { ChunkedFraming, LengthFraming, type Framing } from './body-framing.ts';
import { ConnectionLostError, StrangeAnswerError } from './errors.ts';
import { MOST_HEAD_BYTES, parseHead, type HttpHead } from './http-head.ts';
import { connectTls, type Peer } from './tls.ts';

/** Longer than this without a byte, while one is waited for, and the connection counts as lost. */
const IDLE_MS = 60_000;
/** What one turn of the event loop can still bring after reading was stopped, a full TLS read, fits twice. */
const SPILL_BYTES = 128 * 1024;
const LEAST_SPILL_ROOM = 16 * 1024;

/** AES-128 first: a third less work than AES-256 for bulk bytes, where the server lets the client choose. */
const FIRST_SUITE = 'TLS_AES_128_GCM_SHA256';
const CIPHERS = [FIRST_SUITE, ...tls.DEFAULT_CIPHERS.split(':').filter((suite) => suite !== FIRST_SUITE)].join(':');

interface Waiter {
  /** Null for the head. */
  readonly into: Buffer | null;
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Holds at most `SPILL_BYTES` besides what the reader gives: bytes that arrive while nobody reads wait there, and the
 * socket is stopped until somebody does. Not safe for two readers at once.
 */
export class BulkConnection {
  readonly #server: string;
  readonly #host: string;
  readonly #idleMs: number;
  #socket: tls.TLSSocket | null = null;
  #spill = Buffer.allocUnsafeSlow(SPILL_BYTES);
  #from = 0;
  #to = 0;
  #head: HttpHead | null = null;
  #framing: Framing = new LengthFraming(0);
  #waiter: Waiter | null = null;
  #filled = 0;
  /** Where the socket was told to put what comes next: into the reader's memory, or beside it. */
  #isDirect = false;
  #error: unknown = null;

  private constructor({ host, port }: Peer, idleMs: number) {
    const name = host.includes(':') ? `[${host}]` : host;
    this.#server = `${name}:${port}`;
    this.#host = port === 443 ? name : this.#server;
    this.#idleMs = idleMs;
  }

  /** @throws UnreachableError, UntrustedServerError, CertificateChangedError */
  static async open(peer: Peer, signal?: AbortSignal, idleMs = IDLE_MS): Promise<BulkConnection> {
    const connection = new BulkConnection(peer, idleMs);
    const options: tls.ConnectionOptions & Pick<net.SocketConstructorOpts, 'onread'> = {
      ciphers: CIPHERS,
      onread: {
        buffer: () => connection.#nextBuffer(),
        callback: (length: number) => connection.#onBytes(length),
      },
    };
    // Node gives what comes through another socket, a proxy's tunnel, only as events.
    const socket = await connectTls(peer, signal, peer.proxy === null ? options : { ciphers: CIPHERS });
    connection.#socket = socket;
    if (peer.proxy !== null) socket.on('data', (bytes: Buffer) => connection.#onCopy(bytes));
    socket.setNoDelay(true);
    socket.on('error', (cause) => connection.#lose('broke off', cause));
    socket.on('end', () => connection.#lose('ended before all was there'));
    socket.on('close', () => connection.#lose('ended before all was there'));
    socket.on('timeout', () => {
      if (connection.#waiter !== null) connection.#lose(`sent nothing for ${idleMs / 1000} seconds`);
    });
    return connection;
  }

  /** Whether another request may be made: the answer before was read to its end, and the server keeps the connection. */
  get isReusable(): boolean {
    return this.#error === null && this.#framing.isDone && this.#head?.staysOpen !== false && this.#from === this.#to;
  }

  /** Bytes that the last `read` brought, also when it failed: they are good, and need not be asked for again. */
  get filled(): number {
    return this.#filled;
  }

  /** Asks for `path`; the body is read by `read` afterwards, and a body of unknown length counts as empty. */
  async get(path: string, headers: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<HttpHead> {
    if (!this.isReusable) throw this.#error ?? new Error('A bulk connection was asked for two things at once.');
    const lines = Object.entries({ Host: this.#host, 'User-Agent': 'guts', 'Accept-Encoding': 'identity', ...headers });
    if (/[\s\0]/.test(path) || lines.some(([, value]) => /[\r\n\0]/.test(value))) {
      throw new StrangeAnswerError(`What ${this.#server} named cannot be put into a request.`);
    }
    this.#head = null;
    this.#socket?.write(
      `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    );
    await this.#wait(null, signal);
    const head = this.#head as HttpHead | null; // `#parseHeads` set it before the wait ended
    if (head === null) throw new StrangeAnswerError(`${this.#server} gave no head.`);
    return head;
  }

  /**
   * Fills `into` as far as the body goes on.
   * @returns bytes that came; fewer than asked for only at the body's proper end
   * @throws ConnectionLostError, StrangeAnswerError
   */
  async read(into: Uint8Array, signal?: AbortSignal): Promise<number> {
    if (into.byteLength === 0 || (this.#framing.isDone && this.#waiter === null)) return 0;
    await this.#wait(Buffer.from(into.buffer, into.byteOffset, into.byteLength), signal);
    return this.#filled;
  }

  /** Breaks the connection off; whoever waits is told `reason`. */
  destroy(reason: unknown = new ConnectionLostError(`The connection to ${this.#server} was closed.`)): void {
    this.#error ??= reason;
    this.#socket?.destroy();
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.reject(this.#error);
  }

  async #wait(into: Buffer | null, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#waiter !== null) throw new Error('A bulk connection has one reader.');
    const onAbort = (): void => this.destroy(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiter = { into, resolve, reject };
        this.#filled = 0;
        try {
          this.#useSpill();
        } catch (error) {
          this.destroy(error);
        }
        if (this.#waiter === null) return; // what had arrived before was enough, or broken
        if (this.#error !== null) {
          this.#waiter = null;
          reject(this.#error);
          return;
        }
        this.#socket?.setTimeout(this.#idleMs);
        this.#socket?.resume();
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #lose(what: string, cause?: Error): void {
    this.destroy(new ConnectionLostError(`The connection to ${this.#server} ${what}.`, { cause }));
  }

  /** Memory for what comes next. Never empty: the TLS layer would wait for room for ever. */
  #nextBuffer(): Buffer {
    const into = this.#waiter?.into ?? null;
    if (into !== null && this.#from === this.#to) {
      const room = Math.min(into.byteLength - this.#filled, this.#framing.mostBytesLeft ?? Infinity);
      this.#isDirect = room > 0;
      if (room > 0) return into.subarray(this.#filled, this.#filled + room);
    }
    this.#isDirect = false;
    if (this.#from === this.#to) this.#from = this.#to = 0; // only here: elsewhere the socket still knows the old place
    if (this.#spill.byteLength - this.#to < LEAST_SPILL_ROOM) {
      const larger = this.#to - this.#from > SPILL_BYTES / 2 ? 2 * this.#spill.byteLength : this.#spill.byteLength;
      const next = Buffer.allocUnsafeSlow(larger);
      this.#spill.copy(next, 0, this.#from, this.#to);
      this.#spill = next;
      this.#to -= this.#from;
      this.#from = 0;
    }
    return this.#spill.subarray(this.#to);
  }

  /** @returns whether the socket may go on reading */
  #onBytes(length: number): boolean {
    try {
      const into = this.#waiter?.into ?? null;
      if (this.#isDirect && into !== null) this.#takeDirect(into, length);
      else {
        this.#to += length;
        this.#useSpill();
      }
      if (this.#waiter === null && this.#framing.isDone && this.#from !== this.#to) {
        this.destroy(new StrangeAnswerError(`${this.#server} sends more than it was asked for.`));
      }
    } catch (error) {
      this.destroy(error);
    }
    return this.#waiter !== null || this.#framing.isDone; // an idle connection listens, to hear when the server closes it
  }

  /** The same for bytes that have come into memory of the socket's own. */
  #onCopy(bytes: Buffer): void {
    let mayGoOn = true;
    for (let at = 0; at < bytes.byteLength && this.#error === null;) {
      const length = bytes.copy(this.#nextBuffer(), 0, at);
      mayGoOn = this.#onBytes(length);
      at += length;
    }
    if (!mayGoOn) this.#socket?.pause();
  }

  #takeDirect(into: Buffer, length: number): void {
    const end = this.#filled + length;
    const start = this.#filled;
    const taken = this.#framing.take(into, start, end, into, start, into.byteLength);
    this.#filled += this.#framing.given;
    if (taken < length) {
      this.#from = 0; // nothing waits there, and the socket's place is in `into`, while bytes go straight to the reader
      this.#to = into.copy(this.#spill, 0, start + taken, end);
    }
    this.#endRead(into);
  }

  /** Gives whoever waits what has arrived already. */
  #useSpill(): void {
    if (this.#waiter?.into === null) this.#parseHeads();
    const into = this.#waiter?.into ?? null;
    if (into === null) return;
    this.#from += this.#framing.take(this.#spill, this.#from, this.#to, into, this.#filled, into.byteLength);
    this.#filled += this.#framing.given;
    this.#endRead(into);
  }

  #endRead(into: Buffer): void {
    if (this.#filled === into.byteLength || this.#framing.isDone) this.#settle();
  }

  #settle(): void {
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.resolve();
  }

  /** Takes the next final head from the spill; interim ones (1xx) are passed over. */
  #parseHeads(): void {
    for (;;) {
      const end = this.#spill.subarray(this.#from, this.#to).indexOf('\r\n\r\n');
      if (end < 0 ? this.#to - this.#from > MOST_HEAD_BYTES : end > MOST_HEAD_BYTES) {
        throw new StrangeAnswerError(`${this.#server} sends a head that does not end.`);
      }
      if (end < 0) return;
      const head = parseHead(this.#spill.toString('latin1', this.#from, this.#from + end), this.#server);
      this.#from += end + 4;
      if (head.status === 101) throw new StrangeAnswerError(`${this.#server} changes to another protocol.`);
      if (head.status < 200) continue;
      this.#framing = head.body === 'chunked' ? new ChunkedFraming(this.#server) : new LengthFraming(head.body ?? 0);
      this.#head = head.body === null ? { ...head, staysOpen: false } : head;
      this.#settle();
      return;
    }
  }
}
