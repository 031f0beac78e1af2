/** Which node a migration comes to where several may run it, and that it says why: room first, then slots, way, rate; tags bind. */
import { describe, expect, test } from 'vitest';
import { decide } from '../../main/scheduler/decide.ts';
import type { NodeFacts } from '../../main/shared/schedule.ts';
import { dst, GIB, mig, MONDAY_NOON, node, running, situation, src, use, waiting, type Told } from './samples.ts';

const MIB = 1024 ** 2;
const at = new Date(MONDAY_NOON).toISOString();
const placedIn = (told: Told) => {
  const { starts } = decide(situation(told));
  return starts.map(({ placement }) => [placement.node, placement.reason.replace(/ \d[\d.]* \w+ of conversion.*/, '')]);
};
const waitOf = (told: Told, name: string) => decide(situation(told)).waits.get(mig(name));
const reach = (sourceMs: number, destinationMs: number): NodeFacts['reach'] => [
  { connection: src('vc'), isReached: true, milliseconds: sourceMs, at },
  { connection: dst('cloud'), isReached: true, milliseconds: destinationMs, at },
];
const one = (name = 'a') => [waiting(name, {}, { use: use({ spaceBytes: 10 * GIB }) })];

describe('a migration comes to the node', () => {
  test('with ample room, however much else speaks for a tight one', () => {
    const nodes = [node('tight', 15 * GIB, { slots: 8, reach: reach(1, 1) }), node('ample', 40 * GIB, { slots: 2 })];

    expect(placedIn({ entries: one(), nodes })).toEqual([['ample', 'Of 2 nodes it has the most room.']]);
  });

  test('with the most free slots where there is room enough', () => {
    const nodes = [node('large', 900 * GIB, { slots: 3 }), node('small', 50 * GIB, { slots: 3 })];
    const entries = [running('x', {}, { placement: { node: 'large', reason: '', reservedBytes: GIB } }), ...one()];

    expect(placedIn({ entries, nodes })).toEqual([['small', 'Of 2 nodes it has the most free slots (3 of 3).']]);
  });

  test('and others to others, so that no node runs all while another has nothing to do', () => {
    const nodes = [node('large', 900 * GIB, { slots: 2 }), node('small', 500 * GIB, { slots: 2 })];
    const entries = ['a', 'b', 'c', 'd', 'e'].map((name) => waiting(name));

    const told = { entries, nodes, slots: { global: 9, perSource: 9, perDestination: 9 } };

    expect(placedIn(told).map(([where]) => where)).toEqual(['large', 'small', 'large', 'small']);
    expect(waitOf(told, 'e')?.says).toBe(
      'Every node that may run it runs as many migrations as it has slots: large (2), small (2).',
    );
  });

  test('with the shorter way to both sides; ways that are about as long are alike, and one that was measured goes first', () => {
    const far = node('far', 900 * GIB, { reach: reach(1, 80) });
    const near = node('near', 90 * GIB, { reach: reach(2, 3.5) });
    const unknown = node('unknown', 990 * GIB);

    expect(placedIn({ entries: one(), nodes: [far, near] })).toEqual([
      ['near', 'Of 2 nodes it has the shortest way to both sides (5.5 ms to connect).'],
    ]);
    expect(placedIn({ entries: one(), nodes: [unknown, far] }).map(([where]) => where)).toEqual(['far']);
    const alike = [node('one', 90 * GIB, { reach: reach(1, 1) }), node('other', 95 * GIB, { reach: reach(1, 2) })];
    expect(placedIn({ entries: one(), nodes: alike })).toEqual([['other', 'Of 2 nodes it has the most room.']]);
  });

  test('that copied faster from this very source of late', () => {
    const moved = (name: string, rate: number): NodeFacts['moved'] => [
      { source: src(name), bytesPerSecond: rate * MIB },
    ];
    const slow = node('slow', 900 * GIB, { moved: moved('vc', 40) });
    const fast = node('fast', 90 * GIB, { moved: moved('vc', 80) });
    const elsewhere = node('elsewhere', 950 * GIB, { moved: moved('esx', 200) });

    expect(placedIn({ entries: one(), nodes: [slow, fast, elsewhere] })).toEqual([
      ['fast', 'Of 3 nodes it has copied fastest from this source of late (80 MiB/s for each migration).'],
    ]);
  });

  test('that is the first by name where nothing tells them apart', () => {
    expect(placedIn({ entries: one(), nodes: [node('b'), node('a')] })).toEqual([
      ['a', 'Of 2 nodes it is as good as the others, and the first by name.'],
    ]);
  });

  test('and preflights spread over the nodes as well', () => {
    const entries = ['a', 'b', 'c'].map((name) => waiting(name, {}, { use: null }));
    const stages = new Map(entries.map(({ id }) => [id, 'planned' as const]));
    const nodes = [node('one', 90 * GIB, { slots: 2 }), node('two', 90 * GIB, { slots: 2 })];

    const { preflights } = decide(situation({ entries, stages, nodes, settings: { preflights: 3 } }));

    expect(preflights.map((look) => look.node)).toEqual(['one', 'two', 'one']);
  });
});

describe('tags', () => {
  const nodes = [
    node('desk', 900 * GIB),
    node('w1', 90 * GIB, { tags: ['rack1', 'fast'] }),
    node('w2', 95 * GIB, { tags: ['rack1'] }),
    node('w3', 99 * GIB, { tags: ['rack2'], isAlive: false }),
  ];
  const wants = (...tags: readonly string[]): Told => ({ entries: one(), nodes, tags: new Map([[mig('a'), tags]]) });

  test('bind a migration to the nodes that have all of them', () => {
    expect(placedIn(wants('rack1'))).toEqual([['w2', 'Of 2 nodes with the tag “rack1” it has the most room.']]);
    expect(placedIn(wants('rack1', 'fast'))).toEqual([
      ['w1', 'It is the only node with the tags “rack1” and “fast” that is up and may run it.'],
    ]);
    expect(placedIn(wants()).map(([where]) => where)).toEqual(['desk']);
  });

  test('that no node has are said, with those that there are and the way out', () => {
    expect(waitOf(wants('rack9'), 'a')).toEqual({
      reason: 'node',
      says: 'No node that may run it has the tag “rack9”; they have “fast”, “rack1”, “rack2”. Start a worker with it (“guts worker --tags”), or change the tags that the migration asks for.',
      until: null,
    });
    expect(waitOf(wants('fast', 'rack2'), 'a')?.says).toContain('has the tags “fast” and “rack2”; they have');
    expect(waitOf({ ...wants('x'), nodes: [node('desk')] }, 'a')?.says).toContain('none of them has any');
  });

  test('of a node that is down are waited for, also by preflight', () => {
    const told = { ...wants('rack2'), entries: [waiting('a', {}, { use: null })] };

    expect(waitOf(wants('rack2'), 'a')?.says).toBe('No node that may run it is up: w3.');
    expect(decide(situation(told))).toMatchObject({ starts: [], preflights: [] });
  });
});

test('of very many nodes only some are named', () => {
  const nodes = Array.from({ length: 1000 }, (_, i) => node(`w${i}`, GIB, { slots: 0 }));

  expect(waitOf({ entries: one(), nodes }, 'a')?.says).toMatch(/: w0 \(0\), .*w7 \(0\) and 992 more\.$/);
});
