/** How a node stands, in a word for each: the same in the window and on the command line. */
import type { NodeFacts } from './schedule.ts';

/** Another machine's; the daemon's own is a node, too. */
export const isWorker = ({ version }: NodeFacts): boolean => version !== undefined;

/** “Idle” is the daemon's own machine that runs nothing, because workers do; who is “drained” can be stopped. */
export type NodeState = 'up' | 'draining' | 'drained' | 'idle' | 'awaited' | 'down';

export function nodeStateOf(node: NodeFacts): NodeState {
  const { isAlive, isDraining = false, version, running } = node;
  if (!isAlive) return 'down';
  if (version === '') return 'awaited'; // known from before this daemon's start, and not heard since
  if (!isDraining) return 'up';
  if (!isWorker(node)) return 'idle';
  return running.length > 0 ? 'draining' : 'drained';
}
