/** Finds who answers a command: the server that was named, the daemon of this data folder, or a host in this very process. */
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import * as path from 'node:path';
import { version } from '../../package.json';
import { onlyCaller } from '../access/access.ts';
import { makeApp } from '../api/app.ts';
import { ApiClient, type Fetch } from '../shared/client/client.ts';
import { networkFetch, trustingFetch } from '../api/network-fetch.ts';
import { dataDir } from '../data-dir.ts';
import { Host } from '../host.ts';
import { GutsError } from '../shared/errors.ts';
import { isLoopback, isPrivate, serverUrlOf } from '../shared/server-address.ts';
import { findDaemon } from '../store/data-lock.ts';
import { demandOwnState } from '../store/sql/mark.ts';
import { UploadStore } from '../store/uploads.ts';
import { askPassphrase } from './passphrase.ts';
import { debug } from './run.ts';
import { pemIn } from './pem-file.ts';
import { UsageError } from './usage-error.ts';
import type { Terminal } from './terminal.ts';

export interface ServerFlags {
  readonly server?: string;
  readonly tokenFile?: string;
  readonly serverFingerprint?: string;
  readonly serverCaFile?: string;
}

export interface Connected extends AsyncDisposable {
  readonly client: ApiClient;
  /** Whether another process does the work. */
  readonly isRemote: boolean;
}

class TokenFileError extends GutsError {
  readonly code = 'api.token-file';
  readonly remedy =
    'Name a file by --token-file that holds the token on one line; the daemon’s own is “api-token” in its data folder.';
}

export async function connect(flags: ServerFlags, terminal: Terminal): Promise<Connected> {
  const folder = dataDir();
  if (flags.server !== undefined && serverUrlOf(flags.server) === null)
    throw new UsageError('Give --server http://HOST:PORT or https://…');
  const daemon = flags.server === undefined ? await findDaemon(folder) : null;
  const url = flags.server ?? daemon?.url;
  if (url !== undefined) {
    const isOwn = daemon !== null || isLoopback(new URL(url));
    if (!isOwn && !isPrivate(new URL(url))) throw new PlainServerError(url);
    if (!isOwn && flags.tokenFile === undefined)
      throw new UsageError('Give the token for that server by --token-file.');
    const token = await tokenIn(flags.tokenFile ?? path.join(folder, 'api-token'));
    const fetch = await fetchBy(flags, daemon?.fingerprint ?? null);
    return {
      client: new ApiClient(fetch, { baseUrl: url, token }),
      isRemote: true,
      [Symbol.asyncDispose]: async () => {},
    };
  }
  await demandOwnState(folder);
  const host = Host.forCommand({ dataDir: folder, askPassphrase, onDetail: debug(terminal) });
  const caller = { name: userInfo().username, role: 'admin', project: null } as const;
  const app = makeApp({
    handlers: host.handlers,
    events: host.events,
    uploads: new UploadStore(folder),
    access: onlyCaller(caller),
    about: { version },
    onDetail: debug(terminal),
  });
  return {
    client: new ApiClient(async (request) => await app.fetch(request), { baseUrl: 'http://localhost' }),
    isRemote: false,
    [Symbol.asyncDispose]: async () => await host[Symbol.asyncDispose](),
  };
}

/** @param own of the certificate that the daemon of this data folder has */
async function fetchBy({ serverFingerprint, serverCaFile }: ServerFlags, own: string | null): Promise<Fetch> {
  if (serverCaFile === undefined) return networkFetch(serverFingerprint ?? own);
  if (serverFingerprint !== undefined) throw new UsageError('Give --server-fingerprint or --server-ca-file, not both.');
  return trustingFetch({ kind: 'authorities', pem: await pemIn(serverCaFile) });
}

class PlainServerError extends GutsError {
  readonly code = 'server.plain';
  readonly remedy = 'Use its https:// address, or bring its port here with ssh -L.';

  constructor(url: string) {
    super(`The token would travel to ${url} in the clear.`);
  }
}

export async function tokenIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new TokenFileError(`The file “${file}” with the token cannot be read (${cause.code ?? 'unknown reason'}).`, {
      cause,
    });
  });
  const token = text.trim();
  if (token === '' || /\s/.test(token)) throw new TokenFileError(`The file “${file}” does not hold one token.`);
  return token;
}
