/** Asks the Guts of an open window by REST, and sets up both sides for it as if somebody had done so before. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { ApiClient } from '../../main/shared/client/client.ts';
import type { OpenstackLab } from '../lab/openstack/start.ts';
import type { Vcenter } from '../lab/vcenter/vcenter.ts';
import type { AppHome } from './app.ts';

export function clientOf({ dataDir }: AppHome): ApiClient {
  const read = (name: string): string => readFileSync(path.join(dataDir, name), 'utf8');
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(read('daemon.json')));
  const options = { baseUrl: url, token: read('api-token').trim() };
  return new ApiClient(async (request) => await fetch(request), options);
}

export async function addSource(client: ApiClient, { url, user, password, fingerprint }: Vcenter): Promise<void> {
  const trust = { kind: 'pinned', sha256: fingerprint } as const;
  await client.call('sources.create', { name: 'vc1', url, userName: user, secret: password, trust });
}

export async function addCloud(client: ApiClient, cloud: OpenstackLab): Promise<void> {
  const { id, secret } = cloud.applicationCredential;
  const auth = { method: 'applicationCredential', id } as const;
  const trust = { kind: 'pinned', sha256: cloud.fingerprint } as const;
  await client.call('destinations.create', { name: 'west', authUrl: cloud.authUrl, auth, secret, trust });
}
