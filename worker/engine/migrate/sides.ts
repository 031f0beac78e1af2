/** Both sides of a migration: each is signed in to when it is needed first, also where the other one cannot be. */
import type { DestinationDriver, SourceDriver } from '../../drivers.ts';

/** Both, signed in. */
export interface Sides {
  readonly source: SourceDriver;
  readonly destination: DestinationDriver;
}

/** How each side is signed in to. */
export type Doors = { readonly [Side in keyof Sides]: (signal: AbortSignal) => Promise<Sides[Side]> };

/** Disposing it signs out of what was opened. */
export class OpenedSides implements AsyncDisposable {
  readonly #doors: Doors;
  #source: SourceDriver | undefined;
  #destination: DestinationDriver | undefined;

  constructor(doors: Doors) {
    this.#doors = doors;
  }

  async source(signal: AbortSignal): Promise<SourceDriver> {
    this.#source ??= await this.#doors.source(signal);
    return this.#source;
  }

  async destination(signal: AbortSignal): Promise<DestinationDriver> {
    this.#destination ??= await this.#doors.destination(signal);
    return this.#destination;
  }

  /** Side by side; both have been tried by the time that it throws. */
  async both(signal: AbortSignal): Promise<Sides> {
    const [source, destination] = await Promise.allSettled([this.source(signal), this.destination(signal)]);
    if (source.status === 'rejected') throw source.reason;
    if (destination.status === 'rejected') throw destination.reason;
    return { source: source.value, destination: destination.value };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#source, this.#destination].map((side) => side?.[Symbol.asyncDispose]()));
  }
}
