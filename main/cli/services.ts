/** `guts service` and `guts node list`: the parts of Guts, and where migrations can run. */
import type { Command } from 'commander';
import { nodeStateOf } from '../shared/node-state.ts';
import type { NodeFacts } from '../shared/schedule.ts';
import { addNodeChanges } from './nodes.ts';
import { table } from './table.ts';
import { size } from './terminal.ts';
import { Workplace } from './workplace.ts';

export function addServices(program: Command): void {
  const services = program.command('service').description('the parts of Guts, and whether they are up');
  const list = services
    .command('list')
    .description('the parts of Guts, and whether they are up')
    .action(async () => {
      await using workplace = await Workplace.open(list);
      const { services } = await workplace.call('services.list', {});
      workplace.terminal.result({ services }, () =>
        table(
          services,
          [
            { title: 'BINARY', cell: ({ binary }) => binary, isWhole: true },
            { title: 'HOST', cell: ({ host }) => host },
            { title: 'STATUS', cell: ({ status }) => status, isWhole: true },
            { title: 'STATE', cell: ({ state }) => state, isWhole: true },
            { title: 'UPDATED', cell: ({ updatedAt }) => updatedAt.slice(0, 19).replace('T', ' '), isWhole: true },
          ],
          'Nothing runs: guts serve',
        ),
      );
    });
}

/** `guts node`: where migrations can run. */
export function addNodes(program: Command): void {
  const nodes = program.command('node').description('where migrations can run');
  addNodeChanges(nodes);
  const listNodes = nodes
    .command('list')
    .description('the nodes, what they run, and their conversion space')
    .action(async () => {
      await using workplace = await Workplace.open(listNodes);
      const { nodes } = await workplace.call('nodes.list', {});
      workplace.terminal.result({ nodes }, () =>
        table(
          nodes.toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })),
          [
            { title: 'NODE', cell: ({ id }) => id, isWhole: true },
            { title: 'HOST', cell: ({ host }) => host },
            { title: 'STATE', cell: stateOf, isWhole: true },
            { title: 'TAGS', cell: ({ tags = [] }) => tags.join(' ') },
            { title: 'VERSION', cell: ({ version = '' }) => version },
            { title: 'REACHES', cell: reachOf },
            { title: 'RUNNING', cell: runningOf, isNumber: true },
            { title: 'FREE SPACE', cell: ({ space }) => size(space.freeBytes), isNumber: true, isWhole: true },
            { title: 'PROMISED', cell: ({ space }) => size(space.reservedBytes), isNumber: true, isWhole: true },
            { title: 'FOLDER', cell: ({ space }) => space.folder },
          ],
          'No node.',
        ),
      );
    });
}

const stateOf = (node: NodeFacts): string => {
  const state = nodeStateOf(node);
  return state === 'idle' ? 'runs nothing' : state;
};

/** How many of the sources and destinations it could connect to, and how long the slowest took. */
function reachOf({ reach = [] }: NodeFacts): string {
  if (reach.length === 0) return '';
  const reached = reach.filter(({ isReached }) => isReached);
  const slowest = Math.max(0, ...reached.map(({ milliseconds }) => milliseconds ?? 0));
  const count = `${reached.length} of ${reach.length}`;
  return reached.length === 0 ? count : `${count} (${Math.ceil(slowest)} ms)`;
}

const runningOf = ({ running, slots }: NodeFacts): string =>
  slots === undefined ? String(running.length) : `${running.length} of ${slots}`;
