/** Writes into a log how it goes with the broker. */
import type { BrokerState } from '../fleet/broker/broker.ts';
import type { Log } from './log.ts';

export function tellBroker(log: Log, state: BrokerState): void {
  if (state.kind === 'up' && state.blocked === null) log.info('broker', { state: 'up', version: state.version });
  else if (state.kind === 'up') log.warn('broker', { state: 'blocked', why: state.blocked });
  else log.warn('broker', { state: 'down', why: state.why, nextTryAt: state.nextTryAt });
}
