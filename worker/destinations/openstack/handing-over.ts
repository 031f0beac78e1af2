/** The end of a migration: what was needed on the way goes, and what stays loses our tag and becomes the operator's own. */
import { z } from 'zod';
import type { LedgerItem, MigrationOptions } from '../../../main/shared/migration.ts';
import type { Ledger } from '../../drivers.ts';
import { ConflictError, ForbiddenError } from './errors.ts';
import { pathOfFlavor, WITH_DESCRIPTION } from './flavors.ts';
import { pathOfImage } from './images.ts';
import { unlessGone, type Site } from './making.ts';
import { pathOfFloatingIp, pathOfPort } from './ports.ts';
import { FINISHED_KEY, pathOfServer, STATE_KEY } from './servers.ts';
import { removeImage } from './undo.ts';
import { pathOfVolume } from './volumes.ts';

const Anything = z.unknown();
const IMAGE_PATCH = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' };
const LONGEST_NAME = 255;

/** May be repeated without harm. Images of volumes go, unless they are to be kept or the volumes still lean on them. */
export async function handOver(
  site: Site,
  ledger: Ledger,
  { keepImages }: Pick<MigrationOptions, 'keepImages'>,
  signal: AbortSignal,
): Promise<void> {
  const items = ledger.items.filter(({ side, id }) => side === 'destination' && id !== null);
  const server = items.find(({ kind }) => kind === 'server');
  const volumes = new Map(items.filter(({ kind }) => kind === 'volume').map((item) => [item.facts['image'], item]));
  for (const item of items.filter(({ kind }) => kind === 'image')) {
    const volume = volumes.get(item.id ?? '');
    if (volume !== undefined && !keepImages && (await isRemoved(site, item, signal))) await ledger.settle(item.key);
    else await rename(site, item, calledBy(volume ?? server ?? item), signal);
  }
  for (const item of items)
    if (item.kind !== 'image' && item.kind !== 'server') await rename(site, item, calledBy(item), signal);
  if (server !== undefined) await rename(site, server, calledBy(server), signal); // the last: until then it is unfinished
}

const calledBy = ({ facts, name }: LedgerItem): string => (facts['called'] ?? name).slice(0, LONGEST_NAME);

/** False where the store still needs it, as one whose volumes are clones of their images. */
async function isRemoved(site: Site, { id }: LedgerItem, signal: AbortSignal): Promise<boolean> {
  try {
    await removeImage(site, id ?? '', signal);
    return true;
  } catch (error) {
    if (error instanceof ConflictError || error instanceof ForbiddenError) return false;
    throw error;
  }
}

async function rename({ session, clock }: Site, item: LedgerItem, called: string, signal: AbortSignal): Promise<void> {
  const id = item.id ?? '';
  const change = { schema: Anything, isRepeatable: true, signal };
  const put = async (service: 'network' | 'volume', path: string, body: unknown): Promise<void> => {
    await unlessGone(session.request(service, 'PUT', path, { ...change, body }));
  };
  switch (item.kind) {
    case 'port':
      return await put('network', pathOfPort(id), { port: { name: called } });
    case 'floatingIp':
      return await put('network', pathOfFloatingIp(id), { floatingip: { description: called } });
    case 'volume':
      return await put('volume', pathOfVolume(id), { volume: { name: called } });
    case 'image': {
      const body = [{ op: 'replace', path: '/name', value: called }];
      await unlessGone(session.request('image', 'PATCH', pathOfImage(id), { ...change, body, headers: IMAGE_PATCH }));
      return;
    }
    case 'flavor': {
      const body = { flavor: { description: called } };
      const at = { microversion: WITH_DESCRIPTION };
      await unlessGone(session.request('compute', 'PUT', pathOfFlavor(id), { ...change, ...at, body }));
      return;
    }
    case 'server': {
      const body = { metadata: { [STATE_KEY]: 'done', [FINISHED_KEY]: new Date(clock.now()).toISOString() } };
      await unlessGone(session.request('compute', 'POST', `${pathOfServer(id)}/metadata`, { ...change, body }));
      return;
    }
    default:
      throw new Error(`a ${item.kind} is nothing that a cloud has`);
  }
}
