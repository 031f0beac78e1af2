/** Looks who may run whenever something has changed or the time has come, writes that down, and lets it happen. */
import type { MigrationId } from '../shared/migration.ts';
import type { NodeFacts, NodeId, SchedulerSettings, WaitsFor } from '../shared/schedule.ts';
import { isOver } from '../shared/stages.ts';
import type { AtWork } from './at-work.ts';
import { NODE_LOST } from './backoff.ts';
import type { Clock } from './clock.ts';
import { decide, schedulerPaused, type Decision } from './decide.ts';
import type { Desk } from './desk.ts';
import type { QueueEntry, QueueLine } from './entries.ts';
import { takenBack, whenOver } from './settle.ts';
import type { NameOf } from './slots.ts';
import type { ElsewhereOf } from './waves.ts';

export interface LoopParts {
  readonly desk: Desk;
  readonly work: AtWork;
  readonly clock: Clock;
  readonly settings: () => SchedulerSettings;
  readonly facts: () => Promise<NodeFacts[]>;
  readonly nameOf: NameOf;
  readonly elsewhereOf?: ElsewhereOf | undefined;
  /** Gets how long it took to decide who starts and what the others wait for. */
  readonly onDecided?: ((milliseconds: number) => void) | undefined;
  /** What that is measured by, in milliseconds. */
  readonly stopwatch?: (() => number) | undefined;
  /** How much of the time may go into deciding, while there is always something to decide; all of it without it. */
  readonly share?: number | undefined;
  /** Gets what only a log on this machine should hold. */
  readonly onDetail: (detail: string) => void;
}

/** Who looks that quickly holds up nobody. */
const WORTH_A_REST_MS = 1;
const LONGEST_REST_MS = 5000;

const NONE: QueueLine[] = [];
const NO_TAGS: readonly string[] = [];

/** After the journal could not be written. */
export const TRY_AGAIN_MS = 5000;

export class Loop {
  readonly #parts: LoopParts;
  #overtaken: Decision['overtaken'] = new Map();
  #alarm: Disposable | undefined;
  #hasNews = false;
  #isOpen = false;
  #tookMs = 0;
  #wake = (): void => {};
  #turning: Promise<void> | undefined;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#isOpen = true;
    this.look();
  }

  /** Returns when nothing is started any more. */
  async stop(): Promise<void> {
    this.#isOpen = false;
    this.#wake();
    this.#alarm?.[Symbol.dispose]();
    await this.#turning;
  }

  /** Soon; many causes at once are one look. */
  look(): void {
    this.#hasNews = true;
    if (this.#isOpen) this.#turning ??= this.#turn();
  }

  async #turn(): Promise<void> {
    while (this.#hasNews && this.#isOpen) {
      this.#hasNews = false;
      this.#alarm?.[Symbol.dispose]();
      try {
        this.#arm(await this.#pass());
        await this.#rest();
      } catch (error) {
        this.#parts.onDetail(error instanceof Error ? (error.stack ?? error.message) : String(error));
        this.#arm(this.#parts.clock.now() + TRY_AGAIN_MS);
      }
    }
    this.#turning = undefined;
  }

  /** A long queue takes a while to look through: others get their share, and what happens meanwhile is one look. */
  async #rest(): Promise<void> {
    const { share } = this.#parts;
    if (share === undefined || this.#tookMs < WORTH_A_REST_MS || !this.#isOpen) return;
    const restMs = Math.min(LONGEST_REST_MS, this.#tookMs / share - this.#tookMs);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, restMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #arm(timeMs: number | null): void {
    this.#alarm = timeMs === null ? undefined : this.#parts.clock.at(timeMs, () => this.look());
  }

  /** @returns when to look again even if nothing happens */
  async #pass(): Promise<number | null> {
    const nodes = await this.#parts.facts();
    const { desk, work, clock, settings, nameOf, elsewhereOf } = this.#parts;
    const nowMs = clock.now();
    const { stopwatch = () => performance.now() } = this.#parts;
    const beganMs = stopwatch();
    // Shown in the entries at once: all from here to the last line is about one moment.
    let entries = desk.open();
    const ends = this.#missedEnds(entries, nodes, nowMs);
    const ended = desk.write(ends);
    if (ends.length > 0) entries = desk.open();
    const decision = decide({
      nowMs,
      entries,
      stageOf: (id) => desk.find(id)?.stage ?? null,
      elsewhereOf,
      endsOf: (id) => desk.find(id)?.request ?? null,
      tagsOf: (id) => desk.find(id)?.request.options.nodeTags ?? NO_TAGS,
      settings: settings(),
      nodes,
      inPreflight: new Set(work.idsOf('preflight')),
      overtaken: this.#overtaken,
      nameOf,
    });
    this.#overtaken = decision.overtaken;
    this.#tookMs = stopwatch() - beganMs;
    this.#parts.onDecided?.(this.#tookMs);
    const at = new Date(nowMs).toISOString();
    const starts = decision.starts.map((start): QueueLine => ({ what: 'admitted', ...start, at }));
    const waits = settings().isPaused ? this.#withIdle(decision.waits, entries) : decision.waits;
    await Promise.all([ended, this.#writeWith(starts, waits, at)]);
    if (this.#isOpen) this.#begin(decision, nowMs);
    return this.#next(decision, entries, nowMs);
  }

  /** The starts, and what has changed for those that wait: journaled by its reason, told also by its words. */
  async #writeWith(starts: readonly QueueLine[], waits: ReadonlyMap<MigrationId, WaitsFor>, at: string): Promise<void> {
    const { desk } = this.#parts;
    const before = desk.waits;
    desk.waits = waits;
    const lines: QueueLine[] = [];
    for (const [id, waitsFor] of waits)
      if (waitsFor.reason !== desk.entry(id)?.waitsFor?.reason) lines.push({ what: 'waits', id, waitsFor, at });
    await desk.write([...lines, ...starts]);
    for (const [id, now] of waits) if (!isSame(before.get(id), now)) desk.tell(id);
  }

  /** What ended while nobody looked: its line was lost in a crash, or somebody else did it. */
  #missedEnds(entries: readonly QueueEntry[], nodes: readonly NodeFacts[], nowMs: number): QueueLine[] {
    const { work } = this.#parts;
    const alive = new Set(nodes.filter(({ isAlive }) => isAlive).map(({ id }) => id));
    const lines: QueueLine[] = [];
    for (const entry of entries)
      if ((entry.wish !== 'none' || entry.isAdmitted) && !work.has(entry.id))
        lines.push(...this.#missedEnd(entry, alive, nowMs));
    return lines;
  }

  #missedEnd(entry: QueueEntry, alive: ReadonlySet<NodeId>, nowMs: number): QueueLine[] {
    const { desk } = this.#parts;
    const { id, wish, isAdmitted, placement, trouble } = entry;
    const record = desk.find(id);
    const mayGoOn = record?.stage === 'failed' && !isAdmitted; // to be retried, or cleaned up
    if (record === null || (isOver(record.stage) && !mayGoOn)) return whenOver({ entry, record, nowMs });
    const at = new Date(nowMs).toISOString();
    // Followed again at once: others would take its place there, or have it while that worker still goes by its lease.
    if (wish === 'run' && trouble?.code === NODE_LOST && this.#parts.work.isStillAt(entry))
      return [{ what: 'troubled', id, trouble: null, at }];
    if (wish !== 'pause' && !isAdmitted) return NONE;
    if (this.#parts.work.isAtElsewhere(entry) !== false && wish !== 'run') return NONE; // it is followed first
    const released: QueueLine[] = isAdmitted ? [{ what: 'released', id, stage: record.stage, at }] : [];
    // A job that its worker has not begun with is never begun; and who is lost does not go on when it is heard again.
    const isAsked = wish === 'pause' && record.isRunning && !isAdmitted;
    if (wish !== 'run' && wish !== 'cancel' && !isAsked) released.unshift(...takenBack(entry, at));
    if (wish === 'pause' && record.isRunning) return released; // somebody else is asked
    if (wish === 'pause') return [...released, { what: 'wished', id, wish: 'none', number: null, at }];
    if (wish === 'none') return released;
    return placement !== null && alive.has(placement.node) ? [] : released;
  }

  #begin({ preflights }: Decision, nowMs: number): void {
    const { desk, work, settings } = this.#parts;
    for (const entry of desk.open()) {
      const { id, wish, isAdmitted, placement, trouble } = entry;
      if (wish === 'none' || (wish === 'run' && (!isAdmitted || work.has(id)))) continue;
      const record = desk.find(id);
      if (record === null) continue;
      if (wish === 'pause' && placement !== null && work.isAtElsewhere(entry) === true)
        work.run(record, placement.node);
      else if (wish === 'pause') work.pause(record);
      else if (wish === 'cancel' && (trouble === null || Date.parse(trouble.until) <= nowMs))
        work.cancel(record, placement?.node ?? null);
      else if (wish === 'run' && placement !== null && !settings().isPaused) work.run(record, placement.node);
    }
    for (const { id, node } of preflights) {
      const record = desk.find(id);
      if (record !== null && desk.entry(id)?.wish === 'run' && !work.has(id)) work.preflight(record, node);
    }
  }

  /** Those that hold their slots, but were interrupted: they do not go on either. */
  #withIdle(
    waits: ReadonlyMap<MigrationId, WaitsFor>,
    entries: readonly QueueEntry[],
  ): ReadonlyMap<MigrationId, WaitsFor> {
    const idle = entries.filter(
      ({ id, isAdmitted, wish }) => isAdmitted && wish === 'run' && !this.#parts.work.has(id),
    );
    return new Map([...waits, ...idle.map(({ id }) => [id, schedulerPaused] as const)]);
  }

  #next({ lookAgainAtMs }: Decision, entries: readonly QueueEntry[], nowMs: number): number | null {
    let next = lookAgainAtMs !== null && lookAgainAtMs > nowMs ? lookAgainAtMs : Infinity;
    for (const { id, wish, trouble } of entries) {
      const againMs = wish === 'cancel' && trouble !== null ? Date.parse(trouble.until) : nowMs;
      if (againMs > nowMs) next = Math.min(next, againMs);
      // One that is followed anew can be asked only once its worker knows that.
      if (wish === 'pause' && this.#parts.work.has(id)) next = Math.min(next, nowMs + TRY_AGAIN_MS);
    }
    return next === Infinity ? null : next;
  }
}

const isSame = (a: WaitsFor | undefined, b: WaitsFor): boolean =>
  a?.reason === b.reason && a.says === b.says && a.until === b.until;
