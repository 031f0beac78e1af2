/** How much a migration from a source sent on a node of late: what is known of the disks that were copied there. */
import type { SourceId } from '../shared/connections.ts';
import type { MovedDisk } from '../shared/migration.ts';
import type { NodeFacts, NodeId } from '../shared/schedule.ts';

/** Of the last migration; those before it have the rest of the weight. */
const WEIGHT = 0.3;
/** Less says more about connecting than about copying. */
const LEAST_BYTES = 1024 ** 2;

type Copied = Pick<MovedDisk, 'sentBytes' | 'seconds'>;

export class RatesMoved {
  readonly #rates = new Map<NodeId, Map<SourceId, number>>();

  /** @param disks of one migration, that it copied on this node */
  note(node: NodeId, source: SourceId, disks: readonly Copied[]): void {
    const sentBytes = disks.reduce((sum, disk) => sum + disk.sentBytes, 0);
    const seconds = disks.reduce((sum, disk) => sum + disk.seconds, 0);
    if (sentBytes < LEAST_BYTES || seconds === 0) return;
    const ofNode = this.#rates.get(node) ?? new Map<SourceId, number>();
    this.#rates.set(node, ofNode);
    const before = ofNode.get(source);
    const last = sentBytes / seconds;
    ofNode.set(source, before === undefined ? last : WEIGHT * last + (1 - WEIGHT) * before);
  }

  of(node: NodeId): NonNullable<NodeFacts['moved']> {
    return [...(this.#rates.get(node) ?? [])].map(([source, rate]) => ({ source, bytesPerSecond: Math.round(rate) }));
  }
}
