/** A fetch for the client that knows a server by its certificate, has no patience of its own, and follows nobody elsewhere. */
import * as http from 'node:http';
import * as https from 'node:https';
import { Readable } from 'node:stream';
import { TrustedAgent, UntrustedPeerError } from '../access/trusted-agent.ts';
import { Fingerprint, type Trust } from '../shared/trust.ts';
import { GutsError } from '../shared/errors.ts';
import { UntrustedServerError } from '../shared/client/client-errors.ts';
import type { Fetch } from '../shared/client/client.ts';

class NoFingerprintError extends GutsError {
  readonly code = 'server.no-fingerprint';
  readonly remedy = 'Give the SHA-256 of the server’s certificate: 64 hexadecimal digits, with colons or without.';
}

/** @param fingerprint SHA-256 of the certificate that the server must have; null takes one that this machine trusts */
export const networkFetch = (fingerprint: string | null = null): Fetch =>
  fetchBy(
    fingerprint === null
      ? new https.Agent({ keepAlive: true })
      : new TrustedAgent({ kind: 'pinned', sha256: withColons(fingerprint) }, null),
  );

/** The same for a server that is trusted in one of the ways that there are. */
export const trustingFetch = (trust: Trust): Fetch => fetchBy(new TrustedAgent(trust, null));

function fetchBy(checked: https.Agent): Fetch {
  const plain = new http.Agent({ keepAlive: true });
  return async (request) => {
    const { protocol, origin } = new URL(request.url);
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const isSafe = request.method === 'GET' || request.headers.has('idempotency-key');
    try {
      return await ask(request, body, protocol === 'https:' ? checked : plain, isSafe);
    } catch (error) {
      if (error instanceof UntrustedPeerError) throw new UntrustedServerError(origin, error.message, error);
      throw error;
    }
  };
}

async function ask(
  request: Request,
  body: Buffer | undefined,
  agent: http.Agent | https.Agent,
  mayRepeat: boolean,
): Promise<Response> {
  const { signal, method, url } = request;
  signal.throwIfAborted();
  const headers = Object.fromEntries(request.headers);
  if (body !== undefined) headers['content-length'] = String(body.byteLength);
  const { request: begin } = agent instanceof https.Agent ? https : http;
  const sent = begin(url, { method, headers, agent, signal });
  try {
    return await answered(sent, body);
  } catch (error) {
    signal.throwIfAborted();
    // An idle connection that the server closed at this very moment: the request never came to it.
    const isStale = sent.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
    if (isStale && mayRepeat) return await ask(request, body, agent, false);
    throw error;
  }
}

async function answered(sent: http.ClientRequest, body: Buffer | undefined): Promise<Response> {
  return await new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const { statusCode: status = 0, headersDistinct } = answer;
      const headers = new Headers();
      for (const [name, values = []] of Object.entries(headersDistinct))
        for (const value of values) headers.append(name, value);
      const isEmpty = status === 204 || status === 304;
      if (isEmpty) answer.resume();
      resolve(new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream), { status, headers })); // of bytes
    });
    sent.end(body);
  });
}

function withColons(fingerprint: string): Fingerprint {
  const digits = fingerprint.replaceAll(':', '').toUpperCase();
  const parsed = Fingerprint.safeParse(digits.match(/../g)?.join(':'));
  if (parsed.success) return parsed.data;
  throw new NoFingerprintError(`“${fingerprint}” is not the SHA-256 of a certificate.`);
}
