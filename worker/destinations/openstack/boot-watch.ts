/** Watches a new server until its console, or a port of its, shows that the guest runs, or that it does not. */
import * as net from 'node:net';
import { z } from 'zod';
import type { BootCheck, MigrationOptions } from '../../../main/shared/migration.ts';
import type { ProvisionedServer } from '../../drivers.ts';
import { GuestStoppedError, lastSign, linesOf, type Sign } from './console-signs.ts';
import { BadRequestError, ForbiddenError, NotFoundError } from './errors.ts';
import { ServerFailedError } from './making-errors.ts';
import { isPassing, type Site } from './making.ts';
import { pathOfServer, serverOf, type Server } from './servers.ts';

const CONSOLE_LINES = 200;
const SHOWN_LINES = 20;
const LOOK_EVERY_MS = 3_000;
const KNOCK_MS = 2_000;
/** A sign of failure counts when it is still the last one at the next look: some firmware tries again by itself. */
const LOOKS_AT_FAILURE = 2;

/** The console's lines; null where there are none yet, or the cloud gives none. */
async function consoleLines({ session }: Site, id: string, signal: AbortSignal): Promise<string[] | null> {
  try {
    const { output } = await session.request('compute', 'POST', `${pathOfServer(id)}/action`, {
      schema: z.object({ output: z.string().nullable() }),
      body: { 'os-getConsoleOutput': { length: CONSOLE_LINES } },
      signal,
    });
    return linesOf(output ?? '');
  } catch (error) {
    // Not started yet, not offered by this hypervisor, not allowed, or just not now: the server itself may be well.
    if (isPassing(error) || [BadRequestError, ForbiddenError, NotFoundError].some((kind) => error instanceof kind))
      return null;
    throw error;
  }
}

interface Seen {
  readonly lines: readonly string[];
  readonly sign: Sign | null;
  readonly answers: string | null;
}

/**
 * @throws GuestStoppedError when the console shows where the guest has stopped; ServerFailedError when the cloud stopped it
 */
export async function watchBoot(
  site: Site,
  server: ProvisionedServer,
  options: MigrationOptions,
  signal: AbortSignal,
): Promise<BootCheck> {
  const timeoutMs = options.bootTimeoutSeconds * 1000;
  if (timeoutMs === 0) return { verdict: 'notWatched', evidence: 'The console was not watched.', console: [] };
  const addresses = server.ports.flatMap(({ floating, addresses }) => (floating === null ? addresses : [floating]));
  const endMs = site.clock.now() + timeoutMs;
  let failedLooks = 0;
  for (;;) {
    const seen = await look(site, server, addresses, options, signal);
    const shown = seen.lines.slice(-SHOWN_LINES);
    const evidence = evidenceOf(seen, options);
    if (evidence !== null) return { verdict: 'running', evidence, console: shown };
    failedLooks = seen.sign?.kind === 'stopped' ? failedLooks + 1 : 0;
    if (seen.sign?.kind === 'stopped' && failedLooks >= LOOKS_AT_FAILURE)
      throw new GuestStoppedError(server, seen.sign.failure, seen.sign.line, shown);
    await mustRun(site, server, signal);
    const leftMs = endMs - site.clock.now();
    if (leftMs <= 0) return { verdict: 'unknown', evidence: doubt(seen, addresses, options), console: shown };
    await site.clock.pause(Math.min(LOOK_EVERY_MS, leftMs), signal);
  }
}

async function look(
  site: Site,
  { id }: ProvisionedServer,
  addresses: readonly string[],
  { consoleMarker, reachablePort }: MigrationOptions,
  signal: AbortSignal,
): Promise<Seen> {
  const lines = (await consoleLines(site, id, signal)) ?? [];
  const answers = reachablePort === null ? null : await firstThatAnswers(addresses, reachablePort, signal);
  return { lines, sign: lastSign(lines, consoleMarker), answers };
}

/** All that was asked for has been seen; without a marker, a port that answers is sign enough. Null while it has not. */
function evidenceOf({ sign, answers }: Seen, { consoleMarker, reachablePort }: MigrationOptions): string | null {
  const said = sign?.kind === 'running' ? `The console shows “${sign.line.trim()}”.` : null;
  const answered = answers === null ? null : `TCP port ${reachablePort} of ${answers} answers.`;
  if (reachablePort !== null && answered === null) return null;
  if (said === null && (consoleMarker !== null || answered === null)) return null;
  return [said, answered].filter((text) => text !== null).join(' ');
}

function doubt({ lines, sign, answers }: Seen, addresses: readonly string[], options: MigrationOptions): string {
  const { bootTimeoutSeconds, consoleMarker, reachablePort } = options;
  const within = `within ${bootTimeoutSeconds} s`;
  const wanted = consoleMarker === null ? 'a login prompt' : `“${consoleMarker}”`;
  const said =
    sign?.kind === 'running'
      ? `The console shows “${sign.line.trim()}”`
      : lines.length === 0
        ? `The console showed nothing ${within}; many guests write to the screen only`
        : `The console did not show ${wanted} ${within}`;
  if (reachablePort === null) return `${said}.`;
  const where = addresses.length === 0 ? 'the server, which has no address' : addresses.join(', ');
  const answered = answers === null ? 'did not answer from here' : 'answers';
  return `${said}; TCP port ${reachablePort} of ${where} ${answered}.`;
}

/** @throws ServerFailedError */
async function mustRun(site: Site, { id, name }: ProvisionedServer, signal: AbortSignal): Promise<void> {
  let server: Server | null;
  try {
    server = await serverOf(site, id, signal);
  } catch (error) {
    if (isPassing(error)) return; // Nova is out, which says nothing of the server
    throw error;
  }
  const faults: Readonly<Record<string, string>> = {
    ERROR: server?.fault?.message ?? 'Nova gives no reason',
    SHUTOFF: 'it was active, and then it stopped or its guest switched it off',
    PAUSED: 'its guest stopped with an error, and the hypervisor paused it',
    DELETED: 'it was deleted',
  };
  const fault = faults[server?.status ?? 'DELETED'];
  if (fault !== undefined) throw new ServerFailedError(name, id, fault, null);
}

async function firstThatAnswers(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<string | null> {
  const answers = await Promise.all(addresses.map(async (host) => await knocks(host, port, signal)));
  return addresses.find((_, i) => answers[i]) ?? null;
}

/** Whether somebody listens there; nothing is said to them. */
async function knocks(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  return await new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: KNOCK_MS });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.on('error', () => end(false));
  });
}
