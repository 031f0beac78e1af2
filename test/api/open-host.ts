/** The small host with its doors open: access control over its data folder, and the app behind it on a port. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { accessHandlers } from '../../main/access/handlers.ts';
import { OpenAccess, type OpenAccessParts } from '../../main/access/open-access.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import { KeptAnswers } from '../../main/api/kept-answers.ts';
import { networkFetch } from '../../main/api/network-fetch.ts';
import { serveOn, type Server } from '../../main/api/server.ts';
import type { Handlers } from '../../main/operations/handlers.ts';
import { smallHost, type SmallHost } from './small-host.ts';

export interface OpenHost extends AsyncDisposable {
  readonly host: SmallHost;
  readonly access: OpenAccess;
  readonly server: Server;
  /** Of `api-token`. */
  readonly localToken: string;
  /** @param token null comes without one */
  client(token: string | null): ApiClient;
  /** A plain request, with the local token unless the headers say otherwise. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Access control and the server anew, over what is in the data folder. */
  restart(): Promise<void>;
}

/** Who hangs is not waited for. */
const patience = { headersMs: 10_000, requestMs: 60_000, stopMs: 500 };

export async function openHost(
  instead: Partial<Handlers> = {},
  parts: Pick<OpenAccessParts, 'now'> = {},
): Promise<OpenHost> {
  // Access control and the stores share the data folder, and it answers some operations itself.
  const own: Partial<Handlers> = {
    'tokens.list': async (...call) => await accessHandlers(now.access)['tokens.list'](...call),
    'tokens.create': async (...call) => await accessHandlers(now.access)['tokens.create'](...call),
    'tokens.delete': async (...call) => await accessHandlers(now.access)['tokens.delete'](...call),
    'audit.list': async (...call) => await accessHandlers(now.access)['audit.list'](...call),
  };
  const host = smallHost({ ...own, ...instead });
  const { dataDir, connections } = host;
  const start = async (): Promise<{ access: OpenAccess; keptAnswers: KeptAnswers; server: Server }> => {
    const access = await OpenAccess.open({ dataDir, connections, ...parts });
    const keptAnswers = await KeptAnswers.open(dataDir, parts.now);
    return { access, keptAnswers, server: await serveOn(host.app(access, keptAnswers), { port: 0, patience }) };
  };
  const stop = async ({ access, keptAnswers, server }: typeof now): Promise<void> => {
    await server[Symbol.asyncDispose]();
    await access[Symbol.asyncDispose]();
    keptAnswers[Symbol.dispose]();
  };
  let now = await start();
  const localToken = readFileSync(path.join(dataDir, 'api-token'), 'utf8').trim();
  return {
    host,
    localToken,
    get access() {
      return now.access;
    },
    get server() {
      return now.server;
    },
    client: (token) => new ApiClient(networkFetch(), { baseUrl: now.server.url, token }),
    ask: async (where, init = {}) =>
      await fetch(now.server.url + where, {
        ...init,
        headers: { authorization: `Bearer ${localToken}`, ...init.headers },
      }),
    restart: async () => {
      await stop(now);
      now = await start();
    },
    async [Symbol.asyncDispose]() {
      await stop(now);
      host[Symbol.dispose]();
    },
  };
}
