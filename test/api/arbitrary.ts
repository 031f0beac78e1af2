/** Requests made of a description: such as it allows, and such as it does not. */
import * as fc from 'fast-check';
import type { JsonSchema } from '../../main/api/json-schemas.ts';
import type { OpenApi, Parameter } from '../../main/api/openapi.ts';

export interface MadeRequest {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Values that a schema allows; now and then one that only the server's finer rules refuse. */
export function valid(schema: JsonSchema, api: OpenApi): fc.Arbitrary<unknown> {
  const { $ref: reference, const: only, enum: choices, anyOf, oneOf, items, type } = schema;
  if (typeof reference === 'string') {
    const named = api.components.schemas[reference.split('/').at(-1) ?? ''];
    if (named === undefined) throw new Error(`“${reference}” leads nowhere`);
    return valid(named, api);
  }
  if (only !== undefined) return fc.constant(only);
  if (Array.isArray(choices)) return fc.constantFrom(...(choices as unknown[]));
  if (type === 'object' && Array.isArray(oneOf))
    return fc.oneof(...(oneOf as readonly JsonSchema[]).map((one) => object(withOnly(one, schema), api)));
  const several = (anyOf ?? oneOf) as readonly JsonSchema[] | undefined; // schemas, by JSON Schema
  if (several !== undefined) return fc.oneof(...several.map((one) => valid(one, api)));
  if (Array.isArray(type)) return fc.oneof(...type.map((one: unknown) => valid({ ...schema, type: one }, api)));
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return fc.integer(boundsOf(schema));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid((items ?? {}) as JsonSchema, api), {
        minLength: Number(schema['minItems'] ?? 0),
        maxLength: 3,
      });
    case 'object':
      return object(schema, api);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** Nobody listens there: a real host that tries is not kept waiting, and bothers nobody. */
const NOWHERE = ['https://127.0.0.1:9', 'https://localhost:9/sdk?x=1', 'https://[::1]:9/%20'];

/** What there is, so that some of the requests are about something. */
const THERE: Readonly<Record<string, string>> = { source: 'vc1', destination: 'prod' };

function field(name: string, schema: JsonSchema, api: OpenApi): fc.Arbitrary<unknown> {
  const there = THERE[name];
  const isName = schema.type === 'string' && schema.pattern === undefined;
  return there === undefined || !isName ? valid(schema, api) : fc.oneof(fc.constant(there), valid(schema, api));
}

function text({ pattern, format, minLength = 0, maxLength = 40 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  if (format === 'uri') return fc.constantFrom(...NOWHERE);
  if (format === 'ipv4') return fc.ipV4();
  if (format === 'ipv6') return fc.ipV6();
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc.string({ minLength: Number(minLength), maxLength: Math.min(40, Number(maxLength)), unit: 'binary' });
}

function boundsOf({ minimum, maximum, exclusiveMinimum }: JsonSchema): { min: number; max: number } {
  const least = Number(minimum ?? (exclusiveMinimum === undefined ? -1000 : Number(exclusiveMinimum) + 1));
  return { min: least, max: Math.min(Number(maximum ?? 1e9), Number.MAX_SAFE_INTEGER) };
}

function object(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  api: OpenApi,
): fc.Arbitrary<object> {
  if (Object.keys(properties).length === 0 && typeof additionalProperties === 'object')
    return fc.dictionary(
      fc.stringMatching(/^src_[0-9a-z]{12}$/),
      valid((additionalProperties ?? {}) as JsonSchema, api),
      { maxKeys: 2 },
    );
  const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, field(name, one, api)]));
  return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true });
}

/** Of fields that shut each other out, the one that is chosen. */
function withOnly({ required: chosen = [] }: JsonSchema, { oneOf, ...schema }: JsonSchema): JsonSchema {
  const others = (oneOf as readonly JsonSchema[]).flatMap(({ required = [] }) => required);
  const left = Object.entries(schema.properties ?? {}).filter(
    ([name]) => chosen.includes(name) || !others.includes(name),
  );
  return { ...schema, properties: Object.fromEntries(left), required: [...(schema.required ?? []), ...chosen] };
}

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    -1,
    1e308,
    2 ** 53,
    '../../etc/passwd',
    '%2e%2e%2f',
    '\0',
    '\ud800',
    "'; DROP TABLE sources; --",
    '${jndi:ldap://x}',
    '<script>alert(1)</script>',
    'mig_000000000000',
    'x'.repeat(70_000),
    [],
    [[[[]]]],
    {},
    { __proto__: null, constructor: { prototype: { role: 'admin' } } },
    JSON.parse('{"__proto__":{"role":"admin"}}'),
    true,
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Something of it is exchanged, left out, added, or all of it is something else. */
export function hostile(schema: JsonSchema, api: OpenApi): fc.Arbitrary<unknown> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(valid(schema, api), fc.nat(), fc.nat(3), junk)
        .map(([value, where, how, bad]) => spoilt(value, where, how, bad)),
    },
    { weight: 1, arbitrary: junk },
  );
}

function spoilt(value: unknown, where: number, how: number, bad: unknown): unknown {
  if (Array.isArray(value) && value.length > 0)
    return value.map((one, index) =>
      index === where % value.length ? spoilt(one, where >> 2, how, bad) : (one as unknown),
    );
  if (typeof value !== 'object' || value === null) return bad;
  const fields = Object.entries(value);
  const at = fields.length === 0 ? -1 : where % fields.length;
  if (how === 0) return Object.fromEntries(fields.filter((_, index) => index !== at));
  if (how === 1 || at < 0)
    return Object.fromEntries([...fields, [typeof bad === 'string' ? bad.slice(0, 100) : '__proto__', bad]]);
  return Object.fromEntries(
    fields.map(([name, one], index) => [name, index === at ? spoilt(one, where >> 2, how, bad) : (one as unknown)]),
  );
}

type Make = (schema: JsonSchema, api: OpenApi) => fc.Arbitrary<unknown>;

/** @param make how the values of a request are made: `valid` or `hostile` */
export function requestFor(api: OpenApi, path: string, method: string, make: Make): fc.Arbitrary<MadeRequest> {
  const operation = api.paths[path]?.[method];
  if (operation === undefined) throw new Error(`${method} ${path} is not described`);
  const { operationId, parameters, requestBody } = operation;
  const schema = requestBody?.content['application/json']?.schema;
  const inPath = parameters.filter((one) => one.in === 'path');
  const others = parameters.filter((one) => one.in !== 'path');
  return fc
    .record({
      params: fc.tuple(
        ...inPath.map(({ name, schema: own }) => (make === valid ? field(name, own, api) : make(own, api))),
      ),
      rest: fc.tuple(...others.map((one) => fc.option(make(one.schema, api), { nil: undefined, freq: 1 }))),
      body: schema === undefined ? fc.constant(undefined) : make(schema, api).map((value) => JSON.stringify(value)),
    })
    .map(({ params, rest, body }) => ({
      operationId,
      method: method.toUpperCase(),
      path:
        inPath.reduce((text, { name }, index) => text.replace(`{${name}}`, encoded(params[index])), path) +
        queryOf(others, rest),
      headers: headersOf(others, rest),
      body,
    }));
}

/** A lone half of a pair has no encoding: something else in its place. */
const encoded = (value: unknown): string =>
  encodeURIComponent(plain(value).replaceAll(/\p{Surrogate}/gu, '?')) || '%20';
const plain = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function queryOf(parameters: readonly Parameter[], values: readonly unknown[]): string {
  const query = parameters.flatMap(({ name, in: where }, index) => {
    const value = values[index];
    if (where !== 'query' || value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((one) => `${name}=${encoded(one)}`);
  });
  return query.length === 0 ? '' : `?${query.join('&')}`;
}

function headersOf(parameters: readonly Parameter[], values: readonly unknown[]): Record<string, string> {
  return Object.fromEntries(
    parameters.flatMap(({ name, in: where }, index) => {
      const value = values[index];
      if (where !== 'header' || value === undefined) return [];
      // What Node itself would not send says nothing about the server.
      return [
        [
          name,
          plain(value)
            .replaceAll(/[^\x21-\x7e]/g, '')
            .slice(0, 500),
        ],
      ];
    }),
  );
}
