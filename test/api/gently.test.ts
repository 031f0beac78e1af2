/** Long answers: the same to the last byte as in one go, with others served in between. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { etagOf } from '../../main/api/etag.ts';
import { parsedGently, writtenGently } from '../../main/api/gently.ts';
import { ScheduledMigration } from '../../main/shared/schedule.ts';
import { goodRecord } from '../reports/sample.ts';

const Thing = z.object({
  name: z.string(),
  size: z.number().optional(),
  parts: z.array(z.object({ key: z.string() })),
});
const Shape = z.object({
  things: z.array(Thing),
  inside: z.object({ names: z.array(z.string()), most: z.array(z.number()).max(50) }),
  either: z.union([z.array(Thing), z.null()]),
  next: z.string().nullable(),
});

const text = fc.string({ unit: 'binary' });
const list = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(fc.array(of, { maxLength: 4 }), fc.array(of, { minLength: 33, maxLength: 60, size: 'max' }));
const thing = fc.record(
  {
    name: text,
    size: fc.double({ noNaN: true, noDefaultInfinity: true }),
    parts: list(fc.record({ key: text, secret: text })),
    secret: text,
  },
  { requiredKeys: ['name', 'parts'] },
);
const shaped = fc.record({
  things: list(thing),
  inside: fc.record({ names: list(text), most: fc.array(fc.integer(), { maxLength: 50 }), secret: text }),
  either: fc.oneof(list(thing), fc.constant(null)),
  next: fc.oneof(text, fc.constant(null)),
});

test('are checked and written as they would be in one go', async () => {
  await fc.assert(
    fc.asyncProperty(shaped, async (value) => {
      const parsed = await parsedGently(Shape, value);

      const whole = Shape.parse(value);
      expect(parsed).toEqual(whole);
      const written = JSON.stringify(whole);
      expect(await writtenGently(parsed)).toEqual({ text: written, etag: etagOf(written) });
    }),
    { numRuns: 60 },
  );
});

test('are refused where one of their parts is wrong', async () => {
  const value = {
    things: Array.from({ length: 40 }, () => ({ name: 'a', parts: [] })),
    inside: { names: [], most: [] },
    either: null,
    next: null,
  };
  expect(await parsedGently(Shape, value)).toEqual(value);

  for (const wrong of [
    { ...value, things: [...value.things, { name: 'b' }] },
    { ...value, things: undefined },
    { ...value, inside: { names: [], most: Array(51).fill(1) } },
    { ...value, either: [...value.things, 7] },
  ])
    await expect(parsedGently(Shape, wrong)).rejects.toThrow(z.ZodError);
});

test('leave the thread to others now and then', async () => {
  const one = {
    ...goodRecord(),
    schedule: null,
    isQueued: false,
    waitsFor: null,
    placement: null,
    progress: [],
    slowedBy: null,
  };
  const value = { migrations: Array.from({ length: 1000 }, () => one), next: null };
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);

  const parsed = await parsedGently(z.object({ migrations: z.array(ScheduledMigration) }), value);
  const between = turns;
  await writtenGently(parsed);
  isOver = true;

  expect(between).toBeGreaterThan(10);
  expect(turns - between).toBeGreaterThan(3);
});
