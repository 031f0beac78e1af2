/** Frames of direct TCP ([MS-SMB2] 2.1): four bytes of length, and a message; each is handed over where it arrived. */
import * as net from 'node:net';
import { ConnectionLostError, UnreachableError } from '../../../net/errors.ts';
import { SmbMessageError } from './errors.ts';

const CONNECT_MS = 30_000;
/** Longer than this without a byte, while an answer is waited for, and the connection counts as lost. */
const IDLE_MS = 60_000;
const FRAME_BYTES = 4;
/** Less room than this behind what has arrived, and it is moved to the front. */
const LEAST_ROOM = 128 * 1024;

export interface WireOptions {
  readonly host: string;
  readonly port: number;
  /** The longest message that may come. */
  readonly mostBytes: number;
  readonly idleMs?: number;
  /** `message` is good until it returns. What it throws ends the connection. */
  onMessage(message: Buffer): void;
  /** Once, and nothing comes afterwards. */
  onEnd(reason: unknown): void;
  /** Whether an answer is waited for. */
  isWaiting(): boolean;
}

/** Holds one buffer, twice as long as the longest message. */
export class Wire implements Disposable {
  readonly #options: WireOptions;
  readonly #name: string;
  readonly #socket: net.Socket;
  readonly #buffer: Buffer;
  #from = 0;
  #to = 0;
  #isOver = false;

  private constructor(options: WireOptions) {
    const { host, port, mostBytes } = options;
    this.#options = options;
    this.#name = `${host}:${port}`;
    this.#buffer = Buffer.allocUnsafeSlow(2 * (mostBytes + FRAME_BYTES) + LEAST_ROOM);
    this.#socket = net.connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      onread: {
        buffer: () => this.#nextBuffer(),
        callback: (length: number) => this.#onBytes(length),
      },
    });
  }

  /** @throws UnreachableError; the signal's reason */
  static async open(options: WireOptions, signal: AbortSignal): Promise<Wire> {
    signal.throwIfAborted();
    const wire = new Wire(options);
    const socket = wire.#socket;
    const onAbort = (): void => void socket.destroy(Object.assign(new Error('aborted'), { code: 'ECANCELED' }));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.setTimeout(CONNECT_MS, () => socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
        socket.once('error', (cause) =>
          reject(signal.aborted ? signal.reason : new UnreachableError(wire.#name, cause)),
        );
        socket.once('connect', resolve);
      });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    socket.removeAllListeners('timeout').removeAllListeners('error');
    const lose = (what: string, cause?: Error): void =>
      wire.end(new ConnectionLostError(`The connection to ${wire.#name} ${what}.`, { cause }));
    const idleMs = options.idleMs ?? IDLE_MS;
    socket.setTimeout(idleMs, () => {
      if (options.isWaiting()) lose(`sent nothing for ${idleMs / 1000} seconds`);
    });
    socket.on('error', (cause) => lose('broke off', cause));
    socket.on('end', () => lose('was ended by the host'));
    socket.on('close', () => lose('was closed'));
    return wire;
  }

  /** @param message up to 16 MiB */
  send(message: Buffer): void {
    if (this.#isOver) return;
    const frame = Buffer.allocUnsafe(FRAME_BYTES + message.length);
    frame.writeUInt32BE(message.length, 0);
    frame.set(message, FRAME_BYTES);
    this.#socket.write(frame);
  }

  /** Breaks the connection off. */
  end(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#socket.destroy();
    this.#options.onEnd(reason);
  }

  [Symbol.dispose](): void {
    this.end(new ConnectionLostError(`The connection to ${this.#name} was closed.`));
  }

  /** Only here is anything moved: elsewhere the socket still knows the old place. */
  #nextBuffer(): Buffer {
    if (this.#from === this.#to) this.#from = this.#to = 0;
    if (this.#buffer.length - this.#to < LEAST_ROOM || this.#buffer.length - this.#from < this.#frameBytes) {
      this.#buffer.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
    }
    return this.#buffer.subarray(this.#to);
  }

  /** Of the message under way, with its length before it. */
  get #frameBytes(): number {
    return this.#to - this.#from < FRAME_BYTES ? FRAME_BYTES : FRAME_BYTES + this.#buffer.readUInt32BE(this.#from);
  }

  /** @returns whether the socket may go on reading */
  #onBytes(length: number): boolean {
    this.#to += length;
    try {
      while (!this.#isOver && this.#to - this.#from >= FRAME_BYTES) {
        const frameBytes = this.#frameBytes;
        if (frameBytes > this.#options.mostBytes + FRAME_BYTES)
          throw new SmbMessageError(`it has ${frameBytes - FRAME_BYTES} bytes, more than was asked for`);
        if (this.#to - this.#from < frameBytes) break;
        const start = this.#from + FRAME_BYTES;
        this.#from += frameBytes;
        this.#options.onMessage(this.#buffer.subarray(start, this.#from));
      }
    } catch (error) {
      this.end(error);
    }
    return !this.#isOver;
  }
}
