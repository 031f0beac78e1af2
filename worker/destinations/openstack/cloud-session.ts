/** One signed-in session with a cloud: asks its services, renews its token, repeats what may be repeated. */
import type { z } from 'zod';
import type { DestinationAbout, DestinationSignIn } from '../../../main/shared/connections.ts';
import type { GutsError } from '../../../main/shared/errors.ts';
import type { Trust } from '../../../main/shared/trust.ts';
import { mayAlways, type MayChange } from '../../drivers.ts';
import { Catalogue, type Service } from './catalogue.ts';
import { CloudTooOldError, ServiceUnavailableError, StrangeCloudAnswerError, errorOf } from './errors.ts';
import { type Answer, CloudHttp, type Question } from './http.ts';
import { Keystone } from './keystone.ts';
import { pagesOf } from './paging.ts';
import { type Clock, Outage, patiently, wallClock } from './patience.ts';
import { type Received, refusalOf, requestIdOf } from './refusal.ts';
import { TokenKeeper } from './token-keeper.ts';
import { compareVersions, newestVersion } from './versions.ts';

export type { Service } from './catalogue.ts';

export interface RequestOptions<T> {
  /** What the answer must be; `z.null()` for an empty one. */
  readonly schema: z.ZodType<T>;
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** For compute, volume and placement; without it they speak their oldest. */
  readonly microversion?: string;
  /** Asking twice does no harm; GET, HEAD and DELETE are taken to be so anyway. */
  readonly isRepeatable?: boolean;
  readonly signal: AbortSignal;
}

const TOKEN_PAUSE_MS = 1_500;

export class CloudSession implements AsyncDisposable {
  readonly about: DestinationAbout;
  /** `request` asks it by itself; bulk uploads are to. */
  readonly mayChange: MayChange;
  readonly #http: CloudHttp;
  readonly #signIn: DestinationSignIn;
  readonly #catalogue: Catalogue;
  readonly #keeper: TokenKeeper;
  readonly #clock: Clock;
  readonly #outages = new Map<Service, Outage>();

  /** @throws GutsError that says why it cannot sign in, or not into that project or region */
  static async open(
    signIn: DestinationSignIn,
    signal: AbortSignal,
    clock: Clock = wallClock,
    mayChange: MayChange = mayAlways,
  ): Promise<CloudSession> {
    const { connection } = signIn;
    const http = new CloudHttp(connection.trust, connection.proxy);
    try {
      const keystone = await Keystone.find(http, signIn, clock, signal);
      const grant = await keystone.signIn(signal).catch(async (error: unknown) => {
        if (!(error instanceof ServiceUnavailableError)) throw error; // a wrong address is told at once
        return await patiently(() => keystone.signIn(signal), true, clock, signal);
      });
      const { region, interface: side } = connection;
      const catalogue = new Catalogue(grant.catalogue, {
        identity: keystone.url,
        region,
        interface: side,
        projectId: grant.project.id,
      });
      const versions = await versionsOf(http, catalogue, signal);
      const about = {
        project: grant.project,
        user: grant.user,
        roles: [...grant.roles],
        region: catalogue.region,
        versions,
      };
      return new CloudSession({
        about,
        http,
        signIn,
        catalogue,
        keeper: new TokenKeeper(keystone, grant, clock),
        clock,
        mayChange,
      });
    } catch (error) {
      http[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(parts: {
    readonly about: DestinationAbout;
    readonly http: CloudHttp;
    readonly signIn: DestinationSignIn;
    readonly catalogue: Catalogue;
    readonly keeper: TokenKeeper;
    readonly clock: Clock;
    readonly mayChange: MayChange;
  }) {
    this.about = parts.about;
    this.#http = parts.http;
    this.#signIn = parts.signIn;
    this.#catalogue = parts.catalogue;
    this.#keeper = parts.keeper;
    this.#clock = parts.clock;
    this.mayChange = parts.mayChange;
  }

  has(service: Service): boolean {
    return this.#catalogue.has(service);
  }

  /** Without trailing slash, with the version in its path. @throws ServiceMissingError */
  endpoint(service: Service): string {
    return this.#catalogue.endpoint(service);
  }

  /** Whether a service speaks a microversion; also true where it does not tell what it speaks. */
  speaks(service: 'compute' | 'volume', microversion: string): boolean {
    const newest = this.about.versions[service];
    return newest === undefined || compareVersions(newest, microversion) >= 0;
  }

  /** A token that is good for so long, or for as long as Keystone gives them. For bulk uploads; `request` sees to its own. */
  async token(leastSecondsLeft = 60): Promise<string> {
    return await this.#keeper.token(leastSecondsLeft);
  }

  /** Of the token as it is now. */
  get secondsLeft(): number {
    return this.#keeper.secondsLeft;
  }

  /** How to connect to an endpoint of this cloud for bulk bytes. */
  readonly peerOf = (_url: string): { readonly trust: Trust; readonly proxy: string | null } => {
    const { trust, proxy } = this.#signIn.connection;
    return { trust, proxy };
  };

  /** What a refusal means that came outside of `request`, as to a bulk upload. */
  explain(service: Service, method: string, path: string, answer: Received): GutsError {
    return errorOf(refusalOf(answer, { service, method, path }, [this.#signIn.secret, this.#keeper.current]));
  }

  /**
   * Asks a service, and holds its answer against `schema`.
   * @param path below the endpoint, from its slash; parts of it that come from outside are escaped by the caller
   * @throws GutsError with the request id where there is one: QuotaExceededError, NotFoundError, ConflictError …
   */
  async request<T>(service: Service, method: string, path: string, options: RequestOptions<T>): Promise<T> {
    const { schema, query, microversion, body, signal } = options;
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
    const question = {
      method,
      url: `${this.endpoint(service)}${path}${search}`,
      headers: { ...options.headers, ...this.#microversionHeader(service, microversion) },
      body,
    };
    const isSafe = options.isRepeatable ?? ['GET', 'HEAD', 'DELETE'].includes(method);
    const isLook = method === 'GET' || method === 'HEAD';
    const ask = async (): Promise<Answer> => {
      if (!isLook) await this.mayChange();
      return await this.#ask(service, path, question, signal);
    };
    const answer = await patiently(ask, isSafe, this.#clock, signal, this.#outageOf(service));
    return parsed(schema, answer, `${method} ${path} of the ${service} service`);
  }

  /**
   * Every item of a list, page after page.
   * @param key of the list in the answer, such as `servers`
   */
  async *list<T>(
    service: Service,
    path: string,
    key: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    query: Readonly<Record<string, string>> = {},
    microversion?: string,
  ): AsyncGenerator<T, void, undefined> {
    const version = microversion === undefined ? {} : { microversion };
    yield* pagesOf(key, schema, query, (query, schema) =>
      this.request(service, 'GET', path, { schema, query, signal, ...version }),
    );
  }

  /**
   * Closes its connections. The token is left to end by itself: the cloud may still be at work under it, as when a
   * server that is being deleted lets go of its volumes.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#keeper[Symbol.dispose]();
    this.#http[Symbol.dispose]();
  }

  /** One answer that is none of a refusal; a token that has just ended is renewed on the way. */
  async #ask(service: Service, path: string, question: Question, signal: AbortSignal): Promise<Answer> {
    const withToken = async (token: string): Promise<Answer> =>
      await this.#http.ask({ ...question, headers: { ...question.headers, 'X-Auth-Token': token } }, signal);
    const token = await this.#keeper.token();
    let answer = await withToken(token);
    if (answer.status === 401) {
      const fresh = await this.#keeper.instead(token);
      answer = await withToken(fresh); // a 401 comes before anything is done
      if (answer.status === 401) {
        // When Keystone ends tokens, those that it gives within the same second end, too.
        await this.#clock.pause(TOKEN_PAUSE_MS, signal);
        answer = await withToken(await this.#keeper.instead(fresh));
      }
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw this.explain(service, question.method, path, answer);
  }

  #outageOf(service: Service): Outage {
    const known = this.#outages.get(service);
    if (known !== undefined) return known;
    const outage = new Outage();
    this.#outages.set(service, outage);
    return outage;
  }

  #microversionHeader(service: Service, microversion: string | undefined): Record<string, string> {
    if (microversion === undefined) return {};
    const newest = this.about.versions[service];
    if (newest !== undefined && compareVersions(newest, microversion) < 0)
      throw new CloudTooOldError(service, `it speaks ${newest} at most, and ${microversion} is needed`);
    return { 'OpenStack-API-Version': `${service} ${microversion}` };
  }
}

async function versionsOf(http: CloudHttp, catalogue: Catalogue, signal: AbortSignal): Promise<Record<string, string>> {
  const services = (['compute', 'image', 'network', 'volume'] as const).filter((service) => catalogue.has(service));
  const found = await Promise.all(
    services.map(async (service) => [service, await newestVersion(http, service, catalogue.endpoint(service), signal)]),
  );
  return Object.fromEntries(found.filter(([, version]) => version !== null));
}

/** @throws StrangeCloudAnswerError without anything of the answer itself, which may hold a secret */
function parsed<T>(schema: z.ZodType<T>, answer: Answer, what: string): T {
  const id = requestIdOf(answer);
  let value: unknown;
  try {
    value = answer.text === '' ? null : JSON.parse(answer.text);
  } catch {
    throw new StrangeCloudAnswerError(`The answer to ${what} is no JSON.`, id);
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const where = issue === undefined ? '' : ` (${[...issue.path.map(String), issue.message].join(': ')})`;
  throw new StrangeCloudAnswerError(`The answer to ${what} is not what it should be${where}.`, id);
}
