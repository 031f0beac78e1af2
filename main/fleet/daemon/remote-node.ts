/** A worker on another machine as a node of the scheduler: gets jobs by the broker, and is believed as long as it is heard. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Heartbeat, Latencies } from '../../shared/fleet.ts';
import { GutsError, RemoteError, type ErrorInfo } from '../../shared/errors.ts';
import type { FleetJob, Wish, WishAnswer } from '../../shared/fleet.ts';
import type { Progress } from '../../shared/jobs.ts';
import type { DatastoreLatency } from '../../shared/latency.ts';
import type { MigrationId, MigrationRequest } from '../../shared/migration.ts';
import type { NodeFacts, NodeId, SlotUse } from '../../shared/schedule.ts';
import type { Stage } from '../../shared/stages.ts';
import { ALL } from '../../scheduler/buckets.ts';
import {
  LetGoError,
  type LatencyWish,
  type MigrationNode,
  type NodeShare,
  type RunListener,
  type RunOptions,
  type Token,
} from '../../scheduler/node.ts';
import { HEARTBEAT_MS } from '../lease.ts';
import type { SourceId } from '../../shared/connections.ts';

/** The worker is gone, as far as can be told: what it ran goes on elsewhere, by its journal. */
export class NodeLostError extends GutsError {
  readonly code = 'node.lost';
  readonly remedy = 'It goes on by itself where a node is up. Look at the worker and at its way to the broker.';
  override readonly retryable = true;

  constructor(node: NodeId, why: string) {
    super(`Node “${node}” ${why}.`);
  }
}

/** One heartbeat may be late. */
const SILENT_AFTER_MS = 2.4 * HEARTBEAT_MS;

type RunJob = Extract<FleetJob, { kind: 'run' }>;

interface Errand {
  readonly kind: FleetJob['kind'];
  readonly token: Token;
  readonly listener: RunListener | null;
  /** The worker has said that it is at it; null before. */
  seenMs: number | null;
  /** When the broker was given the job last. */
  sentMs: number;
  /** The job once more: twice is the same as once. */
  readonly send: () => Promise<void>;
  /** Aborts when its end will not be heard: what is wished of it is not answered then either. */
  readonly gone: AbortController;
  resolve(): void;
  reject(error: unknown): void;
}

export interface RemoteParts {
  /** For whoever reads the daemon's log. */
  readonly say: (says: string) => void;
  /** Returns when the broker has it. */
  readonly send: (job: FleetJob) => Promise<void>;
  readonly wish: (wish: Wish, signal: AbortSignal) => Promise<WishAnswer>;
  /** By the journal, which is kept here. */
  readonly measure: (request: MigrationRequest) => Promise<SlotUse>;
  /** What jobs bring along besides. */
  readonly site: () => Promise<FleetJob['site']>;
  /** By a clock that nobody can set: who was heard a moment ago is there, whatever the time of day has become since. */
  readonly nowMs: () => number;
  readonly lostAfterMs: number;
}

export class RemoteNode implements MigrationNode {
  readonly id: NodeId;
  readonly isElsewhere = true;
  readonly #parts: RemoteParts;
  readonly #errands = new Map<MigrationId, Errand>();
  readonly #watches = new Set<(told: Latencies) => void>();
  #last: Heartbeat | null = null;
  #heardMs: number;
  /** The same by the time of day. */
  #seenAt = new Date().toISOString();
  /** Somebody wants it to be emptied. */
  isDraining: boolean;

  /** @param isDraining as it was when the daemon ended; it has one lease's time to be heard */
  constructor(id: NodeId, parts: RemoteParts, isDraining = false) {
    this.id = id;
    this.#parts = parts;
    this.isDraining = isDraining;
    this.#heardMs = parts.nowMs();
  }

  get isUp(): boolean {
    return this.#parts.nowMs() - this.#heardMs < this.#parts.lostAfterMs;
  }

  get lostAt(): string | null {
    if (!this.isUp || this.#parts.nowMs() - this.#heardMs < SILENT_AFTER_MS) return null;
    return new Date(Date.parse(this.#seenAt) + this.#parts.lostAfterMs).toISOString();
  }

  isAt(id: MigrationId): boolean | null {
    return this.#last === null ? null : this.#last.running.some(({ migration }) => migration === id);
  }

  get heartbeat(): Heartbeat | null {
    return this.#last;
  }

  async facts(): Promise<Omit<NodeFacts, 'running'>> {
    const seenAt = this.#seenAt;
    const told = this.#last?.facts ?? unknownFacts(this.id);
    const { tags = [], version = '', slots = 1, reach = [] } = this.#last ?? {};
    const isDraining = this.isDraining || this.#last?.isDraining === true; // it may be ending by itself
    const more = { tags, version, slots, reach, isDraining };
    return await Promise.resolve({ ...told, ...more, id: this.id, isAlive: this.isUp, seenAt });
  }

  async preflight(request: MigrationRequest, listener: RunListener, token: Token): Promise<void> {
    await this.#errand('preflight', request, token, listener);
  }

  async measure(request: MigrationRequest): Promise<SlotUse> {
    return await this.#parts.measure(request);
  }

  async run(request: MigrationRequest, options: RunOptions, listener: RunListener): Promise<void> {
    const { token, datastores, isLimited } = options;
    await this.#errand('run', request, token, listener, { datastores: [...datastores], isLimited });
  }

  async limit({ rates, forMs }: NodeShare, signal: AbortSignal): Promise<void> {
    const answer = await this.#parts.wish(shareWish(rates, forMs), signal);
    if (answer.kind === 'failed') throw new RemoteError(answer.error);
  }

  async pause({ id }: MigrationRequest): Promise<void> {
    await this.#wishOf(id, 'pause');
  }

  async cancel(request: MigrationRequest, token: Token | null): Promise<void> {
    if (token === null) await this.#wishOf(request.id, 'cancel');
    else await this.#errand('cancel', request, token, null);
  }

  async watchLatency(
    { source, places, everyMs }: LatencyWish,
    onLatency: (latencies: readonly DatastoreLatency[]) => void,
    signal: AbortSignal,
  ): Promise<string | null> {
    const over = new AbortController();
    let ended: Latencies['ended'];
    const hear = (told: Latencies): void => {
      if (told.source !== source) return;
      if (told.latencies.length > 0) onLatency(told.latencies);
      if (told.ended === undefined) return;
      ended = told.ended;
      over.abort(new Error('it tells no more'));
    };
    this.#watches.add(hear);
    const either = AbortSignal.any([signal, over.signal]);
    const forMs = Math.max(60_000, 4 * everyMs);
    try {
      while (!either.aborted) {
        const wish: Wish = { kind: 'watchLatency', source, places: [...places], everyMs, forMs };
        const answer = await this.#parts.wish(wish, either);
        if (answer.kind === 'failed') throw new RemoteError(answer.error);
        if (answer.kind === 'notHere') throw new NodeLostError(this.id, `copies nothing from ${source} any more`);
        await pause(forMs / 2, undefined, { signal: either }).catch(() => {});
      }
    } catch (error) {
      if (!either.aborted) throw error;
    } finally {
      this.#watches.delete(hear);
    }
    if (signal.aborted || ended === undefined) return null;
    if (ended.error !== null) throw new RemoteError(ended.error);
    return ended.obstacle;
  }

  /** It lives, and this is what it is at. */
  hear(told: Heartbeat): void {
    const nowMs = this.#heard();
    // Two processes with one key share a data folder, and only one may have that: the one before is dead, and not just silent.
    const isSuccessor = this.#last?.publicKey === told.publicKey && this.#last.incarnation !== told.incarnation;
    this.#last = told;
    const named = new Map(told.running.map(({ migration, token }) => [migration, token]));
    for (const [id, errand] of this.#errands) {
      if (named.get(id) === errand.token) errand.seenMs = nowMs;
      else if (errand.seenMs === null) this.#giveAgain(id, errand, nowMs);
      else if (isSuccessor) this.#lose(id, errand, 'was started anew');
      else if (nowMs - errand.seenMs > this.#parts.lostAfterMs) this.#lose(id, errand, 'knows nothing of it any more');
    }
  }

  /** It has asked something about a migration that it has: an answer that it gets now is good for a lease. */
  hearQuestion(id: MigrationId, token: Token): void {
    const nowMs = this.#heard();
    const errand = this.#at(id, token);
    if (errand !== undefined) errand.seenMs = nowMs;
  }

  hearLatencies(told: Latencies): void {
    for (const hear of this.#watches) hear(told);
  }

  hearProgress(id: MigrationId, token: Token, progress: Progress): void {
    this.#at(id, token)?.listener?.onProgress(progress);
  }

  /** The worker's entry says so, and is kept. */
  hearStage(id: MigrationId, token: Token, stage: Stage): void {
    const errand = this.#at(id, token);
    errand?.listener?.onStage(stage);
  }

  hearEnd(id: MigrationId, token: Token, error: ErrorInfo | null): void {
    const errand = this.#at(id, token);
    if (errand === undefined) return;
    this.#errands.delete(id);
    if (error === null) errand.resolve();
    else errand.reject(new RemoteError(error));
  }

  /** Called now and then. @returns whether it counts as lost since the last time */
  look(): boolean {
    if (this.isUp || this.#errands.size === 0) return false;
    for (const [id, errand] of this.#errands) this.#lose(id, errand, 'is not heard any more');
    return true;
  }

  /** Somebody has removed it. */
  forget(): void {
    for (const [id, errand] of this.#errands) this.#lose(id, errand, 'was removed');
  }

  /** The daemon ends; nothing of it is taken from the worker. */
  letGo(): void {
    for (const [id, errand] of this.#errands) this.#giveUp(id, errand, new LetGoError(this.id));
  }

  #heard(): number {
    this.#heardMs = this.#parts.nowMs();
    this.#seenAt = new Date().toISOString();
    return this.#heardMs;
  }

  #at(id: MigrationId, token: Token): Errand | undefined {
    const errand = this.#errands.get(id);
    return errand?.token === token ? errand : undefined;
  }

  /** The job waits for the worker in its queue. If it has been taken from there by mistake, nobody knows of it any more. */
  #giveAgain(id: MigrationId, errand: Errand, nowMs: number): void {
    if (nowMs - errand.sentMs < this.#parts.lostAfterMs) return;
    errand.sentMs = nowMs;
    this.#parts.say(`Node “${this.id}” has not begun with ${id}, and is given it again.`);
    errand.send().catch(() => {}); // again after a while
  }

  #lose(id: MigrationId, errand: Errand, why: string): void {
    this.#giveUp(id, errand, new NodeLostError(this.id, why));
  }

  #giveUp(id: MigrationId, errand: Errand, why: GutsError): void {
    this.#errands.delete(id);
    errand.reject(why);
    errand.gone.abort(why);
  }

  async #errand(
    kind: FleetJob['kind'],
    request: MigrationRequest,
    token: Token,
    listener: RunListener | null,
    limited: Pick<RunJob, 'datastores' | 'isLimited'> = { datastores: [], isLimited: false },
  ): Promise<void> {
    const site = await this.#parts.site();
    const work = { migration: request.id, token, request, site };
    const job: FleetJob = kind === 'run' ? { kind, ...work, ...limited } : { kind, ...work };
    const send = async (): Promise<void> => await this.#parts.send(job);
    const sentMs = this.#parts.nowMs();
    const ended = new Promise<void>((resolve, reject) => {
      const gone = new AbortController();
      this.#errands.set(request.id, { kind, token, listener, seenMs: null, sentMs, send, gone, resolve, reject });
    });
    ended.catch(() => {}); // it may be lost before anybody waits for it
    const sent = send();
    sent.catch(() => {}); // nobody may wait for that any more
    try {
      await Promise.race([sent, ended]); // while the broker is away it cannot be sent, and the node may be lost
    } catch (error) {
      if (this.#at(request.id, token) !== undefined) this.#errands.delete(request.id); // the broker does not have it
      throw error;
    }
    await ended;
  }

  async #wishOf(id: MigrationId, kind: 'pause' | 'cancel'): Promise<void> {
    const errand = this.#errands.get(id);
    if (errand === undefined) throw new NodeLostError(this.id, `is not at work on ${id}`);
    const answer = await this.#parts.wish({ kind, migration: id, token: errand.token }, errand.gone.signal);
    if (answer.kind === 'failed') throw new RemoteError(answer.error);
    if (answer.kind === 'notHere') throw new NodeLostError(this.id, `is not at work on ${id} yet`);
  }
}

function shareWish(rates: NodeShare['rates'], forMs: number | null): Wish {
  const perSource: Record<SourceId, number | null> = {};
  const perMigration: Record<MigrationId, number | null> = {};
  const perDatastore: Extract<Wish, { kind: 'bandwidth' }>['perDatastore'] = [];
  for (const [key, rate] of rates) {
    const [what, id = '', ...ref] = key.split(' ');
    if (what === 'source') perSource[id as SourceId] = rate; // as its key was made
    else if (what === 'migration') perMigration[id as MigrationId] = rate;
    else if (what === 'datastore') perDatastore.push({ source: id as SourceId, datastore: ref.join(' '), rate });
  }
  return { kind: 'bandwidth', all: rates.get(ALL) ?? null, perSource, perDatastore, perMigration, forMs };
}

const unknownFacts = (id: NodeId): Omit<NodeFacts, 'running'> => ({
  id,
  host: id,
  isAlive: false,
  space: { folder: '', totalBytes: 0, freeBytes: 0, reservedBytes: 0 },
  processors: 1,
  memoryBytes: 0,
  seenAt: new Date(0).toISOString(),
});
