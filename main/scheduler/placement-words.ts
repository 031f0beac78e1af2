/** Why a migration runs where it runs, and what it waits for where it cannot run anywhere. */
import { bytesText } from '../shared/figures.ts';
import type { NodeFacts, WaitsFor } from '../shared/schedule.ts';

/** What a node was chosen by. */
export type Lead =
  | { readonly by: 'before' }
  | { readonly by: 'alone' }
  | { readonly by: 'room' | 'name' }
  | { readonly by: 'slots'; readonly free: number; readonly of: number }
  | { readonly by: 'way'; readonly milliseconds: number }
  | { readonly by: 'rate'; readonly bytesPerSecond: number };

interface Chosen {
  readonly lead: Lead;
  /** Nodes on which it could have run. */
  readonly candidates: number;
  readonly tags: readonly string[];
  readonly leftBytes: number;
  readonly needBytes: number;
}

export function reasonOf({ lead, candidates, tags, leftBytes, needBytes }: Chosen): string {
  const room = `${bytesText(leftBytes)} of conversion space are free there and promised to nobody; it needs ${bytesText(needBytes)}.`;
  const withTags = tags.length === 0 ? '' : ` with ${tagsText(tags)}`;
  if (lead.by === 'before') return `It ran there before. ${room}`;
  if (lead.by === 'alone') return `It is the only node${withTags} that is up and may run it. ${room}`;
  return `Of ${candidates} nodes${withTags} it ${leadText(lead)}. ${room}`;
}

function leadText(lead: Exclude<Lead, { readonly by: 'before' } | { readonly by: 'alone' }>): string {
  switch (lead.by) {
    case 'room':
      return 'has the most room';
    case 'slots':
      return `has the most free slots (${lead.free} of ${lead.of})`;
    case 'way':
      return `has the shortest way to both sides (${lead.milliseconds.toFixed(1)} ms to connect)`;
    case 'rate':
      return `has copied fastest from this source of late (${bytesText(lead.bytesPerSecond)}/s for each migration)`;
    case 'name':
      return 'is as good as the others, and the first by name';
  }
}

/** Of more nodes than this the others are counted. */
const MOST_NAMED = 8;

function named<T>(those: readonly T[], textOf: (one: T) => string): string {
  const more = those.length - MOST_NAMED;
  const texts = those.slice(0, MOST_NAMED).map(textOf).join(', ');
  return more > 0 ? `${texts} and ${more} more` : texts;
}

const waitsForNode = (says: string): WaitsFor => ({ reason: 'node', says, until: null });

export function noNode(allowed: readonly NodeFacts[]): WaitsFor {
  return waitsForNode(
    allowed.length === 0
      ? 'No node that is known may run it: change the nodes of its source, or its own.'
      : `No node that may run it is up: ${named(allowed, ({ id, isDraining = false }) => `${id}${isDraining ? ' (being drained)' : ''}`)}.`,
  );
}

/** @param allowed those that could run it if they had them */
export function noTag(tags: readonly string[], allowed: readonly NodeFacts[]): WaitsFor {
  const known = [...new Set(allowed.flatMap((node) => node.tags ?? []))].sort();
  const there = known.length === 0 ? 'none of them has any' : `they have ${named(known, (tag) => `“${tag}”`)}`;
  return waitsForNode(
    `No node that may run it has ${tagsText(tags)}; ${there}. Start a worker with it (“guts worker --tags”), or change the tags that the migration asks for.`,
  );
}

export function noWay(alive: readonly { readonly node: NodeFacts; readonly missed: readonly string[] }[]): WaitsFor {
  const names = named(alive, ({ node, missed }) => `${node.id} (not its ${missed.join(' and ')})`);
  return waitsForNode(`No node that may run it reaches both its source and its destination: ${names}.`);
}

export function noSlot(alive: readonly NodeFacts[]): WaitsFor {
  const names = named(alive, ({ id, slots }) => `${id} (${slots ?? 0})`);
  return waitsForNode(`Every node that may run it runs as many migrations as it has slots: ${names}.`);
}

/**
 * @param roomiest the one with the most room
 * @param toCome that would have the room if nothing ran there
 */
export function noSpace(need: number, roomiest: NodeFacts | undefined, toCome: NodeFacts | undefined): WaitsFor {
  const says =
    toCome !== undefined
      ? `It needs ${bytesText(need)} of conversion space, and node “${toCome.id}” has promised too much of its own to others.`
      : `It needs ${bytesText(need)} of conversion space: make room in “${roomiest?.space.folder ?? ''}” of node “${roomiest?.id ?? ''}”, which has the most.`;
  return { reason: 'space', says, until: null };
}

const tagsText = (tags: readonly string[]): string =>
  tags.length === 1 ? `the tag “${tags[0] ?? ''}”` : `the tags ${tags.map((tag) => `“${tag}”`).join(' and ')}`;
