/** Reads what one machine is tagged with now, whole or not at all: a site's rules are held against it. */
import type { SourceSignIn } from '../../../main/shared/connections.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import { unlessAborted } from '../../net/unless-aborted.ts';
import { RestRefusedError, TagsTooSlowError } from './errors.ts';
import type { RestSession } from './rest-session.ts';
import type { VsphereSession } from './session.ts';
import { Attached, Category, OF_A_HOST, openRest, Tag, untoldBy } from './tags.ts';

/** So long a check waits for them. */
const PATIENCE_MS = 20_000;

/** Signs in for the first machine, once for all; disposing it signs out. */
export class LiveTags implements AsyncDisposable {
  readonly #session: VsphereSession;
  readonly #signIn: SourceSignIn;
  readonly #ended = new AbortController();
  #rest: Promise<RestSession> | null = null;
  /** `Category:Name`, by the tag's id: each is asked for once. */
  readonly #names = new Map<string, Promise<string>>();
  /** Why nothing could be asked: it costs time to find that out, which the next machine shall not wait for again. */
  #outage: string | null = null;

  constructor(session: VsphereSession, signIn: SourceSignIn) {
    this.#session = session;
    this.#signIn = signIn;
  }

  /** The machine with its tags, or with why nobody tells them. @throws only the signal's reason */
  async of(vm: InventoryVm, signal: AbortSignal): Promise<InventoryVm> {
    if (this.#session.about.kind === 'esxi') return { ...vm, tagsUntold: OF_A_HOST };
    if (this.#outage !== null) return { ...vm, tagsUntold: this.#outage };
    const enough = new AbortController();
    const slow = new TagsTooSlowError(PATIENCE_MS / 1000, 'they were asked for');
    const timer = setTimeout(() => enough.abort(slow), PATIENCE_MS);
    try {
      const tags = await unlessAborted(this.#read(vm.ref), AbortSignal.any([signal, enough.signal]));
      return { ...vm, tags: [...new Set([...vm.tags, ...tags])] };
    } catch (error) {
      signal.throwIfAborted();
      const tagsUntold = untoldBy(error);
      if (!(error instanceof RestRefusedError)) this.#outage = tagsUntold;
      return { ...vm, tagsUntold };
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new Error('nobody asks any more'));
    const rest = await this.#rest?.catch(() => null);
    await rest?.[Symbol.asyncDispose]();
  }

  async #read(ref: string): Promise<string[]> {
    this.#rest ??= openRest(this.#session, this.#signIn, this.#ended.signal);
    const rest = await this.#rest;
    const object_ids = [{ type: 'VirtualMachine', id: ref }];
    const attached = await rest.post('tag-association', 'list-attached-tags-on-objects', { object_ids }, Attached);
    const tags: string[] = [];
    for (const id of attached.flatMap(({ tag_ids }) => tag_ids)) tags.push(await this.#nameOf(rest, id));
    return tags.sort();
  }

  async #nameOf(rest: RestSession, id: string): Promise<string> {
    const asked = this.#names.get(id) ?? nameOf(rest, id);
    this.#names.set(id, asked);
    return await asked;
  }
}

/** `Category:Name`. @throws RestRefusedError where either is hidden: what it is called decides what is found */
async function nameOf(rest: RestSession, id: string): Promise<string> {
  const { name, category_id } = await rest.get('tag', id, Tag);
  const category = await rest.get('category', category_id, Category);
  return `${category.name}:${name}`;
}
