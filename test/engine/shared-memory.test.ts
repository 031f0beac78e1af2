/** Memory that copies share with their lanes goes from one copy to the next, and never to two at once. */
import { expect, test } from 'vitest';
import { copyMemory } from '../../worker/engine/copy.ts';
import type { LaneMemory } from '../../worker/engine/lane/protocol.ts';

// An engine that had run 600 conversions held 800 MiB of memory that no copy used any more.
test('a copy takes the memory that the one before it has let go of', () => {
  const first = copyMemory(1, true, 2, 4096);
  first[Symbol.dispose]();

  const second = copyMemory(1, true, 2, 4096);

  expect(second.slots).toBe(first.slots);
  expect(second.packs).toBe(first.packs);
  expect(second.inputs).toBe(first.inputs);
});

test('copies side by side have memory of their own', () => {
  const [first, second] = [copyMemory(1, true), copyMemory(1, true)];

  expect(second.slots).not.toBe(first.slots);
  expect(second.packs).not.toBe(first.packs);
});

const sideBySide = (count: number): LaneMemory[] => {
  const many = Array.from({ length: count }, () => copyMemory(4, false));
  for (const memory of many) memory[Symbol.dispose]();
  return many;
};
const slotsOf = (copies: readonly LaneMemory[]): Set<SharedArrayBuffer> => new Set(copies.map(({ slots }) => slots));

// Two moves of two disks each, ten times, let an engine grow by 300 MiB: what went beyond one copy's was dropped each time.
test('copies side by side, again and again, find the memory that the last ones let go of', () => {
  const first = slotsOf(sideBySide(6));

  for (let again = 0; again < 5; again++) expect(slotsOf(sideBySide(6))).toEqual(first);
});

test('no more is kept than one copy takes, once copies have come one by one for long', () => {
  const many = slotsOf(sideBySide(20));
  for (let one = 0; one < 200; one++) sideBySide(1);

  const next = slotsOf(sideBySide(20));

  expect([...next].filter((slots) => many.has(slots))).toHaveLength(1); // of 32 MiB each, and what is beside them
});
