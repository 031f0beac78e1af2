/** Makes the input of an operation from a request: every field from where it belongs, and no field that is not there. */
import { z } from 'zod';
import { operations, type Operation, type OperationName } from '../shared/operations.ts';
import { jsonOf } from './body.ts';
import { BadRequestError, type Problem } from './errors.ts';

const MiB = 2 ** 20;
const MOST_BODY_BYTES = MiB;
/** A plan may name 10,000 machines, each with options of its own. */
const MOST_PLAN_BYTES = 16 * MiB;

/** As the handler gets it: the schema's own defaults are in. */
export type Input = Readonly<Record<string, unknown>>;

/** Names in the path: `source` of `/v1/sources/{source}`. */
export const pathFields = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

export const hasBody = ({ method }: Operation): boolean => method === 'POST' || method === 'PUT';
const withPlans: readonly OperationName[] = [
  'plans.create',
  'plans.change',
  'plans.add',
  'plans.move',
  'plans.readFile',
  'plans.matchList',
  'handovers.reserve',
  'handovers.receive',
];
export const mostBodyBytes = (name: OperationName): number =>
  withPlans.includes(name) ? MOST_PLAN_BYTES : MOST_BODY_BYTES;

/**
 * @param allowed query fields that are not of the input, such as those that only choose how the answer looks
 * @throws BadRequestError, and what the body's reading throws
 */
export async function inputOf(name: OperationName, request: Request, allowed: readonly string[] = []): Promise<Input> {
  const operation: Operation = operations[name];
  const url = new URL(request.url);
  const fromPath = paramsOf(operation.path, url.pathname);
  const rest = hasBody(operation)
    ? fieldsOf(await jsonOf(request, mostBodyBytes(name)), fromPath)
    : queryOf(name, url.searchParams, allowed);
  if (hasBody(operation) && [...url.searchParams.keys()].some((key) => !allowed.includes(key)))
    throw new BadRequestError([
      { path: '', says: `${operation.method} takes its fields from the body, not the query` },
    ]);
  return checked(operation.input, { ...rest, ...fromPath });
}

/** @throws BadRequestError */
export function checked(schema: z.ZodObject, raw: Input): Input {
  const result = schema.safeParse(raw);
  if (!result.success) throw new BadRequestError(result.error.issues.map(told));
  const unknown = unknownFields(raw, result.data, []);
  if (unknown.length > 0) throw new BadRequestError(unknown);
  return result.data;
}

function paramsOf(pattern: string, path: string): Input {
  const given = path.split('/');
  const params: Record<string, string> = {};
  for (const [index, piece] of pattern.split('/').entries()) {
    const [, name] = /^\{(\w+)\}$/.exec(piece) ?? [];
    if (name === undefined) continue;
    try {
      params[name] = decodeURIComponent(given[index] ?? '');
    } catch {
      throw new BadRequestError([{ path: name, says: 'it is not percent-encoded UTF-8' }]);
    }
  }
  return params;
}

function fieldsOf(body: unknown, fromPath: Input): Input {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new BadRequestError([{ path: '', says: 'the body is no JSON object' }]);
  const twice = Object.keys(body).filter((name) => Object.hasOwn(fromPath, name));
  if (twice.length > 0) throw new BadRequestError(twice.map((path) => ({ path, says: 'it is in the path already' })));
  return body as Input; // an object, by the lines above
}

type FieldKind = 'number' | 'boolean' | 'list' | 'text';

function queryOf(name: OperationName, query: URLSearchParams, allowed: readonly string[]): Input {
  const kinds = fieldKinds(name);
  const fields: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const field of new Set(query.keys())) {
    if (allowed.includes(field)) continue;
    const kind = kinds.get(field);
    const values = query.getAll(field);
    if (kind === undefined) problems.push({ path: field, says: 'there is no such field' });
    else if (kind === 'list') fields[field] = values;
    else if (values.length > 1) problems.push({ path: field, says: 'it is there more than once' });
    else fields[field] = decoded(kind, values[0] ?? '');
  }
  if (problems.length > 0) throw new BadRequestError(problems);
  return fields;
}

/** What does not look like its kind stays text, which the schema then refuses in its own words. */
function decoded(kind: FieldKind, text: string): unknown {
  if (kind === 'number' && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

const known = new Map<OperationName, ReadonlyMap<string, FieldKind>>();

/** What stands for which field of a query, by the schema of the input. */
function fieldKinds(name: OperationName): ReadonlyMap<string, FieldKind> {
  const { input, path }: Operation = operations[name];
  let kinds = known.get(name);
  if (kinds === undefined) {
    const { properties = {} } = z.toJSONSchema(input, { io: 'input' });
    const taken = pathFields(path);
    kinds = new Map(
      Object.entries(properties).flatMap(([field, schema]) =>
        taken.includes(field) || typeof schema === 'boolean' ? [] : [[field, kindOf(schema.type)] as const],
      ),
    );
    known.set(name, kinds);
  }
  return kinds;
}

function kindOf(type: unknown): FieldKind {
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'boolean';
  return type === 'array' ? 'list' : 'text';
}

function told(issue: z.core.$ZodIssue): Problem {
  return { path: pathText(issue.path), says: issue.message };
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, piece) =>
      typeof piece === 'number' ? `${text}[${piece}]` : text === '' ? String(piece) : `${text}.${String(piece)}`,
    '',
  );
}

/** Fields that the schema let fall: a misspelt wish must not be taken for none. */
function unknownFields(raw: unknown, parsed: unknown, at: readonly PropertyKey[]): Problem[] {
  if (Array.isArray(raw) && Array.isArray(parsed))
    return raw.flatMap((one, index) => unknownFields(one, parsed[index], [...at, index]));
  if (!isPlain(raw) || !isPlain(parsed)) return [];
  return Object.keys(raw).flatMap((name) =>
    Object.hasOwn(parsed, name)
      ? unknownFields(raw[name], parsed[name], [...at, name])
      : [{ path: pathText([...at, name]), says: 'there is no such field' }],
  );
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
