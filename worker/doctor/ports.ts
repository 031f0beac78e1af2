/** Opens a TCP connection to a server, and closes it again: how long that takes, or what is in the way. */
import * as net from 'node:net';
import { tunnel } from '../net/tls.ts';
import type { Seen } from './steps.ts';

const PATIENCE_MS = 10_000;
/** Two seconds to connect are a detour, a full queue, or a name server that does not answer. */
const SLOW_MS = 2_000;
const ASK = 'The request for whoever owns the firewall can be written (“guts doctor papers”).';

const meanings: Readonly<Record<string, { readonly says: string; readonly remedy: string }>> = {
  ECONNREFUSED: {
    says: 'the connection is refused: nothing listens there, or a firewall rejects it',
    remedy: `Check that the service runs and listens at this port, and have the way from this machine opened. ${ASK}`,
  },
  ETIMEDOUT: {
    says: 'nothing answers: a firewall drops what is sent, or the server is off',
    remedy: `Have the way from this machine to this port opened. ${ASK}`,
  },
  EHOSTUNREACH: {
    says: 'there is no way to it from here',
    remedy: 'Check the routes of this machine and of the networks between: the host cannot be reached at all.',
  },
  ENETUNREACH: {
    says: 'there is no way to its network from here',
    remedy: 'Check the routes and the default gateway of this machine, and whether a VPN has to be up.',
  },
};
const otherwise = { says: 'no connection comes about', remedy: `Check what is between this machine and it. ${ASK}` };

interface Target {
  readonly what: string;
  readonly host: string;
  readonly port: number;
  readonly proxy: string | null;
}

/** @throws what a proxy says that does not connect */
export async function portSeen({ what, host, port, proxy }: Target, signal: AbortSignal): Promise<Seen> {
  const beganMs = performance.now();
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const code =
    proxy === null
      ? await codeOf(host, port, patience)
      : (await tunnel(proxy, host, port, patience).then(closed), null);
  signal.throwIfAborted();
  const tookMs = Math.round(performance.now() - beganMs);
  const through = proxy === null ? '' : ` through ${proxy}`;
  if (code === null) {
    const says = `${what}: port ${port} answers${through} after ${tookMs} ms.`;
    if (tookMs <= SLOW_MS) return { verdict: 'good', says, evidence: [`${tookMs} ms`] };
    const remedy = 'Look for a detour (VPN, proxy) or a busy firewall between this machine and it.';
    return { verdict: 'poor', says, remedy, evidence: [`${tookMs} ms`] };
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return {
      verdict: 'notTried',
      says: `${what}: port ${port}: its name does not resolve; see the names.`,
      evidence: [code],
    };
  const { says, remedy } = meanings[code] ?? otherwise;
  return {
    verdict: 'bad',
    says: `${what}: port ${port}: ${says} (${code}).`,
    remedy,
    evidence: [code, `${tookMs} ms`],
  };
}

const closed = (socket: net.Socket): void => void socket.destroy();

/** The system's word for why no connection came about; null where one did. */
async function codeOf(host: string, port: number, patience: AbortSignal): Promise<string | null> {
  return await new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const end = (code: string | null): void => {
      patience.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(code);
    };
    const onAbort = (): void => end('ETIMEDOUT');
    patience.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => end(null));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'unknown reason'));
  });
}
