/** The REST server without a network: a function from a request to its answer, made of the table of operations. */
import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import type { Access } from '../access/access.ts';
import type { EventHub } from '../events.ts';
import type { Handlers } from '../operations/handlers.ts';
import { firstOf, GutsError } from '../shared/errors.ts';
import { operationNames, operations, type Operation } from '../shared/operations.ts';
import { NoSuchPathError, WrongMethodError } from './errors.ts';
import { perform, type Arrival, type Served } from './perform.ts';
import { problemResponse } from './problem.ts';

export interface AppParts {
  readonly handlers: Handlers;
  readonly events: EventHub;
  /** Who may what: `openAccess` for those who come by network, `onlyCaller` or `asCaller` in the same process. */
  readonly access: Access;
  readonly about: { readonly version: string };
  /** Gets what only a log on this machine should hold: stacks of faults, under the number that the caller was told. */
  readonly onDetail?: (detail: string) => void;
}

export interface App {
  /** Always answers; a failure is an answer as well. */
  fetch(request: Request, arrival?: Arrival): Promise<Response>;
}

const HERE: Arrival = { address: 'local' };

type Ask = Context<{ Bindings: Arrival }>;

export function makeApp({ handlers, access, onDetail = () => {} }: AppParts): App {
  const served: Served = { handlers, access };
  const hono = new Hono<{ Bindings: Arrival }>();

  for (const name of operationNames) {
    const { method, path }: Operation = operations[name];
    hono.on(method, routeOf(path), async ({ req, env }: Ask) => await perform(name, req.raw, served, env));
  }
  hono.notFound(({ req }: Ask) => {
    throw refusalOf(req.path, req.method);
  });
  hono.onError((error) => {
    const instance = `urn:uuid:${randomUUID()}`;
    if (!(firstOf(error) instanceof GutsError)) onDetail(`${instance} ${error.stack ?? error.message}`);
    return problemResponse(error, instance);
  });

  return { fetch: async (request, arrival = HERE) => await hono.fetch(request, arrival) };
}

/** As Hono writes it. */
const routeOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** Why there is no route: another method has one, or none. */
function refusalOf(path: string, method: string): Error {
  const allowed = Object.values<Operation>(operations)
    .filter((one) => new RegExp(`^${one.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .map((one) => one.method);
  const methods = [...new Set(allowed)].sort();
  return methods.length === 0 ? new NoSuchPathError() : new WrongMethodError(method, methods);
}
