/** Documents outlive the Guts that wrote them: an older layout is understood, step by step, and kept as the generation before. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DurableFile } from '../../main/store/durable-file.ts';
import { scratch } from '../support/disks.ts';

const First = z.object({ schemaVersion: z.literal(1), name: z.string() });
const Second = z.object({ schemaVersion: z.literal(2), names: z.array(z.string()) });
const Third = z.object({ schemaVersion: z.literal(3), names: z.array(z.string()), isOpen: z.boolean() });

const first = (file: string) => new DurableFile({ file, schema: First, schemaVersion: 1, keepsBackup: true });
const third = (file: string) =>
  new DurableFile({
    file,
    schema: Third,
    schemaVersion: 3,
    keepsBackup: true,
    upgrades: {
      1: (old) => ({ schemaVersion: 2, names: [First.parse(old).name] }),
      2: (old) => ({ ...Second.parse(old), schemaVersion: 3, isOpen: false }),
    },
  });

describe('a document', () => {
  test('of an older layout is read as if it were of this one, and stays until it is written', async () => {
    using tmp = scratch();
    const file = tmp.file('plans.json');
    await first(file).write({ schemaVersion: 1, name: 'one' });
    const before = readFileSync(file, 'utf8');

    const read = await third(file).read();
    expect(read).toEqual({ schemaVersion: 3, names: ['one'], isOpen: false });
    expect(readFileSync(file, 'utf8')).toBe(before);

    await third(file).write({ schemaVersion: 3, names: ['one', 'two'], isOpen: true });
    expect(await third(file).read()).toEqual({ schemaVersion: 3, names: ['one', 'two'], isOpen: true });
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(before);
    await expect(first(file).read()).rejects.toMatchObject({ code: 'store.too-new' });
  });

  test('comes back from a generation before that is of the older layout', async () => {
    using tmp = scratch();
    const file = tmp.file('plans.json');
    await first(file).write({ schemaVersion: 1, name: 'one' });
    await third(file).write({ schemaVersion: 3, names: ['two'], isOpen: true });
    writeFileSync(file, 'garbage');

    await expect(third(file).read()).rejects.toMatchObject({ code: 'store.damaged' });

    expect(await third(file).read()).toEqual({ schemaVersion: 3, names: ['one'], isOpen: false });
  });

  test('of a layout that nobody knows any more is left as it is, and said', async () => {
    using tmp = scratch();
    const file = tmp.file('plans.json');
    writeFileSync(file, '{"schemaVersion":0,"title":"one"}');

    await expect(third(file).read()).rejects.toMatchObject({ code: 'store.too-old' });

    expect(readFileSync(file, 'utf8')).toBe('{"schemaVersion":0,"title":"one"}');
  });

  test('that looks older but is not what an older Guts wrote is set aside as any other damage', async () => {
    using tmp = scratch();
    const file = tmp.file('plans.json');
    writeFileSync(file, '{"schemaVersion":1,"title":"one"}');

    await expect(third(file).read()).rejects.toMatchObject({ code: 'store.damaged' });

    expect(readFileSync(`${file}.corrupt`, 'utf8')).toBe('{"schemaVersion":1,"title":"one"}');
  });
});
