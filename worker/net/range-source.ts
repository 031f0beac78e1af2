/** Reads a file on a server by ranges, over several connections at once, and goes on at the byte where one broke. */
import type { ByteSource } from '../disk/bytes.ts';
import { TruncatedImageError } from '../disk/errors.ts';
import { BulkConnection } from './bulk-connection.ts';
import { mustBeStatus, type BulkFile } from './bulk-get.ts';
import { ConnectionCount } from './connection-count.ts';
import { ConnectionLostError, StrangeAnswerError, UnreachableError } from './errors.ts';
import { ChangedFileError, HttpStatusError } from './http-errors.ts';
import type { HttpHead } from './http-head.ts';
import { Piece, RangeQueue } from './range-queue.ts';
import { Retries, defaultRetries, type RetryOptions } from './retries.ts';

/** Measured: larger parts cost more CPU by their buffers, smaller ones more by their requests. */
const PART_BYTES = 4 * 1024 * 1024;
const FIRST_CONNECTIONS = 4;
const MOST_CONNECTIONS = 8;
/** Sign-ins in a row that do not let Guts in. */
const MOST_RENEWALS = 2;

export interface RangeFile extends BulkFile {
  /** Makes `headers` good again after the server wanted a sign-in. */
  renew?(signal: AbortSignal): Promise<void>;
}

export interface RangeOptions {
  readonly mostConnections: number;
  readonly partBytes: number;
  readonly retries: RetryOptions;
  readonly idleMs?: number;
}
const defaults: RangeOptions = { mostConnections: MOST_CONNECTIONS, partBytes: PART_BYTES, retries: defaultRetries };

/** What tells that a file is still the same. */
interface Identity {
  readonly sizeBytes: number;
  readonly tag: string | undefined;
  readonly modified: string | undefined;
}

/**
 * Bytes go straight into the readers' memory; besides that it holds what each connection holds.
 * A read is cut into parts, and small reads that continue each other are asked for in one.
 */
export class RangeSource implements ByteSource {
  readonly name: string;
  readonly #file: RangeFile;
  readonly #options: RangeOptions;
  readonly #queue: RangeQueue;
  readonly #count: ConnectionCount;
  readonly #closing = new AbortController();
  readonly #stops = new Set<AbortController>();
  readonly #idle: BulkConnection[] = [];
  readonly #lanes = new Set<Promise<void>>();
  #identity: Identity | null = null;
  /** How often the sign-in was renewed, and the renewal that is under way. */
  #renewals = 0;
  #renewing: Promise<void> | null = null;

  private constructor(file: RangeFile, options: RangeOptions) {
    this.name = file.name;
    this.#file = file;
    this.#options = options;
    this.#queue = new RangeQueue(options.partBytes);
    this.#count = new ConnectionCount(FIRST_CONNECTIONS, options.mostConnections);
  }

  /**
   * Asks for the first byte, to learn how long the file is and what tells that it is the same later.
   * @throws HttpStatusError, StrangeAnswerError where the server gives no ranges, UnreachableError …
   */
  static async open(file: RangeFile, signal: AbortSignal, options: Partial<RangeOptions> = {}): Promise<RangeSource> {
    const source = new RangeSource(file, { ...defaults, ...options });
    const first = new Piece(new Uint8Array(1), 0, signal);
    await source.#fetch([first]);
    try {
      await first.whole;
      return source;
    } catch (error) {
      await source[Symbol.asyncDispose]();
      throw error;
    }
  }

  get sizeBytes(): number {
    return this.#identity?.sizeBytes ?? 0;
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  async read(into: Uint8Array, position: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    if (position < 0 || position + into.byteLength > this.sizeBytes) {
      throw new TruncatedImageError(
        `“${this.name}” has ${this.sizeBytes} bytes, but ${into.byteLength} bytes at ${position} are needed.`,
      );
    }
    const pieces: Piece[] = [];
    for (let at = 0; at < into.byteLength; at += this.#options.partBytes) {
      pieces.push(new Piece(into.subarray(at, at + this.#options.partBytes), position + at, signal));
    }
    this.#queue.add(...pieces);
    this.#startLanes();
    const ends = await Promise.allSettled(pieces.map(async (piece) => await piece.whole)); // memory is free when all rest
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new ConnectionLostError(`“${this.name}” was closed.`);
    this.#closing.abort(reason);
    for (const stop of this.#stops) stop.abort(reason);
    this.#queue.failAll(reason);
    for (const connection of this.#idle.splice(0)) connection.destroy();
    await Promise.all(this.#lanes);
  }

  #startLanes(): void {
    while (!this.#queue.isEmpty && this.#lanes.size < this.#count.current) {
      const lane: Promise<void> = this.#lane().finally(() => {
        this.#lanes.delete(lane);
        this.#startLanes(); // two may have ended at once where one was too many
      });
      this.#lanes.add(lane);
    }
  }

  async #lane(): Promise<void> {
    while (this.#lanes.size <= this.#count.current) {
      await Promise.resolve(); // reads that are made in one go wait together, and are shared out
      const part = this.#queue.take(this.#count.current);
      if (part.length === 0) return;
      await this.#fetch(part);
      const bytes = part.reduce((sum, piece) => sum + piece.filled, 0);
      this.#count.note(bytes, performance.now(), !this.#queue.isEmpty);
      this.#startLanes();
    }
  }

  /** Settles every piece of the part; when a reader gives up, the others' pieces go back to the queue. Never throws. */
  async #fetch(part: readonly Piece[]): Promise<void> {
    const retries = new Retries(this.#options.retries);
    const stop = new AbortController();
    let isAbandoned = false;
    for (const piece of part) {
      piece.onAbandoned = () => {
        isAbandoned = true;
        stop.abort();
      };
    }
    this.#stops.add(stop);
    try {
      for (let renewals = 0, isWhole = false; !isWhole;) {
        const signIn = this.#renewals;
        const bytes = bytesOf(part);
        try {
          await this.#request(unsettled(part), stop.signal);
          isWhole = true;
        } catch (error) {
          stop.signal.throwIfAborted();
          renewals = bytesOf(part) > bytes ? 0 : renewals + 1;
          if (isSignInWanted(error) && this.#file.renew !== undefined && renewals <= MOST_RENEWALS) {
            await this.#renew(signIn);
          } else {
            this.#learnFrom(error);
            await retries.after(error, bytesOf(part), stop.signal);
          }
        }
      }
    } catch (error) {
      if (isAbandoned && !this.#isClosed) this.#queue.putBack(unsettled(part));
      else for (const piece of part) piece.fail(this.#isClosed ? stop.signal.reason : error);
    } finally {
      this.#stops.delete(stop);
    }
  }

  /** Asks once for what is missing of pieces that continue each other. */
  async #request(pieces: readonly Piece[], stop: AbortSignal): Promise<void> {
    const first = pieces[0] as Piece; // callers give one at least
    const from = first.position + first.filled;
    const to = (pieces.at(-1) as Piece).end;
    const { connection, head } = await this.#ask(from, to, stop);
    try {
      await mustBeStatus(206, head, connection, this.name, stop);
      this.#mustBeSame(head, from, to);
      for (const piece of pieces) {
        while (piece.filled < piece.into.byteLength) {
          try {
            if ((await connection.read(piece.into.subarray(piece.filled), stop)) === 0) {
              throw new ConnectionLostError(`“${this.name}”: a part came short.`);
            }
          } finally {
            piece.filled += connection.filled; // what came before a cut is there, and the next try goes on behind it
          }
        }
        piece.finish();
      }
      if ((await connection.read(new Uint8Array(1), stop)) !== 0) {
        throw new StrangeAnswerError(`“${this.name}”: the server sends more than the part that was asked for.`);
      }
    } catch (error) {
      connection.destroy();
      throw error;
    }
    if (connection.isReusable && !this.#isClosed) this.#idle.push(connection);
    else connection.destroy();
  }

  /** A connection that was kept may have died unseen; only what a fresh one says counts. */
  async #ask(from: number, to: number, stop: AbortSignal): Promise<{ connection: BulkConnection; head: HttpHead }> {
    for (;;) {
      const kept = this.#idle.pop();
      const connection = kept ?? (await BulkConnection.open(this.#file.peer, stop, this.#options.idleMs));
      try {
        const headers = { ...this.#file.headers?.(), Range: `bytes=${from}-${to - 1}` };
        return { connection, head: await connection.get(this.#file.path, headers, stop) };
      } catch (error) {
        connection.destroy();
        if (kept === undefined || !(error instanceof ConnectionLostError)) throw error;
      }
    }
  }

  /** @throws ChangedFileError, StrangeAnswerError */
  #mustBeSame(head: HttpHead, from: number, to: number): void {
    const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(head.headers.get('content-range') ?? '');
    if (range === null || Number(range[1]) !== from || Number(range[2]) !== to - 1) {
      throw new StrangeAnswerError(`“${this.name}”: the server gives another part of the file than it was asked for.`);
    }
    if (typeof head.body === 'number' && head.body !== to - from) {
      throw new StrangeAnswerError(`“${this.name}”: the server contradicts itself about how many bytes it sends.`);
    }
    const found: Identity = {
      sizeBytes: Number(range[3]),
      tag: head.headers.get('etag'),
      modified: head.headers.get('last-modified'),
    };
    const known = (this.#identity ??= found);
    if (found.sizeBytes !== known.sizeBytes) {
      throw new ChangedFileError(this.name, `it has ${found.sizeBytes} bytes now instead of ${known.sizeBytes}`);
    }
    for (const [before, now] of [
      [known.tag, found.tag],
      [known.modified, found.modified],
    ]) {
      if (before !== undefined && now !== undefined && before !== now) {
        throw new ChangedFileError(this.name, `the server says “${now}” of it instead of “${before}”`);
      }
    }
  }

  /** One renewal for all who need it. @param signIn the renewals before the request that was refused */
  async #renew(signIn: number): Promise<void> {
    if (signIn !== this.#renewals) return; // another part did it meanwhile
    this.#renewing ??= (async () => {
      try {
        await this.#file.renew?.(this.#closing.signal);
        this.#renewals += 1;
      } finally {
        this.#renewing = null;
      }
    })();
    await this.#renewing;
  }

  /** Servers that take no further connection, or say that they have too much to do, get one fewer. */
  #learnFrom(error: unknown): void {
    const isTooMuch = error instanceof HttpStatusError && (error.status === 503 || error.status === 429);
    if (this.#lanes.size > 1 && (error instanceof UnreachableError || isTooMuch)) this.#count.refuse();
  }
}

const unsettled = (part: readonly Piece[]): Piece[] => part.filter((piece) => !piece.isSettled);

const bytesOf = (part: readonly Piece[]): number => part.reduce((sum, piece) => sum + piece.filled, 0);

function isSignInWanted(error: unknown): boolean {
  return error instanceof HttpStatusError && error.status === 401;
}
