/** The description of everything that can be asked, as OpenAPI 3.1: made of the table of operations and its schemas. */
import { z } from 'zod';
import { GutsEvent } from '../shared/events.ts';
import { isMaking, operationNames, operations, type Operation, type OperationName } from '../shared/operations.ts';
import { eventKinds } from './event-frames.ts';
import { hasBody, pathFields } from './input.ts';
import { JsonSchemas, type JsonSchema } from './json-schemas.ts';
import { hasTwin } from './preconditions.ts';
import { mediaTypes, reportFormats } from '../shared/report-formats.ts';
import { formatsOf } from './presentations.ts';
import { UploadedFile } from '../shared/uploads.ts';
import { ProblemShape } from '../shared/client/problem-shape.ts';
import { EVENTS_PATH, EVENTS_TYPE, FILES_PATH, JSON_TYPE, PROBLEM_TYPE } from '../shared/client/words.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Readonly<Record<string, { schema: JsonSchema }>>;
  };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  /** The least role that may. */
  readonly 'x-guts-role'?: string;
}

export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
    readonly responses: Readonly<Record<string, unknown>>;
  };
}

const problem = { $ref: '#/components/responses/Problem' };
const text = (description: string): JsonSchema => ({ type: 'string', description });

export function openApiOf(version: string): OpenApi {
  const schemas = new JsonSchemas();
  const paths: Record<string, Record<string, DescribedOperation>> = {};
  for (const name of operationNames) {
    const { path, method }: Operation = operations[name];
    paths[path] = { ...paths[path], [method.toLowerCase()]: described(name, schemas) };
  }
  paths[EVENTS_PATH] = { get: events(schemas) };
  paths[FILES_PATH] = { post: files(schemas) };
  for (const [path, one] of Object.entries(open)) paths[path] = { get: one };
  const problemSchema = schemas.of(z.object({ problem: ProblemShape }), 'output').properties?.['problem'] ?? {};
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guts',
      version,
      description:
        'Moves virtual machines from VMware vSphere and Microsoft Hyper-V to OpenStack. Fields that are not described are refused.',
    },
    security: [{ token: [] }, { keystone: [] }],
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        keystone: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' },
      },
      responses: {
        Problem: {
          description: 'What went wrong, and what to do about it (RFC 9457)',
          content: { [PROBLEM_TYPE]: { schema: problemSchema } },
        },
      },
    },
  };
}

function described(name: OperationName, schemas: JsonSchemas): DescribedOperation {
  const operation: Operation = operations[name];
  const { path, summary, role, status, output } = operation;
  const input = schemas.of(operation.input, 'input');
  const inPath = pathFields(path);
  const isBody = hasBody(operation);
  const rest = without(input, inPath);
  const answer: Record<string, unknown> = { [JSON_TYPE]: { schema: schemas.of(output, 'output') } };
  for (const one of formatsOf(name)) answer[mediaTypes[one]] ??= { schema: { type: 'string' } };
  return {
    operationId: name,
    summary,
    tags: [name.split('.')[0] ?? name],
    parameters: [
      ...inPath.map((field) => parameter(field, 'path', input)),
      ...(isBody ? [] : Object.keys(rest.properties ?? {}).map((field) => parameter(field, 'query', input))),
      ...(formatsOf(name).length === 1 ? [] : [format]),
      ...headersOf(name, operation),
    ],
    ...(isBody && Object.keys(rest.properties ?? {}).length > 0
      ? { requestBody: { required: (rest.required ?? []).length > 0, content: { [JSON_TYPE]: { schema: rest } } } }
      : {}),
    responses: {
      [String(status ?? 200)]: { description: 'Done', content: answer },
      ...(operation.method === 'GET' ? { '304': { description: 'As If-None-Match says' } } : {}),
      default: problem,
    },
    'x-guts-role': role,
  };
}

const format: Parameter = {
  name: 'format',
  in: 'query',
  required: false,
  description: 'JSON, a page, or a file; without it, what Accept prefers',
  schema: { type: 'string', enum: [...reportFormats] },
};

function headersOf(name: OperationName, operation: Operation): Parameter[] {
  const header = (of: string, description: string): Parameter => ({
    name: of,
    in: 'header',
    required: false,
    schema: text(description),
    description,
  });
  if (isMaking(operation))
    return [header('Idempotency-Key', 'Sent again with the same key, the request is done once and answered the same')];
  if (operation.method === 'GET')
    return [header('If-None-Match', 'ETags that are known: 304 where one of them still holds')];
  return hasTwin(name) ? [header('If-Match', 'The ETag of GET: 412 where it does not hold any more')] : [];
}

function parameter(name: string, where: 'path' | 'query', { properties = {}, required = [] }: JsonSchema): Parameter {
  const { description, ...schema } = properties[name] ?? {};
  return {
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(typeof description === 'string' ? { description } : {}),
    schema,
  };
}

function without({ properties = {}, required = [], ...schema }: JsonSchema, fields: readonly string[]): JsonSchema {
  const left = Object.entries(properties).filter(([name]) => !fields.includes(name));
  const needed = required.filter((name) => !fields.includes(name));
  return { ...schema, properties: Object.fromEntries(left), ...(needed.length === 0 ? {} : { required: needed }) };
}

function events(schemas: JsonSchemas): DescribedOperation {
  const query = (name: string, description: string, items: JsonSchema): Parameter => ({
    name,
    in: 'query',
    required: false,
    description,
    schema: { type: 'array', items },
  });
  const told = schemas.of(z.object({ id: z.string(), at: z.iso.datetime(), event: GutsEvent }), 'output');
  return {
    operationId: 'events.listen',
    summary: 'What happens, as it happens: server-sent events, each with this as its data',
    tags: ['events'],
    parameters: [
      query('kinds', 'Only these', { type: 'string', enum: [...eventKinds] }),
      query('migration', 'Only about these', { type: 'string' }),
      {
        name: 'Last-Event-ID',
        in: 'header',
        required: false,
        description: 'Go on after this one; a “gap” comes first where it is too long ago',
        schema: { type: 'string' },
      },
    ],
    responses: { '200': { description: 'The stream', content: { [EVENTS_TYPE]: { schema: told } } }, default: problem },
    'x-guts-role': 'viewer',
  };
}

function files(schemas: JsonSchemas): DescribedOperation {
  return {
    operationId: 'files.send',
    summary: 'Takes a file as it is, up to 256 MiB, for an operation that names it within a day',
    tags: ['files'],
    parameters: [
      {
        name: 'name',
        in: 'query',
        required: true,
        description: 'What it is called, without folders',
        schema: { type: 'string', minLength: 1, maxLength: 200 },
      },
    ],
    requestBody: {
      required: true,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    },
    responses: {
      '201': { description: 'It is here', content: { [JSON_TYPE]: { schema: schemas.of(UploadedFile, 'output') } } },
      default: problem,
    },
    'x-guts-role': 'operator',
  };
}

const plain = (operationId: string, summary: string, type: string, isOpen: boolean): DescribedOperation => ({
  operationId,
  summary,
  tags: ['server'],
  parameters: [],
  responses: { '200': { description: 'As asked', content: { [type]: { schema: {} } } }, default: problem },
  ...(isOpen ? { security: [] } : { 'x-guts-role': 'viewer' }),
});

/** Beside the table. */
export const open: Readonly<Record<string, DescribedOperation>> = {
  '/healthz': plain('server.health', 'Whether it runs', JSON_TYPE, true),
  '/readyz': plain('server.ready', 'Whether it can do what it is asked: 503 and why, where it cannot', JSON_TYPE, true),
  '/metrics': plain('server.metrics', 'Figures for Prometheus', 'text/plain', false),
  '/openapi.json': plain('server.description', 'This description', JSON_TYPE, true),
  '/docs': plain('server.docs', 'This description, for people', 'text/html', true),
};
