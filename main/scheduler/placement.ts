/** Chooses the node for a migration: of those that may, the one with the most conversion space that nobody was promised. */
import { bytesText } from '../shared/figures.ts';
import type { NodeFacts, NodeId, Placement, SchedulerSettings, SlotUse, WaitsFor } from '../shared/schedule.ts';

/** The nodes with what is promised of their space; takes count as placements are made. */
export class NodeSpace {
  readonly #nodes: readonly NodeFacts[];
  readonly #reserved: Map<NodeId, number>;
  readonly #running: Map<NodeId, number>;

  constructor(nodes: readonly NodeFacts[], placed: readonly Placement[]) {
    this.#nodes = nodes;
    this.#reserved = new Map();
    this.#running = new Map();
    for (const placement of placed) this.take(placement);
  }

  take({ node, reservedBytes }: Pick<Placement, 'node' | 'reservedBytes'>): void {
    this.#reserved.set(node, this.reservedOf(node) + reservedBytes);
    this.#running.set(node, this.runningOf(node) + 1);
  }

  all(): readonly NodeFacts[] {
    return this.#nodes;
  }

  reservedOf(node: NodeId): number {
    return this.#reserved.get(node) ?? 0;
  }

  runningOf(node: NodeId): number {
    return this.#running.get(node) ?? 0;
  }

  /** What may still be promised. */
  leftOf({ id, space }: NodeFacts): number {
    return Math.max(0, space.freeBytes - this.reservedOf(id));
  }
}

export interface Wanted {
  readonly use: Pick<SlotUse, 'source' | 'destination' | 'spaceBytes'>;
  /** That the migration may run on; empty is any. */
  readonly nodes: readonly NodeId[];
  /** Where it ran before: taken again when it can be. */
  readonly before: NodeId | null;
}

export type Choice =
  | { readonly kind: 'placed'; readonly placement: Placement }
  /** `nodeToCome`: there it fits as soon as others that run there are over. */
  | { readonly kind: 'waits'; readonly waitsFor: WaitsFor; readonly nodeToCome: NodeId | null };

export function choosePlace(
  { use, nodes, before }: Wanted,
  space: NodeSpace,
  nodesOfSource: SchedulerSettings['nodesOfSource'],
): Choice {
  const ofSource = nodesOfSource[use.source];
  const may = (id: NodeId): boolean =>
    (ofSource === undefined || ofSource.includes(id)) && (nodes.length === 0 || nodes.includes(id));
  const allowed = space.all().filter(({ id }) => may(id));
  const alive = allowed.filter(({ isAlive, isDraining = false }) => isAlive && !isDraining);
  const reaching = alive.filter((node) => missedBy(node, use).length === 0);
  if (reaching.length === 0 && alive.length > 0) return noWay(alive, use);
  const withSlot = reaching.filter(({ id, slots = Infinity }) => space.runningOf(id) < slots);
  if (withSlot.length === 0 && reaching.length > 0) return noSlot(reaching);
  const compare = byRoom(space);
  const roomiest = withSlot.reduce<NodeFacts | undefined>(
    (best, node) => (best === undefined || compare(node, best) < 0 ? node : best),
    undefined,
  );
  if (roomiest === undefined) return { kind: 'waits', waitsFor: noNode(allowed), nodeToCome: null };
  const familiar = withSlot.find(({ id }) => id === before);
  const chosen = [familiar, roomiest].find((node) => node !== undefined && space.leftOf(node) >= use.spaceBytes);
  if (chosen === undefined) return noSpace(withSlot, roomiest, use.spaceBytes, space);
  const reason = reasonOf(chosen, chosen.id === familiar?.id, reaching.length, space, use.spaceBytes);
  return { kind: 'placed', placement: { node: chosen.id, reason, reservedBytes: use.spaceBytes } };
}

/** The node with the most room first, of equals the one where fewer run. */
const byRoom =
  (space: NodeSpace) =>
  (a: NodeFacts, b: NodeFacts): number =>
    space.leftOf(b) - space.leftOf(a) || space.runningOf(a.id) - space.runningOf(b.id) || (a.id < b.id ? -1 : 1);

function reasonOf(node: NodeFacts, isFamiliar: boolean, candidates: number, space: NodeSpace, need: number): string {
  const room = `${bytesText(space.leftOf(node))} of conversion space are free there and promised to nobody; it needs ${bytesText(need)}.`;
  if (isFamiliar) return `It ran there before. ${room}`;
  return candidates === 1
    ? `It is the only node that may run it. ${room}`
    : `Of ${candidates} nodes it has the most room. ${room}`;
}

function noNode(allowed: readonly NodeFacts[]): WaitsFor {
  const says =
    allowed.length === 0
      ? 'No node that is known may run it: change the nodes of its source, or its own.'
      : `No node that may run it is up: ${allowed.map(({ id, isDraining = false }) => `${id}${isDraining ? ' (being drained)' : ''}`).join(', ')}.`;
  return { reason: 'node', says, until: null };
}

/** What it needs and cannot connect to; what was not measured counts as reached. */
function missedBy({ reach = [] }: NodeFacts, { source, destination }: Wanted['use']): ('source' | 'destination')[] {
  const isMissed = (id: string): boolean => reach.some(({ connection, isReached }) => connection === id && !isReached);
  return [...(isMissed(source) ? ['source' as const] : []), ...(isMissed(destination) ? ['destination' as const] : [])];
}

function noWay(alive: readonly NodeFacts[], use: Wanted['use']): Choice {
  const names = alive.map((node) => `${node.id} (not its ${missedBy(node, use).join(' and ')})`).join(', ');
  const says = `No node that may run it reaches both its source and its destination: ${names}.`;
  return { kind: 'waits', waitsFor: { reason: 'node', says, until: null }, nodeToCome: null };
}

function noSlot(alive: readonly NodeFacts[]): Choice {
  const names = alive.map(({ id, slots }) => `${id} (${slots ?? 0})`).join(', ');
  const says = `Every node that may run it runs as many migrations as it has slots: ${names}.`;
  return { kind: 'waits', waitsFor: { reason: 'node', says, until: null }, nodeToCome: null };
}

function noSpace(alive: readonly NodeFacts[], roomiest: NodeFacts, need: number, space: NodeSpace): Choice {
  const toCome = alive
    .filter((node) => space.reservedOf(node.id) > 0 && node.space.freeBytes >= need)
    .sort(byRoom(space))[0];
  const says =
    toCome === undefined
      ? `It needs ${bytesText(need)} of conversion space: make room in “${roomiest.space.folder}” of node “${roomiest.id}”, which has the most.`
      : `It needs ${bytesText(need)} of conversion space, and node “${toCome.id}” has promised too much of its own to others.`;
  return { kind: 'waits', waitsFor: { reason: 'space', says, until: null }, nodeToCome: toCome?.id ?? null };
}
