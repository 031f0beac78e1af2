/** Makes the demo's two connections, reads what the source has, and writes down a first plan: all as an operator would. */
import { ApiClient, type Fetch } from './shared/client/client.ts';
import type { DemoWorldFacts } from './shared/demo-world.ts';

export const DEMO_SOURCE_NAME = 'Frankfurt vCenter';
export const DEMO_DESTINATION_NAME = 'Company cloud';
const PLAN_NAME = 'Web shop';
/** In two waves of so many. */
const WAVE_MACHINES = 6;

/** @param fetch of the Guts that shows the demo; it signs what it is asked */
export async function setUpDemo(
  fetch: Fetch,
  { source, destination }: DemoWorldFacts,
  signal: AbortSignal,
): Promise<void> {
  const client = new ApiClient(fetch, { baseUrl: 'http://localhost' });
  const pinned = (sha256: string) => ({ kind: 'pinned', sha256 }) as const;
  const { fingerprint: ofSource, ...vcenter } = source;
  await client.call('sources.create', { ...vcenter, name: DEMO_SOURCE_NAME, trust: pinned(ofSource) }, signal);
  const { fingerprint: ofCloud, ...cloud } = destination;
  await client.call('destinations.create', { ...cloud, name: DEMO_DESTINATION_NAME, trust: pinned(ofCloud) }, signal);
  await client.call('sources.refresh', { source: DEMO_SOURCE_NAME }, signal);
  const machines = Array.from({ length: 2 * WAVE_MACHINES }, (_, index) => ({
    vm: `web-shop-${String(index + 1).padStart(2, '0')}`,
    wave: index < WAVE_MACHINES ? 1 : 2,
  }));
  const sides = { source: DEMO_SOURCE_NAME, destination: DEMO_DESTINATION_NAME };
  await client.call('plans.create', { ...sides, name: PLAN_NAME, machines }, signal);
}
