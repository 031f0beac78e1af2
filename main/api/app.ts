/** The REST server without a network: a function from a request to its answer, made of the table of operations. */
import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import type { Access } from '../access/access.ts';
import type { EventHub } from '../events.ts';
import type { Handlers } from '../operations/handlers.ts';
import { firstOf, GutsError } from '../shared/errors.ts';
import { operationNames, operations, type Operation } from '../shared/operations.ts';
import type { Arrival } from './answer.ts';
import { GivenUpError, NoSuchPathError, WrongMethodError } from './errors.ts';
import { eventsResponse } from './events.ts';
import { filesResponse } from './files.ts';
import { EventStreams } from './event-streams.ts';
import type { KeptAnswers } from './kept-answers.ts';
import type { Metric } from './metrics.ts';
import { openPages } from './open-pages.ts';
import type { PageFiles } from './page.ts';
import { perform, type Served } from './perform.ts';
import { problemResponse } from './problem.ts';
import { Tally } from './tally.ts';
import { EVENTS_PATH, FILES_PATH } from '../shared/client/words.ts';
import type { UploadStore } from '../store/uploads.ts';

export interface AppParts {
  readonly handlers: Handlers;
  readonly events: EventHub;
  /** Who may what: `OpenAccess` for those who come by network, `onlyCaller` in the same process. */
  readonly access: Access;
  readonly about: { readonly version: string };
  /** Where files go that are sent; none are taken without it. */
  readonly uploads?: UploadStore;
  /** For idempotency keys; without it they mean nothing. */
  readonly keptAnswers?: KeptAnswers;
  /** Where several servers share a state. */
  readonly catchUp?: () => Promise<void>;
  /** What keeps the server from doing what it is asked; `/readyz` tells. */
  readonly readiness?: () => Promise<readonly string[]>;
  /** For `/metrics`: migrations by stage, slots in use, bytes sent. */
  readonly figures?: () => Promise<readonly Metric[]>;
  /** How often those who listen to events hear that the connection lives, and are looked at again whether they may. */
  readonly beatMs?: number;
  /** The window's page, for browsers; null where this server has none. */
  readonly page?: PageFiles | null;
  /** Gets what only a log on this machine should hold: stacks of faults, under the number that the caller was told. */
  readonly onDetail?: (detail: string) => void;
}

/** Disposing it ends the event streams; what is under way is answered all the same. */
export interface App extends Disposable {
  /** How many listen to the events. */
  readonly listeners: number;
  /** Always answers; a failure is an answer as well. */
  fetch(request: Request, arrival?: Arrival): Promise<Response>;
}

const HERE: Arrival = { address: 'local' };
const nothing = async (): Promise<readonly never[]> => await Promise.resolve([]);

/** What a request was about, for the tally. */
type Env = { readonly Bindings: Arrival; readonly Variables: { operation: string } };
type Ask = Context<Env>;
type Route = readonly [method: string, path: string, name: string, answer: (ask: Ask) => Promise<Response>];

export function makeApp(parts: AppParts): App {
  const { handlers, events, access, about, keptAnswers, uploads, beatMs, page = null, onDetail = () => {} } = parts;
  const { readiness = nothing, figures = nothing, catchUp } = parts;
  const served: Served = { handlers, access, keptAnswers, catchUp };
  const streams = new EventStreams(events, beatMs);
  const tally = new Tally();
  const pages = openPages({ ...about, access, tally, readiness, figures, listeners: () => streams.count });
  const routes: readonly Route[] = [
    ...operationNames.map((name): Route => {
      const { method, path }: Operation = operations[name];
      return [method, path, name, async ({ req, env }) => await perform(name, req.raw, served, env)];
    }),
    ['GET', EVENTS_PATH, 'events', async ({ req, env }) => await eventsResponse(req.raw, streams, access, env)],
    ...(uploads === undefined
      ? []
      : [
          [
            'POST',
            FILES_PATH,
            'files',
            async ({ req, env }) => await filesResponse(req.raw, uploads, access, env),
          ] satisfies Route,
        ]),
    ...Object.entries(pages).map(([path, page]): Route => [
      'GET',
      path,
      path,
      async ({ req, env }) => await page(req.raw, env),
    ]),
  ];

  const hono = new Hono<Env>();
  hono.use(async (ask, next) => {
    const beganMs = performance.now();
    await next();
    tally.count(ask.get('operation') ?? 'none', ask.res.status, (performance.now() - beganMs) / 1000);
  });
  for (const [method, path, name, answer] of routes)
    hono.on(method, honoPath(path), async (ask: Ask) => {
      ask.set('operation', name);
      try {
        return await answer(ask);
      } catch (error) {
        throw asError(error);
      }
    });
  hono.notFound(
    async ({ req }) =>
      (await page?.(req.raw)) ?? problemResponse(refusalOf(routes, req.path, req.method), newInstance()),
  );
  hono.onError((thrown, { req }) => {
    const instance = newInstance();
    const isKnown = firstOf(thrown) instanceof GutsError;
    const error = !isKnown && req.raw.signal.aborted ? new GivenUpError(thrown) : thrown;
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

/** A signal's reason may be anything, and Hono lets what is no error through. */
const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error('something was thrown that is no error', { cause: thrown });

const newInstance = (): string => `urn:uuid:${randomUUID()}`;

const honoPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** Why there is no route: another method has one, or none. */
function refusalOf(routes: readonly Route[], asked: string, method: string): Error {
  const allowed = routes
    .filter(([, path]) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(asked))
    .map(([one]) => one);
  const methods = [...new Set(allowed)].sort();
  return methods.length === 0 ? new NoSuchPathError() : new WrongMethodError(method, methods);
}
