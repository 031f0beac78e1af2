/** Answers where migrations can run, and which parts of Guts are up. */
import { hostname } from 'node:os';
import type { Fleet } from '../fleet/daemon/fleet.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { GutsError } from '../shared/errors.ts';
import { nodeStateOf } from '../shared/node-state.ts';
import type { ServiceFacts } from '../shared/schedule.ts';
import type { Some } from './handlers.ts';

export function nodeHandlers(
  scheduler: Scheduler,
  fleet: Fleet | null,
): Some<'nodes.list' | 'nodes.drain' | 'nodes.remove' | 'services.list'> {
  const workers = (): Fleet => {
    if (fleet === null) throw new NoBrokerError();
    return fleet;
  };
  return {
    'nodes.drain': async ({ node, isDraining, pause }) => {
      await workers().drain(node, isDraining, pause);
      return { nodes: await scheduler.nodes() };
    },
    'nodes.remove': async ({ node }) => {
      await workers().remove(node);
      return {};
    },
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
      // A daemon's machine that leaves it all to workers is no such service.
      const those = (await scheduler.nodes()).filter((node) => nodeStateOf(node) !== 'idle');
      const nodes = those.map(({ id, isAlive, isDraining = false, seenAt }): ServiceFacts => ({
        id: `guts-migration@${id}`,
        binary: 'guts-migration',
        host: id, // of several workers on one host each is told
        status: isDraining ? 'disabled' : 'enabled',
        state: isAlive ? 'up' : 'down',
        updatedAt: seenAt,
      }));
      return { services: [own('guts-api', true), own('guts-scheduler', !scheduler.settings.isPaused), ...nodes] };
    },
  };
}

/** There are no workers to speak of. */
class NoBrokerError extends GutsError {
  readonly code = 'node.no-broker';
  readonly remedy = 'Start the daemon with the address of a broker (“guts serve --broker URL”); workers join it there.';

  constructor() {
    super('This daemon has no broker, and so no workers.');
  }
}
