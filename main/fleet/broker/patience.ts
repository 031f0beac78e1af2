/** Offers a message again that the broker says no to: a queue that was made or came back a moment ago may have no leader yet. */
import { setTimeout as pause } from 'node:timers/promises';
import { BrokerQueueFullError } from './errors.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5_000;

/** How long to wait before the next time. */
export const pauseAfter = (refusals: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(refusals, 10));

/**
 * Returns when it was taken. Others that were offered meanwhile may have come before it.
 * @throws what `offer` throws, BrokerQueueFullError only when it has been so for long; the signal's reason
 */
export async function untilTaken(offer: () => Promise<void>, forMs: number, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + forMs;
  for (let refusals = 0; ; refusals++) {
    try {
      await offer();
      return;
    } catch (error) {
      if (!(error instanceof BrokerQueueFullError) || performance.now() > deadline) throw error;
    }
    await pause(pauseAfter(refusals), undefined, signal === undefined ? {} : { signal }).catch(() => {});
    signal?.throwIfAborted();
  }
}
