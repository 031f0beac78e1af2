/** Signs in to Keystone v3 with a password, an application credential or a token, and reads what it grants. */
import { z } from 'zod';
import type { DestinationSignIn, KeystoneAuth } from '../../../main/shared/connections.ts';
import { CatalogueEntries } from './catalogue.ts';
import {
  NoProjectError,
  NotKeystoneError,
  SignInRefusedError,
  StrangeCloudAnswerError,
  TokenEndedError,
  errorOf,
} from './errors.ts';
import type { Answer, CloudHttp } from './http.ts';
import type { Clock } from './patience.ts';
import { refusalOf, requestIdOf } from './refusal.ts';

export interface Grant {
  readonly token: string;
  /** By this machine's clock, whatever Keystone's says. */
  readonly endsAtMs: number;
  readonly lifeMs: number;
  readonly project: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string };
  readonly roles: readonly string[];
  readonly catalogue: CatalogueEntries;
}

const Granted = z.object({
  token: z.object({
    expires_at: z.iso.datetime(),
    project: z.object({ id: z.string(), name: z.string() }).optional(),
    user: z.object({ id: z.string(), name: z.string() }),
    roles: z.array(z.object({ name: z.string() })).default([]),
    catalog: CatalogueEntries.default([]),
  }),
});
const OneVersion = z.object({ version: z.object({ id: z.string() }) });
const ManyVersions = z.object({
  versions: z.object({
    values: z.array(z.object({ id: z.string(), links: z.array(z.object({ rel: z.string(), href: z.string() })) })),
  }),
});

export class Keystone {
  /** Ends in `/v3`. */
  readonly url: string;
  readonly #http: CloudHttp;
  readonly #signIn: DestinationSignIn;
  readonly #clock: Clock;
  #hasSignedIn = false;

  private constructor(url: string, http: CloudHttp, signIn: DestinationSignIn, clock: Clock) {
    this.#clock = clock;
    this.url = url;
    this.#http = http;
    this.#signIn = signIn;
  }

  /** @throws NotKeystoneError, or why it cannot be reached or trusted */
  static async find(http: CloudHttp, signIn: DestinationSignIn, clock: Clock, signal: AbortSignal): Promise<Keystone> {
    const given = signIn.connection.authUrl.replace(/[?#].*$/, '').replace(/\/+$/, '');
    const isV3 = given.endsWith('/v3');
    const root = given.replace(/\/v2\.0$/, '');
    return new Keystone(isV3 ? given : await discover(http, root, signal), http, signIn, clock);
  }

  /**
   * A token with its project, user, roles and catalogue.
   * @throws SignInRefusedError, TokenEndedError, NoProjectError, NotKeystoneError, or the refusal's error
   */
  async signIn(signal: AbortSignal): Promise<Grant> {
    const { auth } = this.#signIn.connection;
    const { secret } = this.#signIn;
    const keepsScope = auth.method === 'token' && auth.project === null;
    const url = `${this.url}/auth/tokens`;
    const answer = keepsScope
      ? await this.#http.ask(
          { method: 'GET', url, headers: { 'X-Auth-Token': secret, 'X-Subject-Token': secret } },
          signal,
        )
      : await this.#http.ask({ method: 'POST', url, headers: {}, body: signInBody(auth, secret) }, signal);
    if (answer.status !== 200 && answer.status !== 201) throw this.#refused(answer);
    const token = keepsScope ? secret : answer.headers['x-subject-token'];
    const body = parsed(Granted, answer.text);
    if (token === undefined || !body.success)
      throw new StrangeCloudAnswerError(
        `${this.url} grants a token in a way that Keystone v3 does not.`,
        requestIdOf(answer),
      );
    const { expires_at, project, user, roles, catalog } = body.data.token;
    if (project === undefined) throw new NoProjectError();
    this.#hasSignedIn = true;
    const now = this.#clock.now();
    const serverNow = Date.parse(answer.headers['date'] ?? '');
    const lifeMs = Date.parse(expires_at) - (Number.isNaN(serverNow) ? now : serverNow);
    return {
      token,
      endsAtMs: now + lifeMs,
      lifeMs,
      project,
      user: { id: user.id, name: user.name },
      roles: roles.map(({ name }) => name),
      catalogue: catalog,
    };
  }

  #refused(answer: Answer): Error {
    const { method } = this.#signIn.connection.auth;
    const asked = { service: 'identity', method: 'POST', path: new URL(this.url).pathname };
    const refusal = refusalOf(answer, asked, [this.#signIn.secret]);
    if (method === 'token' && this.#hasSignedIn && (refusal.status === 401 || refusal.status === 404))
      return new TokenEndedError();
    // What is no more (a token, an application credential) is answered by Keystone with 404; so is a wrong address, by others.
    const isRefused = refusal.status === 401 || (refusal.status === 404 && refusal.kind === 'error');
    if (isRefused) return new SignInRefusedError(refusal, method);
    if (refusal.status === 404) return new NotKeystoneError(this.url, 'the address answers “not found”');
    return errorOf(refusal);
  }
}

async function discover(http: CloudHttp, root: string, signal: AbortSignal): Promise<string> {
  const direct = await http.ask({ method: 'GET', url: `${root}/v3`, headers: {} }, signal);
  const one = parsed(OneVersion, direct.text);
  if (one.success && one.data.version.id.startsWith('v3')) return `${root}/v3`;
  const all = await http.ask({ method: 'GET', url: `${root}/`, headers: {} }, signal); // answers 300
  const list = parsed(ManyVersions, all.text);
  if (!list.success) throw new NotKeystoneError(root, `it answers ${all.status} and names no versions`);
  const { values } = list.data.versions;
  const href = values.find(({ id }) => id.startsWith('v3'))?.links.find(({ rel }) => rel === 'self')?.href;
  if (href === undefined)
    throw new NotKeystoneError(root, `it speaks ${values.map(({ id }) => id).join(', ') || 'no version'} only`);
  // Behind a proxy Keystone often does not know its own name; only the path of what it says is taken.
  const path = new URL(href, root).pathname.replace(/\/+$/, '');
  return `${new URL(root).origin}${path}`;
}

function signInBody(auth: KeystoneAuth, secret: string): unknown {
  if (auth.method === 'applicationCredential')
    return {
      auth: { identity: { methods: ['application_credential'], application_credential: { id: auth.id, secret } } },
    };
  if (auth.method === 'applicationCredentialByName') {
    const credential = { name: auth.name, secret, user: userBy(auth.userName, auth.userDomain) };
    return { auth: { identity: { methods: ['application_credential'], application_credential: credential } } };
  }
  if (auth.method === 'token')
    return {
      auth: {
        identity: { methods: ['token'], token: { id: secret } },
        ...(auth.project === null
          ? {}
          : { scope: { project: projectBy(auth.project, auth.projectDomain ?? 'default') } }),
      },
    };
  const user = { ...userBy(auth.userName, auth.userDomain), password: secret };
  return {
    auth: {
      identity: { methods: ['password'], password: { user } },
      scope: { project: projectBy(auth.project, auth.projectDomain) },
    },
  };
}

/** Keystone's ids are 32 or (from a directory service) 64 hexadecimal digits; names are taken to be anything else. */
const isId = (text: string): boolean => /^([0-9a-f]{32}|[0-9a-f]{64})$/.test(text);

const userBy = (user: string, domain: string): object =>
  isId(user) ? { id: user } : { name: user, domain: domainBy(domain) };

const projectBy = (project: string, domain: string): object =>
  isId(project) ? { id: project } : { name: project, domain: domainBy(domain) };

/** The first domain of every cloud has the id `default`; its name may be written in any way. */
const domainBy = (domain: string): object => (domain === 'default' || isId(domain) ? { id: domain } : { name: domain });

function parsed<T>(schema: z.ZodType<T>, text: string): { success: true; data: T } | { success: false } {
  try {
    const { success, data } = schema.safeParse(JSON.parse(text));
    return success ? { success, data } : { success };
  } catch {
    return { success: false };
  }
}
