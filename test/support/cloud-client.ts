/** Speaks to an OpenStack cloud in plain HTTP, for tests that look at its answers as they are. */
import * as http from 'node:http';
import * as https from 'node:https';

export interface CloudAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body as JSON; what is in it is for the test to know. */
  json(): Json;
}
/** JSON of which a test expects something: any way down leads somewhere, or to undefined. */
export interface Json {
  readonly [key: string]: Json;
}

export interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of `body`. */
  readonly bytes?: Uint8Array;
  /** Sends the bytes in chunks instead of with a length. */
  readonly isChunked?: boolean;
}

export interface Account {
  readonly authUrl: string;
  /** PEM; for https. */
  readonly ca?: string;
  readonly user: string;
  readonly password: string;
  readonly project: string;
}

export class CloudClient {
  readonly account: Account;
  readonly projectId: string;
  readonly #token: string;
  readonly #urls: ReadonlyMap<string, string>;

  static async signIn(account: Account): Promise<CloudClient> {
    const answer = await ask(`${account.authUrl}/auth/tokens`, 'POST', { body: { auth: authOf(account) } }, account.ca);
    if (answer.status !== 201) throw new Error(`Keystone answered ${answer.status}: ${answer.text}`);
    return new CloudClient(account, answer);
  }

  private constructor(account: Account, answer: CloudAnswer) {
    const token = answer.json()['token'] as unknown as TokenBody; // Keystone's answer to a sign-in
    this.account = account;
    this.projectId = token.project.id;
    this.#token = String(answer.headers['x-subject-token']);
    this.#urls = new Map(
      token.catalog.map(({ type, endpoints }) => [
        type,
        endpoints.find((endpoint) => endpoint.interface === 'public')?.url ?? '',
      ]),
    );
  }

  get serviceTypes(): string[] {
    return [...this.#urls.keys()];
  }

  url(type: string): string {
    return this.#urls.get(type) ?? '';
  }

  get token(): string {
    return this.#token;
  }

  /** Asks the service of that type, with the token and for JSON unless the headers say otherwise. */
  async ask(type: string, method: string, path: string, request: Request = {}): Promise<CloudAnswer> {
    const headers = { 'x-auth-token': this.#token, accept: 'application/json', ...request.headers };
    return await ask(this.url(type) + path, method, { ...request, headers }, this.account.ca);
  }
}

interface TokenBody {
  readonly project: { readonly id: string };
  readonly catalog: readonly {
    readonly type: string;
    readonly endpoints: readonly { readonly interface: string; readonly url: string }[];
  }[];
}

/** A request to sign in by password; `project` may be left out. */
export function authOf({
  user,
  password,
  project,
}: Omit<Account, 'authUrl' | 'project'> & { project?: string }): object {
  const home = { name: 'Default' };
  return {
    identity: { methods: ['password'], password: { user: { name: user, domain: home, password } } },
    ...(project === undefined ? {} : { scope: { project: { name: project, domain: home } } }),
  };
}

/** One request on a connection of its own. */
export async function ask(url: string, method: string, request: Request = {}, ca?: string): Promise<CloudAnswer> {
  const body = request.bytes ?? (request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body)));
  const headers: Record<string, string> = { connection: 'close', ...request.headers };
  if (request.body !== undefined) headers['content-type'] ??= 'application/json';
  if (body !== undefined && request.isChunked !== true) headers['content-length'] = String(body.byteLength);
  return await new Promise((resolve, reject) => {
    const client = url.startsWith('https:') ? https : http;
    const sent = client.request(url, { method, headers, ...(ca === undefined ? {} : { ca }) }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(pieces);
        const text = bytes.toString('utf8');
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, headers: received, bytes, text, json: () => JSON.parse(text) as Json });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/**
 * Begins an upload of `length` bytes, sends some of them, and breaks the connection off.
 * @param isTaken waits until the service has begun to take it
 */
export async function breakOff(
  url: string,
  {
    token,
    ca,
    some,
    length,
  }: { readonly token: string; readonly ca: string | undefined; readonly some: Uint8Array; readonly length: number },
  isTaken: () => Promise<unknown>,
): Promise<void> {
  const client = url.startsWith('https:') ? https : http;
  const headers = {
    'x-auth-token': token,
    'content-type': 'application/octet-stream',
    'content-length': String(length),
  };
  const request = client.request(url, { method: 'PUT', headers, ...(ca === undefined ? {} : { ca }) });
  request.on('error', () => {}); // it is broken off on purpose
  request.write(some);
  await isTaken();
  request.destroy();
}
