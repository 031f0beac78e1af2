/** The pieces of a file that readers wait for; pieces that continue each other are fetched as one. */

/** A piece that somebody waits for. It is settled exactly once, and its memory is not touched after that. */
export class Piece {
  readonly into: Uint8Array;
  readonly position: number;
  /** Bytes of it that are there. */
  filled = 0;
  readonly whole: Promise<void>;
  /** Called when its reader gives up. */
  onAbandoned: (() => void) | null = null;
  #isSettled = false;
  #resolve: () => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => {
    this.onAbandoned?.(); // first: whoever fills the memory has to stop
    this.fail(this.#signal?.reason);
  };

  constructor(into: Uint8Array, position: number, signal: AbortSignal | undefined) {
    this.into = into;
    this.position = position;
    this.#signal = signal;
    this.whole = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get end(): number {
    return this.position + this.into.byteLength;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  finish(): void {
    this.#settle();
    this.#resolve();
  }

  fail(reason: unknown): void {
    if (this.#isSettled) return;
    this.#settle();
    this.#reject(reason);
  }

  #settle(): void {
    this.#isSettled = true;
    this.onAbandoned = null;
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}

export class RangeQueue {
  readonly #pieces: Piece[] = [];
  readonly #partBytes: number;

  /** @param partBytes most bytes that are fetched at once */
  constructor(partBytes: number) {
    this.#partBytes = partBytes;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  add(...pieces: readonly Piece[]): void {
    this.#pieces.push(...pieces);
  }

  /** Back to the front, in their order. */
  putBack(pieces: readonly Piece[]): void {
    this.#pieces.unshift(...pieces);
  }

  /**
   * The piece that waits longest, and those that go on where it ends; empty when nobody waits.
   * @param takers how many share what is there: together they take all of it, rather than the first one everything
   */
  take(takers: number): Piece[] {
    const part: Piece[] = [];
    const waiting = this.#pieces.reduce((sum, piece) => sum + piece.into.byteLength, 0);
    const most = Math.min(this.#partBytes, waiting / takers);
    let bytes = 0;
    for (let next = this.#first(); next !== undefined; next = this.#at(part.at(-1)?.end, most - bytes)) {
      part.push(next);
      bytes += next.into.byteLength;
    }
    return part;
  }

  failAll(reason: unknown): void {
    for (const piece of this.#pieces.splice(0)) piece.fail(reason);
  }

  #first(): Piece | undefined {
    let piece = this.#pieces.shift();
    while (piece?.isSettled === true) piece = this.#pieces.shift();
    return piece;
  }

  #at(position: number | undefined, mostBytes: number): Piece | undefined {
    const index = this.#pieces.findIndex(
      (piece) =>
        piece.position === position && piece.filled === 0 && !piece.isSettled && piece.into.byteLength <= mostBytes,
    );
    return index < 0 ? undefined : this.#pieces.splice(index, 1)[0];
  }
}
