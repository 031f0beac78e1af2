/** Tells the bytes of an HTTP/1.1 body from what stands around them. */
import { StrangeAnswerError } from './errors.ts';
import { printable } from './http-head.ts';

/** Longest line that tells a chunk's size, extensions included, and most bytes of trailers. */
const LONGEST_LINE = 4096;
const MOST_TRAILER_BYTES = 16 * 1024;
/** 13 hexadecimal digits stay below 2^53. */
const MOST_SIZE_DIGITS = 13;

const CR = 13;
const LF = 10;

export interface Framing {
  /** The body's proper end has been seen. */
  readonly isDone: boolean;
  /** No more bytes than these belong to the answer; null where only its end will tell. */
  readonly mostBytesLeft: number | null;
  /** Payload bytes that came out of the last `take`. */
  readonly given: number;
  /**
   * Moves the payload in [start, end) of `from` to `into` at `at`, as far as there is room until `limit`. Both may be
   * the same memory with `at` at or before `start`.
   * @returns bytes of `from` that are dealt with
   * @throws StrangeAnswerError where the framing is broken
   */
  take(from: Buffer, start: number, end: number, into: Buffer, at: number, limit: number): number;
}

/** A body of a known number of bytes. */
export class LengthFraming implements Framing {
  given = 0;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isDone(): boolean {
    return this.#left === 0;
  }

  get mostBytesLeft(): number {
    return this.#left;
  }

  take(from: Buffer, start: number, end: number, into: Buffer, at: number, limit: number): number {
    this.given = Math.min(end - start, limit - at, this.#left);
    move(from, start, this.given, into, at);
    this.#left -= this.given;
    return this.given;
  }
}

/** A body in chunks (RFC 9112, section 7.1), which may be cut into packets anywhere. */
export class ChunkedFraming implements Framing {
  given = 0;
  readonly mostBytesLeft = null;
  readonly #server: string;
  #state: 'size' | 'data' | 'dataEnd' | 'trailer' | 'done' = 'size';
  #line = '';
  #left = 0;
  #trailerBytes = 0;

  constructor(server: string) {
    this.#server = server;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  take(from: Buffer, start: number, end: number, into: Buffer, at: number, limit: number): number {
    let position = start;
    let filled = at;
    while (position < end && this.#state !== 'done') {
      if (this.#state === 'data') {
        const length = Math.min(end - position, limit - filled, this.#left);
        if (length === 0) break; // no room
        move(from, position, length, into, filled);
        position += length;
        filled += length;
        this.#left -= length;
        if (this.#left === 0) this.#state = 'dataEnd';
      } else {
        const lineEnd = from.indexOf(LF, position);
        const stop = lineEnd < 0 || lineEnd >= end ? end : lineEnd + 1;
        this.#line += from.toString('latin1', position, stop);
        if (this.#line.length > LONGEST_LINE) throw this.#broken('a line that does not end');
        position = stop;
        if (this.#line.charCodeAt(this.#line.length - 1) === LF) this.#endLine();
      }
    }
    this.given = filled - at;
    return position - start;
  }

  #endLine(): void {
    if (this.#line.charCodeAt(this.#line.length - 2) !== CR) throw this.#broken(this.#line);
    const line = this.#line.slice(0, -2);
    this.#line = '';
    if (this.#state === 'dataEnd') {
      if (line !== '') throw this.#broken(line);
      this.#state = 'size';
    } else if (this.#state === 'trailer') {
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > MOST_TRAILER_BYTES) throw this.#broken('trailers without end');
      if (line === '') this.#state = 'done';
    } else {
      const size = /^([0-9A-Fa-f]+)[ \t]*(?:;.*)?$/.exec(line)?.[1];
      if (size === undefined || size.replace(/^0+/, '').length > MOST_SIZE_DIGITS) throw this.#broken(line);
      this.#left = Number.parseInt(size, 16);
      this.#state = this.#left === 0 ? 'trailer' : 'data';
    }
  }

  #broken(found: string): StrangeAnswerError {
    return new StrangeAnswerError(
      `${this.#server} sends chunks that cannot be told apart: “${printable(found)}” where a chunk should begin or end.`,
    );
  }
}

function move(from: Buffer, start: number, length: number, into: Buffer, at: number): void {
  if (length === 0 || (from === into && start === at)) return;
  from.copy(into, at, start, start + length); // memory that overlaps is moved rightly
}
