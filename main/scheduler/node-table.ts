/** What is known of the nodes: what they say of themselves, and what the queue has given to each. */
import type { MigrationId } from '../shared/migration.ts';
import type { NodeFacts, NodeId } from '../shared/schedule.ts';
import type { AtWork } from './at-work.ts';
import type { Desk } from './desk.ts';
import { filed } from './filed.ts';
import type { MigrationNode } from './node.ts';
import type { RatesMoved } from './rates-moved.ts';
import type { Shares } from './shares.ts';

export interface NodeTableParts {
  readonly nodes: () => readonly MigrationNode[];
  readonly desk: Desk;
  readonly work: AtWork;
  readonly shares: Shares;
  readonly moved: RatesMoved;
}

interface NodeLoad {
  readonly running: MigrationId[];
  reservedBytes: number;
  bytesPerSecond: number;
}

export class NodeTable {
  readonly #parts: NodeTableParts;

  constructor(parts: NodeTableParts) {
    this.#parts = parts;
  }

  /** As whoever decides needs them, who counts by himself what the queue has given to each. */
  async bare(): Promise<NodeFacts[]> {
    const { nodes, moved } = this.#parts;
    const answers = await Promise.allSettled(nodes().map(async (node) => await node.facts()));
    const bare: NodeFacts[] = [];
    for (const answer of answers) {
      if (answer.status === 'rejected') continue;
      const { value } = answer;
      bare.push({ ...value, running: [], moved: moved.of(value.id) });
    }
    return bare;
  }

  /** As they are shown. */
  async laden(): Promise<NodeFacts[]> {
    const { nodes, shares } = this.#parts;
    const limits = new Map(nodes().map((node) => [node.id, shares.limitOf(node)]));
    const bare = await this.bare();
    const loads = this.#loads();
    return bare.map((node): NodeFacts => {
      const { running = [], reservedBytes = 0, bytesPerSecond = 0 } = loads.get(node.id) ?? {};
      const limitBytesPerSecond = limits.get(node.id) ?? null;
      return { ...node, space: { ...node.space, reservedBytes }, running, bytesPerSecond, limitBytesPerSecond };
    });
  }

  /** Who runs where, the space that is promised, and how much is sent. */
  #loads(): ReadonlyMap<NodeId, Readonly<NodeLoad>> {
    const { desk, work } = this.#parts;
    const loads = new Map<NodeId, NodeLoad>();
    const at = (node: NodeId): NodeLoad =>
      filed(loads, node, () => ({ running: [], reservedBytes: 0, bytesPerSecond: 0 }));
    for (const { id, isAdmitted, placement } of desk.open()) {
      if (!isAdmitted || placement === null) continue;
      const load = at(placement.node);
      load.running.push(id);
      load.reservedBytes += placement.reservedBytes;
    }
    for (const { node, bytesPerSecond } of work.copied()) at(node).bytesPerSecond += bytesPerSecond;
    return loads;
  }
}
