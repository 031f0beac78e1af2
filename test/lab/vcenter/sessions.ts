/** Who is signed in to the simulated vCenter, and what each session holds: views, filters, pages that were not asked for yet. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ManagedObject } from './managed-object.ts';
import type { Arguments } from './vim-fault.ts';
import type { Ref } from './values.ts';

/** What a property filter has told already: for each object the XML of each property. */
export interface PropertyFilter {
  readonly ref: Ref;
  readonly spec: Arguments;
  readonly told: Map<string, { readonly ref: Ref; readonly properties: ReadonlyMap<string, string> }>;
}

/** A property collector: its filters, and how far its client has been told. */
export class Collector {
  readonly ref: Ref;
  readonly filters = new Map<string, PropertyFilter>();
  /** Of the updates that were told last. */
  version = 0;
  lastUpdate = '';
  readonly #end = new AbortController();

  constructor(ref: Ref) {
    this.ref = ref;
  }

  /** Aborts when the collector or its session is over. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  end(): void {
    this.#end.abort();
  }
}

export class Session {
  readonly key = randomUUID();
  readonly user: string;
  readonly loginAt = new Date();
  usedAt: number;
  readonly views = new Map<string, ManagedObject>();
  readonly collectors = new Map<string, Collector>();
  readonly pages = new Map<string, string[]>();
  isOver = false;
  #made = 0;

  constructor(user: string, usedAt: number) {
    this.user = user;
    this.usedAt = usedAt;
    this.addCollector({ type: 'PropertyCollector', id: 'propertyCollector' });
  }

  addCollector(ref = this.own('PropertyCollector')): Collector {
    const collector = new Collector(ref);
    this.collectors.set(ref.id, collector);
    return collector;
  }

  end(): void {
    this.isOver = true;
    for (const collector of this.collectors.values()) collector.end();
  }

  /** A reference that only this session knows. */
  own(type: string): Ref {
    return { type, id: `session[${this.key}]${randomUUID()}` };
  }

  nextToken(): string {
    this.#made++;
    return String(this.#made);
  }
}

export class Sessions {
  readonly #live = new Map<string, Session>();
  readonly #idleMs: number;
  readonly #now: () => number;
  readonly #onEnd: (session: Session) => void;

  constructor(idleMs: number, now: () => number, onEnd: (session: Session) => void) {
    this.#idleMs = idleMs;
    this.#now = now;
    this.#onEnd = onEnd;
  }

  get all(): readonly Session[] {
    return [...this.#live.values()];
  }

  open(user: string): Session {
    const session = new Session(user, this.#now());
    this.#live.set(session.key, session);
    return session;
  }

  /** The session whose cookie the request carries; using it keeps it alive. */
  of(request: IncomingMessage): Session | null {
    const cookie = /(?:^|;\s*)vmware_soap_session="?([^";]+)"?/.exec(request.headers.cookie ?? '');
    const session = this.#live.get(cookie?.[1] ?? '');
    if (session === undefined) return null;
    const now = this.#now();
    if (now - session.usedAt > this.#idleMs) {
      this.end(session);
      return null;
    }
    session.usedAt = now;
    return session;
  }

  end(session: Session): void {
    if (!this.#live.delete(session.key)) return;
    session.end();
    this.#onEnd(session);
  }

  endAll(): void {
    for (const session of this.all) this.end(session);
  }
}
