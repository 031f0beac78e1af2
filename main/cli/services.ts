/** `guts service` and `guts node`: the parts of Guts, and where migrations can run. */
import type { Command } from 'commander';
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
  const nodes = program.command('node').description('where migrations can run');
  const listNodes = nodes
    .command('list')
    .description('the nodes, what they run, and their conversion space')
    .action(async () => {
      await using workplace = await Workplace.open(listNodes);
      const { nodes } = await workplace.call('nodes.list', {});
      workplace.terminal.result({ nodes }, () =>
        table(
          nodes,
          [
            { title: 'NODE', cell: ({ id }) => id, isWhole: true },
            { title: 'HOST', cell: ({ host }) => host },
            { title: 'STATE', cell: ({ isAlive }) => (isAlive ? 'up' : 'down'), isWhole: true },
            { title: 'RUNNING', cell: ({ running }) => String(running.length), isNumber: true },
            { title: 'FREE SPACE', cell: ({ space }) => size(space.freeBytes), isNumber: true, isWhole: true },
            { title: 'PROMISED', cell: ({ space }) => size(space.reservedBytes), isNumber: true, isWhole: true },
            { title: 'FOLDER', cell: ({ space }) => space.folder },
          ],
          'No node.',
        ),
      );
    });
}
