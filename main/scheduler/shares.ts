/**
 * Deals the limits of bandwidth among the nodes that send. All nodes together never have more than a limit, once each has acknowledged
 * a share of it: what is given to one was taken back from another before, or has expired there.
 */
import type { SourceId } from '../shared/connections.ts';
import type { MigrationId } from '../shared/migration.ts';
import type { NodeId } from '../shared/schedule.ts';
import {
  ALL,
  Buckets,
  isOfMigration,
  keysOf,
  migrationKey,
  sourceKey,
  type LimitKey,
  type RateTable,
} from './buckets.ts';
import type { Clock } from './clock.ts';
import { dealt } from './deal.ts';
import type { Copied } from './latency-watch.ts';
import type { MigrationNode } from './node.ts';
import { RemoteShare, type Run } from './remote-share.ts';

export interface ShareParts {
  readonly rates: RateTable;
  readonly clock: Clock;
  readonly limitOf: (key: LimitKey) => number | null;
  readonly copied: () => readonly Copied[];
  /** How much of the time may go into dealing, while there is always something to deal; all of it without it. */
  readonly share?: number | undefined;
}

export interface RunShare extends Disposable {
  /** Of this machine's table of rates. */
  readonly buckets: readonly number[];
  /** The node sends nothing of it before it has a share that names it. */
  readonly isLimited: boolean;
}

/** What is used is looked at again so often, and shares go by it. */
export const DEAL_EVERY_MS = 10_000;

/** Who looks that quickly holds up nobody. */
const WORTH_A_REST_MS = 1;

/** Who shares a limit: this machine, or a node elsewhere. */
type Holder = RemoteShare | null;
type Targets = ReadonlyMap<LimitKey, ReadonlyMap<Holder, number>>;

/** Of a node that runs nothing, as far as is known here. */
const NOTHING: ReadonlyMap<LimitKey, number | null> = new Map([[ALL, 1]]);

export class Shares implements Disposable {
  readonly #parts: ShareParts;
  readonly #buckets: Buckets;
  readonly #runs = new Set<Run>();
  readonly #here = new Map<LimitKey, number>();
  readonly #remotes = new Map<NodeId, RemoteShare>();
  #alarm: Disposable | undefined;
  #cancel: (() => void) | undefined;
  #tookMs = 0;
  #isOver = false;

  constructor(parts: ShareParts) {
    this.#parts = parts;
    this.#buckets = new Buckets(parts.rates, (key) => this.#rateHere(key));
  }

  /** From before it is sent to its node until it has ended there. */
  forRun(id: MigrationId, node: MigrationNode, source: SourceId, datastores: readonly string[]): RunShare {
    const keys = keysOf(id, source, datastores);
    const isElsewhere = node.limit !== undefined;
    const isLimited = isElsewhere && keys.some((key) => this.#parts.limitOf(key) !== null);
    const run: Run = { id, node, source, keys, isLimited };
    this.#runs.add(run);
    if (isElsewhere && !this.#remotes.has(node.id)) this.#remotes.set(node.id, this.#remoteOf(node));
    const here = isElsewhere ? null : this.#buckets.take(keys);
    // Elsewhere it stands still until its node has a share; here it has a part of what was dealt already.
    if (isElsewhere || !keys.some((key) => this.#isUndealt(key))) this.#dealSoon();
    else this.deal();
    return {
      buckets: here?.buckets ?? [],
      isLimited,
      [Symbol.dispose]: () => {
        this.#runs.delete(run);
        here?.[Symbol.dispose]();
        this.#remotes.get(node.id)?.ends(node.isUp === false);
        this.#dealSoon();
      },
    };
  }

  #isUndealt(key: LimitKey): boolean {
    return !isOfMigration(key) && !this.#here.has(key) && this.#parts.limitOf(key) !== null;
  }

  /** Limits, who runs, or what is used may have changed. */
  deal(): void {
    if (this.#isOver) return;
    this.#cancel?.();
    this.#cancel = undefined;
    const beganMs = performance.now();
    this.#deal();
    this.#tookMs = performance.now() - beganMs;
  }

  #deal(): void {
    const runs = this.#runsByHolder();
    const targets = this.#targets(runs);
    const held = this.#heldElsewhere(runs, targets.keys());
    const before = new Map(this.#here);
    this.#here.clear();
    for (const [key, ofKey] of targets) {
      const target = ofKey.get(null);
      if (target !== undefined) this.#here.set(key, this.#atMost(key, target, held.get(key) ?? 0));
    }
    this.#buckets.write();
    const overdrawn = new Set<LimitKey>();
    for (const [key, elsewhere] of held) {
      const here = Math.max(this.#here.get(key) ?? 0, before.get(key) ?? 0);
      if (elsewhere + here > (this.#parts.limitOf(key) ?? Infinity)) overdrawn.add(key);
    }
    for (const [id, remote] of this.#remotes) {
      const own = runs.get(remote) ?? [];
      if (own.length > 0) remote.want(this.#shareOf(remote, own, targets, held), own, overdrawn);
      else if (remote.isForgettable) this.#remotes.delete(id);
      else if (remote.isUp) remote.want(NOTHING, own, overdrawn); // it has come back, and nothing runs there
    }
    this.#arm();
  }

  /** What a node may send now of what is limited for all together, as it goes by; null where it has no limit. */
  limitOf({ id, limit }: MigrationNode): number | null {
    return (limit === undefined ? this.#here.get(ALL) : this.#remotes.get(id)?.rateOf(ALL)) ?? null;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#cancel?.();
    this.#alarm?.[Symbol.dispose]();
    for (const remote of this.#remotes.values()) remote[Symbol.dispose]();
  }

  #remoteOf(node: MigrationNode): RemoteShare {
    return new RemoteShare(node, this.#parts.clock, () => this.#dealSoon());
  }

  #runsByHolder(): ReadonlyMap<Holder, readonly Run[]> {
    const runs = new Map<Holder, Run[]>();
    for (const run of this.#runs) {
      const holder = this.#remotes.get(run.node.id) ?? null;
      const own = runs.get(holder);
      if (own === undefined) runs.set(holder, [run]);
      else own.push(run);
    }
    return runs;
  }

  /** For each limit what everybody should have of it, in the end. */
  #targets(runs: ReadonlyMap<Holder, readonly Run[]>): Targets {
    const { limitOf, copied } = this.#parts;
    const shared = new Map<LimitKey, Map<Holder, Run[]>>();
    for (const [holder, own] of runs)
      for (const run of own)
        for (const key of run.keys) {
          if (isOfMigration(key) || limitOf(key) === null) continue;
          const ofKey = shared.get(key) ?? new Map<Holder, Run[]>();
          shared.set(key, ofKey);
          const those = ofKey.get(holder);
          if (those === undefined) ofKey.set(holder, [run]);
          else those.push(run);
        }
    const used = new Map(shared.size === 0 ? [] : copied().map(({ id, bytesPerSecond }) => [id, bytesPerSecond]));
    return new Map(
      [...shared].map(([key, ofKey]) => {
        const claims = [...ofKey].map(([holder, those]) => ({
          weight: those.length,
          used: usedBy(those, used),
          share: (holder === null ? this.#here.get(key) : holder.rateOf(key)) ?? null,
        }));
        const parts = dealt(limitOf(key) ?? 0, claims);
        return [key, new Map([...ofKey.keys()].map((holder, i) => [holder, parts[i] ?? 1]))] as const;
      }),
    );
  }

  /** Of each limit what others than this machine may take themselves to have. */
  #heldElsewhere(runs: ReadonlyMap<Holder, readonly Run[]>, keys: Iterable<LimitKey>): Map<LimitKey, number> {
    const held = new Map([...keys].map((key) => [key, 0]));
    for (const remote of this.#remotes.values()) {
      const own = remote.isGhost ? held.keys() : new Set(runs.get(remote)?.flatMap((run) => run.keys));
      for (const key of own) {
        const before = held.get(key);
        if (before !== undefined) held.set(key, before + remote.heldOf(key));
      }
    }
    return held;
  }

  /** As much of it as others do not have any more. */
  #atMost(key: LimitKey, target: number, ofOthers: number): number {
    return Math.max(1, Math.min(target, (this.#parts.limitOf(key) ?? target) - ofOthers));
  }

  #shareOf(
    remote: RemoteShare,
    runs: readonly Run[],
    targets: Targets,
    held: ReadonlyMap<LimitKey, number>,
  ): ReadonlyMap<LimitKey, number | null> {
    const rates = new Map<LimitKey, number | null>([[ALL, null]]);
    for (const { id, source, keys } of runs) {
      rates.set(migrationKey(id), this.#parts.limitOf(migrationKey(id)));
      if (!rates.has(sourceKey(source))) rates.set(sourceKey(source), null);
      for (const key of keys) {
        const target = targets.get(key)?.get(remote);
        if (target === undefined) continue;
        const ofOthers = (held.get(key) ?? 0) - remote.heldOf(key) + (this.#here.get(key) ?? 0);
        rates.set(key, this.#atMost(key, target, ofOthers));
      }
    }
    return rates;
  }

  #rateHere(key: LimitKey): number | null {
    const limit = this.#parts.limitOf(key);
    return limit === null || isOfMigration(key) ? limit : (this.#here.get(key) ?? limit);
  }

  /** Many causes at once are one look; with thousands of runs a look takes milliseconds, and leaves the thread to others for longer. */
  #dealSoon(): void {
    if (this.#isOver) return;
    const { share } = this.#parts;
    const isShort = share === undefined || this.#tookMs < WORTH_A_REST_MS;
    this.#cancel ??= later(() => this.deal(), isShort ? 0 : this.#tookMs / share);
  }

  #arm(): void {
    const { clock } = this.#parts;
    const isNeeded = this.#remotes.size > 0;
    if (!isNeeded) this.#alarm?.[Symbol.dispose]();
    if (!isNeeded) this.#alarm = undefined;
    else
      this.#alarm ??= clock.at(clock.now() + DEAL_EVERY_MS, () => {
        this.#alarm = undefined;
        this.deal();
      });
  }
}

function usedBy(runs: readonly Run[], used: ReadonlyMap<MigrationId, number>): number | null {
  const known = runs.map(({ id }) => used.get(id) ?? 0);
  return known.includes(0) ? null : known.reduce((sum, one) => sum + one, 0); // one that copies nothing yet may soon
}

/** @returns what takes it back */
function later(call: () => void, ms: number): () => void {
  if (ms > 0) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  }
  const immediate = setImmediate(call);
  return () => clearImmediate(immediate);
}
