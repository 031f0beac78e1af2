/** The rule by which nodes are chosen, told plainly: all nodes are walked, for each migration anew. What is quick must choose the same. */
import { noNode, noSlot, noSpace, noTag, noWay, reasonOf, type Lead } from '../../main/scheduler/placement-words.ts';
import type { Choice, Wanted } from '../../main/scheduler/placement.ts';
import type { NodeFacts, NodeId, SchedulerSettings, WaitsFor } from '../../main/shared/schedule.ts';

interface Seen {
  readonly node: NodeFacts;
  readonly left: number;
  readonly isAmple: boolean;
  readonly free: number;
  readonly size: number;
  readonly wayMs: number | null;
  readonly way: number;
  readonly rate: number | null;
}

export class PlainSpace {
  readonly #nodes: readonly NodeFacts[];
  readonly #nodesOfSource: SchedulerSettings['nodesOfSource'];
  readonly #promised = new Map<NodeId, number>();
  readonly #running = new Map<NodeId, number>();
  readonly #looks = new Map<NodeId, number>();

  constructor(nodes: readonly NodeFacts[], { nodesOfSource }: Pick<SchedulerSettings, 'nodesOfSource'>) {
    this.#nodes = nodes;
    this.#nodesOfSource = nodesOfSource;
  }

  take({ node, reservedBytes }: { readonly node: NodeId; readonly reservedBytes: number }): void {
    add(this.#promised, node, reservedBytes);
    add(this.#running, node, 1);
  }

  look(node: NodeId): void {
    add(this.#looks, node, 1);
  }

  choose({ use, nodes, tags, before }: Wanted): Choice {
    const ofSource = this.#nodesOfSource[use.source];
    const may = ({ id }: NodeFacts): boolean =>
      (ofSource?.includes(id) ?? true) && (nodes.length === 0 || nodes.includes(id));
    const allowed = this.#nodes.filter(may);
    const tagged = allowed.filter((node) => tags.every((tag) => node.tags?.includes(tag)));
    const alive = tagged.filter(({ isAlive, isDraining }) => isAlive && isDraining !== true);
    const missed = (node: NodeFacts): string[] =>
      (['source', 'destination'] as const).filter((side) =>
        node.reach?.some(({ connection, isReached }) => connection === use[side] && !isReached),
      );
    const reaching = alive.filter((node) => missed(node).length === 0);
    if (alive.length === 0)
      return waits(tagged.length === 0 && allowed.length > 0 ? noTag(tags, allowed) : noNode(tagged));
    if (reaching.length === 0) return waits(noWay(alive.map((node) => ({ node, missed: missed(node) }))));
    const withSlot = reaching.filter(({ id, slots = Infinity }) => of(this.#running, id) < slots);
    if (withSlot.length === 0) return waits(noSlot(reaching));
    const need = use.spaceBytes;
    const fitting = withSlot.map((node) => this.#see(node, use)).filter(({ left }) => left >= need);
    const [best, second] = fitting.sort(inOrder);
    if (best === undefined) return this.#noRoom(withSlot, need);
    const familiar = fitting.find(({ node }) => node.id === before);
    const { node, left } = familiar ?? best;
    const lead: Lead = familiar === undefined ? leadOf(best, second) : { by: 'before' };
    const reason = reasonOf({ lead, candidates: fitting.length, tags, leftBytes: left, needBytes: need });
    return { kind: 'placed', placement: { node: node.id, reason, reservedBytes: need } };
  }

  #left({ id, space }: NodeFacts): number {
    return Math.max(0, space.freeBytes - of(this.#promised, id));
  }

  #see(node: NodeFacts, { source, destination, spaceBytes }: Wanted['use']): Seen {
    const { reach = [], moved = [], slots, processors } = node;
    const left = this.#left(node);
    const size = slots ?? processors;
    const msTo = (id: string): number | null => reach.find(({ connection }) => connection === id)?.milliseconds ?? null;
    const [toSource, toDestination] = [msTo(source), msTo(destination)];
    const wayMs = toSource === null || toDestination === null ? null : toSource + toDestination;
    return {
      node,
      left,
      isAmple: left >= 4 * spaceBytes,
      free: size - of(this.#running, node.id) - of(this.#looks, node.id),
      size,
      wayMs,
      way: wayMs === null ? Infinity : Math.floor(Math.log2(Math.max(4, wayMs))),
      rate: moved.find((one) => one.source === source)?.bytesPerSecond ?? null,
    };
  }

  #noRoom(withSlot: readonly NodeFacts[], need: number): Choice {
    const byRoom = withSlot.toSorted((a, b) => this.#left(b) - this.#left(a) || (a.id < b.id ? -1 : 1));
    const toCome = byRoom.find(({ id, space }) => of(this.#promised, id) > 0 && space.freeBytes >= need);
    return { kind: 'waits', waitsFor: noSpace(need, byRoom[0], toCome), nodeToCome: toCome?.id ?? null };
  }
}

function inOrder(a: Seen, b: Seen): number {
  if (a.isAmple !== b.isAmple) return a.isAmple ? -1 : 1;
  if (a.free !== b.free) return b.free - a.free;
  if (a.way !== b.way) return a.way < b.way ? -1 : 1;
  if (a.rate !== b.rate && (a.rate ?? 0) !== (b.rate ?? 0)) return (b.rate ?? 0) - (a.rate ?? 0);
  if (a.left !== b.left) return b.left - a.left;
  return a.node.id < b.node.id ? -1 : 1;
}

function leadOf(best: Seen, second: Seen | undefined): Lead {
  if (second === undefined) return { by: 'alone' };
  if (best.isAmple !== second.isAmple) return { by: 'room' };
  if (best.free !== second.free) return { by: 'slots', free: best.free, of: best.size };
  if (best.way !== second.way) return { by: 'way', milliseconds: best.wayMs ?? 0 };
  if (best.rate !== second.rate) return { by: 'rate', bytesPerSecond: best.rate ?? 0 };
  return { by: best.left === second.left ? 'name' : 'room' };
}

const of = (counts: ReadonlyMap<NodeId, number>, id: NodeId): number => counts.get(id) ?? 0;
const add = (counts: Map<NodeId, number>, id: NodeId, by: number): void => void counts.set(id, of(counts, id) + by);
const waits = (waitsFor: WaitsFor): Choice => ({ kind: 'waits', waitsFor, nodeToCome: null });
