/** A fixed set of numbered slots that are taken, used and given back; waiting for one is all of the backpressure. */
export class Slots {
  readonly #free: number[];
  readonly #waiting: { resolve(slot: number): void; reject(reason: unknown): void }[] = [];
  readonly #signal: AbortSignal;

  constructor(count: number, signal: AbortSignal) {
    this.#free = Array.from({ length: count }, (_, i) => count - 1 - i);
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#waiting.splice(0).forEach((one) => one.reject(signal.reason)), {
      once: true,
    });
  }

  /** Waits for a free slot; throws the signal's reason when it aborts first. */
  async take(): Promise<number> {
    this.#signal.throwIfAborted();
    const slot = this.#free.pop();
    if (slot !== undefined) return slot;
    return await new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  give(slot: number): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(slot);
    else next.resolve(slot);
  }
}
