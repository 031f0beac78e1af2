/** Looks for new versions where the user wants that: off until then, and never while a migration runs. */
import { readFileSync } from 'node:fs';
import type { Clock } from '../scheduler/clock.ts';
import {
  UpdateFeed,
  type NewVersion,
  type UpdateChannel,
  type UpdateOutcome,
  type UpdateState,
} from '../shared/desktop.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import type { ChoicesFile } from './choices.ts';

class UpdatesOffError extends GutsError {
  readonly code = 'updates.off';
  readonly remedy = 'Choose a channel first.';
}
class NoFeedError extends GutsError {
  readonly code = 'updates.no-feed';
  readonly remedy = 'Give the address that whoever gave you Guts publishes new versions at.';
}
class BusyError extends GutsError {
  readonly code = 'updates.busy';
  readonly remedy = 'Look again when nothing is running.';
  override readonly retryable = true;
}
class FeedError extends GutsError {
  readonly code = 'updates.unreachable';
  readonly remedy = 'Check the address and the network, then look again.';
  override readonly retryable = true;
}
class ManagedError extends GutsError {
  readonly code = 'updates.managed';
  readonly remedy = 'Ask whoever manages this computer.';
}

export type Looked = (feed: string, channel: Exclude<UpdateChannel, 'off'>) => Promise<NewVersion | null>;

export interface UpdatesParts {
  readonly choices: ChoicesFile;
  readonly version: string;
  /** Of whoever packed this Guts; null where they gave none. */
  readonly ownFeed: string | null;
  /** Whoever manages this computer wants no looking. */
  readonly isManaged: boolean;
  readonly look: Looked;
  readonly isIdle: () => boolean;
  readonly clock: Clock;
  readonly onChange: (state: UpdateState) => void;
}

const FIRST_AFTER_MS = 60_000;
const EVERY_MS = 24 * 3600_000;
/** Where something runs. */
const LATER_MS = 10 * 60_000;

export class Updates implements Disposable {
  readonly #parts: UpdatesParts;
  #last: UpdateOutcome = { kind: 'never' };
  #alarm: Disposable | undefined;

  constructor(parts: UpdatesParts) {
    this.#parts = parts;
    this.#arm(FIRST_AFTER_MS);
  }

  get state(): UpdateState {
    const { choices, version, isManaged } = this.#parts;
    const channel = isManaged ? 'off' : choices.choices.channel;
    return { channel, feed: this.#feed, isManaged, version, last: this.#last };
  }

  /** @throws ManagedError, and what writing throws */
  async set(channel: UpdateChannel, feed: string | null): Promise<UpdateState> {
    const { choices, isManaged, ownFeed } = this.#parts;
    if (isManaged) throw new ManagedError('Looking for updates is turned off on this computer.');
    if (channel !== this.state.channel || feed !== this.#feed) this.#last = { kind: 'never' };
    await choices.change({ channel, feed: feed === ownFeed ? null : feed });
    this.#arm(FIRST_AFTER_MS);
    return this.#told();
  }

  /** How it went is in the state. @throws UpdatesOffError, NoFeedError, BusyError: nothing was asked then */
  async check(): Promise<UpdateState> {
    const { isIdle, look } = this.#parts;
    const { channel } = this.state;
    const feed = this.#feed;
    if (channel === 'off') throw new UpdatesOffError('Looking for updates is off.');
    if (feed === null) throw new NoFeedError('Nobody has said where new versions are published.');
    if (!isIdle()) throw new BusyError('Guts does not look for updates while migrations run.');
    const at = new Date().toISOString();
    try {
      const newer = await look(feed, channel);
      this.#last = newer === null ? { kind: 'current', at } : { kind: 'newer', at, newer };
    } catch (error) {
      this.#last = { kind: 'failed', at, error: toErrorInfo(new FeedError(wordsOf(feed, error), { cause: error })) };
    }
    return this.#told();
  }

  [Symbol.dispose](): void {
    this.#alarm?.[Symbol.dispose]();
  }

  get #feed(): string | null {
    const { choices, ownFeed } = this.#parts;
    return choices.choices.feed ?? ownFeed;
  }

  #arm(afterMs: number): void {
    const { clock, isIdle } = this.#parts;
    this.#alarm?.[Symbol.dispose]();
    this.#alarm = undefined;
    if (this.state.channel === 'off' || this.#feed === null) return;
    this.#alarm = clock.at(clock.now() + afterMs, () => {
      this.#arm(isIdle() ? EVERY_MS : LATER_MS);
      if (isIdle()) void this.check().catch(() => {}); // turned off this very moment
    });
  }

  #told(): UpdateState {
    const { state } = this;
    this.#parts.onChange(state);
    return state;
  }
}

const MOST_WORDS = 200;

function wordsOf(feed: string, error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return `${feed} does not tell of new versions: ${line.slice(0, MOST_WORDS)}`;
}

/** What was written beside the program when it was packed: a small YAML of lines such as `url: https://…`. */
export function feedIn(file: string): string | null {
  try {
    const [, url] = /^url: *['"]?([^'"\s]+)['"]?$/m.exec(readFileSync(file, 'utf8')) ?? [];
    return UpdateFeed.parse(url);
  } catch {
    return null; // nobody gave an address
  }
}
