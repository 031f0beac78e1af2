/** A cloud of a few lines: a real Keystone-like server on loopback, and whatever answers a test puts behind it. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { type DestinationConnection, DestinationSignIn } from '../../main/shared/connections.ts';
import type { Clock } from '../../worker/destinations/openstack/patience.ts';

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: unknown;
}
export interface Reply {
  readonly status?: number;
  /** An object goes as JSON, a text as it is, null breaks the connection off. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
type Route = (asked: Asked) => Reply;

export const PASSWORD = 'p4ss-of-the-test';
export const PROJECT = { id: '0123456789abcdef0123456789abcdef', name: 'migration' };
export const never = new AbortController().signal;

export interface Entry {
  readonly type: string;
  readonly path: string;
  readonly region?: string;
  readonly interface?: string;
}
const USUAL: readonly Entry[] = [
  { type: 'compute', path: '/compute/v2.1' },
  { type: 'image', path: '/image' },
  { type: 'network', path: '/network' },
  { type: 'volumev3', path: `/volume/v3/${PROJECT.id}` },
];

export class SmallCloud implements AsyncDisposable {
  readonly asked: Asked[] = [];
  /** What the client would have waited; no test waits. */
  readonly pauses: number[] = [];
  /** Added to the time of day. */
  aheadMs = 0;
  readonly clock: Clock = {
    now: () => Date.now() + this.aheadMs,
    pause: async (ms) => {
      this.pauses.push(ms);
    },
  };
  catalogue: readonly Entry[] = USUAL;
  tokenSeconds = 3600;
  roles: readonly string[] = ['member'];
  /** Tokens that were given, the last one last. */
  readonly tokens: string[] = [];
  /** The project of the next token; null for none. */
  project: { readonly id: string; readonly name: string } | null = PROJECT;
  readonly certificate: string | null;
  readonly #routes = new Map<string, Route>();
  #removalOfFlavors: Reply | null = null;
  readonly #server: http.Server | https.Server;

  static async start({ isSecure = false } = {}): Promise<SmallCloud> {
    const made = isSecure
      ? await generate([{ name: 'commonName', value: 'localhost' }], {
          extensions: [
            { name: 'basicConstraints', cA: true },
            { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
          ],
        })
      : null;
    const cloud = new SmallCloud(made === null ? null : { key: made.private, cert: made.cert });
    await new Promise<void>((resolve) => cloud.#server.listen(0, '127.0.0.1', resolve));
    return cloud;
  }

  private constructor(tls: { readonly key: string; readonly cert: string } | null) {
    this.certificate = tls?.cert ?? null;
    const hear = (request: http.IncomingMessage, response: http.ServerResponse): void =>
      void this.#hear(request, response);
    this.#server = tls === null ? http.createServer(hear) : https.createServer(tls, hear);
    this.on('GET /identity/', () => ({
      status: 300,
      body: {
        versions: { values: [{ id: 'v3.14', links: [{ rel: 'self', href: 'http://inside:5000/identity/v3/' }] }] },
      },
    }));
    this.on('GET /identity/v3', () => ({ body: { version: { id: 'v3.14' } } }));
    this.on('POST /identity/v3/auth/tokens', () => this.grant());
    this.on('GET /compute/v2.1/', () => ({ body: { version: { id: 'v2.1', version: '2.93', min_version: '2.1' } } }));
    this.on('GET /image/', () => ({
      status: 300,
      body: { versions: [{ id: 'v2.15', status: 'CURRENT' }, { id: 'v2.9' }] },
    }));
    this.on('GET /network/', () => ({ body: { versions: [{ id: 'v2.0', status: 'CURRENT' }] } }));
    this.on('GET /volume/v3/', () => ({ body: { versions: [{ id: 'v3.0', version: '3.70', min_version: '3.0' }] } }));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get url(): string {
    return this.certificate === null ? `http://127.0.0.1:${this.port}` : `https://localhost:${this.port}`;
  }

  /** Answers `what`, a method and a path without query, from now on. */
  on(what: string, route: Route): void {
    this.#routes.set(what, route);
  }

  /** What is said to an attempt to remove any flavor. */
  onRemovalOfFlavors(reply: Reply): void {
    this.#removalOfFlavors = reply;
  }

  /** A new token, as Keystone gives them. */
  grant(): Reply {
    const token = `token-${this.tokens.length + 1}-of-the-test`;
    this.tokens.push(token);
    const catalog = this.catalogue.map(({ type, path, region = 'RegionOne', interface: side = 'public' }) => ({
      type,
      endpoints: [
        { interface: side, region, region_id: region, url: /^\w+:/.test(path) ? path : `${this.url}${path}` },
      ],
    }));
    const expires_at = new Date(Date.now() + this.tokenSeconds * 1000).toISOString().replace('Z', '000Z');
    const user = { id: 'u1', name: 'migrator', domain: { id: 'default', name: 'Default' } };
    const scope =
      this.project === null
        ? {}
        : { project: this.project, roles: this.roles.map((name) => ({ id: `r-${name}`, name })), catalog };
    return {
      status: 201,
      headers: { 'X-Subject-Token': token, Connection: 'close' },
      body: { token: { expires_at, user, methods: ['password'], ...scope } },
    };
  }

  signIn(changes: Partial<DestinationConnection> = {}, secret = PASSWORD): DestinationSignIn {
    return DestinationSignIn.parse({
      secret,
      connection: {
        id: 'dst_000000000001',
        name: 'cloud',
        kind: 'openstack',
        authUrl: `${this.url}/identity/v3`,
        auth: {
          method: 'password',
          userName: 'migrator',
          userDomain: 'Default',
          project: PROJECT.name,
          projectDomain: 'Default',
        },
        region: null,
        interface: 'public',
        trust: this.certificate === null ? { kind: 'system' } : { kind: 'authorities', pem: this.certificate },
        proxy: null,
        createdAt: '2026-11-22T00:00:00.000Z',
        about: null,
        ...changes,
      },
    });
  }

  /** Questions of one kind, in order. */
  askedFor(what: string): Asked[] {
    return this.asked.filter(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}` === what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #hear(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const text = Buffer.concat(pieces).toString('utf8');
    const { method = '', url = '', headers } = request;
    const asked = { method, path: url, headers, body: text === '' ? null : (JSON.parse(text) as unknown) };
    this.asked.push(asked);
    const route = this.#routes.get(`${method} ${url.replace(/\?.*/, '')}`);
    const isRemoval = `${method} ${url}`.startsWith('DELETE /compute/v2.1/flavors/');
    const reply = route?.(asked) ?? (isRemoval ? this.#removalOfFlavors : null) ?? { status: 404, body: 'Not Found' };
    if (reply.body === null) {
      request.socket.destroy();
      return;
    }
    const isText = typeof reply.body === 'string';
    response.writeHead(reply.status ?? 200, {
      'Content-Type': isText ? 'text/html' : 'application/json',
      ...reply.headers,
    });
    response.end(isText || reply.body === undefined ? reply.body : JSON.stringify(reply.body));
  }
}
