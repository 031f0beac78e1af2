/** The REST side of the simulated vCenter: sessions and tags, at `/api` since 7.0 Update 2 and at `/rest` before and beside it. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { answeredByFault } from '../faults.ts';
import { bodyOf } from '../http.ts';
import { uuidOf } from './machine.ts';
import type { SoapRoom } from './soap.ts';

const OLDEST_API = '7.0.2';
const MOST_BYTES = 4 * 1024 ** 2;
const OnObjects = z.object({ object_ids: z.array(z.object({ type: z.string(), id: z.string() })) });

/** Each in vCenter's words for it. */
const REFUSED = { unauthenticated: 401, unauthorized: 403, not_found: 404, invalid_argument: 400 } as const;

class Refusal extends Error {
  readonly kind: keyof typeof REFUSED;

  constructor(kind: keyof typeof REFUSED, message: string) {
    super(message);
    this.kind = kind;
  }
}

interface Label {
  readonly id: string;
  readonly name: string;
}
interface Tag extends Label {
  readonly category_id: string;
}

export class RestFace {
  readonly #room: SoapRoom;
  readonly #isThere: boolean;
  readonly #tokens = new Set<string>();
  readonly #categories = new Map<string, Label>();
  readonly #tags = new Map<string, Tag>();
  readonly #ofMachine = new Map<string, string[]>();

  constructor(room: SoapRoom, isThere: boolean) {
    this.#room = room;
    this.#isThere = isThere;
    this.#tagged('Backup:never'); // on no machine
    for (const { ref, spec } of room.world.machines)
      this.#ofMachine.set(
        ref.id,
        (spec.tags ?? []).map((whole) => this.#tagged(whole)),
      );
  }

  get sessions(): number {
    return this.#tokens.size;
  }

  endAll(): void {
    this.#tokens.clear();
  }

  isAt({ pathname }: URL): boolean {
    const isNew = this.#room.apiVersion.localeCompare(OLDEST_API, 'en', { numeric: true }) >= 0;
    return this.#isThere && (pathname.startsWith('/rest/') || (isNew && pathname.startsWith('/api/')));
  }

  async answer(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isOld = url.pathname.startsWith('/rest/');
    const write = (status: number, body?: unknown): void => {
      if (response.destroyed) return;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    const rules = this.#room.faults.match('rest', `${request.method ?? ''} ${url.pathname}`);
    if (await answeredByFault(rules, response)) return;
    if (rules.some(({ kind }) => kind === 'expire')) this.endAll();
    try {
      const denied = rules.find(({ kind }) => kind === 'deny');
      if (denied !== undefined) throw new Refusal('unauthorized', denied.message);
      const { status, value } = await this.#handled(url, request);
      if (status === 204) write(isOld ? 200 : 204);
      else if (isOld) write(200, { value });
      else write(status, value);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const messages = [{ id: `lab.${error.kind}`, default_message: error.message, args: [] }];
      const body = isOld
        ? { type: `com.vmware.vapi.std.errors.${error.kind}`, value: { messages } }
        : { error_type: error.kind.toUpperCase(), messages };
      write(REFUSED[error.kind], body);
    }
  }

  async #handled(url: URL, request: IncomingMessage): Promise<{ readonly status: number; readonly value?: unknown }> {
    // One way to write both: /api/cis/tagging/tag/ID, POST /api/…?action=.
    const path = url.pathname
      .replace(/^\/rest\/com\/vmware\/cis\/session$/, '/api/session')
      .replace(/^\/rest\/com\/vmware\/cis\//, '/api/cis/')
      .replace('/id:', '/');
    const asked = `${request.method ?? ''} ${path}`;
    const bytes = await bodyOf(request, MOST_BYTES);
    if (asked === 'POST /api/session') return { status: 201, value: this.#signIn(request) };
    const token = String(request.headers['vmware-api-session-id'] ?? '');
    if (!this.#tokens.has(token)) throw new Refusal('unauthenticated', 'Authentication required.');
    if (asked === 'DELETE /api/session') {
      this.#tokens.delete(token);
      return { status: 204 };
    }
    if (asked === 'GET /api/cis/tagging/tag') return { status: 200, value: [...this.#tags.keys()] };
    const [, kind, id = ''] = /^GET \/api\/cis\/tagging\/(tag|category)\/(.+)$/.exec(asked) ?? [];
    if (kind !== undefined) {
      const found = (kind === 'tag' ? this.#tags : this.#categories).get(decodeURIComponent(id));
      if (found === undefined) throw new Refusal('not_found', `There is no ${kind} ${id}.`);
      return { status: 200, value: { ...found, description: '', used_by: [] } };
    }
    const action = url.searchParams.get(url.pathname.startsWith('/rest/') ? '~action' : 'action');
    if (asked === 'POST /api/cis/tagging/tag-association' && action === 'list-attached-tags-on-objects')
      return { status: 200, value: this.#attachedTo(bytes.toString('utf8')) };
    throw new Refusal('not_found', `There is no operation at ${url.pathname}.`);
  }

  #signIn(request: IncomingMessage): string {
    const [, known = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const { user, password } = this.#room;
    if (Buffer.from(known, 'base64').toString('utf8') !== `${user}:${password}`)
      throw new Refusal('unauthenticated', 'Authentication required.');
    const token = randomUUID().replaceAll('-', '');
    this.#tokens.add(token);
    return token;
  }

  #attachedTo(text: string): object[] {
    let asked: unknown;
    try {
      asked = JSON.parse(text);
    } catch {
      asked = null; // no schema takes it
    }
    const { success, data } = OnObjects.safeParse(asked);
    if (!success) throw new Refusal('invalid_argument', 'object_ids are needed.');
    return data.object_ids.map((object_id) => {
      const tag_ids = object_id.type === 'VirtualMachine' ? this.#ofMachine.get(object_id.id) : undefined;
      // One that is not there is answered like one that may not be seen, and with it all of the question.
      if (tag_ids === undefined) throw new Refusal('unauthorized', 'Unable to authorize user.');
      return { object_id, tag_ids };
    });
  }

  /** @returns the id of the tag, made where it is new */
  #tagged(whole: string): string {
    const [category = '', ...rest] = whole.split(':');
    const category_id = `urn:vmomi:InventoryServiceCategory:${uuidOf(`category ${category}`)}:GLOBAL`;
    const id = `urn:vmomi:InventoryServiceTag:${uuidOf(`tag ${whole}`)}:GLOBAL`;
    this.#categories.set(category_id, { id: category_id, name: category });
    this.#tags.set(id, { id, name: rest.join(':'), category_id });
    return id;
  }
}
