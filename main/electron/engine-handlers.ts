/** What happens when the window asks for an engine elsewhere. */
import type { ApiClient } from '../shared/client/client.ts';
import type { Handlers } from '../shared/contract.ts';
import type { EngineId } from '../shared/engines.ts';
import type { PeerWish } from '../shared/handover.ts';
import type { EngineBook } from './engine-book.ts';
import type { ShownGuts } from './shown-guts.ts';

export type EngineHandlers = Pick<Handlers, Extract<keyof Handlers, `engines.${string}` | `handover.${string}`>>;

/** @param here asks this computer’s own Guts, whichever is shown */
export function engineHandlers(
  book: EngineBook,
  guts: Pick<ShownGuts, 'show'>,
  here: Pick<ApiClient, 'call'>,
): EngineHandlers {
  const peerOf = async (id: EngineId): Promise<PeerWish> => {
    const { name, url, trust } = book.find(id);
    return { name, url, trust, token: await book.token(id) };
  };
  return {
    'handover.look': async ({ engine, ...wish }) =>
      await here.call('handovers.look', { ...wish, peer: await peerOf(engine) }),
    'handover.start': async ({ direction, engine, withSecrets, ...wish }) => {
      const peer = await peerOf(engine);
      return direction === 'give'
        ? await here.call('handovers.give', { ...wish, peer, withSecrets })
        : await here.call('handovers.take', { ...wish, peer });
    },
    'handover.show': async ({ id }) => await here.call('handovers.show', { handover: id }),
    'engines.get': async () => await Promise.resolve(book.view),
    'engines.look': async ({ url }) =>
      url.startsWith('https:') ? await here.call('certificates.look', { url, proxy: null }) : null,
    'engines.test': async (wish) => await book.test(wish),
    'engines.add': async (wish) => await book.add(wish),
    'engines.change': async ({ id, token, trust }) => {
      const changed = await book.change(id, {
        ...(token === undefined ? {} : { token }),
        ...(trust === undefined ? {} : { trust }),
      });
      if (book.shown?.id === id) guts.show(changed.engine); // by what was given now
      return changed;
    },
    'engines.remove': async ({ id }) => {
      const wasShown = book.shown?.id === id;
      await book.remove(id);
      if (wasShown) guts.show(null);
      return null;
    },
    'engines.show': async ({ id }) => {
      await book.show(id);
      guts.show(book.shown);
      return null;
    },
  };
}
