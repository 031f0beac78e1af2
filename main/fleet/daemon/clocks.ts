/** Notices workers whose clocks are far from this machine’s: nothing depends on that but the times in journals, which people compare. */
import { secondsText } from '../../shared/figures.ts';
import type { NodeId } from '../../shared/schedule.ts';

/** Of clocks that nobody sets by the network; well beyond what a message may take. */
const FAR_MS = 60_000;
/** A message that was late is not followed by others that are just as late. */
const SAME_MS = 10_000;

interface Known {
  /** As the last message had it, and as it was told last. */
  aheadMs: number;
  toldMs: number;
}

export class Clocks {
  readonly #known = new Map<NodeId, Known>();

  /**
   * @param theirMs what a worker’s clock said when it spoke, `hereMs` what this one says now
   * @returns what is new about it; null where nothing is
   */
  hear(node: NodeId, theirMs: number, hereMs: number): string | null {
    const aheadMs = theirMs - hereMs;
    const known = this.#known.get(node) ?? { aheadMs: NaN, toldMs: 0 };
    this.#known.set(node, known);
    const isSteady = Math.abs(aheadMs - known.aheadMs) < SAME_MS;
    known.aheadMs = aheadMs;
    const isFar = Math.abs(aheadMs) >= FAR_MS;
    if (!isSteady || Math.abs(aheadMs - known.toldMs) < FAR_MS) return null;
    known.toldMs = isFar ? aheadMs : 0;
    if (!isFar) return `The clock of node “${node}” agrees with this machine’s again.`;
    const by = secondsText(Math.abs(aheadMs) / 1000);
    return `The clock of node “${node}” is ${by} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine’s: nothing it does depends on that, but times in journals and logs do not fit together.`;
  }
}
