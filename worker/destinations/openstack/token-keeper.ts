/** Keeps a session's token alive: renews it before it ends, once for everybody who waits for it. */
import type { Grant, Keystone } from './keystone.ts';
import { type Clock, patiently } from './patience.ts';

export class TokenKeeper implements Disposable {
  readonly #keystone: Keystone;
  readonly #clock: Clock;
  readonly #end = new AbortController();
  #grant: Grant;
  #renewal: Promise<Grant> | null = null;

  constructor(keystone: Keystone, grant: Grant, clock: Clock) {
    this.#keystone = keystone;
    this.#grant = grant;
    this.#clock = clock;
  }

  /** As it is, ended or not; for hiding it. */
  get current(): string {
    return this.#grant.token;
  }

  get secondsLeft(): number {
    return Math.max(0, (this.#grant.endsAtMs - this.#clock.now()) / 1000);
  }

  /** One that lasts so long; where Keystone's do not last that long, one that has at least half of its life left. */
  async token(leastSecondsLeft = 60): Promise<string> {
    const { endsAtMs, lifeMs } = this.#grant;
    const leastMs = leastSecondsLeft * 1000;
    if (endsAtMs - this.#clock.now() >= (leastMs < lifeMs ? leastMs : lifeMs / 2)) return this.#grant.token;
    return (await this.#renewed()).token;
  }

  /** Another one than `refused`, which a service did not take. */
  async instead(refused: string): Promise<string> {
    if (this.#grant.token !== refused) return this.#grant.token; // somebody has renewed it meanwhile
    return (await this.#renewed()).token;
  }

  [Symbol.dispose](): void {
    this.#end.abort(new Error('The session with the cloud was closed.'));
  }

  async #renewed(): Promise<Grant> {
    this.#renewal ??= this.#renew();
    return await this.#renewal;
  }

  async #renew(): Promise<Grant> {
    const { signal } = this.#end; // of no single caller, for many may wait for it
    try {
      this.#grant = await patiently(() => this.#keystone.signIn(signal), true, this.#clock, signal);
      return this.#grant;
    } finally {
      this.#renewal = null;
    }
  }
}
