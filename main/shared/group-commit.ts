/** Collects what comes while the batch before is being committed: one flush to the disk then serves all of it. */

export class GroupCommit<Piece> {
  readonly #commit: (batch: readonly Piece[]) => Promise<void>;
  /** The batch that is being collected; undefined while nobody waits for one. */
  #open: { readonly pieces: Piece[]; readonly done: Promise<void> } | undefined;
  #last: Promise<void> = Promise.resolve();

  /** @param commit gets the pieces in the order of `add`, never two batches at a time, also after one that failed */
  constructor(commit: (batch: readonly Piece[]) => Promise<void>) {
    this.#commit = commit;
  }

  /** Returns when the piece is committed; fails with the batch that it is in. */
  async add(piece: Piece): Promise<void> {
    this.#open ??= this.#begin();
    this.#open.pieces.push(piece);
    await this.#open.done;
  }

  /** Runs `work` after everything that was added before, and before everything that is added from now on. */
  async alone(work: () => Promise<void>): Promise<void> {
    this.#open = undefined;
    await this.#then(work);
  }

  /** Waits until all that was added is committed, or has failed. */
  async end(): Promise<void> {
    await this.#last;
  }

  #begin(): { readonly pieces: Piece[]; readonly done: Promise<void> } {
    const pieces: Piece[] = [];
    const done = this.#then(async () => {
      if (this.#open?.pieces === pieces) this.#open = undefined;
      await this.#commit(pieces);
    });
    return { pieces, done };
  }

  #then(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {}); // whoever waits for that turn is told
    return turn;
  }
}
