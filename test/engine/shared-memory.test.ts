/** Memory that copies share with their lanes goes from one copy to the next, and never to two at once. */
import { expect, test } from 'vitest';
import { copyMemory } from '../../worker/engine/copy.ts';

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

test('no more is kept than one copy takes', () => {
  const many = Array.from({ length: 20 }, () => copyMemory(4, false));
  for (const memory of many) memory[Symbol.dispose]();

  const next = Array.from({ length: 20 }, () => copyMemory(4, false));

  const reused = next.filter((memory) => many.some((before) => before.slots === memory.slots));
  expect(reused).toHaveLength(1); // of 32 MiB each, and what is beside them
});
