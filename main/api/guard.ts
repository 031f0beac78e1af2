/** What every request over the network has to pass before anything looks at it: the right host, the own origin, patience. */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { Buckets, type Allowance } from '../access/buckets.ts';
import { GutsError } from '../shared/errors.ts';
import type { Arrival } from './answer.ts';

/** DNS rebinding: a page of somebody else's that has its own name lead here. */
export class WrongHostError extends GutsError {
  readonly code = 'api.wrong-host';
  readonly remedy =
    'Use one of the names of this server: localhost, 127.0.0.1, [::1], or those that it was started with.';

  constructor(host: string) {
    super(`The request is meant for “${host}”, which is not this server.`);
  }
}

export class WrongOriginError extends GutsError {
  readonly code = 'api.wrong-origin';
  readonly remedy = 'Ask from a page of this server, or from a program that is no browser.';

  constructor(origin: string) {
    super(`Pages of “${origin}” may not ask this server.`);
  }
}

export class TooManyRequestsError extends GutsError {
  readonly code = 'api.too-many-requests';
  readonly remedy = 'Ask less often, or listen to /v1/events instead of asking again and again.';
  override readonly retryable = true;
  readonly retryAfterSeconds: number;

  constructor(seconds: number) {
    super('These are more requests than the server answers one caller.');
    this.retryAfterSeconds = seconds;
  }
}

export interface GuardOptions {
  /** Further names that this server has. */
  readonly names: readonly string[];
  /** Whether it is reached from this computer only. */
  readonly isLocal: boolean;
  readonly isTls: boolean;
  /** For each caller. */
  readonly allowance: Allowance;
}

const LOCAL_NAMES = ['localhost', '[::1]'];

export class Guard {
  readonly #options: GuardOptions;
  readonly #names: ReadonlySet<string>;
  readonly #buckets: Buckets;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#names = new Set([...LOCAL_NAMES, ...options.names.map((name) => name.toLowerCase())]);
    this.#buckets = new Buckets(options.allowance);
  }

  /** @throws WrongHostError, WrongOriginError, TooManyRequestsError */
  demand({ url, headers }: Request, arrival: Arrival): void {
    const host = headers.get('host') ?? '';
    // A request line may name a host of its own, which then counts.
    for (const one of [host, new URL(url).host]) if (!this.#isOwn(one)) throw new WrongHostError(one);
    const origin = headers.get('origin');
    const own = `${this.#options.isTls ? 'https' : 'http'}://${host}`;
    if (origin !== null && origin.toLowerCase() !== own.toLowerCase()) throw new WrongOriginError(origin);
    const seconds = this.#buckets.take(callerKey(headers, arrival));
    if (seconds > 0) throw new TooManyRequestsError(seconds);
  }

  /** Ports do not matter: tunnels change them, and no page of another site gets by with one. */
  #isOwn(host: string): boolean {
    const name = host.toLowerCase().replace(/:\d*$/, '');
    if (this.#names.has(name) || /^127(\.\d{1,3}){3}$/.test(name)) return true;
    // Whoever types an address cannot have been led astray by a name.
    return !this.#options.isLocal && isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
  }
}

/** By what somebody comes with, else by where from: those who come from one address do not wait for each other. */
function callerKey(headers: Headers, { address }: Arrival): string {
  const sign = headers.get('authorization') ?? headers.get('x-auth-token');
  return sign === null ? address : createHash('sha256').update(sign).digest('base64');
}

/** What every answer carries; pages have a policy of their own. */
export function secure(response: Response): Response {
  const { headers } = response;
  const defaults: Record<string, string> = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
  };
  for (const [name, value] of Object.entries(defaults)) if (!headers.has(name)) headers.set(name, value);
  return response;
}
