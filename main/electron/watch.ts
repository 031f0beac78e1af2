/**
 * Follows the Guts behind the window, be it in this process or a daemon, for everything that the desktop program does beside
 * showing the page: tray, notices, keeping awake, asking before the end.
 */
import type { ApiClient } from '../shared/client/client.ts';
import type { NoticeKind } from '../shared/desktop.ts';
import type { GutsEvent } from '../shared/events.ts';
import type { MigrationId } from '../shared/migration.ts';
import type { Standing } from '../shared/needs-you.ts';
import { newsOf, nothingKnown, summaryOf, type Summary } from './standing.ts';

export interface Notice {
  readonly kind: NoticeKind;
  readonly id: MigrationId;
  readonly vm: string;
  /** Of a window of time: when it closes. */
  readonly closesAtMs: number | null;
}

export interface WatchParts {
  readonly client: ApiClient;
  readonly onSummary: (summary: Summary) => void;
  readonly onNotice: (notice: Notice) => void;
  /** Something begins to run, or does not run any more. */
  readonly onRunning: (id: MigrationId, vm: string, isRunning: boolean) => void;
  /** Gets what only a log on this machine should hold. */
  readonly onDetail: (detail: string) => void;
}

interface Known extends Standing {
  readonly vm: string;
}

const PAGE_ROWS = 500;
/** Whoever listens looks by the clock as well, as long as something runs: a missed word must not keep a computer awake. */
const LOOK_EVERY_MS = 60_000;
const TELL_AFTER_MS = 100;

export class Watch implements Disposable {
  readonly #parts: WatchParts;
  readonly #known = new Map<MigrationId, Known>();
  /** What is told while a load is under way is newer than what that brings. */
  readonly #heard = new Set<Set<MigrationId>>();
  #unseen = new Set<MigrationId>();
  #isPaused = false;
  #told = nothingKnown;
  #telling: ReturnType<typeof setTimeout> | undefined;
  #stop: AbortController | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  get summary(): Summary {
    return summaryOf(this.#known.values(), this.#unseen.size, this.#isPaused);
  }

  /** Of those that hold now. */
  idsOf(holds: (one: Standing) => boolean): MigrationId[] {
    return [...this.#known].flatMap(([id, one]) => (holds(one) ? id : []));
  }

  /** Loads all, and listens from then on. */
  start(): void {
    this.stop();
    const { signal } = (this.#stop = new AbortController());
    void this.#listen(signal);
    void this.load();
    this.#timer = setInterval(() => {
      if (this.summary.running > 0) void this.load();
    }, LOOK_EVERY_MS);
  }

  /** Guts ends or is not there: nothing is known of it any more. */
  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
    clearInterval(this.#timer);
    for (const [id, { vm, isRunning }] of this.#known) if (isRunning) this.#parts.onRunning(id, vm, false);
    this.#known.clear();
    this.#unseen.clear();
    this.#isPaused = false;
    this.#tell();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** Somebody looks at the window. */
  seen(): void {
    if (this.#unseen.size === 0) return;
    this.#unseen = new Set();
    this.#tell();
  }

  /** Asks for everything anew: after a sleep, before a question. Tells no news of what it finds. */
  async load(): Promise<void> {
    const stop = this.#stop;
    if (stop === null) return;
    const { client, onDetail } = this.#parts;
    const heard = new Set<MigrationId>();
    this.#heard.add(heard);
    try {
      const found = new Map<MigrationId, Known>();
      for await (const { id, vm, stage, isRunning, waitsFor } of client.all(
        'migrations.rows',
        { limit: PAGE_ROWS },
        stop.signal,
      ))
        found.set(id, { vm: vm.name, stage, isRunning, waitsFor });
      for (const [id, one] of found) if (!heard.has(id)) this.#put(id, one);
      for (const id of this.#known.keys()) if (!heard.has(id) && !found.has(id)) this.#drop(id);
      await this.#loadPause();
    } catch (error) {
      if (!stop.signal.aborted) onDetail(`The watch of the desktop program does not get through: ${String(error)}`);
    } finally {
      this.#heard.delete(heard);
    }
  }

  async #loadPause(): Promise<void> {
    try {
      const { isPaused } = await this.#parts.client.call('settings.show', {}, this.#stop?.signal);
      this.#isPaused = isPaused;
    } catch (error) {
      this.#parts.onDetail(`The watch of the desktop program cannot read the settings: ${String(error)}`);
    }
    this.#tell();
  }

  async #listen(signal: AbortSignal): Promise<void> {
    try {
      for await (const { event } of this.#parts.client.events(undefined, signal)) this.#hear(event);
    } catch (error) {
      this.#parts.onDetail(`The watch of the desktop program hears nothing: ${String(error)}`);
    }
  }

  #hear(event: GutsEvent): void {
    if (event.kind === 'gap') void this.load();
    if (event.kind === 'settings') void this.#loadPause();
    if (event.kind !== 'migration' && event.kind !== 'migration.deleted') return;
    const { id } = event;
    for (const heard of this.#heard) heard.add(id);
    if (event.kind === 'migration.deleted') this.#drop(id);
    else {
      const { vm, stage, isRunning, waitsFor } = event;
      const kind = newsOf(this.#known.get(id), event);
      this.#put(id, { vm, stage, isRunning, waitsFor });
      if (kind === 'failed') this.#unseen.add(id);
      if (kind !== null) this.#parts.onNotice({ kind, id, vm, closesAtMs: null });
    }
    this.#tell();
  }

  #put(id: MigrationId, one: Known): void {
    const wasRunning = this.#known.get(id)?.isRunning === true;
    this.#known.set(id, one);
    if (one.stage !== 'failed') this.#unseen.delete(id);
    if (one.isRunning !== wasRunning) this.#parts.onRunning(id, one.vm, one.isRunning);
  }

  #drop(id: MigrationId): void {
    const one = this.#known.get(id);
    this.#known.delete(id);
    this.#unseen.delete(id);
    if (one?.isRunning === true) this.#parts.onRunning(id, one.vm, false);
  }

  /** Soon; many changes at once are one. */
  #tell(): void {
    if (this.#telling !== undefined) return;
    this.#telling = setTimeout(() => {
      this.#telling = undefined;
      const now = this.summary;
      const before = this.#told;
      this.#told = now;
      if (names.some((name) => now[name] !== before[name])) this.#parts.onSummary(now);
    }, TELL_AFTER_MS);
  }
}

const names = ['running', 'waitingForYou', 'failed', 'isPaused'] as const;
