/** Reads what a cloud says when it refuses: six shapes of JSON and some HTML, all made one line of words. */

/** What can be read of an answer, whoever received it. */
export interface Received {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface Refusal {
  readonly service: string;
  readonly method: string;
  /** Without host and query. */
  readonly path: string;
  readonly status: number;
  /** Neutron's type or Nova's key: `MacAddressInUse`, `conflictingRequest`; null where there is none. */
  readonly kind: string | null;
  /** The cloud's own words, on one line, without markup and secrets. */
  readonly text: string;
  readonly requestId: string | null;
  /** As the cloud asks; null where it does not say. */
  readonly retryAfterSeconds: number | null;
}

const LONGEST_TEXT = 600;
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  '#39': "'",
  amp: '&',
};

/** @param secrets are made unreadable, should the cloud repeat them */
export function refusalOf(
  answer: Received,
  asked: { readonly service: string; readonly method: string; readonly path: string },
  secrets: readonly string[],
): Refusal {
  const { kind, text } = wordsOf(answer.text);
  const retryAfter = answer.headers['retry-after'];
  return {
    service: asked.service,
    method: asked.method,
    path: withoutSecrets(asked.path, secrets),
    status: answer.status,
    kind,
    text: withoutSecrets(oneLine(text), secrets),
    requestId: requestIdOf(answer),
    retryAfterSeconds: typeof retryAfter === 'string' && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : null,
  };
}

export function requestIdOf({ headers }: Received): string | null {
  const id = headers['x-openstack-request-id'] ?? headers['x-compute-request-id'];
  return typeof id === 'string' && /^[\w-]{1,80}$/.test(id) ? id : null;
}

/** A message: what it means for us, what the cloud said, where to look for it. */
export function sentence(lead: string, { text, status, requestId }: Refusal): string {
  const says = text === '' ? `HTTP ${status}` : text.replace(/\.$/, '');
  return `${lead}: ${says}${requestId === null ? '' : ` (request ${requestId})`}.`;
}

function wordsOf(body: string): { readonly kind: string | null; readonly text: string } {
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    return { kind: null, text: body };
  }
  if (!isRecord(said)) return { kind: null, text: typeof said === 'string' ? said : '' };
  if (typeof said['message'] === 'string') return { kind: null, text: said['message'] }; // Glance
  if (Array.isArray(said['errors'])) {
    const details = said['errors'].filter(isRecord).map((error) => error['detail'] ?? error['title']); // Placement, and 406 of Nova
    return { kind: null, text: details.filter((detail) => typeof detail === 'string').join(' ') };
  }
  const [key, inner] = Object.entries(said)[0] ?? [];
  if (typeof inner === 'string') return { kind: null, text: inner };
  if (!isRecord(inner)) return { kind: null, text: '' };
  const text = typeof inner['message'] === 'string' ? inner['message'] : '';
  const type = inner['type'];
  return { kind: key === 'NeutronError' ? (typeof type === 'string' ? type : null) : (key ?? null), text };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Markup, entities and control characters gone; cut to what fits a message. */
export function oneLine(text: string): string {
  const words = text
    .slice(0, 64 * 1024)
    .replace(/<(head|style|script)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^<>]{0,1000}>/g, ' ')
    .replace(/&(#39|[a-z]{2,4});/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim();
  return words.length > LONGEST_TEXT ? `${words.slice(0, LONGEST_TEXT)} …` : words;
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((clean, secret) => clean.replaceAll(secret, '…'), text);
}
