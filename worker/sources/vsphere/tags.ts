/** Reads the tags of machines beside their inventory, in batches, and never keeps an inventory from being told. */
import { z } from 'zod';
import type { SourceSignIn } from '../../../main/shared/connections.ts';
import { toErrorInfo } from '../../../main/shared/errors.ts';
import type { InventoryPage, InventoryTags } from '../../../main/shared/inventory.ts';
import { RestRefusedError, TagsTooSlowError } from './errors.ts';
import { emptyPage } from './inventory/pages.ts';
import { RestSession } from './rest-session.ts';
import type { VsphereSession } from './session.ts';
import { Transport } from './transport.ts';

/** VMware advises against more than 2,000 in one question. */
const BATCH_MACHINES = 1000;
/** At the same time; vCenter turns away who asks more than 360 times a second. */
const NAME_LANES = 4;
/** One machine that is gone or hidden has its whole batch refused; it is found by halving. */
const MOST_REFUSALS = 100;
/** How long tags may take when all machines are told. */
const PATIENCE_MS = 60_000;

/** Why an ESXi host tells none. */
export const OF_A_HOST = 'a vCenter keeps them, and this is a host';

const Ids = z.array(z.string());
export const Attached = z.array(z.object({ object_id: z.object({ id: z.string() }), tag_ids: Ids }));
export const Tag = z.object({ name: z.string(), category_id: z.string() });
export const Category = z.object({ name: z.string() });

/**
 * The same pages, and behind them the tags of their machines; or a page that says why there are none.
 * @param patienceMs for tags that are not there when all machines are told
 */
export async function* withTags(
  pages: AsyncIterable<InventoryPage>,
  session: VsphereSession,
  signIn: SourceSignIn,
  signal: AbortSignal,
  patienceMs: number = PATIENCE_MS,
): AsyncGenerator<InventoryPage> {
  if (session.about.kind === 'esxi') {
    yield* pages;
    const warnings = ['Machines have no tags here: they are kept by a vCenter, and this is a host.'];
    yield { ...emptyPage(), warnings, tagsUntold: OF_A_HOST };
    return;
  }
  const enough = new AbortController();
  const reading = new TagReading(session, signIn, AbortSignal.any([signal, enough.signal]));
  try {
    for await (const page of pages) {
      reading.see(page.vms.map(({ ref }) => ref));
      yield page;
    }
    const timer = setTimeout(() => enough.abort(new TagsTooSlowError(patienceMs / 1000)), patienceMs);
    const { tagged, obstacle } = await reading.finish().finally(() => clearTimeout(timer));
    for (let from = 0; from < tagged.length; from += BATCH_MACHINES)
      yield { ...emptyPage(), tagged: tagged.slice(from, from + BATCH_MACHINES) };
    if (obstacle === null) return;
    const { message, remedy } = toErrorInfo(obstacle);
    const warnings = [`Machines are shown without their tags. ${message} ${remedy}`];
    yield { ...emptyPage(), warnings, tagsUntold: untoldBy(obstacle) };
  } finally {
    enough.abort(new Error('nobody listens on'));
    await reading.ended; // its session too
  }
}

/** Of the same server, certificate and user as the session. @throws as `RestSession.open` */
export async function openRest(
  session: VsphereSession,
  signIn: SourceSignIn,
  signal: AbortSignal,
): Promise<RestSession> {
  const { host, port } = session.peer;
  const { trust, proxy } = signIn.connection;
  const transport = new Transport({ host, port, trust, proxy });
  return await RestSession.open(transport, signIn, session.content.about.apiVersion, signal);
}

/** What kept tags from being told, as it stands behind a colon. */
export const untoldBy = (obstacle: unknown): string => toErrorInfo(obstacle).message.replace(/\.$/, '');

interface Told {
  readonly tagged: InventoryTags[];
  /** What kept them from being read; null where nothing did. */
  readonly obstacle: unknown;
}

class TagReading {
  readonly #signal: AbortSignal;
  readonly #work: Promise<Told>;
  readonly #tagged: InventoryTags[] = [];
  /** `Category:Name`, by the tag's id; null for one that may not be read or is gone. */
  readonly #names = new Map<string, string | null>();
  readonly #categories = new Map<string, Promise<string | null>>();
  readonly #refs: string[] = [];
  #isComplete = false;
  #refusals = 0;
  #wake = (): void => {};

  constructor(session: VsphereSession, signIn: SourceSignIn, signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    this.#work = this.#read(session, signIn);
    this.#work.catch(() => {}); // whoever comes for it hears of it
  }

  see(refs: readonly string[]): void {
    this.#refs.push(...refs);
    if (this.#refs.length >= BATCH_MACHINES) this.#wake();
  }

  /** All machines were seen. @throws only when it is aborted from outside */
  async finish(): Promise<Told> {
    this.#isComplete = true;
    this.#wake();
    return await this.#work;
  }

  /** Whatever came of it. */
  get ended(): Promise<unknown> {
    return this.#work.catch(() => {});
  }

  async #read(session: VsphereSession, signIn: SourceSignIn): Promise<Told> {
    try {
      await using rest = await openRest(session, signIn, this.#signal);
      const tags = await rest.list('tag', Ids); // those that this user may read
      if (tags.length > 0) await this.#readAll(rest);
      return { tagged: this.#tagged, obstacle: null };
    } catch (error) {
      if (this.#signal.aborted && !(error instanceof TagsTooSlowError)) throw error;
      return { tagged: [], obstacle: error };
    }
  }

  async #readAll(rest: RestSession): Promise<void> {
    for (;;) {
      while (this.#refs.length < BATCH_MACHINES && !this.#isComplete && !this.#signal.aborted)
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      this.#signal.throwIfAborted();
      const batch = this.#refs.splice(0, BATCH_MACHINES);
      if (batch.length === 0) return;
      const attached = await this.#attachedTo(rest, batch);
      await this.#nameAll(rest, new Set(attached.flatMap(({ tag_ids }) => tag_ids)));
      for (const { object_id, tag_ids } of attached) {
        const tags = tag_ids.flatMap((id) => this.#names.get(id) ?? []).sort();
        if (tags.length > 0) this.#tagged.push({ ref: object_id.id, tags });
      }
    }
  }

  async #attachedTo(rest: RestSession, refs: readonly string[]): Promise<z.infer<typeof Attached>> {
    const object_ids = refs.map((id) => ({ type: 'VirtualMachine', id }));
    try {
      return await rest.post('tag-association', 'list-attached-tags-on-objects', { object_ids }, Attached);
    } catch (error) {
      this.#refusals += 1;
      if (!(error instanceof RestRefusedError) || this.#refusals > MOST_REFUSALS) throw error;
      if (refs.length === 1) return [];
      const half = Math.ceil(refs.length / 2);
      return [
        ...(await this.#attachedTo(rest, refs.slice(0, half))),
        ...(await this.#attachedTo(rest, refs.slice(half))),
      ];
    }
  }

  async #nameAll(rest: RestSession, ids: ReadonlySet<string>): Promise<void> {
    const unnamed = [...ids].filter((id) => !this.#names.has(id)).values();
    let isBroken = false;
    const lane = async (): Promise<void> => {
      for (const id of unnamed) {
        if (isBroken) return;
        try {
          this.#names.set(id, await this.#nameOf(rest, id));
        } catch (error) {
          isBroken = true; // the other lanes end, too
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: NAME_LANES }, lane));
  }

  async #nameOf(rest: RestSession, id: string): Promise<string | null> {
    const tag = await unlessRefused(rest.get('tag', id, Tag));
    if (tag === null) return null;
    const asked = this.#categories.get(tag.category_id);
    const category =
      asked ?? unlessRefused(rest.get('category', tag.category_id, Category)).then((found) => found?.name ?? null);
    if (asked === undefined) this.#categories.set(tag.category_id, category);
    const name = await category;
    return name === null ? tag.name : `${name}:${tag.name}`;
  }
}

/** Null for what is gone since it was named, or is hidden from this user. */
async function unlessRefused<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RestRefusedError) return null;
    throw error;
  }
}
