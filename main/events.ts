/** Tells events to everyone in this process who listens, and keeps the last ones for those who come back. */
import { randomBytes } from 'node:crypto';
import { isFleeting, type GutsEvent, type NumberedEvent } from './shared/events.ts';

/** A listener that was away for longer asks for everything anew. */
const KEPT = 10_000;

export type EventListener = (told: NumberedEvent) => void;

export class EventHub {
  /** Numbers of another run mean nothing here. */
  readonly #run = randomBytes(6).toString('hex');
  readonly #kept: NumberedEvent[] = [];
  readonly #listeners = new Set<EventListener>();
  #number = 0;

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Of the last event that is kept: whoever listens from now on has missed nothing after it. */
  get lastId(): string {
    return `${this.#run}-${this.#number}`;
  }

  tell(event: GutsEvent): void {
    const isKept = !isFleeting(event);
    if (isKept) this.#number += 1;
    const told = { id: this.lastId, at: new Date().toISOString(), event };
    if (isKept) this.#kept.push(told);
    if (this.#kept.length > 2 * KEPT) this.#kept.splice(0, this.#kept.length - KEPT);
    for (const hear of this.#listeners) hear(told);
  }

  /** What was told after the event with this id; a `gap` where that is not known any more. */
  since(id: string): NumberedEvent[] {
    const [run, text = ''] = id.split('-');
    const number = Number(text);
    const oldest = this.#number - this.#kept.length;
    if (run !== this.#run || !/^\d{1,15}$/.test(text) || number < oldest || number > this.#number)
      return [{ id: this.lastId, at: new Date().toISOString(), event: { kind: 'gap' } }];
    return this.#kept.slice(number - oldest);
  }

  /** Calls `hear` for every event from now on, until it is disposed. */
  listen(hear: EventListener): Disposable {
    this.#listeners.add(hear);
    return { [Symbol.dispose]: () => void this.#listeners.delete(hear) };
  }
}
