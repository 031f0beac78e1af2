/** Answers which networks both sides have, so that they can be mapped onto each other. */
import type { DestinationConnection, SourceConnection } from '../shared/connections.ts';
import type { NetworkRow } from '../shared/operations.ts';
import { factsOf } from './destinations.ts';
import { matcher } from '../shared/glob.ts';
import type { Parts, Some } from './handlers.ts';
import { inventoryOf } from './inventory.ts';

export function networkHandlers(parts: Parts): Some<'networks.list'> {
  return {
    'networks.list': async ({ source, destination, name, refresh }, { signal }) => {
      const isAll = source === undefined && destination === undefined;
      const rows: NetworkRow[] = [];
      for (const one of await chosen(parts, 'source', source, isAll))
        rows.push(...(await ofSource(parts, one, signal)));
      for (const one of await chosen(parts, 'destination', destination, isAll))
        rows.push(...(await ofDestination(parts, one, refresh, signal)));
      const suits = matcher(name);
      return { networks: rows.filter((row) => suits(row.name)) };
    },
  };
}

/** All of a side, one that was named, or none where only the other side was named. */
async function chosen<K extends 'source' | 'destination'>(
  { connections }: Parts,
  side: K,
  name: string | undefined,
  isAll: boolean,
) {
  if (name !== undefined) return [await connections.find(side, name)];
  return isAll ? await connections.list(side) : [];
}

async function ofSource(parts: Parts, source: SourceConnection, signal: AbortSignal): Promise<NetworkRow[]> {
  const inventory = await inventoryOf(parts, source, signal);
  return inventory.rows.flatMap((row): NetworkRow[] => {
    const one = row.kind === 'network' ? inventory.thing(row) : null;
    if (one?.kind !== 'network') return [];
    const { name, ref: id, kind, vlanId: segment } = one.thing;
    return [{ side: 'source', connection: source.name, name, id, kind, segment, subnets: [] }];
  });
}

async function ofDestination(
  parts: Parts,
  destination: DestinationConnection,
  anew: boolean,
  signal: AbortSignal,
): Promise<NetworkRow[]> {
  const { facts } = await factsOf(parts, destination, anew, signal);
  return facts.networks.map(({ id, name, kind, isExternal, segmentationId, subnets }) => ({
    side: 'destination',
    connection: destination.name,
    name,
    id,
    kind: isExternal ? 'external' : (kind ?? '–'),
    segment: segmentationId,
    subnets: subnets.map(({ cidr }) => cidr),
  }));
}
