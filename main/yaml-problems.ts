/** Reads a file that somebody wrote by hand, YAML or JSON, by a schema: all that is wrong is told, each with line, column and field. */
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Pair,
} from 'yaml';
import { z } from 'zod';
import { eitherOf, wordsOf } from './problem-words.ts';
import { fieldText, FileProblemsError, type FileProblem } from './shared/file-problems.ts';
import { nearestName } from './shared/nearest-name.ts';

export type Written<T> =
  | {
      readonly isSound: true;
      readonly value: T;
      /** For what only its reader can know, such as that something of that name is not there. */
      readonly problemAt: (path: readonly PropertyKey[], says: string) => FileProblem;
    }
  | { readonly isSound: false; readonly problems: readonly FileProblem[] };

/** Anchors may be used so often; more is made to eat memory. */
const MOST_ALIASES = 100;
const MOST_LETTERS = 16 * 1024 ** 2;

/** JSON is YAML, too. Objects of the schema have to be strict for unknown fields to be found. */
export function readWritten<T>(schema: z.ZodType<T>, text: string): Written<T> {
  if (text.length > MOST_LETTERS) return wrong([{ line: 1, column: 1, field: '', says: 'is longer than 16 MiB' }]);
  const quick = quickly(schema, text);
  if (quick !== null) return quick;
  const { document, lines } = parsed(text);
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0)
    return wrong(faults.map(({ pos, message }) => ({ ...placeOf(lines, pos[0]), field: '', says: message })));
  const lost = lostAliasesOf(document);
  if (lost.length > 0)
    return wrong(lost.map((offset) => ({ ...placeOf(lines, offset), field: '', says: 'there is no such anchor' })));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch {
    return wrong([{ line: 1, column: 1, field: '', says: 'refers to its anchors too often' }]);
  }
  if (value === null || value === undefined) return wrong([{ line: 1, column: 1, field: '', says: 'is empty' }]);
  const { success, data, error } = schema.safeParse(value);
  const problemAt = (path: readonly PropertyKey[], says: string, isName = false): FileProblem => ({
    ...placeOf(lines, offsetOf(document, path, isName)),
    field: fieldText(path),
    says,
  });
  if (success) return { isSound: true, value: data, problemAt };
  return wrong(
    error.issues.flatMap((issue) =>
      faultsOf(issue, schema).map(({ path, isName, says }) => problemAt(path, says, isName)),
    ),
  );
}

interface Parsed {
  readonly document: Document;
  readonly lines: LineCounter;
}

function parsed(text: string): Parsed {
  const lines = new LineCounter();
  return { document: parseDocument(text, { merge: true, prettyErrors: false, lineCounter: lines }), lines };
}

/** Nobody writes so much by hand: it is read as the JSON that it is, a hundred times faster, as long as it is sound. */
const LARGE_LETTERS = 256 * 1024;

function quickly<T>(schema: z.ZodType<T>, text: string): Written<T> | null {
  if (text.length < LARGE_LETTERS || !/^\s*\{/.test(text)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { success, data } = schema.safeParse(value);
  if (!success) return null;
  let places: Parsed | undefined;
  return {
    isSound: true,
    value: data,
    problemAt: (path, says) => {
      places ??= parsed(text);
      return { ...placeOf(places.lines, offsetOf(places.document, path, false)), field: fieldText(path), says };
    },
  };
}

/** @throws FileProblemsError */
export function demandWritten<T>(schema: z.ZodType<T>, file: string, text: string, remedy?: string): T {
  const read = readWritten(schema, text);
  if (!read.isSound) throw new FileProblemsError(file, read.problems, remedy);
  return read.value;
}

const wrong = (problems: readonly FileProblem[]): { readonly isSound: false; readonly problems: FileProblem[] } => ({
  isSound: false,
  problems: [...problems].sort((a, b) => a.line - b.line || a.column - b.column),
});

function placeOf(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Where they stand. */
function lostAliasesOf(document: Document): readonly number[] {
  const lost: number[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) === undefined) lost.push(startOf(alias) ?? 0);
    },
  });
  return lost;
}

/** Where the value stands that the path leads to, or its name; where it is missing, what it is missing from. */
function offsetOf(document: Document, path: readonly PropertyKey[], isName: boolean): number {
  let at: unknown = document.contents;
  let offset = startOf(at) ?? 0;
  for (const [depth, key] of path.entries()) {
    if (isAlias(at)) at = at.resolve(document);
    const isLast = depth === path.length - 1;
    if (isMap(at)) {
      const pair = at.items.find((one) => keyOf(one) === String(key));
      if (pair === undefined) return offset; // it is missing, or was merged in from elsewhere
      at = pair.value;
      offset = (isLast && isName ? undefined : startOf(at)) ?? startOf(pair.key) ?? offset;
    } else if (isNode(at) && 'items' in at && typeof key === 'number') {
      at = at.items[key];
      if (isPair(at)) return offset;
      offset = startOf(at) ?? offset;
    } else return offset;
  }
  return offset;
}

const keyOf = ({ key }: Pair): string | null => (isScalar(key) ? String(key.value) : null);
const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

interface Fault {
  readonly path: readonly PropertyKey[];
  /** It is the field's name that is wrong. */
  readonly isName: boolean;
  readonly says: string;
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType, before: readonly PropertyKey[] = []): readonly Fault[] {
  const path = [...before, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = namesAt(schema, path);
    return issue.keys.map((key) => ({ path: [...path, key], isName: true, says: unknownText(key, known) }));
  }
  if (issue.code === 'invalid_union') {
    const inside = issue.errors.filter((issues) => issues.some((one) => one.path.length > 0));
    const [best] = inside.sort((a, b) => a.length - b.length);
    if (best !== undefined) return best.flatMap((one) => faultsOf(one, schema, path));
    const ways = issue.errors.flatMap((issues) => issues.map(wordsOf));
    return [{ path, isName: false, says: ways.length === 0 ? wordsOf(issue) : eitherOf(ways) }];
  }
  return [{ path, isName: false, says: wordsOf(issue) }];
}

function unknownText(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  if (near !== null) return `there is no such field; did you mean “${near}”?`;
  if (known.length === 0) return 'there is no such field';
  return `there is no such field; there are ${known.slice(0, 40).join(', ')}`;
}

/** The fields of the object that the path leads to. */
function namesAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const bare = bareOf(schema);
  if (bare instanceof z.ZodUnion) return [...new Set(bare.options.flatMap((one) => namesAt(one, path)))];
  if (bare instanceof z.ZodIntersection)
    return [...new Set([bare.def.left, bare.def.right].flatMap((one) => namesAt(one, path)))];
  const [key, ...rest] = path;
  if (key === undefined) return bare instanceof z.ZodObject ? Object.keys(bare.shape) : [];
  const next = insideOf(bare, key);
  return next === undefined ? [] : namesAt(next, rest);
}

function insideOf(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Readonly<Record<PropertyKey, z.core.$ZodType>>)[key]; // a shape is nothing else
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return undefined;
}

/** Without what only says how it may be left out. */
function bareOf(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return bareOf(schema.unwrap());
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodReadonly) return bareOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return bareOf(schema.in);
  if (schema instanceof z.ZodLazy) return bareOf(schema.unwrap());
  return schema;
}
