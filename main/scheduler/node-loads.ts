/** What the queue has given to each node: who runs there, the space that is promised, and how much it sends. */
import type { MigrationId } from '../shared/migration.ts';
import type { NodeId } from '../shared/schedule.ts';
import type { QueueEntry } from './entries.ts';
import type { Copied } from './latency-watch.ts';

export interface NodeLoad {
  readonly running: MigrationId[];
  reservedBytes: number;
  bytesPerSecond: number;
}

export function nodeLoads(
  entries: readonly Pick<QueueEntry, 'id' | 'isAdmitted' | 'placement'>[],
  copied: readonly Copied[],
): ReadonlyMap<NodeId, Readonly<NodeLoad>> {
  const loads = new Map<NodeId, NodeLoad>();
  const at = (node: NodeId): NodeLoad => {
    const load = loads.get(node) ?? { running: [], reservedBytes: 0, bytesPerSecond: 0 };
    loads.set(node, load);
    return load;
  };
  for (const { id, isAdmitted, placement } of entries) {
    if (!isAdmitted || placement === null) continue;
    const load = at(placement.node);
    load.running.push(id);
    load.reservedBytes += placement.reservedBytes;
  }
  for (const { node, bytesPerSecond } of copied) at(node).bytesPerSecond += bytesPerSecond;
  return loads;
}
