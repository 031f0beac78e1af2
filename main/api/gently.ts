/** Checks and writes answers piece by piece, so that a list of thousands keeps nobody else waiting. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Breather } from '../store/breather.ts';
import { etagOfSum } from './etag.ts';

/** Lists up to this length are taken in one go, which is faster. */
const FEW = 32;
/** So deep a long list is looked for. */
const DEPTH = 2;

/** As `schema.parse`. */
export async function parsedGently(schema: z.ZodType, value: unknown, breather = new Breather()): Promise<unknown> {
  if (breather.isDue) await breather.breathe();
  if (!isPlain(schema) || !hasLongList(value)) return schema.parse(value);
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    const all: unknown[] = [];
    for (const one of value) all.push(await taken(schema.element as z.ZodType, one, breather)); // schemas hold schemas
    return all;
  }
  if (!(schema instanceof z.ZodObject) || !isRecord(value)) return schema.parse(value);
  const parsed: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const own = await parsedGently(field as z.ZodType, value[name], breather); // schemas hold schemas
    if (own !== undefined) parsed[name] = own;
  }
  return parsed;
}

/** Waiting costs more than a short piece does. */
async function taken(schema: z.ZodType, one: unknown, breather: Breather): Promise<unknown> {
  return breather.isDue || hasLongList(one) ? await parsedGently(schema, one, breather) : schema.parse(one);
}

export interface Written {
  readonly text: string;
  readonly etag: string;
}

/** As `JSON.stringify`, of what was parsed, with the ETag of the text. */
export async function writtenGently(value: unknown): Promise<Written> {
  const breather = new Breather();
  const sum = createHash('sha256');
  const pieces: string[] = [];
  const write = async (part: unknown): Promise<void> => {
    if (breather.isDue) await breather.breathe();
    if (Array.isArray(part) && hasLongList(part)) {
      for (const [at, one] of part.entries()) {
        add(at === 0 ? '[' : ',');
        if (breather.isDue || hasLongList(one)) await write(one);
        else add(textOf(one));
      }
      add(']');
    } else if (isRecord(part) && hasLongList(part)) {
      const fields = Object.entries(part).filter(([, field]) => field !== undefined);
      for (const [at, [name, field]] of fields.entries()) {
        add(`${at === 0 ? '{' : ','}${JSON.stringify(name)}:`);
        await write(field);
      }
      add('}');
    } else add(textOf(part));
  };
  const add = (piece: string): void => {
    sum.update(piece);
    pieces.push(piece);
  };
  await write(value);
  return { text: pieces.join(''), etag: etagOfSum(sum) };
}

const textOf = (value: unknown): string => JSON.stringify(value) ?? 'null';

/** It asks for nothing but what its parts ask for. */
const isPlain = (schema: z.ZodType): boolean => {
  const { checks = [], catchall } = schema._zod.def as { checks?: unknown[]; catchall?: unknown }; // where it has them
  return checks.length === 0 && catchall === undefined;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function hasLongList(value: unknown, depth = DEPTH): boolean {
  if (Array.isArray(value) && value.length > FEW) return true;
  if (depth === 0 || typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((one) => hasLongList(one, depth - 1));
}
