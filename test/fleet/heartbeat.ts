/** What a worker says of itself, for stories that need no worker. */
import type { Heartbeat } from '../../main/shared/fleet.ts';
import type { NodeId } from '../../main/shared/schedule.ts';
import { node as facts } from '../scheduler/samples.ts';

/** Of one that runs nothing, where `change` does not say otherwise. */
export function heartbeatOf(node: NodeId, change: Partial<Heartbeat> = {}): Heartbeat {
  const { running: _none, ...own } = facts(node);
  return {
    kind: 'heartbeat',
    node,
    incarnation: 'first',
    at: new Date().toISOString(),
    version: '0.1.0',
    tags: [],
    reach: [],
    slots: 2,
    isDraining: false,
    facts: own,
    running: [],
    publicKey: '',
    vouched: '',
    ...change,
  };
}
