/** Cuts a stream that comes in chunks of any size into the units its reader asks for, copying only those that a border cuts. */

export type UseUnit = (bytes: Uint8Array) => void;

export class UnitCutter {
  #received = 0;
  #position = 0;
  #length = 0;
  #use: UseUnit | null = null;
  /** How many bytes of the unit are in `scratch` already. */
  #held = 0;
  #scratch = new Uint8Array(512);

  /** How far the stream came, the chunk at hand included. */
  get received(): number {
    return this.#received;
  }
  /** Where the unit that is waited for begins, or where nothing more was asked for. */
  get position(): number {
    return this.#position;
  }
  get isInsideUnit(): boolean {
    return this.#held > 0;
  }

  /** Asks for the bytes [position, position + length) of the stream; what lies before them and was not asked for is passed over. */
  expect(position: number, length: number, use: UseUnit): void {
    this.#position = position;
    this.#length = length;
    this.#use = use;
    this.#held = 0;
  }

  /** Asks for nothing more. */
  expectNothing(position: number): void {
    this.#position = position;
    this.#use = null;
    this.#held = 0;
  }

  /** Hands over every unit that is whole with this chunk; the bytes are good only until `use` returns. */
  push(chunk: Uint8Array): void {
    const start = this.#received;
    this.#received += chunk.byteLength;
    while (this.#use !== null) {
      const unit = this.#take(chunk, start);
      if (unit === null) return;
      this.#use(unit);
    }
  }

  #take(chunk: Uint8Array, start: number): Uint8Array | null {
    const from = this.#position + this.#held - start;
    if (from >= chunk.byteLength) return null;
    const missing = this.#length - this.#held;
    if (this.#held === 0 && from + missing <= chunk.byteLength) return chunk.subarray(from, from + missing);
    if (this.#scratch.byteLength < this.#length) this.#scratch = grown(this.#scratch, this.#length);
    const piece = chunk.subarray(from, from + missing);
    this.#scratch.set(piece, this.#held);
    this.#held += piece.byteLength;
    return this.#held === this.#length ? this.#scratch.subarray(0, this.#length) : null;
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
