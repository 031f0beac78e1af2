/** Makes the demo's connections, reads what the sources have, and writes down a first plan: all as an operator would. */
import { ApiClient, type Fetch } from './shared/client/client.ts';
import { defaultDiskAccess } from './shared/connections.ts';
import type { DemoWorldFacts } from './shared/demo-world.ts';

export const DEMO_SOURCE_NAME = 'Frankfurt vCenter';
export const DEMO_HOST_NAME = 'Hamburg Hyper-V';
export const DEMO_DESTINATION_NAME = 'Company cloud';
const PLAN_NAME = 'Web shop';
/** In two waves of so many. */
const WAVE_MACHINES = 6;

/** @param fetch of the Guts that shows the demo; it signs what it is asked */
export async function setUpDemo(
  fetch: Fetch,
  { source, hyperv, destination }: DemoWorldFacts,
  signal: AbortSignal,
): Promise<void> {
  const client = new ApiClient(fetch, { baseUrl: 'http://localhost' });
  const pinned = (sha256: string) => ({ kind: 'pinned', sha256 }) as const;
  const { fingerprint: ofSource, ...vcenter } = source;
  await client.call('sources.create', { ...vcenter, name: DEMO_SOURCE_NAME, trust: pinned(ofSource) }, signal);
  const { fingerprint: ofHost, smbPort, ...host } = hyperv;
  const disks = { ...defaultDiskAccess, smbPort };
  await client.call(
    'sources.create',
    { ...host, kind: 'hyperv', name: DEMO_HOST_NAME, trust: pinned(ofHost), disks },
    signal,
  );
  const { fingerprint: ofCloud, ...cloud } = destination;
  await client.call('destinations.create', { ...cloud, name: DEMO_DESTINATION_NAME, trust: pinned(ofCloud) }, signal);
  for (const name of [DEMO_SOURCE_NAME, DEMO_HOST_NAME]) await client.call('sources.refresh', { source: name }, signal);
  const machines = Array.from({ length: 2 * WAVE_MACHINES }, (_, index) => ({
    vm: `web-shop-${String(index + 1).padStart(2, '0')}`,
    wave: index < WAVE_MACHINES ? 1 : 2,
  }));
  const sides = { source: DEMO_SOURCE_NAME, destination: DEMO_DESTINATION_NAME };
  await client.call('plans.create', { ...sides, name: PLAN_NAME, machines }, signal);
}
