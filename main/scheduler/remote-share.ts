/** What one node elsewhere has of the limits: what it has acknowledged, and what may have come to it besides. */
import type { SourceId } from '../shared/connections.ts';
import type { MigrationId } from '../shared/migration.ts';
import { migrationKey, type LimitKey } from './buckets.ts';
import type { Clock } from './clock.ts';
import type { MigrationNode } from './node.ts';

/** A node that hears nothing keeps its share for so long, and sends nothing after that. */
export const SHARE_MS = 2 * 60_000;
/** Of clocks that go differently; and of what was said without an answer, which may come so much later. */
const LATE_MS = 5_000;
export const VERY_LATE_MS = 60_000;
const RENEWED_AFTER_MS = SHARE_MS / 4;
const ANSWERED_WITHIN_MS = 20_000;
/** A share that differs by less is not worth a message. */
const WORTH_IT = 0.05;

export interface Run {
  readonly id: MigrationId;
  readonly node: MigrationNode;
  readonly source: SourceId;
  readonly keys: readonly LimitKey[];
  readonly isLimited: boolean;
}

type Rates = ReadonlyMap<LimitKey, number | null>;

export class RemoteShare implements Disposable {
  readonly id: MigrationNode['id'];
  readonly #node: MigrationNode;
  readonly #clock: Clock;
  readonly #onAnswer: () => void;
  readonly #over = new AbortController();
  /** The last that it has acknowledged; null where none was. */
  #held: Rates | null = null;
  /** That may have come to it as well, without that anybody knows. */
  #unsure: readonly Rates[] = [];
  #heldSinceMs = 0;
  #inFlight: Rates | null = null;
  /** It was lost with what it ran, and may still send by its share. */
  #isGhost = false;
  /** How often that was. */
  #losses = 0;

  /** @param onAnswer there may be something to deal again */
  constructor(node: MigrationNode, clock: Clock, onAnswer: () => void) {
    this.id = node.id;
    this.#node = node;
    this.#clock = clock;
    this.#onAnswer = onAnswer;
  }

  get isGhost(): boolean {
    return this.#isGhost && !this.#isExpired;
  }

  get isUp(): boolean {
    return this.#node.isUp !== false;
  }

  get isForgettable(): boolean {
    return this.#inFlight === null && !this.isGhost;
  }

  /** A run there is over. @param isLost nobody has heard from it that it is */
  ends(isLost: boolean): void {
    if (!isLost || (this.#held === null && this.#unsure.length === 0 && this.#inFlight === null)) return;
    this.#isGhost = true;
    this.#losses++;
  }

  /** What it has acknowledged; null where that is nothing, or no limit. */
  rateOf(key: LimitKey): number | null {
    return this.#held?.get(key) ?? null;
  }

  /** The most that it may take itself to have; 0 where it has acknowledged nothing of it yet. */
  heldOf(key: LimitKey): number {
    const all = [this.#inFlight, ...(this.#isExpired ? [] : [this.#held, ...this.#unsure])];
    return Math.max(0, ...all.map((rates) => rates?.get(key) ?? 0));
  }

  /**
   * Tells it where that is something else than it knows, or where what it knows runs out.
   * @param overdrawn limits of which nodes together have too much
   */
  want(rates: Rates, runs: readonly Run[], overdrawn: ReadonlySet<LimitKey>): void {
    if (this.#inFlight !== null || this.#over.signal.aborted) return;
    if (this.#isNews(rates, runs, overdrawn)) void this.#tell(rates);
  }

  [Symbol.dispose](): void {
    this.#over.abort(new Error('the scheduler ends'));
  }

  get #isExpired(): boolean {
    const lateMs = this.#unsure.length > 0 ? VERY_LATE_MS : LATE_MS;
    return this.#inFlight === null && this.#clock.now() > this.#heldSinceMs + SHARE_MS + lateMs;
  }

  #isNews(rates: Rates, runs: readonly Run[], overdrawn: ReadonlySet<LimitKey>): boolean {
    const held = this.#held;
    if (this.#isGhost) return true;
    const isLimited = [...rates.values()].some((rate) => rate !== null);
    if (held === null || this.#unsure.length > 0) return isLimited || runs.some((run) => run.isLimited);
    const wasLimited = [...held.values()].some((rate) => rate !== null);
    if (!isLimited && !wasLimited) return runs.some((run) => run.isLimited && !held.has(migrationKey(run.id)));
    if (isLimited && this.#clock.now() > this.#heldSinceMs + RENEWED_AFTER_MS) return true;
    return [...rates].some(([key, rate]) => {
      const before = held.get(key) ?? null;
      return !held.has(key) || isOther(rate, before) || (overdrawn.has(key) && rate !== null && rate < (before ?? 0));
    });
  }

  async #tell(rates: Rates): Promise<void> {
    this.#inFlight = rates;
    const losses = this.#losses;
    const isLimited = [...rates.values()].some((rate) => rate !== null);
    const signal = AbortSignal.any([this.#over.signal, AbortSignal.timeout(ANSWERED_WITHIN_MS)]);
    try {
      await this.#node.limit?.({ rates, forMs: isLimited ? SHARE_MS : null }, signal);
      this.#held = rates;
      this.#unsure = [];
      // What was said before it was lost names what it ran then.
      if (losses === this.#losses) this.#isGhost = false;
      this.#heldSinceMs = this.#clock.now();
      this.#inFlight = null;
      this.#onAnswer();
    } catch {
      // It is told again at the next look; until then it may have this or what it had before.
      if (this.#held !== null || this.#unsure.length > 0) this.#unsure = [...this.#unsure, rates].slice(-8);
      else this.#unsure = [rates];
      this.#heldSinceMs = this.#clock.now();
      this.#inFlight = null;
    }
  }
}

function isOther(rate: number | null, before: number | null): boolean {
  if (rate === null || before === null) return rate !== before;
  return Math.abs(rate - before) > WORTH_IT * before;
}
