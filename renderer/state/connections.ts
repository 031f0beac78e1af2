/** Sources, destinations and plans, asked for again whenever Guts says that they changed. */
import type { DestinationConnection, SourceConnection } from '../../main/shared/connections.ts';
import type { Plan, PlanTemplate } from '../../main/shared/plans.ts';
import { call } from '../api.ts';
import { loadedStore } from './loaded.ts';

export const sources = loadedStore<readonly SourceConnection[]>(async () => (await call('sources.list', {})).sources);
export const destinations = loadedStore<readonly DestinationConnection[]>(
  async () => (await call('destinations.list', {})).destinations,
);
export const planTemplates = loadedStore<readonly PlanTemplate[]>(
  async () => (await call('planTemplates.list', {})).templates,
);
export const plans = loadedStore<readonly Plan[]>(async () => (await call('plans.list', {})).plans);
