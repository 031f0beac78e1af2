/** Removes what migrations made in a cloud: by id, and by the name that it was given where no id ever came back. */
import { z } from 'zod';
import type { LedgerItem } from '../../../main/shared/migration.ts';
import type { Service } from './cloud-session.ts';
import { type Flavor, flavorsOf, pathOfFlavor, WITH_DESCRIPTION } from './flavors.ts';
import { Image, pathOfImage } from './images.ts';
import { NotRemovedError } from './making-errors.ts';
import { foundSoon, tagIn, unlessGone, waitUntil, type Site } from './making.ts';
import { FloatingIp, pathOfFloatingIp, pathOfPort, Port } from './ports.ts';
import { isFinished, MIGRATION_KEY, removeServer, Server, serversOf, WITH_TAGS } from './servers.ts';
import { removeVolume, Volume } from './volumes.ts';

type Kind = 'server' | 'volume' | 'floatingIp' | 'port' | 'flavor' | 'image';

interface Found {
  readonly id: string;
  /** Begins with a migration's tag. */
  readonly name: string;
}

interface Way {
  readonly service: Service;
  /** Those that are called `name`; all that carry a tag where it is null. */
  readonly find: (site: Site, name: string | null, signal: AbortSignal) => AsyncIterable<Found>;
  readonly remove: (site: Site, id: string, signal: AbortSignal) => Promise<void>;
}

/** In the order in which things can be removed: what holds others goes first. */
const ways: Readonly<Record<Kind, Way>> = {
  server: { service: 'compute', find: findServers, remove: removeServer },
  volume: {
    service: 'volume',
    find: ({ session }, name, signal) =>
      named(session.list('volume', '/volumes/detail', 'volumes', Volume, signal, byName(name)), name),
    remove: removeVolume,
  },
  floatingIp: {
    service: 'network',
    find: ({ session }, name, signal) => {
      const query = { project_id: session.about.project.id };
      return described(session.list('network', '/floatingips', 'floatingips', FloatingIp, signal, query), name);
    },
    remove: removal('network', pathOfFloatingIp),
  },
  port: {
    service: 'network',
    find: ({ session }, name, signal) => {
      const query = { project_id: session.about.project.id, ...byName(name) };
      return named(session.list('network', '/ports', 'ports', Port, signal, query), name);
    },
    remove: removal('network', pathOfPort),
  },
  flavor: {
    service: 'compute',
    find: (site, name, signal) =>
      site.session.speaks('compute', WITH_DESCRIPTION)
        ? described<Flavor>(flavorsOf(site, signal), name)
        : named([], name),
    remove: removal('compute', pathOfFlavor),
  },
  image: {
    service: 'image',
    find: ({ session }, name, signal) => {
      const query = { owner: session.about.project.id, ...byName(name) };
      return named(session.list('image', '/images', 'images', Image, signal, query), name);
    },
    remove: removeImage,
  },
};

const isKind = (kind: string): kind is Kind => Object.hasOwn(ways, kind);

/**
 * Returns when nothing of the item is left, whether or not it ever came to be.
 * @throws NotRemovedError, or what the cloud says
 */
export async function undo(site: Site, item: LedgerItem, signal: AbortSignal): Promise<void> {
  if (!isKind(item.kind)) throw new Error(`a ${item.kind} is nothing that a cloud has`);
  const way = ways[item.kind];
  if (item.id !== null) await way.remove(site, item.id, signal);
  if (tagIn(item.name) === null || !site.session.has(way.service)) return;
  // Also where there is an id: an answer that was lost on the way may have left a second one.
  const find = async (): Promise<string[] | null> => {
    const ids: string[] = [];
    for await (const { id } of way.find(site, item.name, signal)) ids.push(id);
    return ids.length > 0 ? ids : null;
  };
  const ids = item.id === null ? await foundSoon(site, find, signal) : await find();
  for (const id of ids ?? []) await way.remove(site, id, signal);
}

/** Everything in the project that carries a migration's tag, in the order in which it can be removed. */
export async function leftovers(site: Site, signal: AbortSignal): Promise<LedgerItem[]> {
  const items: LedgerItem[] = [];
  for (const [kind, way] of Object.entries(ways) as [Kind, Way][]) {
    if (!site.session.has(way.service)) continue;
    for await (const { id, name } of way.find(site, null, signal))
      items.push({ key: `${kind}:${id}`, side: 'destination', kind, name, id, facts: {} });
  }
  return items;
}

/** One that is finished is the operator's own, and nothing that is left over. */
async function* findServers(site: Site, name: string | null, signal: AbortSignal): AsyncGenerator<Found> {
  const tag = tagIn(name);
  const all = site.session.list('compute', '/servers/detail', 'servers', Server, signal, {}, WITH_TAGS);
  for await (const server of tag === null ? all : serversOf(site, tag, signal)) {
    const itsTag = tagIn(server.metadata[MIGRATION_KEY]);
    if (itsTag !== null && !isFinished(server)) yield { id: server.id, name: `${itsTag}-server ${server.name}` };
  }
}

const byName = (name: string | null): Record<string, string> => (name === null ? {} : { name });

async function* named(
  all: AsyncIterable<{ readonly id: string; readonly name?: string | null | undefined }> | readonly [],
  wanted: string | null,
): AsyncGenerator<Found> {
  for await (const { id, name } of all)
    if (name && (wanted === null ? tagIn(name) !== null : name === wanted)) yield { id, name };
}

async function* described<T extends { readonly id: string; readonly description?: string | null | undefined }>(
  all: AsyncIterable<T>,
  wanted: string | null,
): AsyncGenerator<Found> {
  for await (const { id, description } of all)
    if (description && (wanted === null ? tagIn(description) !== null : description === wanted))
      yield { id, name: description };
}

function removal(service: Service, pathOf: (id: string) => string): Way['remove'] {
  return async ({ session }, id, signal) => {
    await unlessGone(session.request(service, 'DELETE', pathOf(id), { schema: z.null(), signal }));
  };
}

const IMAGE_PATIENCE_MS = 5 * 60_000;

/** Some stores remove an image only after a while. */
export async function removeImage(site: Site, id: string, signal: AbortSignal): Promise<void> {
  const { session } = site;
  await unlessGone(session.request('image', 'DELETE', pathOfImage(id), { schema: z.null(), signal }));
  await waitUntil(
    site,
    async () => await unlessGone(session.request('image', 'GET', pathOfImage(id), { schema: Image, signal })),
    (image) => image === null || ['deleted', 'pending_delete'].includes(image.status),
    {
      patienceMs: IMAGE_PATIENCE_MS,
      late: (image) => new NotRemovedError(`The image ${id} was deleted and is still “${image?.status ?? ''}”.`),
      signal,
    },
  );
}
