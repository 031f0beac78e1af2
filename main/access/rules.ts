/** The rules of `policy.json`: when machines may be moved, where to, and how many at once. */
import { isOpen, nextOpening } from '../shared/windows.ts';
import type { Policy } from '../shared/access.ts';
import { GutsError } from '../shared/errors.ts';
import type { TimeWindow } from '../shared/schedule.ts';
import type { ConnectionStore } from '../store/connections.ts';
import type { Asked, Look } from './access.ts';
import { deedOf } from './deeds.ts';
import { PolicyDamagedError } from './errors.ts';
import type { Makers } from './makers.ts';

export class ClosedError extends GutsError {
  readonly code = 'policy.closed';
  readonly remedy: string;
  override readonly retryable = true;

  constructor(opensAt: Date | null) {
    super('The policy lets migrations be started, resumed, released, retried and cut over only at certain times.');
    const when = opensAt === null ? '' : ` It is open again from ${opensAt.toISOString()}.`;
    this.remedy = `Wait until then, or ask an administrator.${when}`;
  }
}

export class DestinationRefusedError extends GutsError {
  readonly code = 'policy.destination';
  readonly remedy = 'Take one of the destinations that “policy.json” names, or ask an administrator.';

  constructor(destination: string) {
    super(`The policy does not let operators move machines to “${destination}”.`);
  }
}

export class MostAtOnceError extends GutsError {
  readonly code = 'policy.most-at-once';
  readonly remedy = 'Wait until some have ended, or cancel them.';
  override readonly retryable = true;

  constructor(most: number) {
    super(`The policy lets one caller have ${most} migrations at once that are not over.`);
  }
}

export class Rules {
  readonly #connections: ConnectionStore;
  readonly #makers: Makers;
  readonly #now: () => number;
  /** What was let through and is not written down yet counts as well. */
  readonly #underWay = new Map<Asked, number>();
  #endings = 0;

  constructor(connections: ConnectionStore, makers: Makers, now: () => number) {
    this.#connections = connections;
    this.#makers = makers;
    this.#now = now;
  }

  /** Counts what it lets through until `ended`. @throws ClosedError, DestinationRefusedError, MostAtOnceError */
  async demand(asked: Asked, { actOnlyIn, mostAtOnce, destinations }: Policy['rules'], look: Look): Promise<void> {
    const { caller } = asked;
    if (actOnlyIn === null && mostAtOnce === null && destinations.length === 0) return;
    const deed = await deedOf(asked, look);
    const isAdmin = caller.role === 'admin';
    if (deed.acts && actOnlyIn !== null && !isAdmin) demandOpen(actOnlyIn, this.#now());
    if (!isAdmin) for (const one of deed.destinations) await this.#demandDestination(one, destinations);
    if (mostAtOnce === null) return;
    const own = deed.revives.filter((id) => this.#makers.isOf(id, caller.name)).length;
    if (deed.makes + own === 0) return;
    let before: number;
    let seen: number;
    do {
      seen = this.#endings;
      before = await this.#makers.unfinished(caller.name, mostAtOnce, look);
    } while (seen !== this.#endings); // what has ended meanwhile may have been missed by the counting
    // From here to `set` nothing else runs: two requests cannot both take the last place.
    if (before + this.#pending(caller.name) + deed.makes + own > mostAtOnce) throw new MostAtOnceError(mostAtOnce);
    this.#underWay.set(asked, deed.makes + own);
  }

  ended(asked: Asked): void {
    if (this.#underWay.delete(asked)) this.#endings += 1;
  }

  #pending(who: string): number {
    let count = 0;
    for (const [{ caller }, makes] of this.#underWay) if (caller.name === who) count += makes;
    return count;
  }

  async #demandDestination(nameOrId: string, allowed: readonly string[]): Promise<void> {
    if (allowed.length === 0) return;
    const { id, name } = await this.#connections.find('destination', nameOrId);
    const isAllowed = allowed.some((one) => one === id || one.toLowerCase() === name.toLowerCase());
    if (!isAllowed) throw new DestinationRefusedError(name);
  }
}

/** @throws ClosedError, PolicyDamagedError */
function demandOpen(window: TimeWindow, nowMs: number): void {
  let opensAtMs: number | null;
  try {
    if (isOpen(window, nowMs)) return;
    opensAtMs = nextOpening(window, nowMs);
  } catch (cause) {
    throw new PolicyDamagedError(
      `The window “${window.opens}” in “${window.timeZone}” of “policy.json” says no time.`,
      { cause },
    );
  }
  throw new ClosedError(opensAtMs === null ? null : new Date(opensAtMs));
}
