/** Tells events to many at once: what is told within a moment goes out in one piece, made once for all who want the same. */
import type { EventHub } from '../events.ts';
import { GutsError } from '../shared/errors.ts';
import type { NumberedEvent } from '../shared/events.ts';
import { isWanted, withoutOldProgress, type Wanted } from './event-frames.ts';
import { Batch, EventListener } from './event-listener.ts';

const MOST_LISTENERS = 1000;
/** Pieces of one listener are at least so far apart: 200 listeners are then 2,000 writes in a second, whatever is told. */
const APART_MS = 100;
/** Writing to one takes some 50 µs: nothing else waits for longer than a millisecond. */
const AT_ONCE = 20;
export const BEAT_MS = 15_000;

export class TooManyListenersError extends GutsError {
  readonly code = 'api.too-many-listeners';
  readonly remedy = 'End some of those that listen to /v1/events, and try again.';
  override readonly retryable = true;
  readonly retryAfterSeconds = 5;

  constructor() {
    super(`${MOST_LISTENERS} listen to the events already.`);
  }
}

/** Those who want the same. */
interface Group {
  readonly wanted: Wanted;
  readonly listeners: Set<EventListener>;
}

export interface Listening {
  readonly wanted: Wanted;
  readonly lastId: string | null;
  /** False once whoever listens may not any more. */
  isWelcome(): Promise<boolean>;
}

export class EventStreams implements Disposable {
  readonly #hub: EventHub;
  readonly #beatMs: number;
  readonly #groups = new Map<string, Group>();
  /** Also those that are catching up. */
  readonly #open = new Map<EventListener, Listening>();
  #told: NumberedEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** What is on its way to whom. */
  #letters: { readonly listener: EventListener; readonly batch: Batch }[] = [];
  #next: NodeJS.Immediate | undefined;
  #wentAtMs = -Infinity;
  #ears: Disposable | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(hub: EventHub, beatMs = BEAT_MS) {
    this.#hub = hub;
    this.#beatMs = beatMs;
  }

  get count(): number {
    return this.#open.size;
  }

  /** @throws TooManyListenersError */
  listen(listening: Listening): ReadableStream<Uint8Array> {
    if (this.#open.size >= MOST_LISTENERS) throw new TooManyListenersError();
    const { wanted, lastId } = listening;
    const key = JSON.stringify(wanted);
    const listener = new EventListener({
      hub: this.#hub,
      wanted,
      lastId,
      onLive: (one) => {
        this.#send(); // what it has caught up on must not come a second time
        const group = this.#groups.get(key) ?? { wanted, listeners: new Set() };
        group.listeners.add(one);
        this.#groups.set(key, group);
      },
      onEnd: (one) => {
        const group = this.#groups.get(key);
        group?.listeners.delete(one);
        if (group?.listeners.size === 0) this.#groups.delete(key);
        this.#open.delete(one);
        if (this.#open.size === 0) this.#rest();
      },
    });
    this.#open.set(listener, listening);
    this.#ears ??= this.#hub.listen((told) => this.#hear(told));
    this.#beat ??= setInterval(() => this.#beatAll(), this.#beatMs).unref();
    return listener.stream;
  }

  /** Ends every stream; whoever listened comes back where it was. */
  [Symbol.dispose](): void {
    this.#send();
    this.#handOut(Infinity);
    for (const listener of this.#open.keys()) listener.end();
  }

  #rest(): void {
    this.#ears?.[Symbol.dispose]();
    clearInterval(this.#beat);
    clearTimeout(this.#timer);
    this.#ears = undefined;
    this.#beat = undefined;
    this.#timer = undefined;
    this.#told = [];
    this.#letters = [];
    clearImmediate(this.#next);
  }

  #hear(told: NumberedEvent): void {
    this.#told.push(told);
    const waitMs = Math.max(1, this.#wentAtMs + APART_MS - performance.now());
    this.#timer ??= setTimeout(() => this.#send(), waitMs).unref();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#handOut(Infinity); // what was told before goes first
    if (this.#told.length === 0) return;
    this.#wentAtMs = performance.now();
    const told = withoutOldProgress(this.#told);
    this.#told = [];
    for (const { wanted, listeners } of this.#groups.values()) {
      const own = told.filter((one) => isWanted(wanted, one));
      if (own.length === 0) continue;
      const batch = new Batch(own);
      for (const listener of listeners) this.#letters.push({ listener, batch });
    }
    this.#handOut(AT_ONCE);
  }

  /** A few at a time, with room for requests in between. */
  #handOut(most: number): void {
    for (const { listener, batch } of this.#letters.splice(0, most)) listener.send(batch);
    clearImmediate(this.#next);
    this.#next = this.#letters.length === 0 ? undefined : setImmediate(() => this.#handOut(AT_ONCE));
  }

  #beatAll(): void {
    this.#send();
    this.#handOut(Infinity);
    const { lastId } = this.#hub;
    for (const { listeners } of this.#groups.values()) for (const listener of listeners) listener.beat(lastId);
    for (const [listener, { isWelcome }] of this.#open) void isWelcome().then((isIt) => (isIt ? null : listener.end()));
  }
}
