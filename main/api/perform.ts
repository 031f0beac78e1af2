/** Answers one request for one operation: who asks, may they, what do they want, do it, write it down, say it. */
import { demandRole, type Access, type Asked } from '../access/access.ts';
import { AuditNotWrittenError } from '../access/audit-log.ts';
import type { CallContext, Handlers } from '../operations/handlers.ts';
import type { Caller } from '../shared/access.ts';
import { isMaking, operations, type Operation, type OperationName } from '../shared/operations.ts';
import type { Answer, Arrival } from './answer.ts';
import { etagOf, isAmong } from './etag.ts';
import { parsedGently, writtenGently } from './gently.ts';
import { inputOf, type Input } from './input.ts';
import type { KeptAnswers } from './kept-answers.ts';
import { lookOf } from './look.ts';
import { ifMatch } from './preconditions.ts';
import { formatFor, formatsOf, presented } from './presentations.ts';
import { JSON_TYPE } from '../shared/client/words.ts';

/** What all requests are answered with. */
export interface Served {
  readonly handlers: Handlers;
  readonly access: Access;
  /** Without it, idempotency keys mean nothing. */
  readonly keptAnswers: KeptAnswers | undefined;
  /** Returns when all is known here that other servers of the same state have done; without it there are none. */
  readonly catchUp: (() => Promise<void>) | undefined;
}

/** @throws what keeps it from being done; `problemOf` makes an answer of that */
export async function perform(
  name: OperationName,
  request: Request,
  served: Served,
  { address }: Arrival,
): Promise<Response> {
  const operation: Operation = operations[name];
  const { access } = served;
  const caller = await access.callerOf(request.headers, address).catch(async (error: unknown) => {
    if (changesSomething(operation)) await access.noteStranger(name, address, error);
    throw error;
  });
  if (!changesSomething(operation)) {
    demandRole(caller, operation.role);
    const input = await inputOf(name, request, formatsOf(name).length === 1 ? [] : ['format']);
    const output = await handled(name, input, { caller, signal: request.signal }, served);
    return operation.method === 'GET' || formatsOf(name).length > 1
      ? await shown(name, output, request)
      : response(await answerOf(operation, output));
  }
  return response(await changed(name, request, served, caller));
}

export const changesSomething = ({ method, isLook }: Operation): boolean => method !== 'GET' && isLook !== true;

/** Whatever becomes of it, it is written down before it is answered. */
async function changed(name: OperationName, request: Request, served: Served, caller: Caller): Promise<Answer> {
  const operation: Operation = operations[name];
  const { access, keptAnswers } = served;
  await access.demandAudit();
  let asked: Asked = { name, caller, input: {} };
  try {
    demandRole(caller, operation.role);
    asked = { ...asked, input: await inputOf(name, request) };
    const key = request.headers.get('idempotency-key');
    const isKept = key !== null && keptAnswers !== undefined && isMaking(operation);
    return isKept
      ? await keptAnswers.once({ ...asked, key }, async () => await done(asked, request.headers, unending(), served))
      : await done(asked, request.headers, request.signal, served);
  } catch (error) {
    if (!(error instanceof AuditNotWrittenError)) await access.note(asked, { error });
    throw error;
  }
}

/** Others may wait for the same answer: nobody's leaving ends it. */
const unending = (): AbortSignal => new AbortController().signal;

async function done(asked: Asked, headers: Headers, signal: AbortSignal, served: Served): Promise<Answer> {
  const { name, caller, input } = asked;
  const context = { caller, signal };
  await served.catchUp?.(); // what is changed is changed as it is now
  await served.access.demand(asked, lookOf(served.handlers, context));
  const output = await ifMatch(name, headers.get('if-match'), input, {
    show: async (twin, fields) => (await writtenGently(await handled(twin, fields, context, served))).etag,
    change: async () => await handled(name, input, context, served),
  });
  await served.access.note(asked, { output });
  return await answerOf(operations[name], output);
}

/** The handler's answer, by the schema: what is not in it does not leave. */
async function handled(
  name: OperationName,
  input: Input,
  context: CallContext,
  { handlers }: Served,
): Promise<unknown> {
  const handle = handlers[name] as (input: Input, context: CallContext) => Promise<unknown>; // made true by `inputOf`
  const operation: Operation = operations[name];
  return await parsedGently(operation.output, await handle(input, context));
}

async function answerOf({ status }: Operation, output: unknown): Promise<Answer> {
  return { status: status ?? 200, text: (await writtenGently(output)).text };
}

function response({ status, text }: Answer): Response {
  return new Response(text, { status, headers: { 'content-type': JSON_TYPE } });
}

async function shown(name: OperationName, output: unknown, request: Request): Promise<Response> {
  const format = formatFor(name, request);
  const written = await writtenGently(output);
  const etag = format === 'json' ? written.etag : etagOf(`${format} ${written.etag}`); // made of the same facts
  const headers = { etag, vary: 'Accept, Authorization, X-Auth-Token', 'cache-control': 'private, no-cache' };
  const known = request.method === 'GET' ? request.headers.get('if-none-match') : null;
  if (known !== null && isAmong(etag, known)) return new Response(null, { status: 304, headers });
  if (format === 'json') return new Response(written.text, { headers: { ...headers, 'content-type': JSON_TYPE } });
  const { body, headers: own } = await presented(name, output, format);
  return new Response(typeof body === 'string' ? body : new Uint8Array(body), { headers: { ...headers, ...own } });
}
