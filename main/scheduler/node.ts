/** What the scheduler asks of a place where migrations run: this machine, or a worker on another one. */
import type { SourceId } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import type { Progress } from '../shared/jobs.ts';
import type { DatastoreLatency, ReadPlace } from '../shared/latency.ts';
import type { MigrationId, MigrationRecord, MigrationRequest } from '../shared/migration.ts';
import type { NodeFacts, NodeId, SlotUse } from '../shared/schedule.ts';
import type { Stage } from '../shared/stages.ts';
import type { LimitKey } from './buckets.ts';

export interface RunListener {
  readonly onStage: (stage: Stage) => void;
  readonly onProgress: (progress: Progress) => void;
}

/** Says that a node may work on a migration; 0 where no other node ever had it. */
export type Token = number;

export interface RunOptions {
  readonly token: Token;
  /** Of this machine's table of rates: all of them limit it. */
  readonly buckets: readonly number[];
  /** Refs of those that it reads from. */
  readonly datastores: readonly string[];
  /** Elsewhere: it sends nothing before the node has a share of the limits that names it. */
  readonly isLimited: boolean;
}

/** How much of each limit a node may use; those of its migrations are named, with null where they have none of their own. */
export interface NodeShare {
  readonly rates: ReadonlyMap<LimitKey, number | null>;
  /** Afterwards nothing is sent until another one has come; null where nothing is limited. */
  readonly forMs: number | null;
}

export interface LatencyWish {
  readonly source: SourceId;
  readonly places: readonly ReadPlace[];
  readonly everyMs: number;
}

export interface MigrationNode {
  readonly id: NodeId;
  /** It works on copies of journals in another process: what it may do depends on its token. */
  readonly isElsewhere?: boolean;
  /** Nothing was heard of it for too long, when false. */
  readonly isUp?: boolean;
  /** ISO moment from when on it counts as lost, where it should have been heard again by now; null otherwise. */
  readonly lostAt?: string | null;
  /** Of one that works elsewhere: whether it was at it when it was heard last; null where it was not heard yet. */
  isAt?(id: MigrationId): boolean | null;
  /** The scheduler stops: what runs there goes on without it, and whoever waits for its end hears so. */
  letGo?(): void;
  /** What is reserved is not for the node to know: it says 0. */
  facts(): Promise<Omit<NodeFacts, 'running'>>;
  /**
   * Takes a migration to “queued”, or to “failed” where something stops it.
   * @throws GutsError where it could not be tried, and as a migration that fails does
   */
  preflight(request: MigrationRequest, listener: RunListener, token: Token): Promise<void>;
  /** What it takes of slots and space, as preflight found it. */
  measure(request: MigrationRequest): Promise<SlotUse>;
  /**
   * Takes a migration from wherever it stands to its end, to “paused”, or to “waiting” where trouble may pass.
   * @throws GutsError where it could not be tried, and as a migration that fails does
   */
  run(request: MigrationRequest, options: RunOptions, listener: RunListener): Promise<void>;
  /** Of a node with a table of rates of its own: how much of the limits is its own from now on. Returns when it goes by that. */
  limit?(share: NodeShare, signal: AbortSignal): Promise<void>;
  /** Returns when it stands still. @throws GutsError where it cannot stop any more */
  pause(request: MigrationRequest): Promise<void>;
  /**
   * Stops it, whoever works on it, and undoes what was made.
   * @param token null where the node has it already
   * @throws LeftBehindError and what signing in throws
   */
  cancel(request: MigrationRequest, token: Token | null): Promise<void>;
  /**
   * Tells again and again how long reads from a source's datastores take, until the signal aborts.
   * @returns why not, where the source never tells; null once the signal has aborted
   * @throws GutsError where it could not be asked
   */
  watchLatency(
    wish: LatencyWish,
    tell: (latencies: readonly DatastoreLatency[]) => void,
    signal: AbortSignal,
  ): Promise<string | null>;
}

/** All migrations, in memory. */
export interface RecordIndex {
  all(): readonly MigrationRecord[];
  find(id: MigrationId): MigrationRecord | null;
  /** Reads it anew; null where it is gone. */
  refresh(id: MigrationId): Promise<MigrationRecord | null>;
  /** Calls for each change until it is disposed; null is what was not there before, or is not any more. */
  onChange(hear: (change: RecordChange) => void): Disposable;
}

export interface RecordChange {
  readonly id: MigrationId;
  readonly before: MigrationRecord | null;
  readonly after: MigrationRecord | null;
}

/** The daemon ends, or does not decide any more: what runs elsewhere goes on without it. */
export class LetGoError extends GutsError {
  readonly code = 'node.let-go';
  readonly remedy = 'Nothing has to be done: the daemon takes it up again when it starts.';
  override readonly retryable = true;

  constructor(node: NodeId) {
    super(`Node “${node}” goes on by itself.`);
  }
}
