/** What is answered beside the table: whether the server lives, its figures, its description. */
import { demandRole, type Access } from '../access/access.ts';
import { GutsError } from '../shared/errors.ts';
import type { Arrival } from './answer.ts';
import { docsHtml, docsPolicy } from './docs-page.ts';
import { etagOf, isAmong } from './etag.ts';
import { gauge, type Tally } from './tally.ts';
import { METRICS_TYPE, metricsText, type Metric } from './metrics.ts';
import { openApiOf, type OpenApi } from './openapi.ts';
import { JSON_TYPE } from '../shared/client/words.ts';

export class NotReadyError extends GutsError {
  readonly code = 'api.not-ready';
  readonly remedy = 'Wait a moment; if that goes on, the log of the server says why.';
  override readonly retryable = true;

  constructor(reasons: readonly string[]) {
    super(`Guts is not ready: ${reasons.join('; ')}`);
  }
}

export interface PageParts {
  readonly version: string;
  readonly access: Access;
  readonly tally: Tally;
  /** Why it is not ready; empty where it is. */
  readiness(): Promise<readonly string[]>;
  /** Of migrations, slots, bytes. */
  figures(): Promise<readonly Metric[]>;
  listeners(): number;
}

type Page = (request: Request, arrival: Arrival) => Promise<Response>;

export function openPages(parts: PageParts): Readonly<Record<string, Page>> {
  let api: OpenApi | undefined; // takes a tenth of a second, and is asked for seldom
  const described = (): OpenApi => (api ??= openApiOf(parts.version));
  return {
    '/healthz': async () => await Promise.resolve(Response.json({ status: 'up', version: parts.version })),
    '/readyz': async () => {
      const reasons = await parts.readiness();
      if (reasons.length > 0) throw new NotReadyError(reasons);
      return Response.json({ status: 'ready' });
    },
    '/metrics': async (request, { address }) => {
      demandRole(await parts.access.callerOf(request.headers, address), 'viewer');
      const listeners = gauge('guts_event_listeners', 'Who listens to the events', parts.listeners());
      const text = metricsText([...(await parts.figures()), listeners, ...parts.tally.metrics()]);
      return new Response(text, { headers: { 'content-type': METRICS_TYPE } });
    },
    '/openapi.json': async (request) =>
      await Promise.resolve(page(request, JSON.stringify(described()), { 'content-type': JSON_TYPE })),
    '/docs': async (request) => {
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': docsPolicy };
      return await Promise.resolve(page(request, docsHtml(described()), headers));
    },
  };
}

function page(request: Request, text: string, headers: Record<string, string>): Response {
  const etag = etagOf(text);
  const known = request.headers.get('if-none-match');
  const all = { ...headers, etag, 'cache-control': 'no-cache' };
  return known !== null && isAmong(etag, known)
    ? new Response(null, { status: 304, headers: all })
    : new Response(text, { headers: all });
}
