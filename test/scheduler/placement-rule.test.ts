/** Whatever the fleet and the wishes: the node that is found quickly is the one that a plain walk over all nodes finds, and so are the words. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NodeSpace, type Wanted } from '../../main/scheduler/placement.ts';
import type { NodeFacts, Placement } from '../../main/shared/schedule.ts';
import { PlainSpace } from './plain-placement.ts';
import { dst, GIB, MONDAY_NOON, node, src } from './samples.ts';

const at = new Date(MONDAY_NOON).toISOString();
const source = fc.constantFrom(src('vc'), src('esx'), src('far'));
const destination = fc.constantFrom(dst('c1'), dst('c2'));
const tag = fc.constantFrom('rack1', 'rack2', 'fast');
const name = fc.nat(11).map((i) => `w${i}`);
const few = fc.option(fc.uniqueArray(name, { maxLength: 4 }), { nil: [], freq: 3 });

const reach = fc.record({
  connection: fc.oneof(source, destination),
  isReached: fc.boolean().map((isNot) => !isNot),
  milliseconds: fc.constantFrom(null, 0, 1, 2.5, 3.9, 8, 80),
  at: fc.constant(at),
});
const often = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const facts = fc.record({
  freeGib: fc.integer({ min: 0, max: 60 }),
  slots: often(fc.nat(3)),
  processors: fc.integer({ min: 1, max: 4 }),
  isAlive: fc.nat(9).map((n) => n > 0),
  isDraining: fc.nat(9).map((n) => n === 0),
  tags: often(fc.uniqueArray(tag)),
  reach: often(fc.uniqueArray(reach, { maxLength: 5, selector: ({ connection }) => connection })),
  moved: often(
    fc.uniqueArray(fc.record({ source, bytesPerSecond: fc.constantFrom(0, 1e6, 5e6) }), {
      selector: (one) => one.source,
    }),
  ),
});
/** Also some that are all alike, as most fleets are when they begin. */
const fleet = fc.oneof(
  fc.array(facts, { maxLength: 12 }),
  fc.tuple(facts, fc.integer({ min: 1, max: 12 })).map(([one, count]) => Array.from({ length: count }, () => one)),
);
const nodesIn = (fleet: readonly (typeof facts extends fc.Arbitrary<infer T> ? T : never)[]): NodeFacts[] =>
  fleet.map(({ freeGib, slots, tags, reach, moved, ...told }, i) =>
    node(`w${i}`, freeGib * GIB, {
      ...told,
      ...(slots === undefined ? {} : { slots }),
      ...(tags === undefined ? {} : { tags }),
      ...(reach === undefined ? {} : { reach }),
      ...(moved === undefined ? {} : { moved }),
    }),
  );

const wanted: fc.Arbitrary<Wanted> = fc.record({
  use: fc.record({ source, destination, spaceBytes: fc.integer({ min: 0, max: 30 }).map((gib) => gib * GIB) }),
  nodes: few,
  tags: fc.option(fc.uniqueArray(tag, { maxLength: 2 }), { nil: [], freq: 3 }),
  before: fc.option(name, { freq: 4 }),
});
/** Somebody wants a node and takes it, or only looks; or a node is kept for one that waits for room. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constantFrom('takes', 'looks'), wanted }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('keeps'), node: name, gib: fc.nat(30) }) },
);
const settings = fc.record({ nodesOfSource: fc.dictionary(source, few, { maxKeys: 2 }) });
const placed = fc.array(
  fc.record({ node: name, reason: fc.constant(''), reservedBytes: fc.nat(20).map((gib) => gib * GIB) }),
  { maxLength: 8 },
);

test('the node and the reason are those of a plain walk over all nodes, whatever was taken before', () => {
  const chosen = { placed: 0, waits: 0 };

  fc.assert(
    fc.property(fleet, settings, placed, fc.array(step, { maxLength: 40 }), (fleet, limits, before, steps) => {
      const nodes = nodesIn(fleet);
      const quick = new NodeSpace(nodes, before, limits);
      const plain = new PlainSpace(nodes, limits);
      const takenOf = (one: Pick<Placement, 'node' | 'reservedBytes'>): void => {
        for (const space of [quick, plain]) space.take(one);
      };
      for (const one of before) plain.take(one);

      for (const one of steps) {
        if (!('wanted' in one)) {
          takenOf({ node: one.node, reservedBytes: one.gib * GIB });
          continue;
        }
        const choice = quick.choose(one.wanted);
        expect(choice).toEqual(plain.choose(one.wanted));
        chosen[choice.kind] += 1;
        if (choice.kind === 'waits') continue;
        if (one.what === 'takes') takenOf(choice.placement);
        else for (const space of [quick, plain]) space.look(choice.placement.node);
      }
    }),
    { numRuns: 3000 },
  );

  expect(Math.min(chosen.placed, chosen.waits)).toBeGreaterThan(1000);
});
