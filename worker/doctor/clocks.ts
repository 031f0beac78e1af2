/** Compares a server's clock, as its HTTP answers tell it, with that of this machine. */
import * as http from 'node:http';
import * as net from 'node:net';
import { StrangeAnswerError } from '../net/errors.ts';
import { connectTls, tunnel, type PeerTrust } from '../net/tls.ts';
import type { Seen } from './steps.ts';

const NUISANCE_MS = 60_000;
const HARM_MS = 5 * 60_000;
const PATIENCE_MS = 15_000;
/** A header of HTTP tells whole seconds; on average half of one has passed. */
const HALF_SECOND_MS = 500;

interface Target {
  readonly what: string;
  readonly host: string;
  readonly port: number;
  readonly proxy: string | null;
  readonly trust: PeerTrust | null;
}

/** @throws what connecting throws */
export async function clockSeen(target: Target, signal: AbortSignal): Promise<Seen> {
  const beganMs = Date.now();
  const date = await dateOf(target, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
  const here = (beganMs + Date.now()) / 2;
  const { what } = target;
  if (date === null || Number.isNaN(Date.parse(date)))
    return { verdict: 'notTried', says: `${what} does not tell its time.` };
  const offMs = Date.parse(date) + HALF_SECOND_MS - here;
  const off = Math.abs(offMs);
  const evidence = [`there ${new Date(date).toISOString()}`, `here ${new Date(here).toISOString()}`];
  if (off < NUISANCE_MS)
    return { verdict: 'good', says: `The clock of ${what} and that of this machine agree.`, evidence };
  return {
    verdict: off < HARM_MS ? 'poor' : 'bad',
    says: `The clock of ${what} is ${spanText(off)} ${offMs > 0 ? 'ahead of' : 'behind'} that of this machine: sessions and tokens may end early, and certificates count as not valid yet.`,
    remedy: 'Have both set their clocks by the same time server (NTP).',
    evidence,
  };
}

const spanText = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} seconds` : `${Math.round(ms / 60_000)} minutes`;

/** Of whatever it answers to a question for nothing. */
async function dateOf({ host, port, proxy, trust }: Target, signal: AbortSignal): Promise<string | null> {
  const socket = await connected({ host, port, proxy, trust }, signal);
  try {
    return await new Promise<string | null>((resolve, reject) => {
      const request = http.request({
        createConnection: () => socket,
        method: 'HEAD',
        path: '/',
        headers: { Host: net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`, Connection: 'close' },
      });
      const onAbort = (): void => void request.destroy(new StrangeAnswerError(`${host}:${port} says nothing.`));
      signal.addEventListener('abort', onAbort, { once: true });
      request.once('response', (response) => {
        response.resume();
        resolve(response.headers.date ?? null);
      });
      // What does not answer in HTTP does not tell its time.
      request.on('error', (error) => (signal.aborted ? reject(error) : resolve(null)));
      request.once('close', () => signal.removeEventListener('abort', onAbort));
      request.end();
    });
  } finally {
    socket.destroy();
  }
}

async function connected({ host, port, proxy, trust }: Omit<Target, 'what'>, signal: AbortSignal): Promise<net.Socket> {
  if (trust !== null) return await connectTls({ host, port, proxy, trust }, signal);
  return proxy === null ? net.connect({ host, port }) : await tunnel(proxy, host, port, signal);
}
