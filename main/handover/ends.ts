/** Which connections of the taking side are the same as those of the giving side: by what they are, not by their names or ids. */
import type { DestinationConnection, SourceConnection } from '../shared/connections.ts';
import type { Ends, TakenEnds } from '../shared/handover.ts';
import type { ConnectionStore } from '../store/connections.ts';
import { NoSuchEndError } from './errors.ts';

/** @throws NoSuchEndError naming what is missing */
export async function endsHere(
  connections: Pick<ConnectionStore, 'list'>,
  { source, destination }: Ends,
): Promise<TakenEnds> {
  const from = sourceAmong(await connections.list('source'), source);
  if (from === null) throw new NoSuchEndError('source', source.name, source.url);
  const to = cloudAmong(await connections.list('destination'), destination);
  if (to === null) throw new NoSuchEndError('destination', destination.name, destination.authUrl);
  return { source: from.id, destination: to.id };
}

export const sourceAmong = (all: readonly SourceConnection[], wanted: SourceConnection): SourceConnection | null =>
  all.find((one) => isSameSource(one, wanted)) ?? null;

export const cloudAmong = (
  all: readonly DestinationConnection[],
  wanted: DestinationConnection,
): DestinationConnection | null => all.find((one) => isSameCloud(one, wanted)) ?? null;

function isSameSource(a: SourceConnection, b: SourceConnection): boolean {
  if (a.kind !== b.kind) return false;
  if (a.about !== null && b.about !== null && a.about.instanceId !== '')
    return a.about.instanceId === b.about.instanceId;
  return sameAddress(a.url, b.url);
}

/** One cloud, and one project in it: what was made there must be seen from both. */
function isSameCloud(a: DestinationConnection, b: DestinationConnection): boolean {
  if (!sameAddress(a.authUrl, b.authUrl)) return false;
  if (a.about !== null && b.about !== null)
    return a.about.project.id === b.about.project.id && a.about.region === b.about.region;
  return JSON.stringify(a.auth) === JSON.stringify(b.auth) && a.region === b.region;
}

const sameAddress = (a: string, b: string): boolean => tidied(a) === tidied(b);
const tidied = (address: string): string => new URL(address).href.replace(/(\/v3)?\/*$/, '');
