/** The REST server without a network: a function from a request to its answer, made of the table of operations. */
import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import type { Access } from '../access/access.ts';
import type { EventHub } from '../events.ts';
import type { Handlers } from '../operations/handlers.ts';
import { firstOf, GutsError } from '../shared/errors.ts';
import { operationNames, operations, type Operation } from '../shared/operations.ts';
import type { Arrival } from './answer.ts';
import { NoSuchPathError, WrongMethodError } from './errors.ts';
import { eventsResponse } from './events.ts';
import { EventStreams } from './event-streams.ts';
import type { KeptAnswers } from './kept-answers.ts';
import { perform, type Served } from './perform.ts';
import { problemResponse } from './problem.ts';
import { EVENTS_PATH } from './words.ts';

export interface AppParts {
  readonly handlers: Handlers;
  readonly events: EventHub;
  /** Who may what: `openAccess` for those who come by network, `onlyCaller` or `asCaller` in the same process. */
  readonly access: Access;
  readonly about: { readonly version: string };
  /** For idempotency keys; without it they mean nothing. */
  readonly keptAnswers?: KeptAnswers;
  /** How often those who listen to events hear that the connection lives, and are looked at again whether they may. */
  readonly beatMs?: number;
  /** Gets what only a log on this machine should hold: stacks of faults, under the number that the caller was told. */
  readonly onDetail?: (detail: string) => void;
}

export interface App extends Disposable {
  /** How many listen to the events. */
  readonly listeners: number;
  /** Always answers; a failure is an answer as well. */
  fetch(request: Request, arrival?: Arrival): Promise<Response>;
}

const HERE: Arrival = { address: 'local' };

type Ask = Context<{ Bindings: Arrival }>;

export function makeApp({ handlers, events, access, keptAnswers, beatMs, onDetail = () => {} }: AppParts): App {
  const served: Served = { handlers, access, keptAnswers };
  const streams = new EventStreams(events, beatMs);
  const hono = new Hono<{ Bindings: Arrival }>();

  for (const name of operationNames) {
    const { method, path }: Operation = operations[name];
    hono.on(method, routeOf(path), async ({ req, env }: Ask) => await perform(name, req.raw, served, env));
  }
  hono.get(EVENTS_PATH, async ({ req, env }: Ask) => await eventsResponse(req.raw, streams, access, env));
  hono.notFound(({ req }: Ask) => {
    throw refusalOf(req.path, req.method);
  });
  hono.onError((error) => {
    const instance = `urn:uuid:${randomUUID()}`;
    if (!(firstOf(error) instanceof GutsError)) onDetail(`${instance} ${error.stack ?? error.message}`);
    return problemResponse(error, instance);
  });

  return {
    get listeners() {
      return streams.count;
    },
    fetch: async (request, arrival = HERE) => await hono.fetch(request, arrival),
    [Symbol.dispose]: () => streams[Symbol.dispose](),
  };
}

/** As Hono writes it. */
const routeOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** Why there is no route: another method has one, or none. */
function refusalOf(path: string, method: string): Error {
  const known = [...Object.values<Operation>(operations), { method: 'GET', path: EVENTS_PATH }];
  const allowed = known
    .filter((one) => new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .map((one) => one.method);
  const methods = [...new Set(allowed)].sort();
  return methods.length === 0 ? new NoSuchPathError() : new WrongMethodError(method, methods);
}
