/** What only the health page asks for: nodes, parts of Guts, and what is left of the clouds' quotas. */
import type { CloudFacts } from '../../../main/shared/cloud.ts';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import { call } from '../../api.ts';
import { loadedStore } from '../../state/loaded.ts';
import { isOutOfReach } from '../../state/reach.ts';

export const nodes = loadedStore(async () => (await call('nodes.list', {})).nodes);
export const services = loadedStore(async () => (await call('services.list', {})).services);

export interface CloudQuotas {
  readonly id: string;
  readonly name: string;
  readonly found: { readonly takenAt: string; readonly quotas: CloudFacts['quotas'] } | { readonly error: ErrorInfo };
}

let isAnew = false;

export const quotas = loadedStore<readonly CloudQuotas[]>(async () => {
  const refresh = isAnew;
  isAnew = false;
  const { destinations } = await call('destinations.list', {});
  return await Promise.all(
    destinations.map(async ({ id, name }): Promise<CloudQuotas> => {
      try {
        const { takenAt, facts } = await call('destinations.facts', { destination: id, refresh });
        return { id, name, found: { takenAt, quotas: facts.quotas } };
      } catch (error) {
        if (isOutOfReach(error)) throw error;
        return { id, name, found: { error: toErrorInfo(error) } };
      }
    }),
  );
});

/** Of what Guts itself knows, without asking anybody else. */
export async function loadHealth(): Promise<void> {
  await Promise.all([nodes.load(), services.load(), quotas.load()]);
}

/** The clouds are asked, too. */
export async function loadHealthAnew(): Promise<void> {
  isAnew = true;
  await loadHealth();
}
