/** Lets everybody do something so often and no more: a bucket of tokens for each, filled at a steady rate. */

export interface Allowance {
  readonly perSecond: number;
  /** How many at once after a quiet time. */
  readonly burst: number;
}

/** Of more than so many at a time, those who were quiet longest are forgotten: their buckets would be full again anyway. */
const MOST = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

export class Buckets {
  readonly #allowance: Allowance;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(allowance: Allowance, now: () => number = () => performance.now()) {
    this.#allowance = allowance;
    this.#now = now;
  }

  /** Takes one. @returns seconds until there is one, 0 where it was taken */
  take(who: string): number {
    const bucket = this.#filled(who);
    this.#buckets.delete(who);
    this.#buckets.set(who, bucket); // the last in line, as the one that was seen last
    if (this.#buckets.size > MOST) this.#forget();
    if (bucket.tokens < 1) return (1 - bucket.tokens) / this.#allowance.perSecond;
    bucket.tokens -= 1;
    return 0;
  }

  /** What was taken was nothing that counts. */
  giveBack(who: string): void {
    const bucket = this.#buckets.get(who);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#allowance.burst, bucket.tokens + 1);
  }

  #forget(): void {
    const { value: quietest } = this.#buckets.keys().next();
    if (quietest !== undefined) this.#buckets.delete(quietest);
  }

  #filled(who: string): Bucket {
    const { perSecond, burst } = this.#allowance;
    const now = this.#now();
    const known = this.#buckets.get(who);
    if (known === undefined) return { tokens: burst, atMs: now };
    return { tokens: Math.min(burst, known.tokens + ((now - known.atMs) / 1000) * perSecond), atMs: now };
  }
}
