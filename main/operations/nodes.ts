/** Answers where migrations can run, and which parts of Guts are up. */
import { hostname } from 'node:os';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { ServiceFacts } from '../shared/schedule.ts';
import type { Some } from './handlers.ts';

export function nodeHandlers(scheduler: Scheduler): Some<'nodes.list' | 'services.list'> {
  return {
    'nodes.list': async () => ({ nodes: await scheduler.nodes() }),
    'services.list': async () => {
      const host = hostname();
      const updatedAt = new Date().toISOString();
      // Whoever answers this is both of them, and is up.
      const own = (binary: ServiceFacts['binary'], isEnabled: boolean): ServiceFacts => ({
        id: `${binary}@${host}`,
        binary,
        host,
        status: isEnabled ? 'enabled' : 'disabled',
        state: 'up',
        updatedAt,
      });
      const nodes = (await scheduler.nodes()).map(({ id, host, isAlive, seenAt }): ServiceFacts => ({
        id: `guts-migration@${id}`,
        binary: 'guts-migration',
        host,
        status: 'enabled',
        state: isAlive ? 'up' : 'down',
        updatedAt: seenAt,
      }));
      return { services: [own('guts-api', true), own('guts-scheduler', !scheduler.settings.isPaused), ...nodes] };
    },
  };
}
