/** What is going on right now: runs, preflights and cancellations, each until its end is written down. */
import type { EventHub } from '../events.ts';
import { toErrorInfo } from '../shared/errors.ts';
import type { Progress } from '../shared/jobs.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import type { NodeId, SlotUse, WaitsFor } from '../shared/schedule.ts';
import { exits, isOver } from '../shared/stages.ts';
import type { Clock } from './clock.ts';
import { needsPreflight } from './decide.ts';
import type { Copied } from './latency-watch.ts';
import type { QueueEntry, QueueLine } from './entries.ts';
import { LetGoError, type MigrationNode, type RecordIndex, type RunListener, type Token } from './node.ts';
import type { RatesMoved } from './rates-moved.ts';
import type { Shares } from './shares.ts';
import { afterCancel, afterPreflight, afterRun, type End } from './settle.ts';

export interface WorkParts {
  readonly index: RecordIndex;
  readonly nodes: () => readonly MigrationNode[];
  /** Gives it to a node, and takes it from any that had it; returns when that is written down. */
  readonly hand: (id: MigrationId, node: MigrationNode) => Promise<Token>;
  readonly clock: Clock;
  readonly events: EventHub;
  readonly shares: Shares;
  readonly moved: RatesMoved;
  readonly entryOf: (id: MigrationId) => QueueEntry | undefined;
  /** Returns when the end of something is written down; never throws. */
  readonly settle: (lines: readonly QueueLine[]) => Promise<void>;
  /** Somebody works no more: what comes next? */
  readonly look: () => void;
  /** Nobody works on it any more. */
  readonly tell: (id: MigrationId) => void;
  /** Whether the scheduler stops. */
  readonly isStopping: () => boolean;
}

interface Work {
  readonly kind: 'run' | 'preflight';
  readonly node: MigrationNode;
  readonly progress: Map<number, Progress>;
  isPausing: boolean;
}

/** How it stood when the work began. */
interface Before {
  readonly record: MigrationRecord | null;
  readonly beganMs: number;
}

export class AtWork {
  readonly #parts: WorkParts;
  readonly #works = new Map<MigrationId, Work>();
  readonly #cancelling = new Set<MigrationId>();
  /** Other processes that work on them are asked to pause. */
  readonly #pausedElsewhere = new Set<MigrationId>();
  readonly #all = new Set<Promise<void>>();

  constructor(parts: WorkParts) {
    this.#parts = parts;
  }

  has(id: MigrationId): boolean {
    return this.#works.has(id) || this.#cancelling.has(id);
  }

  /**
   * Nobody here follows it: whether the worker that it was given to before is at it.
   * @returns null where that is not known before the worker is heard
   */
  isAtElsewhere(entry: Pick<QueueEntry, 'id' | 'isAdmitted' | 'placement'> | undefined): boolean | null {
    if (entry === undefined || !entry.isAdmitted || this.has(entry.id)) return false;
    const stage = this.#parts.index.find(entry.id)?.stage;
    if (stage === undefined || stage === 'paused' || stage === 'waiting' || isOver(stage)) return false;
    const node = this.#parts.nodes().find(({ id }) => id === entry.placement?.node);
    if (node?.isElsewhere !== true || node.isUp === false) return false;
    return node.isAt?.(entry.id) ?? null;
  }

  /** The worker that it was lost with is heard again, and at it still. */
  isStillAt({ id, hold }: Pick<QueueEntry, 'id' | 'hold'>): boolean {
    const node = this.#parts.nodes().find((one) => one.id === hold?.node);
    return node?.isElsewhere === true && node.isUp !== false && node.isAt?.(id) === true;
  }

  ids(): MigrationId[] {
    return [...new Set([...this.#works.keys(), ...this.#cancelling])];
  }

  idsOf(kind: Work['kind']): MigrationId[] {
    return [...this.#works].flatMap(([id, work]) => (work.kind === kind ? [id] : []));
  }

  /** Those that a node is at. */
  idsAt(node: NodeId): MigrationId[] {
    return [...this.#works].flatMap(([id, work]) => (work.node.id === node ? [id] : []));
  }

  /** What is to be said of the node that is at it, where nothing is heard of that one. */
  silenceOf(id: MigrationId): WaitsFor | null {
    const node = this.#works.get(id)?.node;
    const until = node?.lostAt ?? null;
    if (node === undefined || until === null) return null;
    const says = `Node “${node.id}” is not heard; if it stays so, this goes on elsewhere.`;
    return { reason: 'node', says, until };
  }

  /** Of the disks that are being copied, in their order. */
  progressOf(id: MigrationId): Progress[] {
    const told = this.#works.get(id)?.progress ?? new Map<number, Progress>();
    return [...told].sort(([a], [b]) => a - b).map(([, progress]) => progress);
  }

  /** Whose disks are read right now. */
  copied(): Copied[] {
    const { entryOf, index } = this.#parts;
    return [...this.#works].flatMap(([id, { kind, node, progress }]) => {
      const use = entryOf(id)?.use ?? null;
      if (kind !== 'run' || use === null || index.find(id)?.stage !== 'copying') return [];
      const bytesPerSecond = [...progress.values()].reduce((sum, one) => sum + sentPerSecond(one), 0);
      const { source, host, datastores } = use;
      return { id, node: node.id, source, host, datastores, bytesPerSecond };
    });
  }

  run(record: MigrationRecord, on: NodeId): void {
    const { request, disks } = record;
    const node = this.#node(on);
    this.#begin(request.id, 'run', node, async (listener) => {
      const { datastores } = this.#parts.entryOf(request.id)?.use ?? { datastores: [] };
      using limited = this.#parts.shares.forRun(request.id, node, request.source, datastores);
      const token = await this.#parts.hand(request.id, node);
      try {
        const { buckets, isLimited } = limited;
        await node.run(request, { buckets, isLimited, datastores, token }, listener);
      } finally {
        const after = (await this.#refresh(request.id))?.disks ?? [];
        this.#parts.moved.note(node.id, request.source, after.slice(disks.length));
      }
      return null;
    });
  }

  /** Also of one that is past it already: then it is only measured. */
  preflight(record: MigrationRecord, on: NodeId): void {
    const { request, stage } = record;
    const node = this.#node(on);
    this.#begin(request.id, 'preflight', node, async (listener) => {
      if (needsPreflight(stage)) await node.preflight(request, listener, await this.#parts.hand(request.id, node));
      const now = await this.#refresh(request.id);
      return now === null || needsPreflight(now.stage) || isOver(now.stage) ? null : await node.measure(request);
    });
  }

  /** Asks what runs to stand still. It may have come too far for that: then it goes on, and the wish is taken back. */
  pause(record: MigrationRecord): void {
    const { id } = record.request;
    const work = this.#works.get(id);
    if (work === undefined && record.isRunning) this.#pauseElsewhere(record);
    if (work?.kind !== 'run' || work.isPausing) return;
    work.isPausing = true;
    this.#track(
      work.node
        .pause(record.request)
        .catch(async (error: unknown) => {
          const isTooEarly = toErrorInfo(error).retryable; // it is asked again soon
          if (!isTooEarly && this.#works.get(id) === work) await this.#takeBack(id, 'run');
        })
        .finally(() => (work.isPausing = false)),
    );
  }

  /**
   * Asks all that run here to stand still, now and at each stage that they come to: some may be before the first that allows it.
   * What runs elsewhere goes on.
   */
  park(): void {
    for (const node of this.#parts.nodes()) node.letGo?.();
    for (const [id, { kind, node }] of this.#works) {
      if (node.isElsewhere === true) continue;
      const record = this.#parts.index.find(id);
      if (kind === 'run' && record !== null) this.#parkAt(record);
    }
  }

  cancel(record: MigrationRecord, on: NodeId | null): void {
    const { id } = record.request;
    if (this.#cancelling.has(id)) return;
    this.#cancelling.add(id);
    const atWork = this.#works.get(id)?.node;
    const node = atWork ?? this.#node(on);
    const beganMs = this.#parts.clock.now();
    const cancel = async (): Promise<void> =>
      await node.cancel(record.request, atWork === undefined ? await this.#parts.hand(id, node) : null);
    this.#track(
      cancel()
        .then(
          () => null,
          (error: unknown) => error,
        )
        .then(async (error) => {
          const end = await this.#endOf(id, { record, beganMs }, error);
          if (end !== null) await this.#parts.settle(afterCancel(end));
          this.#cancelling.delete(id);
          this.#parts.tell(id);
          this.#parts.look();
        }),
    );
  }

  #parkAt(record: MigrationRecord): void {
    if (exits[record.stage].pause !== undefined) this.pause(record);
  }

  #pauseElsewhere({ request }: MigrationRecord): void {
    const { id } = request;
    if (this.#pausedElsewhere.has(id)) return;
    this.#pausedElsewhere.add(id);
    this.#track(
      this.#node(null)
        .pause(request)
        .catch(() => {}) // it has come too far, and goes on
        .then(async () => {
          await this.#refresh(id);
          await this.#takeBack(id, 'none');
          this.#pausedElsewhere.delete(id);
          this.#parts.tell(id);
          this.#parts.look();
        }),
    );
  }

  /** Nobody has to be asked to pause any more. */
  async #takeBack(id: MigrationId, wish: 'run' | 'none'): Promise<void> {
    if (this.#parts.entryOf(id)?.wish !== 'pause') return;
    const at = new Date(this.#parts.clock.now()).toISOString();
    await this.#parts.settle([{ what: 'wished', id, wish, number: null, at }]);
  }

  get isIdle(): boolean {
    return this.#all.size === 0;
  }

  /** Returns when nothing goes on any more. */
  async idle(): Promise<void> {
    while (this.#all.size > 0) await Promise.all(this.#all);
  }

  #begin(
    id: MigrationId,
    kind: Work['kind'],
    node: MigrationNode,
    work: (listener: RunListener) => Promise<SlotUse | null>,
  ): void {
    const progress = new Map<number, Progress>();
    this.#works.set(id, { kind, node, progress, isPausing: false });
    const listener: RunListener = {
      onStage: () => {
        progress.clear();
        this.#track(
          this.#refresh(id).then((record) => {
            const isHere = node.isElsewhere !== true;
            if (record !== null && kind === 'run' && isHere && this.#parts.isStopping()) this.#parkAt(record);
          }),
        );
      },
      onProgress: (told) => {
        progress.set(told.diskIndex, told);
        this.#parts.events.tell({ kind: 'progress', id, progress: told });
      },
    };
    this.#track(this.#toTheEnd(id, kind, async () => await work(listener)));
  }

  async #toTheEnd(id: MigrationId, kind: Work['kind'], work: () => Promise<SlotUse | null>): Promise<void> {
    const before = { record: this.#parts.index.find(id), beganMs: this.#parts.clock.now() };
    let use: SlotUse | null = null;
    let error: unknown = null;
    try {
      use = await work();
    } catch (thrown) {
      error = thrown;
    }
    const end = await this.#endOf(id, before, error);
    if (end !== null)
      await this.#parts.settle(kind === 'run' ? afterRun(end, this.#parts.isStopping()) : afterPreflight(end, use));
    this.#works.delete(id);
    this.#parts.tell(id);
    this.#parts.look();
  }

  /** How it stands now that it has ended; null where the queue does not know it any more, or it goes on without this process. */
  async #endOf(id: MigrationId, before: Before, error: unknown): Promise<End | null> {
    if (error instanceof LetGoError) return null;
    const record = await this.#refresh(id);
    const entry = this.#parts.entryOf(id);
    if (entry === undefined) return null;
    const nowMs = this.#parts.clock.now();
    const isUntouched = record?.stages.length === before.record?.stages.length;
    return { entry, record, error, isUntouched, ranForMs: nowMs - before.beganMs, nowMs };
  }

  /** What cannot be read now counts as it was known last. */
  async #refresh(id: MigrationId): Promise<MigrationRecord | null> {
    const { index } = this.#parts;
    return await index.refresh(id).catch(() => index.find(id));
  }

  #node(id: NodeId | null): MigrationNode {
    const nodes = this.#parts.nodes();
    const up = nodes.filter(({ isUp = true }) => isUp);
    const named = up.find((one) => one.id === id);
    const node = named ?? up.find(({ isElsewhere = false }) => !isElsewhere) ?? up[0] ?? nodes[0];
    if (node === undefined) throw new Error('there are no nodes');
    return node;
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#all.delete(tracked));
    this.#all.add(tracked);
  }
}

/** Progress counts the guest's bytes; of those that hold nothing, or little, less is sent. */
function sentPerSecond({ doneBytes, totalBytes, writtenBytes, bytesPerSecond }: Progress): number {
  return doneBytes === 0 || doneBytes >= totalBytes ? 0 : (bytesPerSecond * writtenBytes) / doneBytes;
}
