/** A simulated vCenter and a simulated cloud for the window's stories, set up in the Guts behind it. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { DaemonFacts } from '../../main/store/data-lock.ts';
import { ApiClient } from '../../main/shared/client/client.ts';
import type { MigrationId } from '../../main/shared/migration.ts';
import { startOpenstack, type OpenstackLab, type OpenstackOptions } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import type { AppHome } from './app.ts';

export interface TwoSides extends AsyncDisposable {
  readonly vc: Vcenter;
  readonly cloud: OpenstackLab;
}

/** @param more of the cloud */
export async function startTwoSides(
  more: Pick<OpenstackOptions, 'failsToBuild' | 'quotas' | 'networks'> = {},
): Promise<TwoSides> {
  const [vc, cloud] = await Promise.all([startVcenter(), startOpenstack({ buildMs: 20, ...more })]);
  return {
    vc,
    cloud,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([vc[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
    },
  };
}

/** As any program on this computer asks it. The window must have said that it runs. */
export function clientOf({ dataDir }: Pick<AppHome, 'dataDir'>): ApiClient {
  const { url } = DaemonFacts.parse(JSON.parse(readFileSync(path.join(dataDir, 'daemon.json'), 'utf8')));
  const token = readFileSync(path.join(dataDir, 'api-token'), 'utf8').trim();
  return new ApiClient(async (request) => await fetch(request), { baseUrl: url, token });
}

/** Source “vc1” with its inventory, destination “os1”. */
export async function setUpSides(client: ApiClient, { vc, cloud }: TwoSides): Promise<void> {
  await addSource(client, vc);
  await addCloud(client, cloud);
  await client.call('sources.refresh', { source: 'vc1' });
}

export async function addSource(client: ApiClient, vc: Vcenter, name = 'vc1'): Promise<void> {
  const trust = { kind: 'pinned', sha256: vc.fingerprint } as const;
  await client.call('sources.create', { name, url: vc.url, userName: vc.user, trust, secret: vc.password });
}

export async function addCloud(client: ApiClient, cloud: OpenstackLab, name = 'os1'): Promise<void> {
  const { id, secret } = cloud.applicationCredential;
  const auth = { method: 'applicationCredential', id } as const;
  const trust = { kind: 'pinned', sha256: cloud.fingerprint } as const;
  await client.call('destinations.create', { name, authUrl: cloud.authUrl, auth, trust, secret });
}

/** Starts to move a machine under a name of its own. */
export async function startMove(
  client: ApiClient,
  vm: string,
  targetName: string,
  flavor: string | null = null,
): Promise<MigrationId> {
  const { request } = await client.call('migrations.create', {
    source: 'vc1',
    vm,
    destination: 'os1',
    options: { targetName, flavor, keepMac: false, networks: [{ from: null, to: 'lan', ip: 'auto' }] },
    start: true,
  });
  return request.id;
}

/** Copies so slowly that a story can look at it; or as fast as it goes. */
export const copySlowly = async (client: ApiClient, isSlow: boolean): Promise<void> =>
  await limit(client, isSlow ? 64 * 1024 : null);

/** @param bytesPerSecond to the cloud; null is no limit */
export async function limit(client: ApiClient, bytesPerSecond: number | null): Promise<void> {
  const { bandwidth } = await client.call('settings.show', {});
  await client.call('settings.change', {
    bandwidth: { ...bandwidth, global: { otherwise: bytesPerSecond, table: [] } },
  });
}
