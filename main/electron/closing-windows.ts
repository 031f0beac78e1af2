/** Tells shortly before a window of time closes in which a migration still runs: it goes on, but others will not begin. */
import type { ApiClient } from '../shared/client/client.ts';
import type { MigrationId } from '../shared/migration.ts';
import type { Clock } from '../scheduler/clock.ts';
import { closingOf } from '../shared/windows.ts';
import type { Notice } from './watch.ts';

const AHEAD_MS = 10 * 60_000;

export interface ClosingWindowsParts {
  readonly client: Pick<ApiClient, 'call'>;
  readonly clock: Clock;
  readonly onNotice: (notice: Notice) => void;
}

export class ClosingWindows {
  readonly #parts: ClosingWindowsParts;
  readonly #alarms = new Map<MigrationId, Disposable | null>();

  constructor(parts: ClosingWindowsParts) {
    this.#parts = parts;
  }

  /** A migration begins to run, or does not any more. */
  hear(id: MigrationId, vm: string, isRunning: boolean): void {
    this.#alarms.get(id)?.[Symbol.dispose]();
    this.#alarms.delete(id);
    if (!isRunning) return;
    this.#alarms.set(id, null);
    void this.#arm(id, vm).catch(() => {}); // a Guts that does not answer tells nothing of windows either
  }

  async #arm(id: MigrationId, vm: string): Promise<void> {
    const { client, clock, onNotice } = this.#parts;
    const { schedule } = await client.call('migrations.show', { id });
    const window = schedule?.window ?? null;
    const closesAtMs = window === null ? null : closingOf(window, clock.now());
    if (closesAtMs === null || !this.#alarms.has(id)) return;
    this.#alarms.set(
      id,
      clock.at(Math.max(clock.now(), closesAtMs - AHEAD_MS), () => onNotice({ kind: 'window', id, vm, closesAtMs })),
    );
  }
}
