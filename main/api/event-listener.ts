/** One who listens: catches up first where that is wanted, then hears what is told, as fast as the connection takes it. */
import type { EventHub } from '../events.ts';
import { isFleeting, type NumberedEvent } from '../shared/events.ts';
import { frameOf, isWanted, type Wanted } from './event-frames.ts';

/** Behind by more than this, progress is left out. */
const SLOW_BYTES = 64 * 1024;
/** Behind by more than this, a listener is let go: it comes back with its last id, and has missed nothing. */
const LOST_BYTES = 2 ** 20;
/** What is caught up on is read from the hub as the connection takes it. */
const CATCH_UP_EVENTS = 200;
/** How long a client waits before it comes back, in milliseconds. */
const RETRY_MS = 1000;

const encoder = new TextEncoder();

/** What is told at one time, in the two ways that listeners may get it; made when the first one needs it. */
export class Batch {
  readonly #told: readonly NumberedEvent[];
  #all: Uint8Array | undefined;
  #kept: Uint8Array | undefined;

  constructor(told: readonly NumberedEvent[]) {
    this.#told = told;
  }

  get all(): Uint8Array {
    this.#all ??= encoder.encode(this.#told.map(frameOf).join(''));
    return this.#all;
  }

  /** Without what is fleeting. */
  get kept(): Uint8Array {
    this.#kept ??= encoder.encode(
      this.#told
        .filter(({ event }) => !isFleeting(event))
        .map(frameOf)
        .join(''),
    );
    return this.#kept;
  }
}

export interface ListenerParts {
  readonly hub: EventHub;
  readonly wanted: Wanted;
  readonly lastId: string | null;
  /** Has caught up: from now on it hears what is told. */
  onLive(listener: EventListener): void;
  onEnd(listener: EventListener): void;
}

export class EventListener {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #parts: ListenerParts;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Null once it has caught up. */
  #missed: NumberedEvent[] | null;
  #lastId: string;

  constructor(parts: ListenerParts) {
    const { hub, lastId } = parts;
    this.#parts = parts;
    this.#missed = lastId === null ? [] : hub.since(lastId);
    this.#lastId = lastId ?? hub.lastId;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
          // The id alone is no event, but whoever breaks off before the first one knows where to go on.
          const id = lastId === null ? `id: ${hub.lastId}\n` : '';
          controller.enqueue(encoder.encode(`: Guts\n${id}retry: ${RETRY_MS}\n\n`));
        },
        pull: () => this.#catchUp(),
        cancel: () => this.end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: SLOW_BYTES }),
    );
  }

  send(batch: Batch): void {
    const behind = this.#behindBytes;
    if (behind > LOST_BYTES) {
      this.end();
      return;
    }
    const bytes = behind > SLOW_BYTES ? batch.kept : batch.all;
    if (bytes.byteLength > 0) this.#controller?.enqueue(bytes);
  }

  /** Shows that the connection lives, and up to where nothing was missed. */
  beat(lastId: string): void {
    if (this.#behindBytes < SLOW_BYTES) this.#controller?.enqueue(encoder.encode(`: \nid: ${lastId}\n\n`));
  }

  end(): void {
    const controller = this.#controller;
    if (controller === undefined) return;
    this.#controller = undefined;
    this.#parts.onEnd(this);
    try {
      controller.close();
    } catch {
      // whoever listened has gone
    }
  }

  get #behindBytes(): number {
    return SLOW_BYTES - (this.#controller?.desiredSize ?? 0);
  }

  #catchUp(): void {
    if (this.#missed === null) return;
    if (this.#missed.length === 0) this.#missed = this.#parts.hub.since(this.#lastId);
    const some = this.#missed.splice(0, CATCH_UP_EVENTS);
    const last = some.at(-1);
    if (last === undefined) {
      this.#missed = null;
      this.#parts.onLive(this);
      return;
    }
    this.#lastId = last.id;
    const text = some
      .filter((told) => isWanted(this.#parts.wanted, told))
      .map(frameOf)
      .join('');
    // A comment where nothing is wanted: without a word nobody would ask for the rest.
    this.#controller?.enqueue(encoder.encode(text === '' ? ': \n\n' : text));
  }
}
