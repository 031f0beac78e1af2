/** `guts network`: the networks of both sides, which a migration maps onto each other. */
import type { Command } from 'commander';
import type { NetworkRow } from '../shared/operations.ts';
import { table } from './table.ts';
import { Workplace } from './workplace.ts';

interface Flags {
  readonly source?: string;
  readonly destination?: string;
  readonly name?: string;
  readonly refresh: boolean;
}

export function addNetwork(program: Command): void {
  const network = program.command('network').description('the networks of sources and destinations');
  const list = network
    .command('list')
    .description('the networks of both sides')
    .option('--source <source>', 'only of this source')
    .option('--destination <destination>', 'only of this destination')
    .option('--name <pattern>', 'only with such a name; * is any text, ? any letter')
    .option('--refresh', 'ask the destinations anew', false)
    .addHelpText('after', '\nExamples:\n  $ guts network list\n  $ guts network list --destination os1 --refresh')
    .action(async ({ source, destination, name, refresh }: Flags) => {
      await using workplace = await Workplace.open(list);
      const { networks } = await workplace.call('networks.list', { source, destination, name, refresh });
      workplace.terminal.result({ networks }, () => text(networks));
    });
}

function text(networks: readonly NetworkRow[]): string {
  return table(
    networks,
    [
      { title: 'SIDE', cell: ({ side }) => side, isWhole: true },
      { title: 'AT', cell: ({ connection }) => connection },
      { title: 'NAME', cell: ({ name }) => name, isLastCut: true },
      { title: 'KIND', cell: ({ kind }) => kind },
      { title: 'VLAN', cell: ({ segment }) => (segment === null ? '–' : String(segment)), isNumber: true },
      { title: 'SUBNETS', cell: ({ subnets }) => subnets.join(' ') },
      { title: 'ID', cell: ({ id }) => id, isWhole: true },
    ],
    'No networks.',
  );
}
