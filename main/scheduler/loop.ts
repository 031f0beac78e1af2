/** Looks who may run whenever something has changed or the time has come, writes that down, and lets it happen. */
import type { MigrationId } from '../shared/migration.ts';
import type { NodeFacts, SchedulerSettings, WaitsFor } from '../shared/schedule.ts';
import { isOver } from '../shared/stages.ts';
import type { AtWork } from './at-work.ts';
import type { Clock } from './clock.ts';
import { decide, schedulerPaused, type Decision } from './decide.ts';
import type { Desk } from './desk.ts';
import type { QueueEntry, QueueLine } from './entries.ts';
import { whenOver } from './settle.ts';
import type { NameOf } from './slots.ts';

export interface LoopParts {
  readonly desk: Desk;
  readonly work: AtWork;
  readonly clock: Clock;
  readonly settings: () => SchedulerSettings;
  readonly facts: () => Promise<NodeFacts[]>;
  readonly nameOf: NameOf;
  /** Gets what only a log on this machine should hold. */
  readonly onDetail: (detail: string) => void;
}

/** After the journal could not be written. */
export const TRY_AGAIN_MS = 5000;

export class Loop {
  readonly #parts: LoopParts;
  #overtaken: Decision['overtaken'] = new Map();
  #alarm: Disposable | undefined;
  #hasNews = false;
  #isOpen = false;
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
      } catch (error) {
        this.#parts.onDetail(error instanceof Error ? (error.stack ?? error.message) : String(error));
        this.#arm(this.#parts.clock.now() + TRY_AGAIN_MS);
      }
    }
    this.#turning = undefined;
  }

  #arm(timeMs: number | null): void {
    this.#alarm = timeMs === null ? undefined : this.#parts.clock.at(timeMs, () => this.look());
  }

  /** @returns when to look again even if nothing happens */
  async #pass(): Promise<number | null> {
    const nodes = await this.#parts.facts();
    const { desk, work, clock, settings, nameOf } = this.#parts;
    const nowMs = clock.now();
    // Shown in the entries at once: all from here to the last line is about one moment.
    const ended = desk.write(desk.entries().flatMap((entry) => this.#missedEnd(entry, nodes, nowMs)));
    const entries = desk.entries();
    const decision = decide({
      nowMs,
      entries,
      stageOf: (id) => desk.find(id)?.stage ?? null,
      sourceOf: (id) => desk.find(id)?.request.source ?? null,
      settings: settings(),
      nodes,
      inPreflight: new Set(work.idsOf('preflight')),
      overtaken: this.#overtaken,
      nameOf,
    });
    this.#overtaken = decision.overtaken;
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
    const reasons = desk.entries().flatMap(({ id, waitsFor }): QueueLine[] => {
      const now = waits.get(id) ?? null;
      return now === null || now.reason === waitsFor?.reason ? [] : [{ what: 'waits', id, waitsFor: now, at }];
    });
    await desk.write([...reasons, ...starts]);
    for (const [id, now] of waits) if (!isSame(before.get(id), now)) desk.tell(id);
  }

  /** What ended while nobody looked: its line was lost in a crash, or somebody else did it. */
  #missedEnd(entry: QueueEntry, nodes: readonly NodeFacts[], nowMs: number): QueueLine[] {
    const { desk, work } = this.#parts;
    const { id, wish, isAdmitted, placement } = entry;
    if ((wish === 'none' && !isAdmitted) || work.has(id)) return [];
    const record = desk.find(id);
    const at = new Date(nowMs).toISOString();
    const mayGoOn = record?.stage === 'failed' && !isAdmitted; // to be retried, or cleaned up
    if (record === null || (isOver(record.stage) && !mayGoOn)) return whenOver({ entry, record, nowMs });
    const released: QueueLine[] = isAdmitted ? [{ what: 'released', id, stage: record.stage, at }] : [];
    if (wish === 'pause' && record.isRunning) return released; // somebody else is asked
    if (wish === 'pause') return [...released, { what: 'wished', id, wish: 'none', number: null, at }];
    const isThere = nodes.some((node) => node.id === placement?.node && node.isAlive);
    return isThere ? [] : released;
  }

  #begin({ preflights }: Decision, nowMs: number): void {
    const { desk, work, settings } = this.#parts;
    for (const { id, wish, isAdmitted, placement, trouble } of desk.entries()) {
      const record = desk.find(id);
      if (record === null) continue;
      if (wish === 'pause') work.pause(record);
      else if (wish === 'cancel' && (trouble === null || Date.parse(trouble.until) <= nowMs))
        work.cancel(record, placement?.node ?? null);
      else if (wish === 'run' && isAdmitted && placement !== null && !work.has(id) && !settings().isPaused)
        work.run(record, placement.node);
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
    const cancels = entries.flatMap(({ wish, trouble }) =>
      wish === 'cancel' && trouble !== null ? Date.parse(trouble.until) : [],
    );
    const times = [...cancels, lookAgainAtMs ?? []].flat().filter((time) => time > nowMs);
    return times.length === 0 ? null : times.reduce((first, time) => Math.min(first, time));
  }
}

const isSame = (a: WaitsFor | undefined, b: WaitsFor): boolean =>
  a?.reason === b.reason && a.says === b.says && a.until === b.until;
