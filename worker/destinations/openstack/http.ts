/** One question to a cloud's API and its answer, over connections that are checked; no repeats, no meaning, no secret in errors. */
import axios, { AxiosHeaders, isAxiosError } from 'axios';
import type { Trust } from '../../../main/shared/trust.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import { ConnectionLostError, StrangeAnswerError } from '../../net/errors.ts';
import { PlainAgent } from '../../net/plain.ts';
import { TrustingAgent } from '../../net/tls.ts';

export interface Question {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON; undefined sends nothing. */
  readonly body?: unknown;
}

/** As it came: nothing is taken for granted of its body. */
export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const MOST_ANSWER_BYTES = 64 * 1024 * 1024;
const ANSWER_TIMEOUT_MS = 120_000;
/** A question that may change something never travels on a connection that the server may have closed meanwhile. */
const FRESH = { keepAlive: false, maxSockets: 8 };

export class CloudHttp implements Disposable {
  readonly #pooled: { readonly http: PlainAgent; readonly https: TrustingAgent };
  readonly #fresh: { readonly http: PlainAgent; readonly https: TrustingAgent };

  constructor(trust: Trust, proxy: string | null) {
    this.#pooled = { http: new PlainAgent(proxy), https: new TrustingAgent(trust, proxy) };
    this.#fresh = { http: new PlainAgent(proxy, FRESH), https: new TrustingAgent(trust, proxy, FRESH) };
  }

  /**
   * Any status is an answer; a redirect is not followed, for the token would go with it.
   * @throws UnreachableError (nothing was sent), ConnectionLostError (something may have been done), StrangeAnswerError,
   *   UntrustedServerError, CertificateChangedError, or the signal's reason
   */
  async ask({ method, url, headers, body }: Question, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    const agents = method === 'GET' || method === 'HEAD' ? this.#pooled : this.#fresh;
    try {
      const answer = await axios.request<string>({
        adapter: 'http',
        method,
        url,
        headers: {
          Accept: 'application/json',
          'User-Agent': 'guts',
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        data: body === undefined ? undefined : JSON.stringify(body),
        httpAgent: agents.http,
        httpsAgent: agents.https,
        proxy: false, // the connection's own proxy is the agents' business, the environment's is nobody's
        maxRedirects: 0,
        maxContentLength: MOST_ANSWER_BYTES,
        responseType: 'text',
        transformResponse: [(text: unknown) => (typeof text === 'string' ? text : '')],
        validateStatus: () => true,
        timeout: ANSWER_TIMEOUT_MS,
        signal,
      });
      return {
        status: answer.status,
        headers: lowerCase(AxiosHeaders.from(answer.headers as AxiosHeaders)),
        text: answer.data,
      };
    } catch (error) {
      signal.throwIfAborted();
      throw explained(error, new URL(url).host);
    }
  }

  [Symbol.dispose](): void {
    for (const agent of [...Object.values(this.#pooled), ...Object.values(this.#fresh)]) agent.destroy();
  }
}

function lowerCase(headers: AxiosHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers.toJSON()).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

/** What went wrong on the way. axios' own errors carry the question with its token and body, so none of them goes on. */
function explained(error: unknown, server: string): unknown {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof GutsError) return at;
  if (!isAxiosError(error)) return error;
  const code = error.code ?? 'unknown reason';
  const cause = Object.assign(new Error(error.message), { code });
  if (/maxContentLength/.test(error.message))
    return new StrangeAnswerError(`${server} answers with more than ${MOST_ANSWER_BYTES} bytes.`, { cause });
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT')
    return new ConnectionLostError(`${server} has not answered for ${ANSWER_TIMEOUT_MS / 1000} seconds.`, { cause });
  if (code.startsWith('HPE_'))
    return new StrangeAnswerError(`${server} answers something that is not HTTP (${code}).`, { cause });
  return new ConnectionLostError(`${server} broke the connection off before it answered (${code}).`, { cause });
}
